"""Functions that are not called by their names; only beta calls them."""


def doubled(number: float) -> float:
    """Return twice a number."""
    return 2.0 * number


def lifted(number: float) -> float:
    """Return a larger number."""
    return number + 1.0


STEPS = {"double": doubled}


def by_table(step: str, number: float) -> float:
    """Apply the function that a table names."""
    return STEPS[step](number)
