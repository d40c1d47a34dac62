"""What the nearest neighbours of a point tell about its class (Fix & Hodges 1951; Cover & Hart 1967)."""

import torch
from torch import Tensor
from torch.nn import functional


def nearest_labels(features: Tensor, labels: Tensor, fresh: Tensor, count: int) -> Tensor:
    """Return the labels of the nearest examples, nearest first, shape (seed, m, count).

    Args:
        features: points with known labels, shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        fresh: points whose neighbours are wanted, shape (seed, m, d).
        count: neighbours of each point, from 1 to n.

    Raises:
        ValueError: count outside 1 … n.
    """
    points = features.shape[1]
    if not 1 <= count <= points:
        raise ValueError(f"count is {count}, expected between 1 and the {points} examples there are")
    rows = [
        known[torch.cdist(wanted, seen).topk(count, largest=False).indices]  # seed by seed: memory
        for seen, known, wanted in zip(features, labels, fresh, strict=True)
    ]
    return torch.stack(rows)


def vote_accuracy(nearest: Tensor, wanted: Tensor) -> Tensor:
    """Return how often most neighbours have a point's own label, shape (seed,); the smallest label wins a tie.

    Args:
        nearest: labels of the neighbours, shape (seed, m, count).
        wanted: the points' own labels, shape (seed, m).
    """
    votes = functional.one_hot(nearest).sum(2)
    return (votes.argmax(2) == wanted).double().mean(1)


def same_label_share(nearest: Tensor, wanted: Tensor) -> Tensor:
    """Return the share of neighbours with the point's own label, shape (seed,); arguments as in `vote_accuracy`."""
    return (nearest == wanted[:, :, None]).double().mean((1, 2))
