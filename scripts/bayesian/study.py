"""Patients in random order, cut into parts: real ones, and ones whose law is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.diabetes import MEASUREMENTS, PATIENTS, shuffled_patients
from scripts.maths.random import generators


@dataclass(frozen=True)
class Study:
    """Hold the patients of every split.

    Args:
        inputs: shape (seed, n, d).
        outcomes: shape (seed, n).
    """

    inputs: Tensor
    outcomes: Tensor


@dataclass(frozen=True)
class Part:
    """Hold what a method sees, standardised on the patients that it is trained on, and what it is asked.

    Args:
        inputs: shape (seed, n, d), each of mean 0 and variance 1.
        targets: shape (seed, n), of mean 0 and variance 1.
        asked: other patients, on the same scale, shape (seed, m, d).
        answers: their outcomes, in the study's own units, shape (seed, m).
        centre: mean of the outcomes seen, shape (seed, 1).
        scale: their standard deviation, shape (seed, 1).
    """

    inputs: Tensor
    targets: Tensor
    asked: Tensor
    answers: np.ndarray
    centre: np.ndarray
    scale: np.ndarray


def diabetes_study(seeds: Iterable[int]) -> Study:
    """Return the diabetes study, in a new order for every seed."""
    return Study(*shuffled_patients(seeds, "bayesian.coverage.order"))


def linear_study(seeds: Iterable[int], explained: float) -> Study:
    """Return as many patients whose outcomes follow a linear law that each seed draws from the prior of `exact_law`.

    Inputs are standard normal; outcomes have variance 1 on average, of which the share `explained` is not noise.
    """
    precision, noise = exact_law(explained)
    drawn = []
    for rng in generators(seeds, "bayesian.coverage.linear"):
        inputs = rng.normal(size=(PATIENTS, MEASUREMENTS))
        weights = rng.normal(0, precision**-0.5, MEASUREMENTS)
        drawn.append((inputs, inputs @ weights + rng.normal(0, noise, PATIENTS)))
    inputs, outcomes = zip(*drawn, strict=True)
    return Study(torch.as_tensor(np.stack(inputs)), torch.as_tensor(np.stack(outcomes)))


def exact_law(explained: float) -> tuple[float, float]:
    """Return the prior precision of every weight and the standard deviation of the noise of the linear law."""
    return MEASUREMENTS / explained, (1 - explained) ** 0.5


def prepare(study: Study, seen: int, asked: slice) -> Part:
    """Return the first `seen` patients to train on and some others to be asked about, on the former's scale."""
    shown = slice(0, seen)
    middle, spread = _moments(study.inputs[:, shown])
    centre, scale = _moments(study.outcomes[:, shown])
    inputs, targets = (study.inputs - middle) / spread, (study.outcomes - centre) / scale
    return Part(
        inputs[:, shown],
        targets[:, shown],
        inputs[:, asked],
        study.outcomes[:, asked].numpy(),
        centre.numpy(),
        scale.numpy(),
    )


def _moments(sample: Tensor) -> tuple[Tensor, Tensor]:
    return sample.mean(1, keepdim=True), sample.std(1, keepdim=True, correction=0)
