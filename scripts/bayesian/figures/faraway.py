"""Confidence along rays that leave the data, with the exact limit of Laplace's approximation, and on the plane."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import (
    CLASS_COLOURS,
    EXACT,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILION,
    band,
    canvas,
    label_line,
    label_lines,
)
from scripts.maths.statistics import bounded, mean_interval

READS = ["bayesian.faraway"]
COLOURS = {"plain": VERMILION, "dropout": ORANGE, "ensemble": GREEN, "laplace": PURPLE}
NAMES = {"plain": "one net", "dropout": "dropout", "ensemble": "ensemble", "laplace": "Laplace"}
NAME_ROOM = 2.9  # room for the names on the right, in powers of ten
SHADES = 16  # of the maps, for a small file
SHOWN = 200  # points on a map


def draw(faraway: Artifact) -> tuple[Figure, str]:
    """Draw confidence over distance on both data sets; below, the chance of a class on the plane by two methods."""
    data, values = faraway.arrays(), faraway.values
    figure, ((left, right), (plain, laplace)) = canvas(2, 2, height=5.6, height_ratios=(1, 1.15))
    for panel, prefix, title in ((left, "", "Two moons"), (right, "digits_", "Digits")):
        _follow(panel, data, prefix)
        panel.set_title(title)
    left.set_ylabel("mean confidence")
    for panel, name, title in (
        (plain, "plain", "One net on the plane"),
        (laplace, "laplace", "Laplace (pale: unsure)"),
    ):
        _map(panel, data, data[f"map_{name}"])
        panel.set_title(title)
    return figure, _alternative(values, data)


def _follow(panel: Axes, data: dict[str, np.ndarray], prefix: str) -> None:
    places, chance = data["distances"], float(data[f"{prefix}chance"])
    ends = []
    rows = dict(zip(data["methods"], data[f"{prefix}along"], strict=True)) | {"held": data[f"{prefix}held"]}
    for name, along in rows.items():
        estimates = np.array([bounded(mean_interval(column), chance, 1)[:3] for column in along.T]).T
        colour = COLOURS.get(str(name), COLOURS["laplace"])
        if name == "held":
            panel.plot(places, estimates[0], color=colour, linewidth=1, linestyle=":")
            ends.append((estimates[0, -1], "Laplace, held-out", colour))
            continue
        band(panel, places, estimates[1], estimates[2], colour)
        panel.plot(places, estimates[0], color=colour)
        ends.append((estimates[0, -1], NAMES[str(name)], colour))
    limit, outside = float(data[f"{prefix}limit"].mean()), places[places >= 1]
    panel.plot(outside, np.full(outside.size, limit), color=EXACT, linestyle="--", linewidth=1)
    label_line(panel, outside[0], limit, "exact limit", EXACT, offset=(12, -8))
    panel.plot(places[[0, -1]], [chance, chance], color=FAINT, linewidth=1, linestyle=":")
    label_line(panel, places[0], chance, "chance", INK, offset=(2, 6))
    panel.set(xscale="log", xlabel="distance, in reaches of the data", ylim=(chance - 0.04, 1.1))
    panel.set(xlim=(places[0], places[-1] * 10**NAME_ROOM), yticks=np.arange(10 * chance, 11) / 10)
    panel.set_xticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.spines.bottom.set_bounds(places[0], places[-1])
    panel.spines.left.set_bounds(chance - 0.04, 1)
    label_lines(panel, places[-1], ends, gap=0.08)


def _map(panel: Axes, data: dict[str, np.ndarray], chances: np.ndarray) -> None:
    """Draw the chance of the second class: in each class's colour where it is sure, fading to nothing at one half."""
    first, second = CLASS_COLOURS
    shades = LinearSegmentedColormap.from_list(
        "sure", [to_rgba(first, 0.5), to_rgba(first, 0), to_rgba(second, 0), to_rgba(second, 0.5)], N=SHADES
    )
    side = data["side"]
    extent = (side[0], side[-1], side[0], side[-1])
    panel.imshow(chances, cmap=shades, vmin=0, vmax=1, extent=extent, origin="lower", interpolation="none")
    for label, colour in enumerate(CLASS_COLOURS):
        own = data["shown"][:SHOWN][data["shown_labels"][:SHOWN] == label]
        panel.plot(*own.T, ".", color=colour, markersize=1.5, markeredgewidth=0, rasterized=True)
    panel.set(xlabel="reaches of the data", xlim=extent[:2], ylim=extent[2:])


def _alternative(values: dict, data: dict[str, np.ndarray]) -> str:
    def told(prefix: str, end: str) -> str:
        return ", ".join(
            f"{NAMES[name]} {values[f'{prefix}{name}_confidence{end}'].format(interval=False)}" for name in NAMES
        )

    return (
        "Two panels of mean confidence over the distance from the data on a logarithmic axis. On two moons, at a "
        f"hundred times the data's reach: {told('', '')}. On digits: {told('digits_', '')}. A dashed line marks "
        f"Laplace's exact limit, {values['laplace_limit_exact'].format(interval=False)} on moons and "
        f"{values['digits_laplace_limit_exact'].format(interval=False)} on digits. With its prior chosen by held-out "
        f"labels it is at {values['laplace_held_confidence'].format(interval=False)} and "
        f"{values['digits_laplace_held_confidence'].format(interval=False)}. Below, two maps of the plane around the "
        "moons, coloured where one net and where Laplace's approximation is sure of a class."
    )
