"""Mutual information of a continuous vector with a label, by nearest neighbours (Ross 2014)."""

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import digamma


def label_information(points: np.ndarray, labels: np.ndarray, *, neighbours: int = 3) -> float:
    """Estimate I(X; Y) of a continuous X and a discrete Y, in nats.

    I = ψ(n) + ψ(k) − ⟨ψ(n_y)⟩ − ⟨ψ(m)⟩ (Ross 2014, eq. 2): the k-th neighbour of a point within its own class sets a
    radius (largest coordinate difference, as in Kraskov et al. 2004); m points of any class, itself included, lie
    nearer; n_y points are of its class. In one dimension this is scikit-learn's `mutual_info_classif`. Consistent, but
    biased at finite n, most where points fill many dimensions or scales differ; the estimate can be negative.

    Args:
        points: shape (n, d), without repeated points.
        labels: shape (n,).
        neighbours: k; 3 is Ross's choice and scikit-learn's.

    Raises:
        ValueError: shapes that do not fit, or a class with no more than `neighbours` points.
    """
    if points.ndim != 2 or labels.shape != points.shape[:1]:
        raise ValueError(f"expected points (n, d) and labels (n,), got {points.shape} and {labels.shape}")
    _, own = np.unique(labels, return_inverse=True)
    sizes = np.bincount(own)
    if sizes.min() <= neighbours:
        raise ValueError(f"expected more than {neighbours} points in each class, got {sizes.min()} in one")
    radius = np.empty(len(points))
    for index in range(len(sizes)):
        members = points[own == index]
        radius[own == index] = cKDTree(members).query(members, k=[neighbours + 1], p=np.inf)[0][:, 0]
    within = cKDTree(points).query_ball_point(points, np.nextafter(radius, 0), p=np.inf, return_length=True)
    return float(digamma(len(points)) + digamma(neighbours) - (digamma(sizes[own]) + digamma(within)).mean())
