"""The look of the figure."""


def label(mean: float) -> str:
    """Return the words that the figure shows."""
    return f"alpha reaches {mean:.4f}"
