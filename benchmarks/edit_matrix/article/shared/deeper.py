"""A module that no experiment imports by itself; the helpers do."""


def offset(number: float) -> float:
    """Move a number away from zero."""
    return number + 3.0
