"""Parts of the residual over training beside the limit kernel's prediction, and that prediction's error over width."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, SKY, VERMILION, band, canvas, label_line, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["ntk.dynamics"]
COLOURS = (BLUE, GREEN, VERMILION)  # of the first, the middle and the last direction
GAPS = (  # name in the artifact, label, colour
    ("test", "test points", VERMILION),
    ("train", "training points", BLUE),
    ("own_train", "training points,\nown kernel", SKY),
)
HEIGHTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)


def draw(dynamics: Artifact) -> tuple[Figure, str]:
    """Draw three parts of the residual over training on the left, errors of the prediction over width on the right."""
    data, values = dynamics.arrays(), dynamics.values
    figure, (parts, gaps) = canvas(1, 2, height=3.0, width_ratios=(1.1, 1))
    _draw_parts(parts, data, dynamics.settings["steps"])
    _draw_gaps(gaps, data)
    return figure, _alt(values, data)


def _draw_parts(panel: Axes, data: dict[str, np.ndarray], steps: int) -> None:
    """Draw what is left of the parts; the widest networks as points, the narrowest as thin lines, theory dashed."""
    looks, ends = data["looks"][1:], []
    panel.set(xscale="log", xlabel="step", ylabel="share left of a part of the residual", xlim=(0.9, steps))
    for direction, colour in zip(data["directions"], COLOURS, strict=True):
        narrowest, widest = data["parts"][:, 1:, direction]
        exact = data["exact_parts"][1, 1:, direction]
        panel.plot(looks, narrowest, color=colour, linewidth=0.9)
        panel.plot(looks, exact, color=EXACT, linestyle="--", linewidth=1)
        panel.plot(looks[::2], widest[::2], color=colour, marker="o", linestyle="none")
        ends.append((narrowest[-1], _ordinal(direction + 1), colour))
    panel.set(ylim=panel.get_ylim(), title=f"Width {data['widths'][-1]}, points; {data['widths'][0]}, lines")
    panel.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    label_lines(panel, steps, ends)


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10 if number // 10 != 1 else 0, 'th') }"


def _draw_gaps(panel: Axes, data: dict[str, np.ndarray]) -> None:
    """Draw the largest error of the prediction over width, beside theory's slope."""
    widths, ends, highest = data["widths"], [], 0.0
    panel.set(xscale="log", yscale="log", xlabel="width", title="Error of the prediction")
    for name, label, colour in GAPS:
        mean, low, high = mean_intervals(data[f"gap_{name}"])
        band(panel, widths, np.maximum(low, mean / 10), high, colour)
        panel.plot(widths, mean, color=colour, marker="o")
        ends.append((mean[-1], label, colour))
        highest = max(highest, high.max())
    across = np.array([widths[0], widths[-1]], dtype=float)
    height = 1.35 * highest * (across / across[0]) ** -0.5
    panel.plot(across, height, color=EXACT, linestyle="--", linewidth=1)
    middle = float(np.sqrt(across.prod())), float(np.sqrt(height.prod()))
    label_line(panel, *middle, "slope −½", EXACT, offset=(0, 4), va="bottom")
    panel.set(xlim=(widths[0] / 1.15, widths[-1]))
    for axis, places in ((panel.xaxis, widths), (panel.yaxis, HEIGHTS)):
        axis.set_major_locator(FixedLocator(places))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    panel.set_ylim(panel.get_ylim())
    label_lines(panel, widths[-1], ends, gap=0.13)


def _alt(values: dict, data: dict[str, np.ndarray]) -> str:
    rates = ", ".join(values[f"rate_{name}"].format() for name in ("first", "middle", "last"))
    return (
        "Left, the share that is left of three parts of the training residual over the steps, along eigenvectors of "
        f"the limit kernel, with its prediction dashed. At width {data['widths'][-1]}, what has decayed when a share "
        f"of 1/e should be left is, over its prediction, {rates} for the first, the middle and the last. Right, the "
        f"prediction's largest error against width, both logarithmic: slope {values['train_slope'].format()} on "
        f"training points, {values['test_slope'].format()} on test points, and {values['own_train_slope'].format()} on "
        "training points if predicted by each network's own kernel at its start."
    )
