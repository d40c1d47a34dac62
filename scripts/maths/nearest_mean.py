"""The plainest classifier: the class whose mean is nearest."""

import torch
from torch import Tensor
from torch.nn import functional


def class_means(features: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of every class, shape (seed, class, d).

    Args:
        features: shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).

    Raises:
        ValueError: a class has no example in some seed.
    """
    members = functional.one_hot(labels).to(features.dtype)
    sizes = members.sum(1)
    if (sizes == 0).any():
        raise ValueError("expected an example of every class in every seed, got a class without any")
    return members.transpose(1, 2) @ features / sizes[:, :, None]


def nearest_mean_accuracy(features: Tensor, labels: Tensor, fresh: Tensor, fresh_labels: Tensor) -> Tensor:
    """Return how often the class with the nearest mean is the right one, shape (seed,).

    Args:
        features: the examples that the means are taken of, shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        fresh: the points to name, shape (seed, m, d).
        fresh_labels: shape (seed, m).
    """
    distances = torch.cdist(fresh, class_means(features, labels))
    return (distances.argmin(2) == fresh_labels).double().mean(1)
