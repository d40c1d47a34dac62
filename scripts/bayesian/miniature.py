"""The section in the infographic: bands on the data and off them, by dropout and by exact inference."""

from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import GREEN, INK, VERMILION, band, dots, label_line

READS = ["bayesian.dropout"]
REACH = 1.96  # spreads on either side
EVERY = 6  # of the places


def draw(axes: Axes, dropout: Artifact) -> str:
    """Draw the exact band, dropout's band over it, and the points."""
    data, values = dropout.arrays(), dropout.values
    main, grid = int(data["main"][0]), data["grid"][::EVERY]
    for centre, spread, colour in (
        (data["posterior_mean"], data["posterior_spread"], GREEN),
        (data["centres"][main], data["spreads"][main], VERMILION),
    ):
        middle, reach = centre[::EVERY], REACH * spread[::EVERY]
        band(axes, grid, middle - reach, middle + reach, colour)
        axes.plot(grid, middle, color=colour, linewidth=1.3)
    dots(axes, data["places"], data["observed"], INK, 1.7)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(-5, 5))
    label_line(axes, 0, 3.6, "exact", GREEN, offset=(0, 0), ha="center")
    label_line(axes, 0, -3.6, "dropout", VERMILION, offset=(0, 0), ha="center")
    told = {name: values[name].format(interval=False) for name in ("growth_gap", "exact_growth_gap")}
    return (
        "bands around a fitted curve: between two stretches of data the exact one is "
        f"{told['exact_growth_gap']} times as wide as on them, that of dropout {told['growth_gap']} times"
    )
