"""Entropy and mutual information from counts, over the sample size, beside the exact values."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import EXACT, FAINT, GREEN, VERMILION, canvas
from scripts.maths.statistics import mean_intervals

READS = ["information.entropy"]
ESTIMATORS = (("plug-in", VERMILION), ("Miller–Madow", GREEN))


def draw(entropy: Artifact) -> tuple[Figure, str]:
    """Draw the mean of both estimators with intervals, and the exact mean as dashes, for one entropy and two dice."""
    data, values = entropy.arrays(), entropy.values
    figure, (left, right) = canvas(1, 2, height=2.8)
    truth = values["entropy"].value
    for panel, drawn, exact, true in ((left, "found", "exact", truth), (right, "dice", "dice_exact", 0.0)):
        _draw_estimates(panel, data["sizes"], data[drawn], data[exact])
        panel.axhline(true, color=FAINT, linewidth=0.9)
        panel.set(xscale="log", xlabel="sample size")
    left.text(data["sizes"][0], truth + 0.02, "true entropy", fontsize=8, va="bottom")
    left.set_ylim(top=truth + 0.2)
    left.set(ylabel="nats", title="Entropy of one variable")
    right.text(data["sizes"][0], 0.03, "truth: independent", fontsize=8, va="bottom")
    right.set(title="Information in independent dice")
    middle = max(1, len(data["sizes"]) // 2 - 1)
    _label(left, data["sizes"][middle - 1], data["exact"][:, middle - 1], left="Miller–Madow")
    _label(right, data["sizes"][middle], data["dice_exact"][:, middle], left="Miller–Madow")
    alt = (
        f"Left: the counted entropy lies below the true {values['entropy'].format()} at every sample size and rises "
        f"towards it; at the size quoted in the text its bias is {values['plugin_bias'].format()}, with the "
        f"Miller–Madow correction {values['miller_madow_bias'].format()}. Right: the counted mutual information of two "
        f"independent dice lies above its true value 0, at that size {values['dice_plugin'].format()}, corrected "
        f"{values['dice_miller_madow'].format()}. Simulated means follow the exact ones."
    )
    return figure, alt


def _draw_estimates(panel: Axes, sizes: np.ndarray, drawn: np.ndarray, exact: np.ndarray) -> None:
    for rows, curve, (_, colour) in zip(drawn, exact, ESTIMATORS, strict=True):
        mean, low, high = mean_intervals(rows)
        panel.plot(sizes, curve, color=EXACT, linewidth=0.9, linestyle="--")
        panel.errorbar(sizes, mean, [mean - low, high - mean], fmt="o", color=colour, elinewidth=1.2)


def _label(panel: Axes, size: float, at: np.ndarray, left: str) -> None:
    for height, (title, colour) in zip(at, ESTIMATORS, strict=True):
        side, x = ("right", -6) if title == left else ("left", 6)
        y = 3 if height == at.max() else -3
        align = "bottom" if y > 0 else "top"
        style = {"fontsize": 8, "color": colour, "ha": side, "va": align}
        panel.annotate(title, (size, height), (x, y), textcoords="offset points", **style)
