"""Estimated against exact mutual information with each estimator's ceiling, and errors over the sample size."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, band, canvas, label_lines
from scripts.article.values import MINUS, Value

READS = ["information.estimators"]
LINEAR = 0.1  # nats: errors up to this size are drawn to scale, larger ones by their logarithm


def draw(estimators: Artifact) -> tuple[Figure, str]:
    """Draw estimates over the exact information, and mean error with standard deviation over the sample size."""
    data, values = estimators.arrays(), estimators.values
    size = estimators.settings["size"]
    figure, (left, right) = canvas(1, 2, height=3.5)
    lines = named_lines(estimators.settings)
    _draw_estimates(left, data, lines)
    left.set(title=f"Estimate over truth, {size} pairs", xlabel="exact information, nats", ylabel="estimate, nats")
    _draw_errors(right, data, lines, values["truth"].value)
    right.set(title=f"Error at {values['truth'].format(interval=False)}", xlabel="pairs", ylabel="error, nats")
    return figure, _alternative(values, data["names"].tolist(), lines, size)


def named_lines(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what stands beside each estimator's line, and its colour."""
    binned = [(f"{bins} bins", VERMILION) for bins in settings["bins"]]
    return [("neighbours", BLUE), *binned, *((f"InfoNCE {batch}", GREEN) for batch in settings["batches"])]


def _draw_estimates(panel: Axes, data: dict[str, np.ndarray], lines: list[tuple[str, str]]) -> None:
    truths, means = data["informations"], data["by_truth"].mean(2)
    top = float(truths.max())
    panel.plot([0, top], [0, top], color=EXACT, linewidth=1, linestyle="--")
    panel.annotate("exact", (0.87 * top, 0.87 * top), (-5, 3), textcoords="offset points", fontsize=8, ha="right")
    for row, (_, colour), ceiling in zip(means, lines, data["ceilings"], strict=True):
        panel.axhline(ceiling, color=colour, linewidth=0.7, linestyle=":", alpha=0.8)
        panel.plot(truths, row, "o-", color=colour, markersize=2.6, linewidth=1.2)
    panel.set(xlim=(0, top * 1.02), ylim=(0, top * 1.02))
    ends = [(float(row[-1]), text, colour) for row, (text, colour) in zip(means, lines, strict=True)]
    label_lines(panel, float(truths[-1]), ends, gap=0.055)


def _draw_errors(panel: Axes, data: dict[str, np.ndarray], lines: list[tuple[str, str]], truth: float) -> None:
    sizes, errors = data["sizes"], data["by_size"] - truth
    panel.axhline(0, color=EXACT, linewidth=1, linestyle="--")
    for rows, (_, colour) in zip(errors, lines, strict=True):
        mean, spread = rows.mean(1), rows.std(1, ddof=1)
        band(panel, sizes, mean - spread, mean + spread, colour)
        panel.plot(sizes, mean, "o-", color=colour, markersize=2.6, linewidth=1.2)
    panel.set(xscale="log", xlim=(sizes[0], sizes[-1]))
    panel.set_yscale("symlog", linthresh=LINEAR, linscale=1.5)
    ticks = [tick for tick in (-3, -1, -0.3, -0.1, 0, 0.1, 0.3, 1, 3) if errors.min() <= tick <= errors.max()]
    panel.set_yticks(ticks, [f"{tick:g}".replace("-", MINUS) for tick in ticks])
    panel.set_xticks(sizes, [str(size) for size in sizes])
    panel.minorticks_off()
    ends = [(float(rows[-1].mean()), text, colour) for rows, (text, colour) in zip(errors, lines, strict=True)]
    label_lines(panel, float(sizes[-1]), ends, gap=0.055)


def _alternative(values: dict[str, Value], names: list[str], drawn: list[tuple[str, str]], size: int) -> str:
    lines = [(name, text) for name, (text, _) in zip(names, drawn, strict=True)]
    strong = [
        f"{text} {values[f'strong_{name}'].format(interval=False)} (ceiling {values[f'ceiling_{name}'].format()})"
        for name, text in lines
    ]
    errors = [
        f"{text} {values[f'bias_{name}'].format(interval=False)} with a spread of "
        f"{values[f'spread_{name}'].format(interval=False)}"
        for name, text in lines
    ]
    return (
        f"Left: estimates from {size} pairs over the exact information. No estimate passes its estimator's ceiling, "
        f"drawn dotted. Where the truth is {values['strong_truth'].format()} they say: {'; '.join(strong)}. "
        f"Right: mean error with its standard deviation as a band over the number of pairs, where the truth is "
        f"{values['truth'].format()}. At {size} pairs: {'; '.join(errors)}."
    )
