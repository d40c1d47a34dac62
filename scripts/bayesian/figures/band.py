"""The dropout band at two rates, an ensemble and the exact posterior, on the same points."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, PURPLE, VERMILION, band, canvas, label_line
from scripts.bayesian.data import curve

READS = ["bayesian.dropout"]
REACH = 1.96  # spreads on either side
EVERY = 2  # of the places, drawn of smooth curves and of bands, which is what the eye resolves
SHORT = 0.005  # half a stroke that stands for a point


def draw(dropout: Artifact) -> tuple[Figure, str]:
    """Draw mean and band: dropout at the lowest rate and at the article's, an ensemble, and exact inference."""
    data, values = dropout.arrays(), dropout.values
    grid, main, rates = data["grid"], int(data["main"][0]), data["rates"]
    figure, rows = canvas(2, 2, height=4.3, sharex=True, sharey=True)
    panels = rows.ravel()
    for panel, place, colour in ((panels[0], 0, BLUE), (panels[1], main, VERMILION)):
        _panel(panel, data, data["centres"][place], data["spreads"][place], colour)
        panel.set_title(f"Dropout, p = {rates[place]:g}")
    for function in data["functions"]:
        panels[1].plot(grid, function, color=VERMILION, linewidth=0.4, alpha=0.5)
    for sign in (-1, 1):
        edge = data["centres"][main] + sign * REACH * data["exact_band"]
        panels[1].plot(grid, edge, color=EXACT, linestyle="--", linewidth=0.9)
    members = data["members"]
    _panel(panels[2], data, members.mean(0), members.std(0, ddof=1), PURPLE)
    panels[2].set_title(f"Ensemble of {len(members)}, no dropout")
    for member in members:
        panels[2].plot(grid, member, color=PURPLE, linewidth=0.4, alpha=0.5)
    _panel(panels[3], data, data["posterior_mean"], data["posterior_spread"], GREEN)
    panels[3].set_title("Exact Bayesian inference")
    for row in rows:
        row[0].set(ylabel="y", ylim=(-5, 5))
    for panel in rows[-1]:
        panel.set(xlabel="x")
    label_line(panels[0], 3.1, curve(np.array(3.1)) - 1.35, "truth", FAINT, ha="center", offset=(0, 0))
    label_line(panels[1], 0, 4.4, "dashed: exact edge", EXACT, ha="center", offset=(0, 0))
    told = {name: value.format(interval=False) for name, value in values.items() if "growth" in name}
    alt = (
        "Four panels, the same noisy points on two stretches left and right of a gap: dropout at the rates "
        f"{rates[0]:g} and {rates[main]:g}, an ensemble, and exact inference, each a mean with its band. In the gap, "
        f"the spread over that on the data is {told['growth_gap']} for dropout at the article's rate, "
        f"{told['ensemble_growth_gap']} for the ensemble and {told['exact_growth_gap']} for exact inference. "
        f"Beyond the data it is {told['growth_outside']}, {told['ensemble_growth_outside']} and "
        f"{told['exact_growth_outside']}."
    )
    return figure, alt


def _panel(panel: Axes, data: dict[str, np.ndarray], centre: np.ndarray, spread: np.ndarray, colour: str) -> None:
    grid = data["grid"]
    low, high = centre - REACH * spread, centre + REACH * spread
    band(panel, grid[::EVERY], low[::EVERY], high[::EVERY], colour)
    panel.plot(grid[::EVERY], curve(grid[::EVERY]), color=FAINT, linewidth=1, linestyle=":")
    panel.plot(grid, centre, color=colour)
    _points(panel, data["places"], data["observed"])
    panel.set(xlim=(grid[0], grid[-1]))


def _points(panel: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw points as very short strokes with round ends: one path, a tenth of the size of as many markers."""
    corners = np.column_stack([x - SHORT, y, x + SHORT, y]).reshape(-1, 2)
    path = Path(corners, [Path.MOVETO, Path.LINETO] * len(x))
    path.should_simplify = False
    options = {"edgecolor": EXACT, "facecolor": "none", "linewidth": 1.9, "capstyle": "round", "zorder": 3}
    panel.add_patch(PathPatch(path, snap=False, **options))
