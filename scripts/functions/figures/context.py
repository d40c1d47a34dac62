"""Risk of trained linear attention against the length of the prompt, with its exact optimum."""

from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, ORANGE, PURPLE, SKY, VERMILION, canvas, label_line, label_lines
from scripts.maths.linear_attention import best_risk

READS = ["functions.context"]
COLOURS = (ORANGE, PURPLE, SKY)  # of the further dimensions
DOTS = {"markeredgewidth": 0, "markersize": 3, "rasterized": True}
CURVE = 30  # points of a curve
END = 1.25  # how far the curves reach past the longest prompts


def draw(context: Artifact) -> tuple[Figure, str]:
    """Draw every trained model as a dot and the exact optimum dashed: in the main dimension, then in all."""
    data, values = context.arrays(), context.values
    dimension, lengths = context.settings.get("dimension", 5), data["lengths"]
    figure, (left, right) = canvas(1, 2, height=3.1, sharey=True, width_ratios=[1.5, 1])
    _draw_main(left, data, dimension)
    _draw_dimensions(right, data, dimension)
    left.set(ylim=(-0.02, 0.9), ylabel="risk / variance of the answers")
    others = ", ".join(str(each) for each in data["dimensions"])
    alt = (
        f"Dots for trained models of linear attention over {lengths.size} prompt lengths, from {lengths[0]} to "
        f"{lengths[-1]} examples, beside the dashed curve of the exact optimum, which falls. At "
        f"{context.settings.get('length', 20)} "
        f"examples the models reach {values['risk'].format(interval=False)}, the optimum is "
        f"{values['risk_exact'].format()}. At {lengths[-1]} examples they lie "
        f"{values['longest_excess'].format(interval=False)} above it on average, those from random starts "
        f"{values['random_excess'].format(interval=False)}. Least squares is at zero from "
        f"{dimension} examples on. A second panel shows the same with a curve for each further dimension ({others}); "
        f"over all {values['grid_pairs'].format()} pairs of dimension and length, the largest mean distance from the "
        f"optimum is {values['grid_excess'].format(interval=False)}."
    )
    return figure, alt


def _draw_main(panel: Axes, data: dict[str, np.ndarray], dimension: int) -> None:
    lengths, random = data["lengths"], data["random"]
    along = np.geomspace(lengths[0] / END, lengths[-1] * END, CURVE)
    panel.plot(along, [best_risk(length, dimension) for length in along], color=EXACT, linestyle="--", linewidth=1)
    few = np.linspace(along[0], dimension, CURVE // 2)
    panel.plot([*few, along[-1]], [*(1 - few / dimension), 0], color=GREEN, linewidth=1.2)
    _draw_models(panel, lengths, data["risks"], BLUE)
    panel.plot(np.full(random.size, lengths[-1] * 1.12), random, "o", color=VERMILION, **DOTS)
    label_line(panel, lengths[-1] * 1.12, random.max(), "random starts", VERMILION, offset=(4, 7), ha="right")
    _set_lengths(panel, lengths, (along[0], along[-1]))
    panel.set_title(f"{dimension} dimensions")
    middle = along[along.size // 2]
    place = {"ha": "right", "offset": (-4, -10)}
    label_line(panel, middle, best_risk(middle, dimension), "best of one layer", EXACT, **place)
    label_line(panel, along[-1], 0, "least squares", GREEN, ha="right", offset=(0, 6))
    first = min(1, lengths.size - 1)
    label_line(panel, lengths[first], data["risks"][first].mean(), "trained models", BLUE, offset=(10, 5))


def _draw_dimensions(panel: Axes, data: dict[str, np.ndarray], dimension: int) -> None:
    lengths = np.union1d(data["grid_lengths"], data["lengths"])
    along = np.geomspace(lengths[0] / END, lengths[-1] * END, CURVE)
    rows = [(dimension, data["lengths"], data["risks"])]
    rows += [(each, data["grid_lengths"], grid) for each, grid in zip(data["dimensions"], data["grid"], strict=True)]
    names = []
    for (each, known, risks), colour in zip(sorted(rows, key=lambda row: row[0]), cycle(COLOURS)):
        shade = BLUE if each == dimension else colour
        curve = [best_risk(length, each) for length in along]
        panel.plot(along, curve, color=EXACT, linestyle="--", linewidth=1)
        _draw_models(panel, known, risks, shade)
        names.append((curve[-1], f"{each}", shade))
    _set_lengths(panel, lengths[:: max(1, lengths.size // 4)], (along[0], along[-1] * 1.6))
    panel.set_title(f"{', '.join(name for _, name, _ in names)} dimensions")
    label_lines(panel, along[-1], names)


def _draw_models(panel: Axes, lengths: np.ndarray, rows: np.ndarray, colour: str) -> None:
    spread = np.exp(np.linspace(-0.05, 0.05, rows.shape[1]))
    panel.plot(np.outer(lengths, spread).ravel(), np.sort(rows).ravel(), "o", color=colour, **DOTS)


def _set_lengths(panel: Axes, lengths: np.ndarray, limits: tuple[float, float]) -> None:
    panel.set(xscale="log", xlim=limits, xlabel="examples in the prompt")
    panel.set_xticks(lengths, [str(length) for length in lengths])
    panel.minorticks_off()
