"""The dropout band at two rates, and the exact posterior, on the same points."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, VERMILION, band, canvas, label_line
from scripts.bayesian.data import curve

READS = ["bayesian.dropout"]
REACH = 1.96  # spreads on either side


def draw(dropout: Artifact) -> tuple[Figure, str]:
    """Draw mean and band: dropout at the lowest rate and at the article's, and exact inference."""
    data, values = dropout.arrays(), dropout.values
    grid, main, rates = data["grid"], int(data["main"][0]), data["rates"]
    figure, panels = canvas(1, 3, height=2.5, sharey=True)
    for panel, place, colour in ((panels[0], 0, BLUE), (panels[1], main, VERMILION)):
        _panel(panel, data, data["centres"][place], data["spreads"][place], colour)
        panel.set_title(f"Dropout, p = {rates[place]:g}")
    for function in data["functions"]:
        panels[1].plot(grid, function, color=VERMILION, linewidth=0.4, alpha=0.5)
    for sign in (-1, 1):
        edge = data["centres"][main] + sign * REACH * data["exact_band"]
        panels[1].plot(grid, edge, color=EXACT, linestyle="--", linewidth=0.9)
    _panel(panels[2], data, data["posterior_mean"], data["posterior_spread"], GREEN)
    panels[2].set_title("Exact Bayesian inference")
    panels[0].set(ylabel="y", ylim=(-5, 5))
    label_line(panels[0], 3.1, curve(np.array(3.1)) - 1.35, "truth", FAINT, ha="center", offset=(0, 0))
    label_line(panels[1], 0, 4.4, "dashed: exact edge", EXACT, ha="center", offset=(0, 0))
    alt = (
        "Three panels, the same noisy points on two stretches left and right of a gap. Dropout's band is narrow at the "
        "low rate and wider at the high one. Beyond the data its spread at the article's rate is "
        f"{values['growth_outside'].format()} times that on the data; in the gap, {values['growth_gap'].format()} "
        f"times. For the exact posterior, the ratio in the gap is {values['exact_growth_gap'].format()}."
    )
    return figure, alt


def _panel(panel: Axes, data: dict[str, np.ndarray], centre: np.ndarray, spread: np.ndarray, colour: str) -> None:
    grid = data["grid"]
    band(panel, grid, centre - REACH * spread, centre + REACH * spread, colour)
    panel.plot(grid, curve(grid), color=FAINT, linewidth=1, linestyle=":")
    panel.plot(grid, centre, color=colour)
    panel.plot(data["places"], data["observed"], ".", color=EXACT, markersize=2.5)
    panel.set(xlabel="x", xlim=(grid[0], grid[-1]))
