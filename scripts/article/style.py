"""The one style of all figures: sizes, colours with a meaning, and what every axis looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

WIDTH = 6.3  # inches: the text width of the PDF

# Okabe and Ito's palette (2008), told apart by readers of every kind of colour vision. The page swaps each for a
# lighter shade on a dark background, so figures use these names and no other colour.
BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
INK = "#222222"  # text and axes: becomes the page's text colour
FAINT = "#8c8c8c"  # reference lines, grids
PAPER = "#ffffff"  # gaps and halos: becomes the page's background

CLASS_COLOURS = (BLUE, VERMILION)  # class 0, class 1
EXACT = INK  # exact theory is drawn in ink, dashed
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=CYCLE),
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "text.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "mathematics in AI, checked",
    "axes.unicode_minus": True,
}


def canvas(rows: int = 1, columns: int = 1, *, height: float = 2.7, **options: Any) -> tuple[Figure, Any]:
    """Return a figure of the text's width and its axes (one, or an array), in the style of the report.

    Args:
        rows: of axes.
        columns: of axes.
        height: of the whole figure, in inches.
        options: passed to `Figure.subplots` (`sharex`, `width_ratios`, …).
    """
    mpl.rcdefaults()  # whatever a matplotlibrc of the user says
    mpl.rcParams.update(SETTINGS)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def band(axes: Axes, x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> None:
    """Draw an interval as a band."""
    axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)


def label_line(axes: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    """Write a line's name beside it, in its colour, in place of a legend."""
    placed = {"fontsize": 8, "color": colour, "va": "center", "ha": "left"} | options
    axes.annotate(text, (x, y), xytext=placed.pop("offset", (4, 0)), textcoords="offset points", **placed)


def label_lines(axes: Axes, x: float, labels: Sequence[tuple[float, str, str]], *, gap: float = 0.075) -> None:
    """Write the names of several lines beside their ends, moved apart as little as keeps them from overlapping.

    Args:
        axes: with its scales and limits set.
        x: where the lines end.
        labels: of each line, the height of its end, its name and its colour.
        gap: smallest distance between two names, as a share of the height of the axes.
    """
    from sklearn.isotonic import isotonic_regression

    ordered = sorted(labels)
    to_share = axes.transScale + axes.transLimits
    heights = np.array([to_share.transform((x, y))[1] for y, _, _ in ordered])
    steps = gap * np.arange(len(ordered))
    places = isotonic_regression(heights - steps) + steps
    for place, (_, text, colour) in zip(places, ordered, strict=True):
        options = {"fontsize": 8, "color": colour, "va": "center", "ha": "left"}
        where = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(text, (x, place), xytext=(4, 0), **where, **options)


def without_axes(axes: Axes) -> None:
    """Leave a panel that shows a shape, where coordinates say nothing, without ticks and frame."""
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)


def dots(axes: Axes, x: np.ndarray, y: np.ndarray, colour: str, size: float) -> None:
    """Draw points, `size` wide in points, as very short strokes with round ends: a tenth of the bytes of markers."""
    short = 1e-3 * max(np.ptp(x), 1e-9)
    corners = np.column_stack([x - short, y, x + short, y]).reshape(-1, 2)
    path = Path(corners, [Path.MOVETO, Path.LINETO] * len(x))
    path.should_simplify = False
    options = {"edgecolor": colour, "facecolor": "none", "linewidth": size, "capstyle": "round", "zorder": 3}
    axes.add_patch(PathPatch(path, snap=False, **options))
    axes.autoscale_view()


def threads(axes: Axes, lines: Sequence[np.ndarray], **options: Any) -> None:
    """Draw several lines, each of shape (place, 2), as one path: many small elements make an SVG heavy."""
    broken = [np.vstack([line, np.full((1, 2), np.nan)]) for line in lines]
    axes.plot(*np.concatenate(broken).T, **options)
