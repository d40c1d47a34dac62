"""The section in the infographic: the input plane, and what the layers of a trained net make of it."""

import numpy as np
from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import CLASS_COLOURS, FAINT, INK, dots, threads

READS = ["geometry.warp"]
SHOWN = 80  # points of each picture
LINES, PLACES = 4, 4  # of the grid's lines and of the places along them, every how many are drawn
LAYER = -2  # the last but one, where the folds show best


def draw(axes: Axes, warp: Artifact) -> str:
    """Draw the points and the plane's grid on the left, and what a hidden layer makes of both on the right."""
    data, values = warp.arrays(), warp.values
    stops = np.linspace(0, len(data["points"]) - 1, len(data["widths"])).astype(int)
    for shift, frame in ((0.0, stops[0]), (1.25, stops[LAYER])):
        low, high = (end(data["grid"][frame], axis=(0, 1)) for end in (np.min, np.max))
        grid, points = ((data[name][frame] - low) / (high - low) + (shift, 0) for name in ("grid", "points"))
        upright, level = np.split(grid[:, ::PLACES], 2)
        threads(axes, [*upright[::LINES], *level[::LINES]], color=FAINT, linewidth=0.4)
        for label, colour in enumerate(CLASS_COLOURS):
            dots(axes, *points[:SHOWN][data["labels"][:SHOWN] == label].T, colour, 1.8)
    axes.annotate("", (1.24, 0.5), (1.02, 0.5), arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 0.9})
    return (
        "two moons on a grid, and both as a hidden layer bends them; a linear probe names "
        f"{values['probe_input'].format(interval=False)} of fresh points right on the input and "
        f"{values['probe_last'].format(interval=False)} in the last layer"
    )
