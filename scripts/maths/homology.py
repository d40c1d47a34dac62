"""Betti numbers of a cloud of points by persistent homology: of how many parts it is, and how many loops it has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Bars(NamedTuple):
    """Hold at which distances parts and loops of a cloud appear and vanish.

    Args:
        parts: birth and death of each connected part, shape (bar, 2); the last one never dies.
        loops: birth and death of each loop, shape (bar, 2).
        cover: distance within which every point of the shape has a point that the bars were made from.
    """

    parts: np.ndarray
    loops: np.ndarray
    cover: float


class Betti(NamedTuple):
    """Hold the number of connected parts and of loops."""

    parts: int
    loops: int


def farthest_points(points: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """Return points that lie evenly in a cloud, however it was stretched: each is the farthest from those before it.

    Args:
        points: shape (n, d).
        count: how many to choose, from 1 to n; the first of the cloud is the first chosen.

    Returns:
        Their indices, shape (count,), and the distance within which every point has one of them (Gonzalez 1985: at most
        twice the least possible).

    Raises:
        ValueError: not a cloud, or a count outside 1 … n.
    """
    if points.ndim != 2 or not 1 <= count <= len(points):
        raise ValueError(f"expected points (n, d) and 1 <= count <= n, got shape {points.shape} and count {count}")
    columns = [np.ascontiguousarray(column) for column in points.T]
    chosen = np.empty(count, dtype=int)
    squared = np.full(len(points), np.inf)
    farthest = 0
    for place in range(count):
        chosen[place] = farthest
        np.minimum(squared, sum((column - column[farthest]) ** 2 for column in columns), out=squared)
        farthest = int(squared.argmax())
    return chosen, float(np.sqrt(squared[farthest]))


def persistence(points: np.ndarray, cover: float = 0.0) -> Bars:
    """Return the bars of a cloud's Vietoris–Rips complexes, where points join at their distance (ripser; Bauer 2021).

    Args:
        points: shape (n, d).
        cover: distance within which every point of the shape that the cloud stands for has a point of the cloud.

    Raises:
        ValueError: not a cloud of at least two points, or a negative cover.
    """
    from ripser import ripser  # here, as it takes longer to import than most figures to draw

    if points.ndim != 2 or len(points) < 2 or cover < 0:
        raise ValueError(f"expected at least two points (n, d) and cover >= 0, got shape {points.shape}, cover {cover}")
    return Bars(*ripser(points, maxdim=1)["dgms"], cover=cover)


def count_betti(bars: Bars) -> Betti:
    """Return the Betti numbers of the shape that hold at the resolution of its cloud: bars longer than twice the cover.

    No shorter bar says anything about the shape, and no longer one can come from the choice of the points alone. What
    is filled in the whole shape at distance b is filled in the cloud by b + 2r, as moving each point of the shape to
    the nearest one of the cloud, at most r away, lengthens a distance by at most 2r (r the cover). So a connected shape
    counts one part, and a filled convex one no loop; a loop around a hole narrower than about 2r goes unseen.
    """
    parts, loops = (bar[:, 1] - bar[:, 0] > 2 * bars.cover for bar in (bars.parts, bars.loops))
    return Betti(int(parts.sum()), int(loops.sum()))


def longest_loop(bars: Bars) -> float:
    """Return the length of the longest loop's bar in units of the cover (above 0); 0 where there is no loop."""
    return float((bars.loops[:, 1] - bars.loops[:, 0]).max(initial=0.0)) / bars.cover


def winding_number(path: np.ndarray, point: np.ndarray) -> int:
    """Return how many times a closed path in the plane runs around a point, counter-clockwise.

    Args:
        path: shape (n, 2), so dense that the direction from the point turns by less than π a step; closed by its first.
        point: shape (2,).
    """
    seen = path - point
    angle = np.arctan2(seen[:, 1], seen[:, 0])
    turn = np.diff(angle, append=angle[:1])
    return int(np.rint(((turn + np.pi) % (2 * np.pi) - np.pi).sum() / (2 * np.pi)))


def circle_bar(points: int, radius: float) -> tuple[float, float]:
    """Return the exact birth and death of the loop of evenly spaced points on a circle (Adamaszek & Adams 2017).

    It is born when neighbours join and dies when ⌈n/3⌉ steps along the circle do: 2R sin(π/n) and 2R sin(π⌈n/3⌉/n).

    Raises:
        ValueError: fewer than 4 points, where no loop exists, or no positive radius.
    """
    if points < 4 or radius <= 0:
        raise ValueError(f"expected at least 4 points and a positive radius, got {points} and {radius}")
    return (
        float(2 * radius * np.sin(np.pi / points)),
        float(2 * radius * np.sin(np.pi * -(-points // 3) / points)),
    )
