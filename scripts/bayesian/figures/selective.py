"""Errors as the least sure answers are left out, and how well images of no known class are told apart, by method."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import GREEN, ORANGE, PURPLE, VERMILION, canvas, label_lines
from scripts.maths.statistics import mean_interval

READS = ["bayesian.selective"]
METHODS = (
    ("plain", "one net", VERMILION),
    ("dropout", "dropout", ORANGE),
    ("ensemble", "ensemble", GREEN),
    ("laplace", "Laplace", PURPLE),
)
KINDS = (
    ("unknown", "a digit it has\nnever seen"),
    ("shuffled", "digits with\npixels shuffled"),
    ("noise", "uniform\nnoise"),
)
PER_CENT = 100.0
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
SHOWN = 0.5  # the least coverage that is drawn


def draw(selective: Artifact) -> tuple[Figure, str]:
    """Draw the risk–coverage curves on the left and the areas under the ROC curves on the right."""
    data, values = selective.arrays(), selective.values
    figure, (left, right) = canvas(1, 2, height=3.0, width_ratios=(1.1, 1))
    _draw_curves(left, data)
    _draw_areas(right, data)
    ratios = [f"{label} {values[f'{name}_risk_ratio'].format()}" for name, label, _ in METHODS if name != "plain"]
    told = [f"{label} {values[f'{name}_unknown'].format(interval=False)}" for name, label, _ in METHODS]
    alt = (
        f"Left, errors on fresh digits against the share of images that is answered, the surest first. Area under the "
        f"curve over that of one net: {'; '.join(ratios)}. Right, area under the ROC curve of familiar digits against "
        f"three kinds of foreign image; for a digit left out of training: {'; '.join(told)}."
    )
    return figure, alt


def _draw_curves(panel: Axes, data: dict[str, np.ndarray]) -> None:
    shown = data["coverages"] >= SHOWN
    curves = np.stack([PER_CENT * data[f"curve_{name}"].mean(0) for name, _, _ in METHODS])
    lowest = curves[:, shown][curves[:, shown] > 0].min(initial=1)
    for curve, (_, _, colour) in zip(curves, METHODS, strict=True):
        panel.plot(PER_CENT * data["coverages"][shown], np.maximum(curve[shown], lowest), color=colour)
    panel.set(yscale="log", xlim=(PER_CENT * SHOWN, 122), ylim=(0.8 * lowest, 2 * curves.max()))
    panel.set_xticks(range(50, 101, 10))
    panel.set_yticks(*_ticks(panel))
    panel.minorticks_off()
    panel.set(xlabel="images answered, %", ylabel="errors among them, %", title="Leaving out the least sure")
    ends = [(float(curve[-1]), label, colour) for curve, (_, label, colour) in zip(curves, METHODS, strict=True)]
    label_lines(panel, PER_CENT, ends)


def _ticks(panel: Axes) -> tuple[list[float], list[str]]:
    """Return the ticks that lie within the panel, and their labels."""
    low, high = panel.get_ylim()
    inside = [tick for tick in TICKS if low <= tick <= high]
    return inside, [f"{tick:g}" for tick in inside]


def _draw_areas(panel: Axes, data: dict[str, np.ndarray]) -> None:
    for place, (kind, _) in enumerate(KINDS):
        for shift, (name, _, colour) in zip(np.linspace(-0.24, 0.24, len(METHODS)), METHODS, strict=True):
            mean, low, high, _ = mean_interval(data[f"{kind}_{name}"])
            panel.plot([place + shift] * 2, [low, high], color=colour, linewidth=1.2)
            panel.plot(place + shift, mean, "o", color=colour, markersize=5)
    panel.set_ylim(panel.get_ylim()[0], 1)
    panel.set_xticks(range(len(KINDS)), [label for _, label in KINDS])
    panel.set(ylabel="area under the ROC curve", title="Telling foreign from familiar", xlim=(-0.5, len(KINDS) - 0.5))
