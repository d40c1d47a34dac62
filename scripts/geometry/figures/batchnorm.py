"""Batch normalisation's two sides: the gradient along a training step, and through the layers of a deep net."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, band, canvas, label_line
from scripts.maths.statistics import mean_intervals

READS = ["geometry.batchnorm"]
KINDS = (("plain", "without", VERMILION), ("norm", "batch norm", BLUE))
DEEP = (("plain", VERMILION), ("norm", BLUE), ("small_batch", GREEN))


def draw(batchnorm: Artifact) -> tuple[Figure, str]:
    """Draw by learning rate how much gradient and loss change along a step; then the gradient by layer."""
    data, values = batchnorm.arrays(), batchnorm.values
    figure, (left, middle, right) = canvas(1, 3, height=2.75, width_ratios=(1, 1, 1.3))
    for panel, name in ((left, "gradient"), (middle, "loss")):
        _draw_rates(panel, data, name)
    left.set(title="Along a step:\nthe gradient", ylabel="relative change")
    middle.set(title="Along a step:\nthe loss", ylabel="relative range")
    _draw_layers(right, data, values["growth_exact"].value)
    told = {name: value.format() for name, value in values.items()}
    alt = (
        "Left and middle: relative change of the gradient, and relative range of the loss, along a training step, by "
        f"learning rate. At the smallest rate the gradient changes by {told['plain_gradient_slow']} without batch "
        f"normalisation and {told['norm_gradient_slow']} with it; at the largest, by {told['plain_gradient_fast']} and "
        f"{told['norm_gradient_fast']}. For the loss the numbers are {told['plain_loss_slow']} and "
        f"{told['norm_loss_slow']}, then {told['plain_loss_fast']} and {told['norm_loss_fast']}. Right: the squared "
        "gradient by layer of a deep net before training, on a logarithmic scale, relative to the last layer. Every "
        f"layer backwards multiplies it by {told['growth']} with batch normalisation, where theory says "
        f"{told['growth_exact']}, by {told['growth_small_batch']} with a small batch, and by {told['growth_plain']} "
        "without."
    )
    return figure, alt


def _draw_rates(panel: Axes, data: dict[str, np.ndarray], name: str) -> None:
    rates = data["rates"]
    panel.set(xscale="log", yscale="log", xlabel="learning rate")
    for (kind, title, colour), height in zip(KINDS, (0.98, 0.89), strict=True):
        mean, low, high = mean_intervals(data[f"{kind}_{name}"].mean(0))
        band(panel, rates, np.maximum(low, mean / 10), high, colour)
        panel.plot(rates, mean, "o-", color=colour)
        panel.text(0.05, height, title, transform=panel.transAxes, fontsize=8, color=colour, va="top")
    panel.minorticks_off()
    panel.set_xticks(rates, [f"{rate:g}" for rate in rates])


def _draw_layers(panel: Axes, data: dict[str, np.ndarray], exact: float) -> None:
    """Draw the squared gradient behind every hidden layer; the first array entry, at the inputs, is left out."""
    layers = np.arange(1, data["deep_norm"].shape[1])
    ends = {}
    for kind, colour in DEEP:
        norms = data[f"deep_{kind}"][:, 1:]
        mean, low, high = mean_intervals(np.log10(norms / norms[:, -1:]).T)
        band(panel, layers, 10**low, 10**high, colour)
        panel.plot(layers, 10**mean, color=colour)
        ends[kind] = 10**mean
    panel.plot(layers, exact ** (layers[-1] - layers.astype(float)), color=EXACT, linestyle="--", linewidth=1)
    panel.set(yscale="log", xlabel="layer", title="Through a deep net,\nbefore training", ylabel="squared gradient")
    first, third = 0, len(layers) // 3
    panel.set(ylim=(0.1, 3 * ends["small_batch"][first]), xlim=(0, layers[-1] + 0.3))
    panel.minorticks_off()
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_line(panel, layers[third], ends["small_batch"][third], "small batch", GREEN, offset=(5, 6))
    height = ends["norm"][first]
    label_line(panel, layers[first], height**0.4, "batch norm", BLUE, offset=(-3, 0))
    label_line(panel, layers[first], height**0.2, f"exact: × {exact:.3f}", EXACT, offset=(-3, 0))
    label_line(panel, layers[first], ends["plain"][first], "without", VERMILION, offset=(-3, -10))
