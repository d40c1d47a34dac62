"""A disc inside a ring: two classes of the plane of which one surrounds the other (after Olah 2014)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

Radii = tuple[float, float, float]


def draw_disc_and_ring(points: int, radii: Radii, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw points with equal chance anywhere in their shape; the first half, rounded down, lies in the disc.

    Args:
        points: number of points n, at least 2.
        radii: of the disc, of the ring's inner and of its outer edge, rising.
        rng: where the randomness comes from.

    Returns:
        Inputs of shape (n, 2) and labels, 0 in the disc and 1 in the ring, of shape (n,).

    Raises:
        ValueError: fewer than 2 points, or radii that do not rise from above 0.
    """
    disc, inner, outer = _checked(radii)
    if points < 2:
        raise ValueError(f"points is {points}, expected at least 2, one of each shape")
    labels = np.repeat([0, 1], [points // 2, points - points // 2])
    share, angle = rng.uniform(size=points), rng.uniform(0, 2 * np.pi, points)
    least, most = np.array([0, inner])[labels], np.array([disc, outer])[labels]
    return _polar(_radius(share, least, most), angle), labels


def spread_ring(points: int, inner: float, outer: float) -> np.ndarray:
    """Return points that fill a ring evenly, shape (n, 2); a disc if the inner radius is 0.

    Points turn by the golden angle from one to the next, at radii that enclose equal areas (Vogel 1979).

    Raises:
        ValueError: no point, or radii that do not rise from 0 or above.
    """
    if points < 1 or not 0 <= inner < outer:
        raise ValueError(f"expected a point and 0 <= inner < outer, got {points} points, inner {inner}, outer {outer}")
    step = np.arange(points)
    return _polar(_radius((step + 0.5) / points, inner, outer), step * GOLDEN_ANGLE)


def polar_mesh(inner: float, outer: float, circles: int, angles: int) -> np.ndarray:
    """Return a mesh of circles that covers a ring up to its edges, shape (circles, angles, 2); a disc for inner 0.

    Raises:
        ValueError: fewer than 2 circles or 3 angles, or radii that do not rise from 0 or above.
    """
    if circles < 2 or angles < 3 or not 0 <= inner < outer:
        raise ValueError(
            f"expected at least 2 circles, 3 angles and 0 <= inner < outer, "
            f"got {circles} circles, {angles} angles, inner {inner}, outer {outer}"
        )
    radius, angle = np.meshgrid(
        np.linspace(inner, outer, circles), np.arange(angles) * 2 * np.pi / angles, indexing="ij"
    )
    return _polar(radius, angle)


def mesh_gap(image: np.ndarray) -> float:
    """Return the distance within which every point of a shape's image has the image of one of the mesh's points.

    Each cell of the mesh is two triangles, and no point of a triangle is farther than its longest side over √3 from
    the nearest corner. Holds for maps that are linear on each triangle, nearly for those that are nearly linear there.

    Args:
        image: of a mesh of circles, in a space of any dimension, shape (circles, angles, d).
    """
    ahead = np.roll(image, -1, axis=1)
    sides = (np.diff(image, axis=0), ahead - image, ahead[1:] - image[:-1])
    return float(np.sqrt(max((side**2).sum(-1).max() for side in sides) / 3))


def _checked(radii: Radii) -> Radii:
    if len(radii) != 3 or not all(small < large for small, large in pairwise([0, *radii])):
        raise ValueError(f"radii are {tuple(radii)}, expected three that rise from above 0")
    return radii


def _radius(share: np.ndarray, inner: np.ndarray | float, outer: np.ndarray | float) -> np.ndarray:
    return np.sqrt(inner**2 + share * (np.asarray(outer) ** 2 - np.asarray(inner) ** 2))


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
