"""How many randomly labelled points a hyperplane can separate (Cover 1965)."""

from fractions import Fraction
from math import comb


def separable_chance(points: int, dimensions: int) -> Fraction:
    """Return the exact chance that a hyperplane separates points in general position whose labels are fair coins.

    Cover's count of the dichotomies that an affine cut can make is C(N, d) = 2 Σ_{k=0}^{d} (N−1 choose k), of 2^N.

    Args:
        points: N, at least 1.
        dimensions: d, at least 0.

    Raises:
        ValueError: no points, or negative dimensions.
    """
    if points < 1 or dimensions < 0:
        raise ValueError(f"expected at least 1 point and 0 dimensions, got {points} and {dimensions}")
    return Fraction(sum(comb(points - 1, k) for k in range(dimensions + 1)), 2 ** (points - 1))


def half_chance_points(dimensions: int) -> int:
    """Return the number of points whose chance to be separable is exactly one half, 2 (d + 1): Cover's capacity."""
    return 2 * (dimensions + 1)
