"""Eigenvalues of the kernels by index: a power law and a collapse."""

import numpy as np
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, PURPLE, VERMILION, band, canvas, label_lines

READS = ["ntk.rbf"]
LINES = (  # name in the artifact, label, colour
    ("laplace", "Laplace", GREEN),
    ("network", "finite network", PURPLE),
    ("ntk", "tangent", BLUE),
    ("rbf", "RBF", VERMILION),
)
RESOLVED = 1e-12  # of the largest eigenvalue: what is drawn of a numerical spectrum
FLOOR = 1e-13


def draw(rbf: Artifact) -> tuple[Figure, str]:
    """Draw each kernel's eigenvalues against the index, the exact ones dashed."""
    data, values = rbf.arrays(), rbf.values
    figure, axes = canvas(height=3.2)
    ends = {}
    for name, label, colour in LINES:
        spectra = data[f"spectrum_{name}"]
        index = np.arange(1, spectra.shape[1] + 1)
        middle = np.exp(np.log(spectra).mean(0))
        resolved = middle > RESOLVED * middle[0]
        band(axes, index[resolved], spectra.min(0)[resolved], spectra.max(0)[resolved], colour)
        axes.plot(index[resolved], middle[resolved], color=colour, linewidth=1.4)
        if name != "network":
            axes.plot(index, data[f"exact_{name}"], color=EXACT, linestyle="--", linewidth=0.7)
        ends.setdefault(index[resolved][-1], []).append((middle[resolved][-1], label, colour))
    first, stop = data["range"]
    axes.axvspan(first + 1, stop, color=FAINT, alpha=0.12, linewidth=0)
    axes.text(np.sqrt((first + 1) * stop), 3, "decay range", fontsize=8, ha="center", va="top")
    axes.set(xscale="log", yscale="log", xlabel="index of the eigenvalue", ylabel="eigenvalue")
    axes.set(xlim=(0.9, 1100), ylim=(FLOOR, 5), xticks=[1, 10, 100])
    for last, labels in ends.items():
        label_lines(axes, last, labels, gap=0.065)
    return figure, _alt(values)


def _alt(values: dict) -> str:
    return (
        "Eigenvalues against their index, both logarithmic. The tangent kernel's follow a straight line of slope "
        f"{values['ntk_exponent'].format()} over the decay range, close to those of a finite network and of the "
        "Laplace kernel. The RBF kernel's bend down ever more steeply: over the same range they fall by "
        f"{values['rbf_fall'].format()} powers of ten, the tangent kernel's by {values['ntk_fall'].format()}."
    )
