"""What the test error on digits depends on: every number of examples with every architecture and every optimiser.

The levels of a factor decide how much it explains, so they are what one would vary in practice, each architecture and
optimiser has the step size that suits the two of them, and all nets see equally many images in training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.functions.settings import Variance
from scripts.maths.digits import CLASSES, IMAGES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, copies, initialise
from scripts.maths.jackknife import jackknife_interval
from scripts.maths.optimiser_ensemble import OptimiserEnsemble
from scripts.maths.random import generators
from scripts.maths.statistics import Estimate, bounded, mean_interval
from scripts.maths.training import accuracy, cross_entropy
from scripts.maths.variance_shares import variance_shares

STREAM = "functions.variance"
TRAINING = torch.float32
SCHEMES = {"relu": "he", "tanh": "lecun"}
PER_CENT = 100.0
DATA, ARCHITECTURE, OPTIMISER, SEED = range(4)  # axes of the table
FACTORS = {"data": DATA, "architecture": ARCHITECTURE, "optimiser": OPTIMISER}
SHARE_NOTE = "of the variance of the log test error; bias removed and interval by jackknife over seeds"
MEANINGS = {
    "data": "the number of examples alone",
    "architecture": "the architecture alone",
    "optimiser": "the optimiser alone",
    "interactions": "what two or all three of them do together, beyond each alone",
    "data_architecture": "number of examples with architecture",
    "data_optimiser": "number of examples with optimiser",
    "architecture_optimiser": "architecture with optimiser",
    "three_way": "all three together",
    "residual": "which images and first weights a seed draws",
    "draw": "part of the residual that all nets of a seed have in common",
    "data_minus_architecture": "data minus architecture, in percentage points",
    "data_minus_optimiser": "data minus optimiser, in percentage points",
}
NARROW = (*FACTORS, "residual", "data_minus_architecture")  # told for the two largest training sets too


def compute(settings: Variance) -> Result:
    """Choose the step sizes on images kept for this, train a net for every cell and seed, divide the variance."""
    pool = draw_digits(IMAGES - settings.validation, [settings.first_seed], f"{STREAM}.kept", TRAINING)
    rates = choose_rates(settings, pool)
    drawn = reorder(settings, pool, "split", settings.seeds)
    cells = [
        [judge_nets(settings, drawn, shape, points, rates[row]) for row, shape in enumerate(settings.architectures)]
        for points in settings.sizes
    ]
    wrong, fitted = np.moveaxis(np.array(cells), 2, 0)  # each of shape (size, architecture, optimiser, seed)
    table = log_error(wrong, drawn.fresh.shape[1])
    values = share_values(table) | level_values(table) | plain_values(settings, wrong, fitted, rates)
    return Result(values, {"error": wrong, "rates": rates})


def reorder(settings: Variance, pool: Digits, purpose: str, seeds: int) -> Digits:
    """Return the pool in a new order for every seed: first as many as are trained on at most, then the fresh ones."""
    most, count = max(settings.sizes), pool.inputs.shape[1]
    order = np.stack([rng.permutation(count) for rng in _generators(settings, f"{purpose}.images", seeds)])
    inputs, labels = pool.inputs[0][order], pool.labels[0][order]
    return Digits(inputs[:, :most], labels[:, :most], inputs[:, most:], labels[:, most:])


def choose_rates(settings: Variance, pool: Digits) -> np.ndarray:
    """Return the step size of the fewest errors on the images kept from the pool, shape (architecture, optimiser).

    The nets of each choice are trained on the middle number of examples, and share no first weights with those that
    are tested.
    """
    names = np.repeat(settings.optimisers, len(settings.rates))
    tried = np.tile(settings.rates, len(settings.optimisers))
    drawn, points = reorder(settings, pool, "tuning", settings.tuning_seeds), settings.middle_size
    best = []
    for shape in settings.architectures:
        net = train_nets(settings, drawn, shape, points, names, tried, "tuning")
        wrong = errors(net, pool.fresh, pool.fresh_labels)
        best.append(wrong.reshape(len(settings.optimisers), len(settings.rates), -1).mean(2).argmin(1))
    return np.array(settings.rates)[np.array(best)]


def judge_nets(settings: Variance, drawn: Digits, shape: str, points: int, rates: np.ndarray) -> np.ndarray:
    """Return the share wrong on fresh images, and that right on training images, shape (2, optimiser, seed).

    Args:
        settings: of the experiment.
        drawn: images of every seed.
        shape: of the nets.
        points: training images.
        rates: step sizes, one an optimiser.
    """
    net = train_nets(settings, drawn, shape, points, settings.optimisers, rates, "split")
    wrong = errors(net, drawn.fresh, drawn.fresh_labels)
    right = 1 - errors(net, drawn.inputs[:, :points], drawn.labels[:, :points])
    return np.stack([wrong, right]).reshape(2, len(settings.optimisers), settings.seeds)


def train_nets(
    settings: Variance,
    drawn: Digits,
    shape: str,
    points: int,
    names: Sequence[str],
    rates: np.ndarray,
    purpose: str,
) -> Ensemble:
    """Return trained nets: one a seed with the first optimiser and step size, then one a seed with the second, ….

    All nets of a seed start from the same weights and see the same batches.
    """
    seeds, choices = len(drawn.inputs), len(names)
    activation, *hidden = shape.split()
    widths = [PIXELS, *map(int, hidden), CLASSES]
    weights, batches = (_generators(settings, f"{purpose}.{kind}", seeds) for kind in ("weights", "batches"))
    start = initialise(widths, weights, activation=activation, scheme=SCHEMES[activation], dtype=TRAINING)
    net = copies(start, choices)
    stepper = OptimiserEnsemble(net.parameters, np.repeat(names, seeds).tolist(), np.repeat(rates, seeds))
    order = np.stack([endless_order(points, settings.steps * settings.batch_size, rng) for rng in batches])
    rows = np.arange(seeds)[:, None]
    for chosen in np.split(order, settings.steps, axis=1):
        inputs, labels = drawn.inputs[rows, chosen], drawn.labels[rows, chosen]
        cross_entropy(net(inputs.repeat(choices, 1, 1)), labels.repeat(choices, 1)).sum().backward()
        stepper.step()
    return net


def endless_order(points: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the first `count` places of pass after pass over the points, each in a new order."""
    passes = -(-count // points)
    return np.concatenate([rng.permutation(points) for _ in range(passes)])[:count]


def errors(net: Ensemble, inputs: Tensor, labels: Tensor) -> np.ndarray:
    """Return the share of wrong answers of each net, shape (net,), on images of its seed or on the same for all."""
    choices = len(net.weights[0]) // len(inputs)
    with torch.no_grad():
        return 1 - accuracy(net(inputs.repeat(choices, 1, 1)), labels.repeat(choices, 1)).numpy()


def log_error(wrong: np.ndarray, images: int) -> np.ndarray:
    """Return the logarithm of the error with half an image added, so that no error at all has one too."""
    return np.log(wrong + 0.5 / images)


def divide(table: np.ndarray) -> dict[str, float]:
    """Return the shares of the variance in %, by name; table of shape (size, architecture, optimiser, seed)."""
    found = {effect: PER_CENT * share for effect, share in variance_shares(table).items()}
    named = {name: found[(axis,)] for name, axis in FACTORS.items()}
    together = {
        "data_architecture": found[DATA, ARCHITECTURE],
        "data_optimiser": found[DATA, OPTIMISER],
        "architecture_optimiser": found[ARCHITECTURE, OPTIMISER],
        "three_way": found[DATA, ARCHITECTURE, OPTIMISER],
    }
    return {
        **named,
        "interactions": sum(together.values()),
        **together,
        "residual": sum(share for effect, share in found.items() if SEED in effect),
        "draw": found[(SEED,)],
        "data_minus_architecture": named["data"] - named["architecture"],
        "data_minus_optimiser": named["data"] - named["optimiser"],
    }


def effect_interval(table: np.ndarray, name: str) -> Estimate:
    """Return one of the shares of `divide` over seeds; the interval of a share ends at 0.

    The bias is what the noise of a cell's mean adds to every effect. Without it a share may come out below 0 by chance.
    """
    rows = np.moveaxis(table, SEED, 0)
    estimate = jackknife_interval(lambda some: divide(np.moveaxis(some, 0, SEED))[name], rows)
    return estimate if "minus" in name else bounded(estimate, min(0, estimate.value), max(PER_CENT, estimate.value))


def share_values(table: np.ndarray) -> dict[str, Value]:
    """Return what every effect explains, and what the factors do where only the two largest training sets are kept."""
    values = {
        name: Value.of(effect_interval(table, name), 2, unit="%", note=f"{meaning}; {SHARE_NOTE}")
        for name, meaning in MEANINGS.items()
    }
    for name in NARROW:
        estimate = effect_interval(table[-2:], name)
        values[f"{name}_narrow"] = Value.of(estimate, 2, unit="%", note="between the two largest training sets only")
    return values


def level_values(table: np.ndarray) -> dict[str, Value]:
    """Return by which factor the error changes between the worst and the best level of each factor, paired by seed."""
    values = {}
    for name, axis in FACTORS.items():
        others = tuple(other for other in (DATA, ARCHITECTURE, OPTIMISER) if other != axis)
        means = table.mean(axis=others)  # (level, seed)
        ranked = means[means.mean(1).argsort()]
        value, low, high, count = mean_interval(ranked[-1] - ranked[0])
        note = "error at the worst level over that at the best, geometric means over all else; ranked after the fact"
        values[f"{name}_factor"] = Value.of((*np.exp([value, low, high]).tolist(), count), 2, note=note)
    return values


def plain_values(settings: Variance, wrong: np.ndarray, fitted: np.ndarray, rates: np.ndarray) -> dict[str, Value]:
    """Return the errors themselves, and how the nets were trained; arrays of (size, architecture, optimiser, seed)."""
    by_size = wrong.mean(axis=(ARCHITECTURE, OPTIMISER))
    ends = np.isin(rates, [min(settings.rates), max(settings.rates)])
    found = {
        "error_fewest": (by_size[0], f"test error with {settings.sizes[0]} examples, mean over all nets of a seed"),
        "error_most": (by_size[-1], f"test error with {settings.sizes[-1]} examples, mean over all nets of a seed"),
        "fitted": (fitted.mean(axis=(DATA, ARCHITECTURE, OPTIMISER)), "share of training images right, mean"),
    }
    values = {name: Value.of(bounded(mean_interval(rows), 0, 1), 4, note=note) for name, (rows, note) in found.items()}
    return values | {
        "cells": Value(wrong[..., 0].size, digits=0, note="combinations of the three factors"),
        "nets": Value(wrong.size, digits=0, note="nets trained for the table"),
        "rates_at_end": Value(float(ends.mean()), digits=2, note="share of chosen step sizes at an end of the grid"),
    }


def _generators(settings: Variance, purpose: str, seeds: int) -> list[np.random.Generator]:
    """Return one source of draws for each of the first seeds of the block."""
    return generators(range(settings.first_seed, settings.first_seed + seeds), f"{STREAM}.{purpose}")
