"""The article's task, targets that are pure noise, and nets that train on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble, copies, initialise
from scripts.maths.random import generator, generators
from scripts.maths.training import mean_squared_error, train
from scripts.optimization.paths import Path, flatten, rebuild
from scripts.optimization.settings import Demo

BAYES = 1.0  # the targets' variance: no function of the inputs does better on fresh data


@dataclass(frozen=True)
class Task:
    """Hold one data set and one initialisation a seed.

    Args:
        inputs: standard normal, shape (seed, n, d).
        targets: standard normal and independent of the inputs, shape (seed, n, 1).
        fresh: inputs nothing was fitted to, shape (seed, m, d).
        start: the nets before training.
    """

    inputs: Tensor
    targets: Tensor
    fresh: Tensor
    start: Ensemble


def draw_task(settings: Demo) -> Task:
    """Draw data and initial weights, one of each a seed."""
    rngs = {name: generators(settings.seed_block, f"optimization.demo.{name}") for name in ("data", "fresh", "weights")}
    inputs = [rng.standard_normal((settings.points, settings.inputs)) for rng in rngs["data"]]
    targets = [rng.standard_normal((settings.points, 1)) for rng in rngs["data"]]
    fresh = [rng.standard_normal((settings.fresh_points, settings.inputs)) for rng in rngs["fresh"]]
    data = (torch.as_tensor(np.stack(rows)) for rows in (inputs, targets, fresh))
    return Task(*data, initialise([settings.inputs, settings.hidden, 1], rngs["weights"]))


def follow(task: Task, settings: Demo, optimiser: str, rate: float, count: int, stream: str) -> Path:
    """Train `count` copies of every net with batches in an order of their own; nets stand copy by copy."""
    net = copies(task.start, count)
    inputs, targets = task.inputs.repeat(count, 1, 1), task.targets.repeat(count, 1, 1)
    names = [f"optimization.demo.batches.{stream}.{copy}" for copy in range(count)]
    places = [flatten(net)]
    train(
        net.parameters,
        lambda batch, wanted: mean_squared_error(net(batch), wanted),
        inputs,
        targets,
        epochs=settings.long_epochs,
        optimiser=optimiser,
        learning_rate=rate,
        batch_size=settings.batch_size,
        generators=[generator(seed, name) for name in names for seed in settings.seed_block],
        after_epoch=lambda _: places.append(flatten(net)),
    )
    return Path(torch.stack(places), torch.stack([training_loss(task, place) for place in places]))


def training_loss(task: Task, place: Tensor) -> Tensor:
    """Return the loss on all training data, shape (net,), of parameters (net, parameter); nets stand copy by copy."""
    count = place.shape[0] // task.inputs.shape[0]
    outputs = rebuild(place, task.start)(task.inputs.repeat(count, 1, 1))
    return mean_squared_error(outputs, task.targets.repeat(count, 1, 1))


def functions(task: Task, place: Tensor) -> Tensor:
    """Return what the nets say on the fresh inputs, shape (copy, seed, m)."""
    count = place.shape[0] // task.fresh.shape[0]
    outputs = rebuild(place, task.start)(task.fresh.repeat(count, 1, 1))
    return outputs.reshape(count, *task.fresh.shape[:2])


def fresh_loss(outputs: Tensor) -> Tensor:
    """Return the expected loss on fresh data, shape (…,), of functions (…, m) on fresh inputs.

    The targets have mean 0, variance 1 and nothing to do with the inputs, so E(f(x) − y)² = 1 + E f(x)².
    """
    return BAYES + (outputs**2).mean(-1)
