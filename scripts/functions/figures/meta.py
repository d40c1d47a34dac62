"""How a start trained by MAML and one trained on all tasks together adapt to one sinusoid, and their errors by step."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import (
    BLUE,
    EXACT,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILION,
    band,
    canvas,
    label_line,
    label_lines,
)
from scripts.maths.statistics import mean_intervals

READS = ["functions.meta"]
TITLES = {"maml": "Trained to adapt (MAML)", "pretrained": "Trained on all tasks"}
LINES = {"maml": ("MAML", BLUE), "pretrained": ("all tasks", VERMILION), "random": ("untrained", PURPLE)}
COLOURS = (FAINT, ORANGE, GREEN)  # before, after few and after many steps
HEADROOM = 0.3  # of the height of the two left panels, for their key


def draw(meta: Artifact) -> tuple[Figure, str]:
    """Draw one task and the answers of both starts to it in two panels; mean errors over steps in the third.

    The lines are for the step size that suits many steps best, the dots for the one that suits few.
    """
    data = meta.arrays()
    _, few, many = data["steps"]
    figure, panels = canvas(1, 3, height=2.8, width_ratios=[1, 1, 1.1])
    _draw_examples(panels[:2], data)
    _draw_errors(panels[2], data, meta.values["pretrained_optimum"].value)
    told = {name: value.format(interval=False) for name, value in meta.values.items()}
    alt = (
        f"Three panels. Two show one sinusoid, {data['example_inputs'].size} examples of it and the answers of a net "
        f"before and after {few} and {many} gradient steps, on the left from a start trained by MAML, in the middle "
        "from a start trained on all tasks together. On the right, the mean squared error over all new tasks by step. "
        f"MAML's is {told['maml_0']} before the first step, {told[f'maml_{few}']} after {few} and "
        f"{told[f'maml_{many}']} after {many}; that of the other start {told['pretrained_0']}, "
        f"{told[f'pretrained_{few}']} and {told[f'pretrained_{many}']}; without any training, {told['random_0']}, "
        f"{told[f'random_{few}']} and {told[f'random_{many}']}. A dashed line at {told['pretrained_optimum']} is the "
        "best without adapting."
    )
    return figure, alt


def _draw_examples(panels: np.ndarray, data: dict[str, np.ndarray]) -> None:
    grid, drawn = data["grid"], [data["example_truth"], data["example_targets"]]
    for panel, name in zip(panels, TITLES, strict=True):
        panel.plot(grid, data["example_truth"], color=EXACT, linestyle="--", linewidth=1)
        for colour, answer in zip(COLOURS, data[f"example_{name}"], strict=True):
            panel.plot(grid, answer, color=colour, linewidth=1.4)
            drawn.append(answer)
        panel.plot(data["example_inputs"], data["example_targets"], "o", color=INK, markersize=3, zorder=3)
        panel.set_title(TITLES[name], loc="center")
        panel.locator_params(axis="x", nbins=2)
        panel.set_xlabel("input $x$")
    low, high = (end(np.concatenate(drawn)) for end in (np.min, np.max))
    margin = 0.05 * (high - low)
    for panel in panels:
        panel.set_ylim(low - margin, high + margin + HEADROOM * (high - low))
    _, few, many = data["steps"]
    key = zip(("before", f"{few} step", f"{many} steps", "the task"), (*COLOURS, EXACT), strict=True)
    for row, (text, colour) in enumerate(key):
        where = (0.04 + 0.5 * (row % 2), 0.97 - 0.085 * (row // 2))
        panels[0].text(*where, text, color=colour, fontsize=8, va="top", transform=panels[0].transAxes)
    panels[1].tick_params(labelleft=False)


def _draw_errors(panel: Axes, data: dict[str, np.ndarray], optimum: float) -> None:
    (_, few, many), ends = data["steps"], []
    for name, (label, colour) in LINES.items():
        middle, low, high = mean_intervals(data[f"errors_{name}_{many}"])
        band(panel, np.arange(len(middle)), low, high, colour)
        panel.plot(middle, color=colour)
        panel.plot(few, data[f"errors_{name}_{few}"][few].mean(), "o", color=colour)
        ends.append((middle[-1], label, colour))
    panel.axhline(optimum, color=EXACT, linestyle="--", linewidth=1, zorder=1)
    panel.set(xlabel="gradient steps", xticks=[0, few, 5, many], xlim=(-0.3, many * 1.5))
    panel.set_ylim(0, panel.get_ylim()[1])
    panel.set_title("Mean squared error", loc="center")
    label_lines(panel, many, ends)
    label_line(panel, many * 1.5, optimum, "best without\nadapting", EXACT, ha="right", va="top", offset=(0, -2))
