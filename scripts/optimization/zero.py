"""Tanh nets without biases whose weights are all zero: a saddle at which no example has a slope to follow."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble
from scripts.maths.hessian import derivatives
from scripts.maths.random import generators
from scripts.maths.training import mean_squared_error, train
from scripts.optimization.settings import Escape


def draw_task(settings: Escape) -> tuple[Tensor, Tensor]:
    """Return normal inputs (seed, point, d) and targets (seed, point, 1), tanh of a random direction of the inputs."""
    rngs = generators(settings.seed_block, "optimization.escape.zero.data")
    drawn = torch.as_tensor(np.stack([rng.standard_normal((1 + settings.points, settings.net_inputs)) for rng in rngs]))
    directions = drawn[:, :1] / drawn[:, :1].norm(dim=2, keepdim=True)
    inputs = drawn[:, 1:]
    return inputs, torch.tanh(inputs @ directions.mT)


def zero_net(settings: Escape) -> Ensemble:
    """Return one net a seed whose weights are all zero; they can be trained, the biases cannot."""
    seeds, widths = settings.seeds, (settings.net_inputs, settings.net_hidden, 1)
    weights = [torch.zeros(seeds, *shape, dtype=torch.float64) for shape in (widths[:2], widths[1:])]
    biases = [torch.zeros(seeds, 1, width, dtype=torch.float64) for width in widths[1:]]
    return Ensemble([weight.requires_grad_(True) for weight in weights], biases, "tanh")


def follow(net: Ensemble, inputs: Tensor, targets: Tensor, settings: Escape, *, noise: float) -> None:
    """Train the weights in place with mini-batches, and add normal noise of a standard deviation after every pass."""
    rngs = generators(settings.seed_block, "optimization.escape.zero.noise")

    def disturb(_: int) -> None:
        with torch.no_grad():
            for weight in net.weights:
                drawn = np.stack([rng.standard_normal(weight.shape[1:]) for rng in rngs])
                weight += noise * torch.as_tensor(drawn)

    train(
        net.weights,
        lambda batch, wanted: mean_squared_error(net(batch), wanted),
        inputs,
        targets,
        epochs=settings.net_epochs,
        optimiser="sgd",
        learning_rate=settings.net_rate,
        batch_size=settings.batch_size,
        generators=generators(settings.seed_block, "optimization.escape.zero.batches"),
        after_epoch=disturb if noise > 0 else None,
    )


def at_zero(settings: Escape, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss's slopes and the eigenvalues of its Hessian, each (run, weight), where all weights are zero.

    Args:
        settings: of the experiment.
        inputs: of each run, shape (run, point, d).
        targets: shape (run, point, 1).
    """
    split = settings.net_inputs * settings.net_hidden

    def error(places: Tensor) -> Tensor:
        first, second = places.split([split, settings.net_hidden], dim=1)
        hidden = torch.tanh(inputs @ first.unflatten(1, (settings.net_inputs, settings.net_hidden)))
        return mean_squared_error(hidden @ second[..., None], targets)

    places = torch.zeros(len(inputs), split + settings.net_hidden, dtype=inputs.dtype)
    found, hessians = derivatives(error, places)
    return found, torch.linalg.eigvalsh(hessians)


def exact_curvature(inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the smallest eigenvalue of the Hessian at zero, −2 ‖mean of y x‖, shape (run,).

    At zero the net is v·tanh(W x) ≈ v W x, so the squared error is curved only between a hidden unit's weights in and
    out, by −2 times the mean of y x.
    """
    return -2 * (inputs * targets).mean(1).norm(dim=1)
