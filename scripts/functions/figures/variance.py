"""Test error on digits against the number of examples, and what share of its variance each factor has."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, CYCLE, FAINT, INK, ORANGE, PURPLE, VERMILION, canvas, label_line, label_lines
from scripts.article.values import Value

READS = ["functions.variance"]
PER_CENT = 100.0
TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 80)
ROWS = {
    "data": ("number of\nexamples", BLUE),
    "architecture": ("architecture", VERMILION),
    "optimiser": ("optimiser", ORANGE),
    "interactions": ("these together", PURPLE),
    "residual": ("which images,\nfirst weights", FAINT),
}


def draw(variance: Artifact) -> tuple[Figure, str]:
    """Draw every cell's error as a thin line over the number of examples, and the shares as bars with intervals."""
    error, values = PER_CENT * variance["error"].mean(3), variance.values
    sizes, architectures = variance.settings["sizes"], variance.settings["architectures"]
    figure, (left, right) = canvas(1, 2, height=3.1, width_ratios=(1.35, 1))
    ends = []
    for row, name in enumerate(architectures):
        colour = CYCLE[row % len(CYCLE)]
        left.plot(sizes, error[:, row], color=colour, linewidth=0.7, alpha=0.5)
        middle = np.exp(np.log(error[:, row]).mean(1))
        left.plot(sizes, middle, color=colour)
        activation, *hidden = name.split()
        ends.append((middle[-1], f"{activation}, {'–'.join(hidden)}", colour))
    left.set(xscale="log", yscale="log", xlabel="examples", ylabel="test error (%)", title="Error on fresh digits")
    left.set_xlim(sizes[0] / 1.1, sizes[-1] * (sizes[-1] / sizes[0]) ** 0.62)
    left.set_xticks(sizes, [str(size) for size in sizes])
    left.yaxis.set_major_locator(FixedLocator(TICKS))
    left.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    for axis in (left.xaxis, left.yaxis):
        axis.set_minor_locator(NullLocator())
    label_lines(left, sizes[-1], ends)
    _draw_shares(right, values)
    told = ", ".join(f"{label.replace(chr(10), ' ')} {values[name].format()}" for name, (label, _) in ROWS.items())
    alt = (
        f"Left, test error against the number of training images on logarithmic axes, a thin line for each of "
        f"{len(architectures)} architectures with each of {error.shape[2]} optimisers, a thick one for the geometric "
        f"mean of each architecture. Over all nets the mean error is {values['error_fewest'].format(interval=False)} "
        f"with {sizes[0]} images and {values['error_most'].format(interval=False)} with {sizes[-1]}. Right, shares of "
        f"the variance of the logarithm of the error: {told}."
    )
    return figure, alt


def _draw_shares(panel: Axes, values: dict[str, Value]) -> None:
    for row, (name, (_, colour)) in enumerate(ROWS.items()):
        share = values[name]
        panel.barh(-row, share.value, height=0.55, color=colour, alpha=0.8)
        panel.plot([share.low, share.high], [-row, -row], color=INK, linewidth=1)
        label_line(panel, share.high, -row, share.format(interval=False), INK)
    panel.axvline(0, color=INK, linewidth=0.7)
    panel.set_yticks(-np.arange(len(ROWS)), [label for label, _ in ROWS.values()])
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    panel.set_xticks(np.arange(0, PER_CENT + 1, 25))
    panel.set(xlabel="share of the variance (%)", title="What the error depends on", xlim=(None, 1.1 * PER_CENT))
