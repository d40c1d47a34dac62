"""SGD and Adam at the same training loss: loss on fresh data, and distance between what they learned."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, INK, PURPLE, VERMILION, band, canvas, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["optimization.demo"]
PAIRS = (
    ("cross", "SGD – Adam", INK),
    ("adam", "Adam – Adam", VERMILION),
    ("speed", "SGD – faster SGD", GREEN),
    ("order", "SGD – SGD", BLUE),
)


def draw(demo: Artifact) -> tuple[Figure, str]:
    """Draw the paired difference of the fresh-data losses, and the distances with their controls, by training loss."""
    data, values = demo.arrays(), demo.values
    figure, (left, right) = canvas(1, 2, height=2.9, width_ratios=(1, 1.35))
    levels = data["levels"].mean(1)
    mean, low, high = mean_intervals(data["matched_adam"] - data["matched_sgd"])
    band(left, levels, low, high, PURPLE)
    left.plot(levels, mean, color=PURPLE)
    left.axhline(0, color=FAINT, linewidth=0.8)
    _towards_lower_loss(left, levels)
    left.set(ylabel="fresh-data loss, Adam minus SGD", title="Loss on fresh data")
    ends = []
    for name, title, colour in PAIRS:
        mean, low, high = mean_intervals(data[f"distance_{name}"])
        band(right, levels, np.maximum(low, mean / 10), high, colour)
        right.plot(levels, mean, color=colour)
        ends.append((mean[-1], title, colour))
    _towards_lower_loss(right, levels, room=0.62)
    right.set(yscale="log", ylabel="mean squared distance", title="Distance between two functions")
    label_lines(right, levels[-1], ends)
    alt = (
        f"Left: at the same training loss, Adam's loss on fresh data minus SGD's; at the lowest common loss it is "
        f"{values['matched_fresh_difference'].format()}. Right: mean squared distance between functions at the same "
        f"training loss. SGD from Adam: {values['matched_distance'].format()}. Two Adam runs: "
        f"{values['matched_distance_adam'].format()}; SGD from faster SGD: "
        f"{values['matched_distance_speed'].format()}; two SGD runs: {values['matched_distance_order'].format()}."
    )
    return figure, alt


def _towards_lower_loss(panel: Axes, levels: np.ndarray, room: float = 0.04) -> None:
    span = levels[0] - levels[-1]
    panel.set(xlim=(levels[0] + 0.04 * span, levels[-1] - room * span), xlabel="training loss (falls to the right)")
    panel.set_xticks(np.round(np.linspace(levels[0], levels[-1], 4), 2))
