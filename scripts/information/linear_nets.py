"""Deep linear networks whose layers' information about relevant and irrelevant inputs is exact (Saxe et al. 2018).

The inputs are standard normal. The target is a linear function of the relevant ones plus noise. The last hidden layer
is T = Xᵀ W + noise, with W the product of all weights before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.information.settings import Gaussian
from scripts.maths.ensembles import initialise
from scripts.maths.gaussian_information import channel_information
from scripts.maths.random import generators
from scripts.maths.training import spaced_times, train

KINDS = ("all", "relevant", "irrelevant", "irrelevant_conditional")


@dataclass(frozen=True)
class Task:
    """Hold what full-batch gradient descent on the squared error needs of the training points of every seed.

    Args:
        inputs: second moments of the inputs, shape (seed, d, d).
        between: second moments of inputs and targets, shape (seed, d, out).
        targets: mean square of the targets, summed over them, shape (seed,).
        teacher: the true map from inputs to targets, shape (seed, d, out).
    """

    inputs: Tensor
    between: Tensor
    targets: Tensor
    teacher: Tensor


@dataclass(frozen=True)
class Run:
    """Hold what was measured while nets trained.

    Args:
        steps: when, shape (record,), from 0 to the last.
        information: in nats, shape (kind, record, noise, seed), in the order of `KINDS`.
        fit: mean squared error on training points over that of least squares, at each record, shape (record, seed).
        fresh: expected squared error on fresh points over that of the true map, shape (record, seed).
    """

    steps: np.ndarray
    information: np.ndarray
    fit: np.ndarray
    fresh: np.ndarray


def draw_task(settings: Gaussian, outputs: int) -> Task:
    """Draw training points for every seed, and keep their second moments."""
    moments = []
    for rng in generators(settings.seed_block, f"information.gaussian.task.{outputs}"):
        inputs = rng.standard_normal((settings.points, settings.relevant + settings.irrelevant))
        teacher = np.zeros((inputs.shape[1], outputs))
        teacher[: settings.relevant] = rng.standard_normal((settings.relevant, outputs))
        teacher /= np.sqrt((teacher**2).sum(0))
        targets = inputs @ teacher + settings.target_noise * rng.standard_normal((settings.points, outputs))
        both = np.concatenate([inputs, targets], axis=1)
        moments.append((both.T @ both / settings.points, teacher))
    moment, teacher = (torch.as_tensor(np.stack(each)) for each in zip(*moments, strict=True))
    d = teacher.shape[1]
    squares = moment[:, d:, d:].diagonal(dim1=1, dim2=2).sum(1)
    return Task(moment[:, :d, :d], moment[:, :d, d:], squares, teacher)


def train_linear(settings: Gaussian, task: Task, widths: list[int], decay: float) -> Run:
    """Train one net a seed by full-batch gradient descent, without biases, and measure it along the way.

    Args:
        settings: of the experiment.
        task: second moments of the training points; the gradient depends on nothing else.
        widths: hidden layers.
        decay: weight decay, the same for all weights.
    """
    sizes = [task.teacher.shape[1], *widths, task.teacher.shape[2]]
    rngs = generators(settings.seed_block, "information.gaussian.weights")
    weights = initialise(sizes, rngs, scheme="lecun").weights
    steps = record_steps(settings)
    scale = root_mean_square(last_layer(weights))
    rows: list[tuple[np.ndarray, ...]] = []

    def record(done: int) -> None:
        if done in steps:
            rows.append(measure(settings, task, weights, scale))

    record(0)
    train(
        weights,
        lambda inputs, between: half_error(whole_map(weights), inputs, between, task.targets),
        task.inputs,
        task.between,
        epochs=settings.epochs,
        optimiser="sgd",
        learning_rate=settings.learning_rate,
        after_epoch=record,
        weight_decay=decay,
    )
    information, fit, fresh = (np.stack(each) for each in zip(*rows, strict=True))
    return Run(np.array(steps), information.swapaxes(0, 1), fit, fresh)


def record_steps(settings: Gaussian) -> list[int]:
    """Return when training is measured: before it, then at steps that grow evenly in logarithm, to the last."""
    return spaced_times(settings.epochs, settings.records - 1)


def whole_map(weights: list[Tensor]) -> Tensor:
    """Return the map from inputs to outputs, shape (seed, d, out); multiplied from the narrow end."""
    found = weights[-1]
    for weight in reversed(weights[:-1]):
        found = weight @ found
    return found


def last_layer(weights: list[Tensor]) -> Tensor:
    """Return the map W from inputs to the last hidden layer, shape (seed, d, width)."""
    found = weights[0].detach()
    for weight in weights[1:-1]:
        found = found @ weight.detach()
    return found


def root_mean_square(layer: Tensor) -> Tensor:
    """Return the root mean square of a layer's units on standard normal inputs, exactly, shape (seed,)."""
    return torch.sqrt((layer**2).sum(1).mean(1))


def half_error(found: Tensor, inputs: Tensor, between: Tensor, targets: Tensor) -> Tensor:
    """Return half the mean squared error of a linear map, summed over outputs, from second moments, shape (seed,)."""
    return 0.5 * ((found * (inputs @ found - 2 * between)).sum((1, 2)) + targets)


def layer_information(layer: Tensor, noise: Tensor, relevant: int) -> Tensor:
    """Return what a noisy layer tells about its inputs in nats, shape (4, seed), in the order of `KINDS`.

    About all inputs; about the relevant ones alone, the others unknown; about the irrelevant ones alone, the relevant
    ones unknown; and about the irrelevant ones for someone who knows the relevant ones. First = second + fourth.

    Args:
        layer: W, shape (seed, d, width).
        noise: standard deviation, shape (seed,).
        relevant: how many inputs are; they come first.
    """
    known, rest = layer[:, :relevant], layer[:, relevant:]
    whole, from_known, from_rest = (channel_information(part, noise) for part in (layer, known, rest))
    return torch.stack([whole, whole - from_rest, whole - from_known, from_rest])


def measure(settings: Gaussian, task: Task, weights: list[Tensor], scale: Tensor) -> tuple[np.ndarray, ...]:
    """Return information, fit and fresh error of the nets as they are now, one record of a `Run`."""
    layer = last_layer(weights)
    with torch.no_grad():
        found = whole_map(weights)
    rows = [layer_information(layer, noise * scale, settings.relevant) for noise in settings.noises]
    least = torch.linalg.solve(task.inputs, task.between)
    moments = (task.inputs, task.between, task.targets)
    fit = half_error(found, *moments) / half_error(least, *moments)
    noise = settings.target_noise**2 * task.teacher.shape[2]
    fresh = ((found - task.teacher) ** 2).sum((1, 2)) / noise + 1
    return torch.stack(rows, dim=1).numpy(), fit.numpy(), fresh.numpy()
