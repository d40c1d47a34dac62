"""How far apart points of one class lie, measured by how far apart points of different classes lie."""

import torch
from torch import Tensor
from torch.nn import functional


def spread_ratio(features: Tensor, labels: Tensor) -> Tensor:
    """Return the mean distance within classes over that between classes, shape (seed,).

    Both means are over all pairs of two different points. 1 where the label says nothing about distances, 0 where every
    class is one point; no scale or rotation of the layer changes it.

    Args:
        features: shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).

    Raises:
        ValueError: no pair of one class, no pair of two classes, or all points of different classes in one place.
    """
    return torch.stack([_ratio(points, own) for points, own in zip(features, labels, strict=True)])


def _ratio(points: Tensor, labels: Tensor) -> Tensor:
    members = functional.one_hot(labels).to(points.dtype)
    distances = torch.cdist(points, points).fill_diagonal_(0)  # rounding leaves a little on it
    sums = members.T @ distances @ members  # by class and class, every pair twice
    sizes = members.sum(0)
    pairs = (sizes**2).sum() - len(points), len(points) ** 2 - (sizes**2).sum()
    if min(pairs) == 0:
        raise ValueError("expected pairs of one class and pairs of two classes, got only one kind")
    within, between = sums.trace() / pairs[0], (sums.sum() - sums.trace()) / pairs[1]
    if between == 0:
        raise ValueError("expected points of different classes in different places, got all of them in one")
    return within / between
