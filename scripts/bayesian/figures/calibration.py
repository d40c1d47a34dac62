"""Confidence against the share that is right, before and after a temperature, and the calibration error by method."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, INK, ORANGE, PURPLE, VERMILION, canvas
from scripts.maths.statistics import mean_interval

READS = ["bayesian.calibration"]
METHODS = (
    ("plain", "one net", VERMILION),
    ("tempered", "one net,\nwith temperature", BLUE),
    ("dropout", "dropout", ORANGE),
    ("dropout_low", "dropout,\nlower rate", ORANGE),
    ("ensemble", "ensemble", GREEN),
    ("laplace", "Laplace", PURPLE),
    ("laplace_tuned", "Laplace, held-\nout prior", PURPLE),
)
WORDS = {
    "plain": "one net",
    "tempered": "one net with a temperature",
    "dropout": "dropout",
    "dropout_low": "dropout at a lower rate",
    "ensemble": "ensemble",
    "laplace": "Laplace",
    "laplace_tuned": "Laplace with a prior chosen by held-out images",
}
PLACE = 0.75  # the confidence at which the curves are named
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def draw(calibration: Artifact) -> tuple[Figure, str]:
    """Draw the reliability diagram on the left, and each method's error beside what chance makes on the right."""
    data, values = calibration.arrays(), calibration.values
    figure, (left, right) = canvas(1, 2, height=3.1, width_ratios=(1, 1.05))
    _draw_diagram(left, data)
    _draw_errors(right, data)
    alt = (
        f"Left, reliability diagram on fresh digits after few labels. One net: {_gap(values['plain_overconfidence'])}. "
        f"With a temperature of {values['plain_temperature'].format(interval=False)} on average: "
        f"{_gap(values['tempered_overconfidence'])}. Right, expected calibration error, and in brackets that of a "
        f"calibrated classifier with the same confidences: {_errors(values)}."
    )
    return figure, alt


def _draw_diagram(panel: Axes, data: dict[str, np.ndarray]) -> None:
    for name, _, colour in METHODS[:2]:
        sure, share, low, high = (data[f"diagram_{name}_{key}"] for key in ("confidence", "right", "low", "high"))
        seen = np.isfinite(share)
        sure, share, low, high = sure[seen], share[seen], low[seen], high[seen]
        panel.fill_between(sure, low, high, color=FAINT, alpha=0.25, linewidth=0)
        panel.plot(sure, share, "o-", color=colour)
    panel.plot([0, 1], [0, 1], color=EXACT, linewidth=1, linestyle="--", zorder=0)
    panel.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share right", title="Reliability")
    before, after = (_at(data, name, PLACE) for name in ("plain", "tempered"))
    words = {"fontsize": 8, "linespacing": 1.1}
    panel.text(PLACE + 0.03, min(before, PLACE) - 0.03, "one net", color=VERMILION, va="top", **words)
    panel.text(
        PLACE - 0.05, max(after, PLACE) + 0.02, "with a\ntemperature", color=BLUE, ha="right", va="bottom", **words
    )
    panel.text(1.0, 0.03, "dashed: calibrated\ngrey: its scatter", color=INK, ha="right", va="bottom", **words)


def _at(data: dict[str, np.ndarray], name: str, confidence: float) -> float:
    sure, share = data[f"diagram_{name}_confidence"], data[f"diagram_{name}_right"]
    return float(share[np.nanargmin(np.abs(sure - confidence))])


def _draw_errors(panel: Axes, data: dict[str, np.ndarray]) -> None:
    rows = -np.arange(len(METHODS))
    for row, (name, _, colour) in zip(rows, METHODS, strict=True):
        low, high = data[f"null_low_{name}"].mean(), data[f"null_high_{name}"].mean()
        panel.fill_between([low, high], row - 0.2, row + 0.2, color=FAINT, alpha=0.4, linewidth=0)
        mean, below, above, _ = mean_interval(data[f"ece_{name}"])
        panel.plot([max(below, mean / 10), above], [row, row], color=colour, linewidth=1.2)
        panel.plot(mean, row, "o", color=colour, markersize=6)
    panel.set_yticks(rows, [label for _, label, _ in METHODS])
    for tick, (_, _, colour) in zip(panel.get_yticklabels(), METHODS, strict=True):
        tick.set_color(colour)
    lowest = min(data[f"null_low_{name}"].mean() for name, _, _ in METHODS)
    panel.set(xscale="log", ylim=(rows[-1] - 0.6, 0.6), xlim=(0.7 * lowest, None))
    panel.set(xlabel="expected calibration error", title="Error (grey: chance alone)")
    panel.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    panel.minorticks_off()


def _gap(value: Any) -> str:
    more = "more" if value.value > 0 else "less"
    return f"on average {abs(value.value):.1f} percentage points {more} confident than right"


def _errors(values: dict[str, Any]) -> str:
    each = [
        f"{WORDS[name]} {values[f'{name}_ece'].format(interval=False)} "
        f"[{values[f'{name}_ece_null'].format(interval=False)}]"
        for name, _, _ in METHODS
    ]
    return "; ".join(each)
