"""Decision regions of the article's demo, and accuracy over seeds."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import CLASS_COLOURS, FAINT, INK, canvas, label_line

READS = ["geometry.boundary"]


def draw(boundary: Artifact) -> tuple[Figure, str]:
    """Draw the regions of the first net with its points; beside them, each net's accuracy on fresh points."""
    data, values = boundary.arrays(), boundary.values
    figure, (plane, strip) = canvas(1, 2, height=2.9, width_ratios=(3, 1.25))
    shades = LinearSegmentedColormap.from_list("classes", CLASS_COLOURS)
    plane.pcolormesh(data["x"], data["y"], data["regions"], cmap=shades, vmin=0, vmax=1, alpha=0.28, rasterized=True)
    plane.contour(data["x"], data["y"], data["regions"], levels=[0.5], colors=[INK], linewidths=1.2)
    for label, colour in enumerate(CLASS_COLOURS):
        own = data["inputs"][data["labels"] == label]
        plane.scatter(*own.T, s=5, color=colour, linewidths=0)
    plane.set(xlabel="$x_1$", ylabel="$x_2$", title="Decision regions of one net", aspect="equal")
    test = np.sort(data["test"])
    strip.plot(np.linspace(-0.2, 0.2, test.size), test, "o", color=CLASS_COLOURS[0], alpha=0.6, markeredgewidth=0)
    mean = values["test_accuracy"]
    strip.errorbar([0.45], [mean.value], [[mean.value - mean.low], [mean.high - mean.value]], fmt="s", color=INK)
    trained = values["train_accuracy"].value
    strip.plot([-0.3, 0.6], [trained, trained], color=FAINT, linewidth=1, linestyle=":")
    label_line(strip, 0.6, trained, "on training\npoints", INK)
    strip.set(xlim=(-0.35, 1.2), xticks=[], ylabel="accuracy on fresh points", title=f"{test.size} nets")
    alt = (
        f"Left: a curved boundary splits the plane into two regions, one moon of {data['labels'].size} points in each. "
        f"Right: accuracy on fresh points of {test.size} nets, mean {mean.format()}; on the training points "
        f"{values['train_accuracy'].format(interval=False)}."
    )
    return figure, alt
