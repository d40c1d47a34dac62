"""How well each layer parts the classes: by a straight cut, by nearest neighbours and by distances."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, ORANGE, canvas, label_line
from scripts.maths.statistics import mean_intervals

READS = ["geometry.layers"]
DATA_SETS = (("moons", "Two moons"), ("digits", "Digits"))
MEASURES = (
    ("probe", "Straight cut\n(accuracy of a linear probe)"),
    ("neighbours", "Nearest neighbours\n(accuracy of their vote)"),
    ("spread", "Spread (distance within\nclasses over between)"),
)


def draw(layers: Artifact) -> tuple[Figure, str]:
    """Draw a column a measure and a row a data set, each layer before and after training, with intervals."""
    data = layers.arrays()
    figure, panels = canvas(2, 3, height=3.9)
    for row, (name, title) in zip(panels, DATA_SETS, strict=True):
        row[0].set_ylabel(title)
        for panel, (measure, _) in zip(row, MEASURES, strict=True):
            _draw_panel(panel, data[f"{name}_{measure}"], data[f"{name}_{measure}_untrained"])
    for column, (_, label) in zip(panels.T, MEASURES, strict=True):
        column[0].set_title(label, fontsize=8.5)
        column[1].set_xlabel("layer")
    _name_lines(panels[1][2], data["digits_spread"], data["digits_spread_untrained"])
    return figure, _alt(layers)


def _draw_panel(panel: Axes, trained: np.ndarray, untrained: np.ndarray) -> None:
    depths = np.arange(trained.shape[1])
    for rows, colour, shape in ((untrained, ORANGE, "s"), (trained, BLUE, "o")):
        mean, low, high = mean_intervals(rows.T)
        panel.errorbar(depths, mean, [mean - low, high - mean], fmt=f"{shape}-", color=colour, elinewidth=1.2)
    panel.axhline(trained[:, 0].mean(), color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    panel.set_xticks(depths, ["input", *map(str, depths[1:])])
    panel.margins(0.08, 0.12)


def _name_lines(panel: Axes, trained: np.ndarray, untrained: np.ndarray) -> None:
    # in the room between the lines, at the last but one layer
    place = trained.shape[1] - 2
    for rows, colour, text, up in ((trained, BLUE, "trained", 11), (untrained, ORANGE, "untrained", -17)):
        label_line(panel, place, rows[:, place].mean(), text, colour, offset=(0, up), ha="center")


def _alt(layers: Artifact) -> str:
    values = layers.values
    told = []
    for name, title in DATA_SETS:
        numbers = {key.removeprefix(f"{name}."): value.format() for key, value in values.items()}
        told.append(
            f"{title}: a linear probe goes from {numbers['probe_input']} on the input to {numbers['probe_last']} in "
            f"the last hidden layer, {numbers['probe_last_untrained']} untrained; nearest neighbours from "
            f"{numbers['neighbours_input']} to {numbers['neighbours_last']}, {numbers['neighbours_last_untrained']} "
            f"untrained; the distance within classes over that between them from {numbers['spread_input']} to "
            f"{numbers['spread_last']}, {numbers['spread_last_untrained']} untrained."
        )
    return "Six panels, three measures on fresh points by layer, before and after training. " + " ".join(told)
