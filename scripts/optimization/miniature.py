"""The section in the infographic: sharpness climbs to what the step size can stand, and stays there."""

from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, band, label_line
from scripts.maths.statistics import mean_intervals

READS = ["optimization.stability"]
RUNS = (("small", GREEN), ("main", BLUE), ("other", VERMILION))
LIMITS = ("threshold", "threshold_other")
EVERY = 3  # of the records


def draw(axes: Axes, stability: Artifact) -> str:
    """Draw the sharpness by step under three step sizes, and the thresholds of two of them dashed."""
    data, values = stability.arrays(), stability.values
    last = data["main_steps"][-1]
    for name, colour in RUNS:
        steps, (mean, low, high) = data[f"{name}_steps"], mean_intervals(data[f"{name}_sharpness"])
        band(axes, steps[::EVERY], low[::EVERY], high[::EVERY], colour)
        axes.plot(steps[::EVERY], mean[::EVERY], color=colour, linewidth=1.5)
    for limit in LIMITS:
        axes.plot([0, last], [values[limit].value] * 2, color=EXACT, linestyle="--", linewidth=0.8)
        label_line(axes, last, values[limit].value, "2/η", EXACT, offset=(0, -7), ha="right")
    axes.set(xlim=(0, last), ylim=(0, None))
    return (
        "sharpness climbs through training until it meets 2 over the step size, and stays at "
        f"{values['ratio'].format(interval=False)} of that"
    )
