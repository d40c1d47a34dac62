"""The figure, which shows what alpha found."""

from scripts.shared.runlog import ran
from scripts.shared.style import label


def words(mean: float) -> str:
    """Return what stands in the figure."""
    ran("figure")
    return f"{label(mean)} in the figure"
