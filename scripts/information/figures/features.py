"""What each input, all inputs and every layer tell about the label, before and after training."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, ORANGE, canvas
from scripts.maths.statistics import mean_intervals

READS = ["information.features"]
SHIFT = 0.12  # of the trained and the untrained mark from their common place


def draw(features: Artifact) -> tuple[Figure, str]:
    """Draw estimates with intervals from the single inputs to the output, exact values as dashes."""
    data, values = features.arrays(), features.values
    figure, panel = canvas(height=3.1)
    depths = data["trained"].shape[1]
    places = np.arange(2, 2 + depths)
    _mark(panel, np.arange(2), data["features"], EXACT, "o")
    _mark(panel, places[:1], data["trained"][:, :1], EXACT, "o")
    _mark(panel, places[1:] - SHIFT, data["trained"][:, 1:], BLUE, "o")
    _mark(panel, places[1:] + SHIFT, data["untrained"][:, 1:], ORANGE, "s")
    decoded = np.stack([data["decoded"], data["decoded_untrained"]], axis=1)
    _mark(panel, np.array([2.0 + depths - SHIFT]), decoded[:, :1], BLUE, "o")
    _mark(panel, np.array([2.0 + depths + SHIFT]), decoded[:, 1:], ORANGE, "s")
    for place, name in enumerate(("feature_1_exact", "feature_2_exact")):
        panel.plot([place - 0.3, place + 0.3], [values[name].value] * 2, color=EXACT, linestyle="--", linewidth=1)
    joint = values["joint_exact"].value
    panel.plot([1.7, 2.3 + depths], [joint] * 2, color=EXACT, linestyle="--", linewidth=1)
    panel.axhline(values["ceiling"].value, color=FAINT, linewidth=0.9)
    panel.axhline(0, color=FAINT, linewidth=0.6)
    _write(panel, values["ceiling"].value, joint, places)
    hidden = [f"layer {depth}" for depth in range(1, depths - 1)]
    names = ["$x_1$", "$x_2$", "both\ninputs", *hidden, "output", "net's own\npredictions"]
    panel.set_xticks(np.arange(3 + depths), names)
    panel.axvline(1.5 + depths, color=FAINT, linewidth=0.6, linestyle=":")
    panel.set(ylabel="information on the label (nats)", xlim=(-0.5, 2.5 + depths), ylim=(-0.09, 0.78))
    alt = (
        f"Estimated information on the label: first input {values['feature_1'].format()}, second "
        f"{values['feature_2'].format()}, both {values['input'].format()}, all beside their exact values. Along the "
        f"layers it stays level, trained or not, to {values['output'].format()} in the trained output and "
        f"{values['output_untrained'].format()} in the untrained one. What the network's own predictions make of it "
        f"differs: {values['decoded'].format()} after training, {values['decoded_untrained'].format()} before."
    )
    return figure, alt


def _mark(panel: Axes, places: np.ndarray, samples: np.ndarray, colour: str, shape: str) -> None:
    mean, low, high = mean_intervals(samples.T)
    panel.errorbar(places, mean, [mean - low, high - mean], fmt=shape, color=colour, markersize=4.5, elinewidth=1.2)


def _write(panel: Axes, ceiling: float, joint: float, places: np.ndarray) -> None:
    panel.text(-0.45, ceiling + 0.01, "all there is to know, log 2", fontsize=8, va="bottom")
    panel.text(places[1] - 0.3, joint - 0.05, "trained", fontsize=8, color=BLUE, va="top")
    panel.text(places[1] - 0.3, joint - 0.1, "untrained", fontsize=8, color=ORANGE, va="top")
    panel.text(places[0] - 0.3, joint + 0.012, "exact", fontsize=8, color=EXACT, va="bottom")
