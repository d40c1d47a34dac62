"""Compose the infographic: a panel a section, with a miniature of its data and a mark a claim, and a legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.criteria import VERDICTS
from scripts.article.style import FAINT, GREEN, INK, ORANGE, PAPER, SETTINGS, VERMILION, WIDTH, without_axes

# Told apart by shape as well as by colour: disc, half disc, cross, ring, dash, dot.
MARKS: dict[str, dict[str, Any]] = {
    "supported": {"marker": "o", "color": GREEN},
    "qualified": {"marker": "o", "color": ORANGE, "fillstyle": "left", "markerfacecoloralt": PAPER},
    "refuted": {"marker": "x", "color": VERMILION, "markeredgewidth": 1.8, "markersize": 5.6},
    "inconclusive": {"marker": "o", "color": INK, "markerfacecolor": PAPER},
    "untestable": {"marker": "_", "color": INK, "markeredgewidth": 1.6},
    "untested": {"marker": ".", "color": FAINT, "markersize": 5},
}
PITCH = 0.135  # inches from mark to mark, where there is room
LINE = 0.142  # inches from line to line of a panel's title
INDENT = 0.14  # inches of the title after its number
LETTERS = 18  # that a line of a panel's title has room for
TOP, FOOT, GUTTER = 0.14, 0.34, 0.11  # inches of a cell to its first line, below its picture, and on either side


@dataclass(frozen=True)
class Arrangement:
    """Hold how the cells lie.

    Args:
        columns: of cells.
        width: of the whole, in inches.
        height: of the whole, in inches; None gives each row what it needs.
        band: height of a band for the title above the cells, in inches; at 0 the legend carries the title.
    """

    columns: int
    width: float
    height: float | None = None
    band: float = 0.0


WIDE, NARROW = Arrangement(4, WIDTH), Arrangement(2, 3.6)
ROW = 1.82  # inches
CARD, CARD_DOTS = Arrangement(4, 7.5, 3.9375, 0.66), 160  # 1200 x 630 dots


@dataclass(frozen=True)
class Panel:
    """Hold what one section shows.

    Args:
        section: its name.
        title: its short title.
        number: its place in the article.
        draw: draws its miniature into axes and returns a clause of alternative text.
        verdicts: of its claims.
    """

    section: str
    title: str
    number: int
    draw: Callable[[Axes], str]
    verdicts: Sequence[str]


def compose(
    panels: Sequence[Panel], title: str, subtitle: str, arrangement: Arrangement = WIDE
) -> tuple[Figure, dict[str, str]]:
    """Return the infographic, and what the miniatures say of themselves by section.

    The line of marks of each verdict has the gid `section verdict`; in the legend, the section is `legend`.
    """
    mpl.rcdefaults()  # whatever a matplotlibrc of the user says
    mpl.rcParams.update(SETTINGS)
    rows = -(-(len(panels) + 1) // arrangement.columns)
    height = arrangement.height or arrangement.band + rows * ROW
    figure = Figure(figsize=(arrangement.width, height), layout="none")
    sheet = figure.add_axes((0, 0, 1, 1), xlim=(0, arrangement.width), ylim=(height, 0))  # in inches, downwards
    sheet.set_axis_off()
    size = arrangement.width / arrangement.columns, (height - arrangement.band) / rows
    corners = [
        (x * size[0], arrangement.band + y * size[1]) for y, x in product(range(rows), range(arrangement.columns))
    ]
    lines, clauses = max((len(wrapped(panel.title, LETTERS)) for panel in panels), default=1), {}
    for panel, corner in zip(panels, corners, strict=False):
        clauses[panel.section] = _draw_panel(figure, sheet, panel, corner, size, lines)
    if arrangement.band:
        sheet.text(GUTTER, 0.10, title, fontsize=18, fontweight="bold", va="top")
        sheet.text(GUTTER, 0.43, subtitle, fontsize=8.5, va="top")
    counts = Counter(verdict for panel in panels for verdict in panel.verdicts)
    _draw_legend(sheet, counts, "" if arrangement.band else title, corners[len(panels)], size)
    return figure, clauses


def _draw_panel(
    figure: Figure, sheet: Axes, panel: Panel, corner: tuple[float, float], size: tuple[float, float], lines: int
) -> str:
    left, top, width = corner[0] + GUTTER, corner[1], size[0] - 2 * GUTTER
    sheet.text(left, top + TOP, str(panel.number), fontsize=8, va="center")
    for row, line in enumerate(wrapped(panel.title, LETTERS)):
        sheet.text(left + INDENT, top + TOP + row * LINE, line, fontsize=8, fontweight="bold", va="center")
    head, whole = 0.1 + lines * LINE, figure.get_size_inches()
    height = size[1] - head - FOOT
    place = left / whole[0], 1 - (top + head + height) / whole[1], width / whole[0], height / whole[1]
    axes = figure.add_axes(place)
    without_axes(axes)
    clause = panel.draw(axes)
    _draw_marks(sheet, panel, left + 0.05, top + size[1] - FOOT / 2 - 0.02, width - 0.1)
    return clause


def _draw_marks(sheet: Axes, panel: Panel, x: float, y: float, width: float) -> None:
    pitch = min(PITCH, width / max(len(panel.verdicts) - 1, 1))
    for verdict in VERDICTS:
        count = sum(found == verdict for found in panel.verdicts)
        _mark(sheet, verdict, [x + pitch * step for step in range(count)], y, f"{panel.section} {verdict}")
        x += pitch * count


def _draw_legend(
    sheet: Axes, counts: Mapping[str, int], title: str, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    left, y = corner[0] + GUTTER, corner[1] + TOP
    for line in wrapped(title, 18):
        sheet.text(left, y, line, fontsize=9.5, fontweight="bold", va="center")
        y += 0.165
    y += 0.06 if title else 0
    sheet.text(left, y, f"{sum(counts.values())} claims, a mark each:", fontsize=8, va="center")
    y += 0.24
    for verdict in VERDICTS:
        if counts[verdict]:
            _mark(sheet, verdict, [left + 0.05], y, f"legend {verdict}")
            sheet.text(left + 0.36, y, str(counts[verdict]), fontsize=8, va="center_baseline", ha="right")
            sheet.text(left + 0.43, y, verdict, fontsize=8, va="center_baseline")
            y += 0.19


def _mark(sheet: Axes, verdict: str, x: Sequence[float], y: float, name: str) -> None:
    if x:
        options = {"markersize": 6.2, "markeredgewidth": 1.1, "linestyle": "none", "clip_on": False} | MARKS[verdict]
        sheet.plot(x, [y] * len(x), gid=name, **options)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in as few lines of at most `width` characters as it needs, as even as can be.

    >>> wrapped("Information Bottleneck Theory", 18)
    ['Information', 'Bottleneck Theory']
    """
    words = text.split(" ")
    best = [text]
    if len(text) > width:
        cuts = [[" ".join(words[:cut]), *wrapped(" ".join(words[cut:]), width)] for cut in range(1, len(words))]
        best = min(
            cuts, key=lambda lines: (max(*map(len, lines), width), len(lines), max(map(len, lines))), default=best
        )
    return best if text else []
