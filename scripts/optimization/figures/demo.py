"""Training and fresh-data loss of SGD and Adam by epoch, beside what is possible."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, VERMILION, band, canvas, label_line
from scripts.maths.statistics import mean_intervals

READS = ["optimization.demo"]
RUNS = (("sgd", "SGD", BLUE), ("adam", "Adam", VERMILION))


def draw(demo: Artifact) -> tuple[Figure, str]:
    """Draw the losses on the training data, and beside them, on the same scale, those on fresh data."""
    data, values = demo.arrays(), demo.values
    figure, panels = canvas(1, 2, height=2.8, sharey=True)
    for panel, kind in zip(panels, ("train", "fresh"), strict=True):
        epochs = np.arange(len(data[f"sgd_{kind}"]))
        for name, title, colour in RUNS:
            _draw_curve(panel, epochs, data[f"{name}_{kind}"], title, colour)
        panel.axhline(values["bayes"].value, color=FAINT, linewidth=0.8)
        exact = values[f"least_squares_{kind}_exact"].value
        panel.axhline(exact, color=EXACT, linewidth=1, linestyle="--")
        panel.text(epochs[-1], exact - 0.006, "least squares", fontsize=8, va="top", ha="right")
        panel.set(xlabel="epoch", xlim=(0, 1.15 * epochs[-1]), xticks=np.linspace(0, epochs[-1], 5).astype(int))
    panels[1].text(epochs[-1], values["bayes"].value - 0.006, "best possible", fontsize=8, va="top", ha="right")
    panels[0].set(ylabel="mean squared error", title="Training data")
    panels[1].set_title("Fresh data")
    alt = (
        f"Two panels, mean squared error by epoch over {values['sgd_train'].n} data sets. On the training data both "
        f"optimisers fall, SGD to {values['sgd_train'].format()} and Adam to {values['adam_train'].format()}. On fresh "
        f"data both end above the best possible loss of 1, SGD at {values['sgd_fresh'].format()} and Adam at "
        f"{values['adam_fresh'].format()}."
    )
    return figure, alt


def _draw_curve(panel: Axes, epochs: np.ndarray, losses: np.ndarray, title: str, colour: str) -> None:
    mean, low, high = mean_intervals(losses)
    band(panel, epochs, low, high, colour)
    panel.plot(epochs, mean, color=colour)
    label_line(panel, epochs[-1], mean[-1], title, colour)
