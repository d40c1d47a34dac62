"""Sharpness through training on all data, beside the sharpest that the steps can stand, and the training loss below."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, PURPLE, VERMILION, band, canvas, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["optimization.stability"]
RUNS = (
    ("small", "small_rate", "threshold_small_step", GREEN),
    ("main", "rate", "threshold", BLUE),
    ("other", "other_rate", "threshold_other", VERMILION),
)
DRAWN_LOSSES = 600  # of one net; an odd stride keeps both ends of an oscillation from step to step


def draw(stability: Artifact) -> tuple[Figure, str]:
    """Draw gradient descent at three step sizes on the left, Adam on the right; sharpness above, loss below."""
    data, values, settings = stability.arrays(), stability.values, stability.settings
    options: dict[str, Any] = {"sharex": "col", "width_ratios": (1.75, 1), "height_ratios": (1.35, 1)}
    figure, panels = canvas(2, 2, height=4.5, **options)
    (descent, adam), (descent_loss, adam_loss) = panels
    last = data["main_steps"][-1]
    descent.set(xlim=(0, 1.2 * last), xticks=np.linspace(0, last, 4).astype(int))
    names, losses = [], []
    for name, rate, limit, colour in RUNS:
        end = _draw_sharpness(descent, data, name, colour)
        _draw_limit(descent, values[limit].value, last, f"2/{settings[rate]:g}")
        names.append((end, f"η = {settings[rate]:g}", colour))
        losses.append((_draw_loss(descent_loss, data, name, colour), f"η = {settings[rate]:g}", colour))
    descent.set(ylim=(0, 1.12 * values["threshold_small_step"].value), ylabel="largest eigenvalue λ")
    descent.set_title("Gradient descent")
    thousands = {"adam_sharpness": data["adam_sharpness"] / 1000, "adam_steps": data["adam_steps"]}
    _draw_sharpness(adam, thousands, "adam", PURPLE)
    limit = values["adam_threshold"].value / 1000
    _draw_limit(adam, limit, last, f"38/{settings['adam_rate']:g}", above=True)
    adam.set(ylim=(0, 1.25 * limit), ylabel="λ, preconditioned / 1000", title="Adam", xticks=descent.get_xticks())
    _draw_loss(adam_loss, data, "adam", PURPLE)
    for panel in (descent_loss, adam_loss):
        panel.axvspan(int(data["late"]), last, color=FAINT, alpha=0.15, linewidth=0)
        panel.set(yscale="log", xlabel="step", ylabel="training loss, one net")
        _plain_ticks(panel)
    adam.set_xlim(0, last)
    adam_loss.text(last, 0.98, "averaged", transform=adam_loss.get_xaxis_transform(), fontsize=8, va="top", ha="right")
    label_lines(descent, last, names)
    label_lines(descent_loss, last, losses, gap=0.11)
    alt = (
        f"Above, sharpness by step over {values['ratio'].n} nets; below, the training loss of one net. With gradient "
        f"descent at step size {settings['rate']:g}, η λ / 2 averages {values['ratio'].format()} over the last part of "
        f"training, at {settings['other_rate']:g} {values['ratio_other'].format()}, and at the small step size of "
        f"{settings['small_rate']:g} {values['ratio_small_step'].format()}. With Adam the preconditioned sharpness "
        f"averages {values['adam_ratio'].format()} times 38/η. In that part the loss rises on a share of "
        f"{values['rising_main'].format(interval=False)} of the steps at step size {settings['rate']:g}, and of "
        f"{values['rising_small'].format(interval=False)} at the small one."
    )
    return figure, alt


def _draw_sharpness(panel: Axes, data: dict[str, np.ndarray], name: str, colour: str) -> float:
    """Draw mean and interval over the nets; return where the line ends."""
    mean, low, high = mean_intervals(data[f"{name}_sharpness"])
    band(panel, data[f"{name}_steps"], low, high, colour)
    panel.plot(data[f"{name}_steps"], mean, color=colour)
    return float(mean[-1])


def _draw_limit(panel: Axes, height: float, last: int, text: str, *, above: bool = False) -> None:
    panel.plot([0, last], [height, height], color=EXACT, linewidth=1, linestyle="--")
    placed = {"xytext": (0, 3), "va": "bottom"} if above else {"xytext": (0, -3), "va": "top"}
    panel.annotate(text, (last, height), textcoords="offset points", fontsize=8, ha="right", **placed)


def _plain_ticks(panel: Axes) -> None:
    """Write the ticks of a logarithmic axis as plain numbers, 1, 2 and 5 in each decade if it spans few."""
    low, high = panel.get_ylim()
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))


def _draw_loss(panel: Axes, data: dict[str, np.ndarray], name: str, colour: str) -> float:
    """Draw the first net's loss; return where the line ends."""
    losses = data[f"{name}_losses"][:, 0]
    steps = np.arange(0, len(losses), 2 * (len(losses) // (2 * DRAWN_LOSSES)) + 1)
    panel.plot(steps, losses[steps], color=colour, linewidth=0.8)
    return float(losses[-1])
