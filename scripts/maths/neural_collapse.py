"""Neural collapse: how close a layer's features are to one point a class, at the corners of a simplex.

The four measures of Papyan, Han & Donoho (2020), for many nets at once. Classes count equally, however many examples
each has.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def class_means(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return the mean feature of every class, shape (seed, class, d).

    Args:
        features: shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        classes: how many there are.

    Raises:
        ValueError: a class has no example.
    """
    members = functional.one_hot(labels, classes).to(features.dtype)
    counts = members.sum(1)
    if (counts == 0).any():
        raise ValueError(f"expected examples of all {classes} classes for every seed")
    return members.transpose(1, 2) @ features / counts[..., None]


def centred_means(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return the class means minus their mean, shape (seed, class, d)."""
    means = class_means(features, labels, classes)
    return means - means.mean(1, keepdim=True)


def within_variability(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return NC1 = tr(Σ_W Σ_B⁺)/C, the spread within classes relative to that between them, shape (seed,).

    With the singular values s_k and right singular vectors v_k of the C centred means, Σ_B⁺ = C Σ_k v_k v_kᵀ/s_k², so
    that NC1 is the sum of v_kᵀ Σ_W v_k / s_k² over the directions in which the means differ.
    """
    means = class_means(features, labels, classes)
    own = torch.gather(means, 1, labels[..., None].expand(-1, -1, means.shape[-1]))
    _, singular, directions = torch.linalg.svd(means - means.mean(1, keepdim=True), full_matrices=False)
    along = (features - own) @ directions.transpose(1, 2)
    within = class_means(along**2, labels, classes).mean(1)
    variances = singular**2
    threshold = torch.finfo(features.dtype).eps * max(means.shape[1:]) * variances[:, :1]
    return torch.where(variances > threshold, within / variances, 0).sum(1)


def norm_spread(means: Tensor) -> Tensor:
    """Return the first part of NC2: the coefficient of variation of the norms of centred means (seed, class, d)."""
    norms = means.norm(dim=2)
    return norms.std(1, correction=0) / norms.mean(1)


def cosines(means: Tensor) -> Tensor:
    """Return the cosine of the angle between each two centred means (seed, class, d), shape (seed, pair).

    As centred means add up to 0, their inner products do too: if the norms are equal, the mean cosine is −1/(C − 1)
    whatever the angles. Only the spread around it tells how close they are to a simplex.
    """
    directions = functional.normalize(means, dim=2)
    first, second = torch.triu_indices(means.shape[1], means.shape[1], offset=1)
    return (directions @ directions.transpose(1, 2))[:, first, second]


def self_duality_gap(weights: Tensor, means: Tensor) -> Tensor:
    """Return NC3 = ‖W/‖W‖ − M/‖M‖‖, shape (seed,); classifier and centred means both (seed, class, d)."""
    classifier, centres = (part / part.norm(dim=(1, 2), keepdim=True) for part in (weights, means))
    return (classifier - centres).norm(dim=(1, 2))


def nearest_mean_disagreement(features: Tensor, means: Tensor, predicted: Tensor) -> Tensor:
    """Return NC4, the share of examples whose nearest class mean is not the class that the net says, shape (seed,).

    Args:
        features: shape (seed, n, d).
        means: class means, not centred, shape (seed, class, d).
        predicted: the net's classes, shape (seed, n).
    """
    return (torch.cdist(features, means).argmin(2) != predicted).double().mean(1)
