"""Where the band widens: each method's spread over its own level on the data."""

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from scripts.article.artifacts import Artifact
from scripts.article.style import FAINT, GREEN, PURPLE, VERMILION, canvas, label_line

READS = ["bayesian.dropout"]
METHODS = (  # label, colour, how far above its line's end the label stands, in points
    ("dropout, one hidden layer", VERMILION, 4),
    ("dropout, two", PURPLE, -6),
    ("exact inference", GREEN, 4),
)


def draw(dropout: Artifact) -> tuple[Figure, str]:
    """Draw the relative spread along the axis, averaged over seeds, with the stretches of the data shaded."""
    data, values = dropout.arrays(), dropout.values
    grid = data["grid"]
    seen = abs(data["places"])
    figure, axes = canvas(height=2.6)
    for side in (-1, 1):
        axes.axvspan(*sorted((side * seen.min(), side * seen.max())), color=FAINT, alpha=0.15, linewidth=0)
    for (name, colour, lift), profile in zip(METHODS, data["profiles"], strict=True):
        axes.plot(grid, profile, color=colour)
        label_line(axes, grid[-1], profile[-1], name, colour, offset=(4, lift))
    axes.axhline(1, color=FAINT, linewidth=1, linestyle=":")
    axes.set(xlabel="x (shaded: where the data lie)", ylabel="spread over that on the data", yscale="log")
    axes.set(xlim=(grid[0], grid[-1] * 1.75), xticks=[grid[0], grid[0] / 2, 0, grid[-1] / 2, grid[-1]])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    alt = (
        "Three curves on a logarithmic axis, all high far from the data. In the gap between the data, exact inference "
        f"rises to {values['exact_growth_gap'].format()} times its level on the data, dropout with two hidden layers "
        f"stands at {values['growth_gap_deep'].format()}, dropout with one at {values['growth_gap'].format()}."
    )
    return figure, alt
