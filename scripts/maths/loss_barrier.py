"""The loss on the straight line between the weights of two nets, and how far it rises (Frankle et al. 2020)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble


def between(one: Ensemble, other: Ensemble, share: float) -> Ensemble:
    """Return the nets whose parameters lie between those of two, at a share of the way from the first."""
    weights, biases = (
        [torch.lerp(first.detach(), second.detach(), share) for first, second in zip(*kinds, strict=True)]
        for kinds in ((one.weights, other.weights), (one.biases, other.biases))
    )
    return Ensemble(weights, biases, one.activation)


def along_line(one: Ensemble, other: Ensemble, measure: Callable[[Ensemble], Tensor], points: int) -> Tensor:
    """Return what is measured, shape (pair,), at evenly spaced points of the line, ends included; shape (point, pair).

    Raises:
        ValueError: fewer than three points, so none between the ends.
    """
    if points < 3:
        raise ValueError(f"points is {points}, expected at least 3, so that one lies between the ends")
    return torch.stack([measure(between(one, other, float(share))) for share in torch.linspace(0, 1, points)])


def barrier(line: Tensor) -> Tensor:
    """Return how far a line rises at most above the straight connection of its ends, never below 0, shape (pair,).

    Args:
        line: losses at evenly spaced points, ends included, shape (point, pair).
    """
    share = torch.linspace(0, 1, len(line), dtype=line.dtype).unsqueeze(1)
    return (line - torch.lerp(line[:1], line[-1:], share)).max(0).values.clamp(min=0)
