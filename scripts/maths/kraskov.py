"""Mutual information of two continuous numbers from nearest neighbours (Kraskov, Stögbauer & Grassberger 2004)."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

INSIDE = 1 - 1e-9  # of a distance: strictly nearer, beyond the rounding of sums and differences


def kraskov_information(x: np.ndarray, y: np.ndarray, neighbours: int = 3) -> float:
    """Return the estimated mutual information of x and y in nats; may come out below 0.

    ψ(n) + ψ(k) − ⟨ψ(n_x) + ψ(n_y)⟩, their first estimator: n_x counts the points, itself included, that lie strictly
    nearer in x than the k-th neighbour of the pair does by the larger of both distances.

    Args:
        x: shape (n,), of a scale like that of y; n above `neighbours`.
        y: shape (n,).
        neighbours: k, at least 1.

    Raises:
        ValueError: x and y do not fit each other, or too few points.
    """
    from scipy.spatial import cKDTree  # here, as only this needs it

    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"expected x and y of one shape (n,), got {x.shape} and {y.shape}")
    if not 1 <= neighbours < len(x):
        raise ValueError(f"expected 1 <= neighbours < n, got {neighbours} neighbours and {len(x)} points")
    pairs = np.stack([x, y], axis=1)
    radius = cKDTree(pairs).query(pairs, k=[neighbours + 1], p=np.inf)[0][:, 0]
    counts = _count_nearer(x, radius), _count_nearer(y, radius)
    return float(digamma(len(x)) + digamma(neighbours) - sum(digamma(count).mean() for count in counts))


def kraskov_ceiling(points: int, neighbours: int = 3) -> float:
    """Return ψ(n) − ψ(k + 1) in nats, which no sample of n points can make the estimate pass.

    At least k points (itself included) are nearer in one of x and y, and at least k + 1 in the other, as the k-th
    neighbour lies on the border of one of the two only.
    """
    return float(digamma(points) - digamma(neighbours + 1))


def _count_nearer(values: np.ndarray, radius: np.ndarray) -> np.ndarray:
    ordered, inside = np.sort(values), radius * INSIDE
    return np.searchsorted(ordered, values + inside, "right") - np.searchsorted(ordered, values - inside, "left")
