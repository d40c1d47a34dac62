"""The input plane and its grid as every hidden layer of one trained net shows them."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import CLASS_COLOURS, FAINT, canvas, without_axes

READS = ["geometry.warp"]


def draw(warp: Artifact) -> tuple[Figure, str]:
    """Draw one panel a layer: the grid as lines, the points in the colours of their classes."""
    data, values = warp.arrays(), warp.values
    widths = data["widths"]
    stops = np.linspace(0, len(data["points"]) - 1, len(widths)).astype(int)
    figure, panels = canvas(1, len(widths), height=2.15)
    probes, control = data["probes"].mean(0), data["control"].mean(0)
    for depth, (panel, stop) in enumerate(zip(panels, stops, strict=True)):
        panel.add_collection(LineCollection(list(data["grid"][stop]), colors=FAINT, linewidths=0.35, alpha=0.7))
        for label, colour in enumerate(CLASS_COLOURS):
            own = data["points"][stop][data["labels"] == label]
            panel.scatter(*own.T, s=3, color=colour, linewidths=0, zorder=3, rasterized=True)
        where = "input" if depth == 0 else f"layer {depth}, {widths[depth]} units"
        panel.set_title(where, loc="center")
        panel.set_xlabel(f"{probes[depth]:.3f}\n(untrained {control[depth]:.3f})", fontsize=8)
        panel.autoscale_view()
        panel.set_aspect("equal", adjustable="datalim")
        without_axes(panel)
    alt = (
        f"{len(widths)} panels, the input plane and {len(widths) - 1} hidden layers. A square grid drawn through the "
        "plane is bent more with every layer, until the moons lie on two sides of a straight line. A linear probe's "
        f"accuracy on fresh points rises from {values['probe_input'].format()} to {values['probe_last'].format()}."
    )
    return figure, alt
