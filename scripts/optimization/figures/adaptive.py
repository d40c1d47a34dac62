"""Errors of adaptive methods and of SGD on data built to tell them apart, and the weights that explain them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, ORANGE, PURPLE, VERMILION, canvas, label_line, label_lines
from scripts.article.values import Value
from scripts.maths.statistics import mean_intervals

READS = ["optimization.adaptive"]
METHODS = (
    ("adam", "Adam", VERMILION, "o", 9),
    ("adagrad", "AdaGrad", ORANGE, "o", 6),
    ("rmsprop", "RMSprop", PURPLE, "o", 3),
    ("sgd", "SGD", BLUE, "s", 6),
    ("min_norm", "least norm", GREEN, "s", 3),
)
KINDS = ("the label", "constants", "own, label 1", "own, label −1")


def draw(adaptive: Artifact) -> tuple[Figure, str]:
    """Draw errors on fresh examples by the share of positive labels, weights by kind of feature, and Adam by batch."""
    data, values = adaptive.arrays(), adaptive.values
    settings = adaptive.settings
    figure, (errors, weights, batches) = canvas(1, 3, height=2.9, width_ratios=(1.25, 1, 1))
    _draw_errors(errors, data)
    _draw_weights(weights, data)
    _draw_batches(batches, data, values, settings["points"])
    batches.set_xlabel(f"examples a step (p = {settings['share']:g})")
    return figure, _alternative(values)


def _draw_errors(panel: Axes, data: dict[str, np.ndarray]) -> None:
    order = np.argsort(data["shares"])
    shares = data["shares"][order]
    panel.plot(shares, 1 - shares, color=EXACT, linewidth=1, linestyle="--")
    ends = []
    for name, title, colour, marker, size in METHODS:
        mean, low, high = mean_intervals(data[f"error_{name}"][order])
        panel.vlines(shares, low, high, color=colour, linewidth=1)
        panel.plot(shares, mean, marker, color=colour, markersize=size, linestyle="none")
        ends.append((float(mean[-1]), title, colour))
    panel.set(xlabel="share p of positive labels", ylabel="error on fresh examples", title="Errors")
    span = shares[-1] - shares[0]
    panel.set(ylim=(-0.05, 0.52), xlim=(shares[0] - 0.06 * span, shares[-1] + 0.75 * span))
    panel.set_xticks(np.arange(np.ceil(10 * shares[0]), 10 * shares[-1] + 0.5) / 10)
    label_line(panel, shares[0], 1 - shares[0], "1 − p", EXACT, offset=(12, 5))
    label_lines(panel, shares[-1] + 0.05 * span, ends, gap=0.085)


def _draw_weights(panel: Axes, data: dict[str, np.ndarray]) -> None:
    for place, (name, title, colour) in enumerate((("adam", "Adam", VERMILION), ("min_norm", "least norm", GREEN))):
        means = data[f"weights_{name}"].mean(0)
        rows = -np.arange(len(KINDS)) - 0.3 * place
        panel.barh(rows, means, height=0.28, color=colour)
        panel.text(0.98, 0.16 - 0.09 * place, title, fontsize=8, color=colour, ha="right", transform=panel.transAxes)
    for row, text in enumerate(KINDS):
        panel.text(0.03, 0.18 - row, text, fontsize=8, va="bottom", ha="left")
    panel.axvline(0, color=EXACT, linewidth=0.7)
    panel.set(xlabel="mean weight", title="Weights by feature", yticks=[], xlim=(-0.35, 1.05), ylim=(-3.7, 0.75))
    panel.spines["left"].set_visible(False)


def _draw_batches(panel: Axes, data: dict[str, np.ndarray], values: dict[str, Value], points: int) -> None:
    order = np.argsort(data["batch_sizes"])
    sizes = np.append(data["batch_sizes"][order], points)
    rows = np.concatenate([data["error_adam_by_batch"][order], data["error_adam"][:1]])
    mean, low, high = mean_intervals(rows)
    panel.axhline(values["wilson_error_p060"].value, color=EXACT, linewidth=1, linestyle="--")
    panel.vlines(sizes, low, high, color=VERMILION, linewidth=1)
    panel.plot(sizes, mean, "o-", color=VERMILION, linewidth=1)
    panel.set(xscale="log", title="Adam's errors by batch", ylim=(-0.05, 0.52))
    panel.set_xticks(sizes, [f"{size:g}" for size in sizes])
    panel.minorticks_off()


def _alternative(values: dict[str, Value]) -> str:
    return (
        f"Three panels. Errors on fresh examples by the share p of positive labels: at the share of the criterion Adam "
        f"errs on {values['adam_error_p060'].format()}, AdaGrad on {values['adagrad_error_p060'].format()}, RMSprop on "
        f"{values['rmsprop_error_p060'].format()}, where 1 − p is {values['wilson_error_p060'].format()}; SGD on "
        f"{values['sgd_error_p060'].format()} and the minimum-norm solution on "
        f"{values['min_norm_error_p060'].format()}. Weights: Adam gives the label "
        f"{values['adam_weight_label'].format(interval=False)} and each constant "
        f"{values['adam_weight_constant'].format(interval=False)}, the minimum norm "
        f"{values['min_norm_weight_label'].format(interval=False)} and "
        f"{values['min_norm_weight_constant'].format(interval=False)}. Adam's error with mini-batches of "
        f"{values['adam_small_batch'].format()} is {values['adam_small_batch_error'].format()}, of "
        f"{values['adam_large_batch'].format()} {values['adam_large_batch_error'].format()}."
    )
