"""How far classifiers are apart on each data set, and on average."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, INK, VERMILION, canvas
from scripts.maths.statistics import mean_interval

READS = ["ntk.classical"]
PAIRS = (
    ("ntk", "rbf", "tangent kernel\nminus RBF kernel", BLUE),
    ("net", "ntk", "trained net\nminus tangent kernel", VERMILION),
    ("ntk", "forest", "tangent kernel\nminus random forest", GREEN),
)
LABELS = {"cancer": "breast cancer", "odd": "digits, odd or even", "diabetes": "diabetes, above median"}
BAND = 1.0  # percentage points, within which the criterion calls two accuracies equal


def draw(classical: Artifact) -> tuple[Figure, str]:
    """Draw paired differences of accuracy, a panel for each pair of methods and a row for each data set."""
    data, values = classical.arrays(), classical.values
    names = [LABELS.get(str(name), str(name)) for name in data["tasks"]]
    figure, panels = canvas(1, 3, height=2.9, sharey=True)
    for panel, (one, two, title, colour) in zip(panels, PAIRS, strict=True):
        _draw_differences(panel, data[f"accuracy_{one}"] - data[f"accuracy_{two}"], colour)
        panel.set_title(title)
    widest = max(abs(end) for panel in panels for end in panel.get_xlim())
    for panel in panels:
        panel.set_xlim(-widest, widest)
    panels[0].set_yticks(range(len(names) + 1), [*names, "mean"])
    panels[0].set_ylim(len(names) + 0.6, -0.6)
    panels[1].set_xlabel("difference of accuracies, percentage points")
    told = [
        f"{' '.join(title.split())}, {values[f'{one}_minus_{two}'].format()} percentage points"
        for one, two, title, _ in PAIRS
    ]
    alt = (
        f"Paired differences of accuracy on {len(names)} data sets with 95 % intervals over random splits, in three "
        f"panels with the range from minus one to one shaded. On average: {'; '.join(told)}. The largest differences "
        f"on one data set are {', '.join(values[f'{one}_minus_{two}_largest'].format() for one, two, *_ in PAIRS)}."
    )
    return figure, alt


def _draw_differences(panel: Axes, differences: np.ndarray, colour: str) -> None:
    """Draw the mean difference of every data set and of all, with intervals; differences (data set, split)."""
    panel.axvspan(-BAND, BAND, color=FAINT, alpha=0.12, linewidth=0)
    panel.axvline(0, color=FAINT, linewidth=0.7)
    for row, samples in enumerate([*differences, differences.mean(0)]):
        shade = INK if row == len(differences) else colour
        mean, low, high, _ = mean_interval(samples)
        panel.plot([low, high], [row, row], color=shade, linewidth=1.2)
        panel.plot(mean, row, "o", color=shade, markersize=5)
    panel.tick_params(axis="y", length=0)
