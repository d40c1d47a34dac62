"""What TwoNN makes of points in a ball: its bias, by quadrature in place of simulation."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc

from scripts.maths.two_nn import DISCARDED

NODES = 48  # Gauss-Legendre nodes for the place of a point and for the distance to its first neighbour
STEPS = 16  # of the logarithm of the ratio, between which survival falls exponentially
REACH = 150.0  # points expected within the largest distance that counts, inside: none is nearer with chance e^(-REACH)


def expected_ball_dimension(points: int, dimensions: int, *, discarded: float = DISCARDED) -> float:
    """Return what TwoNN estimates on average for points drawn uniformly from a ball, but for a term of order 1/n.

    Near the boundary a part of each neighbourhood lies outside, so that distant neighbours are farther than they would
    be, and the dimension comes out too low. The survival function S of a ratio μ is integrated numerically; the
    estimator keeps the share q of smallest ratios, so it tends to q / ∫ S(e^x) dx over 0 < x < L, where S(e^L) = 1 − q.

    Args:
        points: n, at least 3.
        dimensions: of the ball, at least 1.
        discarded: 1 − q, in (0, 1).

    Raises:
        ValueError: too few points or dimensions, or a share outside (0, 1).
    """
    if points < 3 or dimensions < 1:
        raise ValueError(f"expected at least 3 points and 1 dimension, got {points} and {dimensions}")
    if not 0 < discarded < 1:
        raise ValueError(f"discarded is {discarded}, expected a share in (0, 1)")
    longest = -2 * np.log(discarded) / dimensions  # twice where Pareto's law puts L
    logs = np.linspace(0, longest, STEPS + 1)
    falls = np.log([ratio_survival(np.exp(log), points, dimensions) for log in logs])
    end = np.interp(-np.log(discarded), -falls, logs)
    kept = logs < end
    x, y = np.append(logs[kept], end), np.append(falls[kept], np.log(discarded))
    area = (np.diff(x) * np.diff(np.exp(y)) / np.diff(y)).sum()  # exact where the logarithm of S is straight
    return float((1 - discarded) / area)


def ratio_survival(ratio: float, points: int, dimensions: int) -> float:
    """Return the chance that a point's second neighbour is more than `ratio` times as far as its first."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = (nodes + 1) / 2, weights / 2
    others = points - 1
    places = nodes[:, None]  # distance from the centre
    longest = min(2.0, (REACH / others) ** (1 / dimensions))
    first = longest * nodes[None, :]
    alone = (1 - ball_share(ratio * first, places, dimensions)) ** (others - 1)
    density = others * shell_share(first, places, dimensions) * alone
    chance = longest * (density * weights).sum(1)
    return float((chance * weights * dimensions * nodes ** (dimensions - 1)).sum())


def ball_share(radius: np.ndarray, place: np.ndarray, dimensions: int) -> np.ndarray:
    """Return the share of the unit ball that lies within a radius of a point, itself `place` from the centre.

    The two spheres meet in a plane; the lens between them is a cap of the one and a cap of the other (Li 2011).
    """
    plane = (place**2 + 1 - radius**2) / (2 * place)
    return 1 - _below(plane, dimensions + 1) + radius**dimensions * _below((plane - place) / radius, dimensions + 1)


def shell_share(radius: np.ndarray, place: np.ndarray, dimensions: int) -> np.ndarray:
    """Return the derivative of `ball_share` by the radius: the part of a sphere around a point that lies inside."""
    cosine = (1 - place**2 - radius**2) / (2 * place * radius)
    if dimensions == 1:
        return (1 + (cosine >= 1).astype(float)) / 2 * (cosine > -1)
    return dimensions * radius ** (dimensions - 1) * _below(cosine, dimensions - 1)


def _below(height: np.ndarray, twice: int) -> np.ndarray:
    # the share of a ball (twice = d + 1) or sphere (twice = d − 1) of radius 1 whose first coordinate is below a height
    inside = np.clip(height, -1, 1)
    return (1 + np.sign(inside) * betainc(0.5, twice / 2, inside**2)) / 2
