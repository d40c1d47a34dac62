"""The section in the infographic: the information plane of tanh and of ReLU."""

import numpy as np
from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, VERMILION, threads

READS = ["information.plane"]
KINDS = (("tanh", "tanh", BLUE, (0.71, 0.1)), ("relu", "ReLU", VERMILION, (0.02, 0.5)))
DRAWN = 16  # epochs


def draw(axes: Axes, plane: Artifact) -> str:
    """Draw of each hidden layer a path through training, with a dot at its end."""
    data, values = plane.arrays(), plane.values
    ceiling, whole = values["ceiling"].value, values["label_exact"].value
    shown = np.unique(np.linspace(0, len(data["epochs"]) - 1, DRAWN).round().astype(int))
    axes.plot([0, ceiling, ceiling], [whole, whole, 0], color=FAINT, linewidth=0.8, linestyle="--")
    for kind, name, colour, place in KINDS:
        across, up = (data[f"{kind}_{of}"].mean(2)[shown, 1:-1] for of in ("inputs", "label"))
        threads(axes, np.stack([across.T, up.T], axis=-1), color=colour, linewidth=1.4)
        axes.plot(across[-1], up[-1], "o", color=colour, markersize=3.6, markeredgewidth=0)
        axes.text(*place, name, color=colour, fontsize=8, transform=axes.transAxes)
    axes.set(xlim=(-0.02 * ceiling, 1.04 * ceiling), ylim=(-0.04, 1.08 * whole))
    return (
        "what each layer tells about input and label through training; the last hidden layer ends at "
        f"{values['tanh_last_end'].format(interval=False)} on the input with tanh and at "
        f"{values['relu_last_end'].format(interval=False)} with ReLU"
    )
