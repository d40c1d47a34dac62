"""The chance of positive eigenvalues only, how it falls with size, and the share of negative eigenvalues."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, canvas, label_line

READS = ["optimization.saddles"]


def draw(saddles: Artifact) -> tuple[Figure, str]:
    """Draw −ln P by size with exact values, its second difference with the limit, and shares by shift."""
    data, values = saddles.arrays(), saddles.values
    figure, panels = canvas(1, 3, height=2.6)
    _draw_chances(panels[0], data)
    _draw_differences(panels[1], data, values["second_difference_exact"].value)
    _draw_shares(panels[2], data)
    largest = data["log_sampled"].shape[1]
    gap = values["index_gap"]
    alt = (
        f"Three panels on random symmetric matrices. Minus the logarithm of the chance that all eigenvalues are "
        f"positive grows about as the square of the size, up to {largest}; at size 5 the chance is "
        f"{values['p_positive_5'].format(interval=False)}, and its leading order alone would be "
        f"{values['leading_order_ratio_5'].format()} times as large. Its second difference starts at "
        f"{values['second_difference_small'].format(interval=False)} and stands at "
        f"{values['second_difference'].format()} at the largest sizes sampled, with a limit of "
        f"{values['second_difference_exact'].format()}. The share of negative eigenvalues of shifted matrices follows "
        f"the semicircle law to {gap.format()}."
    )
    return figure, alt


def _draw_chances(panel: Axes, data: dict[str, np.ndarray]) -> None:
    largest = data["log_sampled"].shape[1]
    sizes = data["sizes"][:largest]
    panel.plot(sizes, -data["log_leading"][:largest], color=FAINT, linewidth=1)
    panel.plot(sizes, -data["log_sampled"].mean(0), "o", color=BLUE)
    panel.plot(sizes, -data["log_exact"][:largest], color=EXACT, linewidth=1, linestyle="--")
    top = -data["log_exact"][largest - 1]
    panel.set(title="All positive: how rare", xlabel="size N", ylabel="−ln P", xticks=sizes[1::2], ylim=(0, None))
    panel.text(0.05, 0.93, "exact (dashed)", transform=panel.transAxes, fontsize=8, color=EXACT)
    panel.text(0.05, 0.83, "sampled", transform=panel.transAxes, fontsize=8, color=BLUE)
    place = sizes[-1]
    panel.text(place, 0.32 * top, "leading\norder", fontsize=8, color=FAINT, ha="right", va="center")


def _draw_differences(panel: Axes, data: dict[str, np.ndarray], limit: float) -> None:
    mean, low, high = data["difference"]
    sizes = np.arange(2, 2 + mean.size)
    panel.axhline(limit, color=FAINT, linewidth=0.8)
    panel.errorbar(sizes, mean, [mean - low, high - mean], fmt="o", color=BLUE, linewidth=1)
    panel.plot(sizes, data["difference_exact"][: mean.size], color=EXACT, linewidth=1, linestyle="--")
    reach = max(0.012, 1.1 * np.abs(np.array([low, high]) - limit).max())
    panel.set(title="Its second difference", xlabel="size N", xticks=sizes[::2], ylim=(limit - reach, limit + reach))
    panel.text(sizes[0] - 0.3, limit + 0.04 * reach, "limit (ln 3)/2", fontsize=8, color=FAINT, va="bottom")


def _draw_shares(panel: Axes, data: dict[str, np.ndarray]) -> None:
    shifts = data["shifts"]
    panel.plot(shifts, data["index"].mean(1), "o", color=BLUE, markersize=3)
    panel.plot(shifts, data["index_exact"], color=EXACT, linewidth=1, linestyle="--")
    panel.set(title="Index against energy", xlabel="shift / edge of spectrum", ylabel="share of negative eigenvalues")
    panel.set(xticks=[-1, 0, 1], yticks=[0, 0.5, 1])
    label_line(panel, -1.2, 0.9, "semicircle law\n(dashed)", EXACT)
