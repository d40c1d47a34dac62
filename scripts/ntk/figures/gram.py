"""The tangent kernel and the RBF kernel side by side, as matrices and as functions of the angle."""

import numpy as np
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, VERMILION, canvas, label_line

READS = ["ntk.rbf"]
COLOUR_MAP = "viridis"


def draw(rbf: Artifact) -> tuple[Figure, str]:
    """Draw both Gram matrices on the same points, and both kernels against the angle after the best straight map."""
    data, values = rbf.arrays(), rbf.values
    figure, panels = canvas(1, 3, height=2.35, width_ratios=(1, 1, 1.25))
    for panel, name, title in ((panels[0], "ntk", "Tangent kernel"), (panels[1], "rbf", "RBF kernel")):
        panel.imshow(data[f"gram_{name}"], cmap=COLOUR_MAP, interpolation="nearest", rasterized=True)
        panel.set(title=title, xticks=[], yticks=[], xlabel="points, south to north")
    angle = np.degrees(np.arccos(np.clip(data["cosines"], -1, 1)))
    ntk, gauss = data["curve_ntk"], data["curve_rbf"]
    slope, shift = np.polyfit(gauss, ntk, 1)
    curves = panels[2]
    curves.plot(angle, ntk, color=BLUE)
    curves.plot(angle, slope * gauss + shift, color=VERMILION, linestyle=(0, (4, 2)))
    curves.set(xlabel="angle between two points, degrees", ylabel="kernel", xticks=[0, 60, 120, 180])
    curves.set_title("Both, RBF rescaled")
    label_line(curves, 60, float(np.interp(60, angle[::-1], ntk[::-1])), "tangent", BLUE, offset=(8, 6))
    low = float(np.interp(60, angle[::-1], (slope * gauss + shift)[::-1]))
    label_line(curves, 60, low, "RBF", VERMILION, offset=(-6, -6), ha="right")
    curves.annotate("kink at 0", (0, ntk[-1]), (12, -2), textcoords="offset points", fontsize=8, color=EXACT)
    alt = (
        "Two matrices of kernel values on the same points look alike: bright along the diagonal, darker away from it. "
        "Drawn against the angle between two points, the two kernels nearly coincide, apart from a kink of the tangent "
        f"kernel at angle zero. The entries correlate at {values['correlation'].format()}."
    )
    return figure, alt
