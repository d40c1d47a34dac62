"""A ReLU net along a ray: far enough out it is affine, and so its limits are known exactly (Hein et al. 2019)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble


class Tail(NamedTuple):
    """Hold what a layer does along rays from some distance t on: slope · t + intercept, each (net, ray, width)."""

    slope: Tensor
    intercept: Tensor


def ray_points(start: Tensor, directions: Tensor, distances: Tensor) -> Tensor:
    """Return the points start + t · direction.

    Args:
        start: shape (net, d).
        directions: shape (net, ray, d).
        distances: t, shape (k,) or (net, k).

    Returns:
        Shape (net, k · ray, d): first all rays at the first distance, then all at the second.
    """
    steps = distances.expand(len(start), -1)[:, :, None, None] * directions[:, None]
    return (start[:, None, None] + steps).flatten(1, 2)


def tails(net: Ensemble, start: Tensor, directions: Tensor) -> tuple[Tail, Tail]:
    """Return the last hidden layer and the outputs along the rays start + t · direction for all large t.

    A unit stays on if its input rises with t, or rests at a positive value; so the layers follow one after the other.

    Args:
        net: S nets of ReLU.
        start: shape (net, d).
        directions: shape (net, ray, d).

    Raises:
        ValueError: the nets' activation is not ReLU.
    """
    if net.activation != "relu":
        raise ValueError(f"activation is {net.activation!r}, expected relu")
    with torch.no_grad():
        hidden = Tail(directions, start[:, None].expand_as(directions))
        for weight, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
            slope, intercept = hidden.slope @ weight, hidden.intercept @ weight + bias
            on = (slope > 0) | ((slope == 0) & (intercept > 0))
            hidden = Tail(slope * on, intercept * on)
        weight, bias = net.weights[-1], net.biases[-1]
        return hidden, Tail(hidden.slope @ weight, hidden.intercept @ weight + bias)


def softmax_limit(outputs: Tail) -> Tensor:
    """Return the limit of the softmax of slope · t + intercept as t grows, shape (net, ray, class).

    The class whose output rises fastest takes all; classes that rise equally fast share as their intercepts say.
    """
    fastest = outputs.slope == outputs.slope.max(2, keepdim=True).values
    return torch.where(fastest, outputs.intercept, -torch.inf).softmax(2)
