"""How much nets stretch their input space against their generalisation gap, and the rank correlations of the two."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION, canvas, label_line
from scripts.article.values import Value

READS = ["geometry.distortion"]
LEVELS = (BLUE, ORANGE, VERMILION, PURPLE, GREEN, SKY)
MARKS = ("o", "s", "^", "D", "v", "P")
ROWS = (("jacobian", "norm of\nthe Jacobian"), ("volume", "volume"), ("stretch", "length of\nsegments"))

GROUPS = (("", INK, 0.14, "all nets"), ("_within", GREEN, -0.14, "equal label noise"))


def draw(distortion: Artifact) -> tuple[Figure, str]:
    """Draw a point a configuration, mean over seeds; beside it, rank correlations over all and within a level."""
    data, values = distortion.arrays(), distortion.values
    figure, (cloud, strip) = canvas(1, 2, height=3.2, width_ratios=(1.45, 1))
    _draw_cloud(cloud, data)
    _draw_ranks(strip, values)
    ranks = "; ".join(
        f"{name.replace(chr(10), ' ')} {values[f'rank_{key}'].format()} over all and "
        f"{values[f'rank_{key}_within'].format()} among nets with equally many wrong labels"
        for key, name in ROWS
    )
    count = data["gap"][..., 0].size
    alt = (
        f"Left: {count} configurations, mean norm of the Jacobian of the class probabilities at fresh images against "
        f"the generalisation gap. The widest net without weight decay: with the fewest wrong labels norm "
        f"{values['jacobian_clean'].format()} and gap {values['gap_clean'].format()}, with the most norm "
        f"{values['jacobian_noisy'].format()} and gap {values['gap_noisy'].format()}. "
        f"Right: rank correlations with the gap. {ranks[0].upper()}{ranks[1:]}."
    )
    return figure, alt


def _draw_cloud(panel: Axes, data: dict[str, np.ndarray]) -> None:
    jacobian, gap = data["jacobian"].mean(-1), data["gap"].mean(-1)
    widths, noise = data["widths"], data["noise"]
    panel.set_xlim(jacobian.min() / 1.25, jacobian.max() * 2.6)
    for level, rate in enumerate(noise):
        colour = LEVELS[level % len(LEVELS)]
        for column in range(len(widths)):
            mark = MARKS[column % len(MARKS)]
            panel.plot(jacobian[level, column], gap[level, column], mark, color=colour, markersize=5, alpha=0.85)
        last = np.unravel_index(jacobian[level].argmax(), jacobian[level].shape)
        label_line(panel, jacobian[level][last], gap[level][last], f"{100 * rate:.0f} % wrong", colour, offset=(6, 0))
    panel.set(xscale="log", xlabel="norm of the Jacobian at fresh images", ylabel="generalisation gap")
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter("{x:g}")
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_title("One mark: one kind of net")
    for column, width in enumerate(widths):
        panel.plot([], [], MARKS[column % len(MARKS)], color=INK, markersize=5, label=f"{width} units")
    panel.legend(loc="upper left", handletextpad=0.1)


def _draw_ranks(panel: Axes, values: dict[str, Value]) -> None:
    panel.axvline(0, color=FAINT, linewidth=0.8)
    for ending, colour, shift, title in GROUPS:
        for row, (key, _) in enumerate(ROWS):
            value = values[f"rank_{key}{ending}"]
            low, high = value.low or value.value, value.high or value.value
            spread = [[value.value - low], [high - value.value]]
            panel.errorbar(value.value, shift - row, xerr=spread, fmt="o", color=colour, capsize=2, linewidth=1.2)
        first = values[f"rank_{ROWS[0][0]}{ending}"].value
        options = {"ha": "center", "va": "bottom" if shift > 0 else "top", "offset": (0, 5 if shift > 0 else -5)}
        label_line(panel, first, shift, title, colour, **options)
    panel.set(xlim=(-1, 1.15), ylim=(-len(ROWS) + 0.4, 0.65), xticks=(-1, -0.5, 0, 0.5, 1))
    panel.set_yticks([-row for row in range(len(ROWS))], [name for _, name in ROWS])
    panel.set(xlabel="rank correlation with the gap", title="Rank correlations")
