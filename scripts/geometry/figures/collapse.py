"""Neural collapse: three classes in the last hidden layer before and after training, and NC1 to NC4 by epoch."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILION,
    band,
    canvas,
    label_line,
    without_axes,
)
from scripts.maths.statistics import mean_intervals

READS = ["geometry.collapse"]
KINDS = (("plain", "without batch norm", VERMILION), ("norm", "with batch norm", BLUE))
CLASSES = (GREEN, PURPLE, ORANGE)
PANELS = (
    ("nc1", "NC1: spread"),
    ("nc2_angles", "NC2: angles"),
    ("nc3", "NC3: classifier"),
    ("nc4", "NC4: nearest mean"),
)


def draw(collapse: Artifact) -> tuple[Figure, str]:
    """Draw the features of the first net of each kind above, and below the four measures over all nets."""
    data, values = collapse.arrays(), collapse.values
    figure, panels = canvas(2, 4, height=3.9, height_ratios=(1.05, 1))
    views = [(kind, title, when) for kind, title, _ in KINDS for when in ("start", "end")]
    cloud = np.concatenate([data[f"{kind}_view_{when}"] for kind, _, when in views])
    low, high = cloud.min(0) - 0.05, cloud.max(0) + 0.05
    for panel, (kind, title, when) in zip(panels[0], views, strict=True):
        _draw_view(panel, data[f"{kind}_view_{when}"], data["view_labels"])
        panel.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        panel.set_title(f"{title},\n{'before' if when == 'start' else 'after'} training", loc="center", fontsize=8.5)
    for panel, (name, title) in zip(panels[1], PANELS, strict=True):
        for kind, _, colour in KINDS:
            mean, low, high = mean_intervals(data[f"{kind}_{name}"])
            band(panel, data["epochs"], np.maximum(low, 0.5 * mean if name == "nc1" else 0), high, colour)
            panel.plot(data["epochs"], mean, color=colour)
        _by_epoch(panel, data["epochs"])
        panel.set_title(title, fontsize=8.5)
    panels[1, 0].set(yscale="log")
    for panel in panels[1, 1:]:
        panel.set_ylim(bottom=0)
    for (_, title, colour), height in zip(KINDS, (0.98, 0.86), strict=True):
        panels[1, 3].text(
            1, height, title, transform=panels[1, 3].transAxes, fontsize=8, color=colour, ha="right", va="top"
        )
    _mark_terminal(panels[1, 0], data, {kind: values[f"{kind}_terminal_epoch"].value for kind, _, _ in KINDS})
    spreads = {(kind, when): _view_spread(data, kind, when) for kind, _, when in views}
    told = {name: value.format() for name, value in values.items()}
    alt = (
        "Top: digits of three classes in the last hidden layer of one net of each kind, seen in the plane through the "
        "three class means. In units of the means' distance from their centre, a point lies on average "
        f"{spreads['plain', 'start']:.2f} from its class mean before training and {spreads['plain', 'end']:.2f} after "
        f"it without batch normalisation, {spreads['norm', 'start']:.2f} and {spreads['norm', 'end']:.2f} with it. "
        "Bottom: four measures of collapse by epoch, on a logarithmic scale. The spread within classes relative to "
        f"that between them, NC1, goes from {told['plain_nc1_start']} to {told['plain_nc1_end']} without batch "
        f"normalisation and from {told['norm_nc1_start']} to {told['norm_nc1_end']} with it. The cosines between class "
        f"means spread at the end by {told['plain_nc2_angles_end']} without and {told['norm_nc2_angles_end']} with it."
    )
    return figure, alt


def _draw_view(panel: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    for label, colour in zip(np.unique(labels), CLASSES, strict=True):
        own = points[labels == label]
        panel.scatter(*own.T, s=3, color=colour, linewidths=0, alpha=0.6, rasterized=True)
    corners = np.array([points[labels == label].mean(0) for label in np.unique(labels)])
    panel.plot(*corners[[0, 1, 2, 0]].T, color=INK, linewidth=0.9, marker="o", markersize=2.5)
    without_axes(panel)


def _by_epoch(panel: Axes, epochs: np.ndarray) -> None:
    panel.set_xscale("symlog", linthresh=1, linscale=0.4)
    ticks = [0, *(10**power for power in range(int(np.log10(max(epochs[-1], 1))) + 1))]
    panel.xaxis.set_major_locator(FixedLocator(ticks))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.set(xlabel="epoch", xlim=(0, epochs[-1]))
    panel.axhline(0, color=FAINT, linewidth=0.5)


def _mark_terminal(panel: Axes, data: dict[str, np.ndarray], first: dict[str, float]) -> None:
    """Mark on each curve of NC1 from where on no net errs on its training images, if they get there."""
    heights = {}
    for kind, _, colour in KINDS:
        if (data[f"{kind}_train_accuracy"] >= 1).all(1).any():
            heights[kind] = data[f"{kind}_nc1"].mean(1)[data["epochs"] == first[kind]][0]
            panel.plot(first[kind], heights[kind], "o", color=colour, markersize=5)
    if heights:
        highest = max(heights, key=heights.__getitem__)
        label_line(panel, first[highest], heights[highest], "all learned", INK, offset=(-14, 14))


def _view_spread(data: dict[str, np.ndarray], kind: str, when: str) -> float:
    points, labels = data[f"{kind}_view_{when}"], data["view_labels"]
    return float(np.mean([_to_own_mean(points[labels == label]) for label in np.unique(labels)]))


def _to_own_mean(points: np.ndarray) -> float:
    return float(np.linalg.norm(points - points.mean(0), axis=1).mean())
