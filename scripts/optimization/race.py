"""Linear autoencoders that descend from the same starts with all data a step, and with mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import initialise
from scripts.maths.linear_autoencoder import critical_point, gradient, loss
from scripts.maths.random import generators
from scripts.maths.strict_saddle import first_passage
from scripts.optimization.settings import Escape

STARTS = ("random", "near_wide", "near_close", "zero_wide", "zero_close")  # along one axis


def draw_data(settings: Escape) -> Tensor:
    """Return inputs, shape (seed, point, n), whose sample covariance is exactly that of the settings.

    Raises:
        ValueError: eigenvalues that are not falling and positive, fewer of them than hidden units and one, or fewer
            points than eigenvalues or than a mini-batch.
    """
    wanted, count = torch.tensor(settings.eigenvalues, dtype=torch.float64), settings.points
    if not ((wanted[1:] < wanted[:-1]).all() and wanted[-1] > 0):
        raise ValueError(f"expected positive eigenvalues, the largest first and all different, got {wanted.tolist()}")
    if not (settings.hidden < len(wanted) <= count and settings.batch_size <= count):
        raise ValueError(
            f"expected hidden < eigenvalues <= points and batch_size <= points, got {settings.hidden}, {len(wanted)}, "
            f"{count} and {settings.batch_size}"
        )
    rngs = generators(settings.seed_block, "optimization.escape.data")
    normal = torch.as_tensor(np.stack([rng.standard_normal((count, len(wanted))) for rng in rngs]))
    factor = torch.linalg.cholesky(covariance(normal))
    return torch.linalg.solve_triangular(factor, normal.mT, upper=False).mT * wanted.sqrt()


def covariance(data: Tensor) -> Tensor:
    """Return the mean of x xᵀ, shape (…, n, n), of data (…, point, n)."""
    return data.mT @ data / data.shape[-2]


def batch_covariances(data: Tensor, size: int, rngs: list[np.random.Generator]) -> Iterator[Tensor]:
    """Yield the mean of x xᵀ over mini-batch after mini-batch, (seed, n, n), in a new random order every pass.

    Args:
        data: shape (seed, point, n).
        size: examples of a mini-batch; those left over at the end of a pass are not used in it.
        rngs: one per seed.
    """
    seeds, batches = torch.arange(len(rngs))[:, None], data.shape[1] // size
    while True:
        order = torch.as_tensor(np.stack([rng.permutation(data.shape[1])[: batches * size] for rng in rngs]))
        shuffled = data[seeds, order].unflatten(1, (batches, size))
        yield from covariance(shuffled).transpose(0, 1)


def draw_starts(settings: Escape) -> tuple[Tensor, Tensor]:
    """Return encoders (start, seed, p, n) and decoders (start, seed, n, p), starts in the order of `STARTS`.

    The random start is torch's default for linear layers. The others lie at a given distance, in one random direction a
    seed, from the lowest saddle and from zero, the highest.
    """
    inputs, hidden = len(settings.eigenvalues), settings.hidden
    rngs = generators(settings.seed_block, "optimization.escape.weights")
    net = initialise([inputs, hidden, inputs], rngs)
    encoders, decoders = ([weight.detach().mT] for weight in net.weights)
    rngs = generators(settings.seed_block, "optimization.escape.directions")
    normal = torch.as_tensor(np.stack([rng.standard_normal((2, hidden, inputs)) for rng in rngs]))
    directions = normal / normal.square().sum((1, 2, 3), keepdim=True).sqrt()
    for kept in (lowest_sets(settings)[1], ()):
        encoder, decoder = critical_point(kept, inputs, hidden)
        for distance in (settings.wide_distance, settings.close_distance):
            encoders.append(encoder + distance * directions[:, 0])
            decoders.append(decoder + distance * directions[:, 1].mT)
    return torch.stack(encoders), torch.stack(decoders)


def lowest_sets(settings: Escape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which eigenvectors the minimum and the lowest saddle keep: that saddle has the last one exchanged."""
    first = tuple(range(settings.hidden - 1))
    return (*first, settings.hidden - 1), (*first, settings.hidden)


def step_size(settings: Escape) -> float:
    """Return the step size: a share of 2/λmax at the balanced minimum, where λmax is twice the largest eigenvalue."""
    return settings.stable_share / settings.eigenvalues[0]


def descend(encoder: Tensor, decoder: Tensor, covariances: Iterator[Tensor], settings: Escape) -> np.ndarray:
    """Return the loss on all data before every step and after the last, shape (1 + steps, start, seed).

    Args:
        encoder: shape (start, seed, p, n).
        decoder: shape (start, seed, n, p).
        covariances: of the examples that each step sees, each of shape (seed, n, n).
        settings: of the experiment.
    """
    everything, rate = torch.diag(torch.tensor(settings.eigenvalues, dtype=torch.float64)), step_size(settings)
    losses = [loss(encoder, decoder, everything)]
    for seen in islice(covariances, settings.steps):
        down_encoder, down_decoder = gradient(encoder, decoder, seen)
        encoder, decoder = encoder - rate * down_encoder, decoder - rate * down_decoder
        losses.append(loss(encoder, decoder, everything))
    return torch.stack(losses).numpy()


def pass_time(losses: np.ndarray, level: float, window: int) -> np.ndarray:
    """Return the first step at which the mean loss of the last steps is at most a level, or −1; losses (1 + step, …).

    Raises:
        ValueError: a window longer than the run.
    """
    if not 1 <= window <= len(losses):
        raise ValueError(f"expected a window from 1 to {len(losses)} steps, got {window}")
    total = np.cumsum(losses, axis=0)
    total[window:] -= total[:-window].copy()
    reached = total / window <= level
    reached[: window - 1] = False
    return first_passage(reached)


def escaping_curvature(kept: float, left: float) -> float:
    """Return how steeply a balanced saddle curves down as a kept eigenvector turns into a left out one with more.

    Along a and b, the new direction's weights in decoder and encoder, the Hessian is [[λ, −μ], [−μ, μ]] for the kept
    eigenvalue λ and the left out μ > λ.
    """
    return -float(np.linalg.eigvalsh([[kept, -left], [-left, left]])[0])
