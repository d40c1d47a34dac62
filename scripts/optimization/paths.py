"""Paths of nets through their parameters, and the places on them with a given training loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble

BISECTIONS = 50  # halves a segment to below the spacing of float64


@dataclass(frozen=True)
class Path:
    """Hold where N nets were after every epoch, before training first.

    Args:
        places: all parameters of each net, shape (1 + epoch, net, parameter).
        losses: on all training data, shape (1 + epoch, net).
    """

    places: Tensor
    losses: Tensor


def flatten(net: Ensemble) -> Tensor:
    """Return the parameters of each net in a row, shape (net, parameter)."""
    return torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], dim=1)


def rebuild(place: Tensor, like: Ensemble) -> Ensemble:
    """Return the nets whose parameters stand in rows, shape (net, parameter), in the shape of another ensemble."""
    parts = torch.split(place, [tensor[0].numel() for tensor in like.parameters], dim=1)
    shaped = [part.reshape(-1, *tensor.shape[1:]) for part, tensor in zip(parts, like.parameters, strict=True)]
    return Ensemble(shaped[0::2], shaped[1::2], like.activation)


def common_loss(paths: list[Tensor]) -> Tensor:
    """Return the lowest training loss that every one of the runs reaches, shape (seed,).

    Args:
        paths: losses of each run, shape (1 + epoch, seed).
    """
    return torch.stack([losses.min(0).values for losses in paths]).max(0).values


def match(path: Path, level: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the parameters where each net first has a given training loss, shape (net, parameter).

    Between two epochs a net is taken to move in a straight line; the point on it is found by bisection.

    Args:
        path: where the nets were.
        level: wanted loss, shape (net,); at or below the loss after some epoch, and below the loss before training.
        loss: from parameters, shape (net, parameter), to the loss on all training data, shape (net,).

    Raises:
        ValueError: a net never reaches its level, or starts below it.
    """
    reached = path.losses <= level
    if reached[0].any() or not reached.any(0).all():
        raise ValueError("expected levels between each net's first and lowest training loss")
    first = reached.int().argmax(0)
    nets = torch.arange(level.shape[0])
    start, end = path.places[first - 1, nets], path.places[first, nets]
    low, high = torch.zeros_like(level), torch.ones_like(level)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = loss(start + middle[:, None] * (end - start)) > level
        low, high = torch.where(above, middle, low), torch.where(above, high, middle)
    return start + high[:, None] * (end - start)


class Approach:
    """Watch N nets until each has reached a training loss; keep only where it stood just before and just after."""

    def __init__(self, level: float, place: Tensor, losses: Tensor) -> None:
        """Begin with parameters, shape (net, parameter), and losses, shape (net,), before training."""
        self.level = level
        self.places = [place, place]
        self.losses = [losses, losses]
        self.looks = torch.zeros_like(losses, dtype=torch.long)  # how often each net was seen until it was there

    def watch(self, place: Tensor, losses: Tensor) -> bool:
        """Take note of where the nets are now; return whether all of them have reached the level."""
        moving = self.losses[1] > self.level
        self.looks += moving
        before, after = self.places
        self.places = [torch.where(moving[:, None], after, before), torch.where(moving[:, None], place, after)]
        was, now = self.losses
        self.losses = [torch.where(moving, now, was), torch.where(moving, losses, now)]
        return bool((self.losses[1] <= self.level).all())

    @property
    def path(self) -> Path:
        """Return the last two places, between which `match` finds the level."""
        return Path(torch.stack(self.places), torch.stack(self.losses))
