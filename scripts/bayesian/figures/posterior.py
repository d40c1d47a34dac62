"""How each method's spread shrinks with the number of data, and how far off its mean is for that spread."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import (
    BLUE,
    EXACT,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    canvas,
    label_line,
    label_lines,
)
from scripts.maths.statistics import mean_intervals

READS = ["bayesian.posterior"]


def draw(posterior: Artifact) -> tuple[Figure, str]:
    """Draw spread, and error over spread, against the number of data on logarithmic axes, a line a method."""
    data, values = posterior.arrays(), posterior.values
    sizes = data["sizes"]
    low, main = data["fixed_rates"]
    methods = (
        ("dropout", f"dropout, p = {main:g}", VERMILION),
        ("dropout_low", f"dropout, p = {low:g}", BLUE),
        ("tuned", "dropout, best p", ORANGE),
        ("ensemble", "ensemble", PURPLE),
        ("laplace", "Laplace", SKY),
        ("conjugate", "exact Bayes", GREEN),
    )
    figure, (left, right) = canvas(1, 2, height=3.1, width_ratios=[1.5, 1])
    ends = []
    for name, label, colour in methods:
        for panel, rows in ((left, data[f"spread_{name}"]), (right, data[f"error_{name}"] / data[f"spread_{name}"])):
            middle, bottom, top = np.exp(mean_intervals(np.log(rows)))
            panel.errorbar(sizes, middle, [middle - bottom, top - middle], fmt="o-", color=colour, markersize=3)
        ends.append((np.exp(np.log(data[f"spread_{name}"][-1]).mean()), label, colour))
    start = 0.6 * np.exp(np.log(data["spread_conjugate"][0]).mean())
    left.plot(sizes, start * np.sqrt(sizes[0] / sizes), color=EXACT, linestyle="--", linewidth=1)
    middle = len(sizes) // 2
    below = start * np.sqrt(sizes[0] / sizes[middle])
    label_line(left, sizes[middle], below, "as $N^{-1/2}$", EXACT, ha="right", offset=(-6, -8))
    right.axhline(1, color=EXACT, linestyle="--", linewidth=1, zorder=0)
    left.set_title("Spread among the data")
    right.set_title("Error of the mean over spread")
    for panel in (left, right):
        panel.set(xscale="log", yscale="log", xlabel="number of data N", xticks=sizes)
        panel.xaxis.set_major_formatter("{x:g}")
        panel.xaxis.set_minor_locator(NullLocator())
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter(NullFormatter())
    lowest, highest = right.get_ylim()
    powers = 2.0 ** np.arange(np.ceil(np.log2(lowest)), np.floor(np.log2(highest)) + 1)
    right.set_yticks(powers)
    right.yaxis.set_minor_locator(NullLocator())
    left.set_xlim(sizes[0] / 1.3, sizes[-1] * (sizes[-1] / sizes[0]) ** 0.55)
    left.set_ylim(left.get_ylim())
    label_lines(left, sizes[-1], ends)
    slopes = {name: values[f"{name}_exponent"].format() for name, _, _ in methods}
    alt = (
        f"Two panels on logarithmic axes, from {sizes[0]} to {sizes[-1]} data. Left, the spread of the learned "
        f"function. Its slope is {slopes['dropout']} for dropout at the rate {main:g}, {slopes['dropout_low']} at "
        f"{low:g}, {slopes['tuned']} at the best rate, {slopes['ensemble']} for the ensemble, {slopes['laplace']} for "
        f"Laplace and {slopes['conjugate']} for exact inference; a dashed line has −1/2. Right, the error of the mean "
        "over the spread, with a dashed line at 1, where the spread tells how far off the mean is."
    )
    return figure, alt
