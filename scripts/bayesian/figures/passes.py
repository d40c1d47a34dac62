"""How fast the variance over forward passes closes in on its exact value."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, canvas, label_line
from scripts.maths.statistics import mean_interval

READS = ["bayesian.dropout"]


def draw(dropout: Artifact) -> tuple[Figure, str]:
    """Draw the relative error of the Monte Carlo variance against the number of passes, with its expected value."""
    data, values = dropout.arrays(), dropout.values
    counts = data["pass_counts"]
    order = np.argsort(counts)
    figure, axes = canvas(height=2.3)
    squares = np.array([mean_interval(column**2)[:3] for column in 100 * data["errors"].T])[order]
    estimates = np.sqrt(np.maximum(squares, squares[:, :1] / 10))  # a logarithmic axis has no room for 0
    reach = np.abs(estimates[:, 1:] - estimates[:, :1]).T
    axes.errorbar(counts[order], estimates[:, 0], reach, fmt="o", color=BLUE, capsize=2)
    expected = 100 * data["exact_errors"][order]
    axes.plot(counts[order], expected, color=EXACT, linestyle="--", linewidth=1, zorder=0)
    axes.set(xscale="log", yscale="log", xlabel="forward passes T", ylabel="error of the variance, %")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    axes.set_yticks([2, 5, 10, 20, 50])
    axes.margins(x=0.08, y=0.12)
    middle = len(counts) // 2 - 1
    here = float(counts[order][middle])
    label_line(axes, here, expected[middle], "expected, falls as $1/\\sqrt{T}$", EXACT, offset=(14, 8))
    alt = (
        f"On two logarithmic axes, the variance's relative error falls along a straight line from "
        f"{estimates[0, 0]:.0f} % at {counts[order][0]} passes to {estimates[-1, 0]:.1f} % at {counts[order][-1]}. The "
        f"slope is {values['variance_slope'].format()}, and the points lie on the dashed line that theory expects."
    )
    return figure, alt
