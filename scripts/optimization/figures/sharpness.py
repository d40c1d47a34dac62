"""Sharpness at the same training loss by way of training, and against the error on fresh digits."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, ORANGE, PAPER, PURPLE, canvas
from scripts.maths.statistics import mean_interval

READS = ["optimization.sharpness"]
LOOKS = {
    "small_fast": (GREEN, "^"),
    "middle_fast": (BLUE, "^"),
    "large_fast": (PURPLE, "^"),
    "small": (GREEN, "o"),
    "middle": (BLUE, "o"),
    "large": (PURPLE, "o"),
    "adam": (ORANGE, "D"),
}
MEMORISING = ("small", "middle", "adam")
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
PER_CENT = 100.0


def draw(sharpness: Artifact) -> tuple[Figure, str]:
    """Draw the largest eigenvalue of each way of training on the left, error against it on the right."""
    data, values = sharpness.arrays(), sharpness.values
    names = _names(sharpness.settings)
    figure, (left, right) = canvas(1, 2, height=3.6, width_ratios=(1.25, 1))
    rows = [(name, name, True) for name in LOOKS] + [(name, f"random_{name}", False) for name in MEMORISING]
    heights = [-row if true else -row - 0.9 for row, (_, _, true) in enumerate(rows)]
    for height, (name, key, true) in zip(heights, rows, strict=True):
        _draw_point(left, data[f"sharpness_{key}"], height, name, filled=true)
    left.axhline(-len(LOOKS) + 0.05, color=FAINT, linewidth=0.8)
    left.text(
        1, -len(LOOKS) - 0.02, "random labels", transform=left.get_yaxis_transform(), fontsize=8, va="top", ha="right"
    )
    left.set_yticks(heights, [names[name] for name, _, _ in rows])
    left.set(ylim=(heights[-1] - 0.6, 0.6), title="Sharpness, same training loss")
    wrong = np.stack([1 - data[f"right_{name}"] for name in LOOKS])
    for name, excess in zip(LOOKS, PER_CENT * (wrong - wrong.mean(0)), strict=True):
        _draw_point(right, data[f"sharpness_{name}"], excess, name)
    right.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    right.set(ylabel="error, minus mean of all (points)", title="Error on fresh digits")
    means = [data[f"sharpness_{name}"].mean() for name in LOOKS]
    right.set_xlim(0.8 * min(means), 1.3 * max(means))
    for panel in (left, right):
        panel.set(xscale="log", xlabel="largest eigenvalue λ")
        panel.xaxis.set_major_locator(FixedLocator(TICKS))
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    alt = (
        f"Left, the largest eigenvalue of the Hessian at a training loss of {values['level'].format()}, mean over "
        f"{values['sharpness_small'].n} nets: {_list(values, LOOKS, names)}. With random labels: "
        f"{_list(values, [f'random_{name}' for name in MEMORISING], names)}. Right, error on fresh digits against it, "
        f"one point for each way of training on true labels; the mean rank correlation within a seed is "
        f"{values['rank_correlation'].format()}."
    )
    return figure, alt


def _names(settings: dict[str, Any]) -> dict[str, str]:
    """Return the ways of training in words, with their batch and step size."""
    sizes = {"small": settings["small_batch"], "middle": settings["middle_batch"], "large": settings["points"]}
    slow = {name: f"SGD {settings['rate']:g}, batch {size}" for name, size in sizes.items()}
    fast = {f"{name}_fast": f"SGD {settings['fast_rate']:g}, batch {size}" for name, size in sizes.items()}
    return slow | fast | {"adam": f"Adam {settings['adam_rate']:g}, batch {sizes['middle']}"}


def _list(values: dict[str, Any], keys: Any, names: dict[str, str]) -> str:
    """Return the ways of training with their sharpness, as part of a sentence."""
    each = [
        f"{names[key.removeprefix('random_')]}: {values[f'sharpness_{key}'].format(interval=False)}" for key in keys
    ]
    return "; ".join(each)


def _draw_point(panel: Axes, across: np.ndarray, up: np.ndarray | float, name: str, *, filled: bool = True) -> None:
    """Draw a mean with its interval, in both directions where both are samples."""
    colour, marker = LOOKS[name]
    x, low, high, _ = mean_interval(across)
    y, bottom, top = mean_interval(up)[:3] if isinstance(up, np.ndarray) else (up, up, up)
    panel.plot([max(low, x / 10), high], [y, y], color=colour, linewidth=1)
    panel.plot([x, x], [bottom, top], color=colour, linewidth=1)
    panel.plot(x, y, marker, color=colour, markersize=6, markerfacecolor=colour if filled else PAPER)
