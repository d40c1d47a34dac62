"""Nets that learn to tell classes apart, one a seed, and their twins that were never trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.moons import draw_moons
from scripts.maths.random import generators
from scripts.maths.training import cross_entropy, train


@dataclass(frozen=True)
class Task:
    """Hold one data set a seed.

    Args:
        inputs: to train on, shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        fresh: inputs nothing was fitted to, shape (seed, m, d).
        fresh_labels: shape (seed, m).
    """

    inputs: Tensor
    labels: Tensor
    fresh: Tensor
    fresh_labels: Tensor


@dataclass(frozen=True)
class Training:
    """Hold the shape of a net and how it is trained, with Adam.

    Args:
        widths: units of the hidden layers, all of them ReLU.
        epochs: passes over the training points.
        learning_rate: Adam's step size.
        batch_size: points a step.
    """

    widths: Sequence[int]
    epochs: int
    learning_rate: float
    batch_size: int


def moons_task(points: int, fresh_points: int, noise: float, seeds: Iterable[int]) -> Task:
    """Draw the section's two moons, a training and a fresh sample a seed."""
    parts = []
    for count, purpose in ((points, "train"), (fresh_points, "test")):
        samples = [draw_moons(count, noise, seed, f"geometry.moons.{purpose}") for seed in seeds]
        parts += [torch.as_tensor(np.stack(arrays)) for arrays in zip(*samples, strict=True)]
    return Task(*parts)


def digits_task(points: int, seeds: Iterable[int]) -> Task:
    """Split the handwritten digits once a seed; what is not trained on is fresh."""
    split = draw_digits(points, seeds, "geometry.digits.split")
    return Task(split.inputs, split.labels, split.fresh, split.fresh_labels)


def initial_nets(task: Task, training: Training, seeds: Iterable[int], stream: str) -> Ensemble:
    """Draw an untrained net a seed; equal arguments give equal weights."""
    classes = int(task.labels.max()) + 1
    widths = [task.inputs.shape[2], *training.widths, classes]
    return initialise(widths, generators(seeds, f"{stream}.weights"))


def train_nets(task: Task, training: Training, seeds: Iterable[int], stream: str) -> Ensemble:
    """Train the net of each seed on its own points, all in one computation."""
    net = initial_nets(task, training, seeds, stream)
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        task.inputs,
        task.labels,
        epochs=training.epochs,
        learning_rate=training.learning_rate,
        batch_size=training.batch_size,
        generators=generators(seeds, f"{stream}.batches"),
        fused=True,
    )
    return net
