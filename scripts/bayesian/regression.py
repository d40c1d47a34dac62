"""Nets for a regression: plain, with dropout, and with a mean and a variance; all splits in one training.

Nets stand in blocks of all seeds. A block has its own weight decay for each seed, its own initial weights or its own
dropout rate. Whatever leaves this module is in the study's own units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.bayesian.masking import draw_uniform, forward, keep_masks, sample_passes
from scripts.bayesian.settings import Coverage
from scripts.bayesian.study import Part
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators
from scripts.maths.training import mean_squared_error, train

TRAINING = torch.float32
SMALLEST_VARIANCE = 1e-6  # of a standardised outcome, as in Lakshminarayanan et al. 2017


def train_plain(settings: Coverage, part: Part, decays: np.ndarray) -> Ensemble:
    """Return nets trained on squared error; decays have shape (block, seed)."""
    net = _start(settings, part, [0] * len(decays), outputs=1)
    _fit(settings, net, part, decays, lambda batch, wanted: mean_squared_error(net(batch)[..., 0], wanted))
    return net


def train_dropout(settings: Coverage, part: Part, decays: np.ndarray, rates: Sequence[float]) -> Ensemble:
    """Return nets trained on squared error with dropout; decays (block, seed), rates one a block."""
    net = _start(settings, part, [0] * len(decays), outputs=1)
    rngs, each = generators(settings.seed_block, "bayesian.coverage.masks"), _per_net(rates, settings.seeds)

    def loss(batch: Tensor, wanted: Tensor) -> Tensor:
        masks = keep_masks(draw_uniform(rngs, batch.shape[1], [settings.width]), each)
        return mean_squared_error(forward(net, batch, masks)[..., 0], wanted)

    _fit(settings, net, part, decays, loss)
    return net


def train_heads(settings: Coverage, part: Part, decays: np.ndarray) -> Ensemble:
    """Return nets with a mean and a variance, trained on the normal log-likelihood (Lakshminarayanan et al. 2017).

    Decays have shape (choice, seed); the blocks are all members of an ensemble for the first choice, then for the next.
    """
    members = list(range(settings.members))
    net = _start(settings, part, members * len(decays), outputs=2)

    def loss(batch: Tensor, wanted: Tensor) -> Tensor:
        mean, variance = _heads(net(batch))
        return 0.5 * (variance.log() + (wanted - mean) ** 2 / variance).mean(1)

    _fit(settings, net, part, decays.repeat(settings.members, axis=0), loss)
    return net


def plain_answers(net: Ensemble, part: Part) -> np.ndarray:
    """Return what plain nets answer, shape (block, seed, m)."""
    with torch.no_grad():
        found = net(_tiled(part.asked, net))[..., 0]
    return part.centre + part.scale * _blocks(found, part)


def dropout_answers(
    settings: Coverage, net: Ensemble, part: Part, rates: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance over passes with dropout kept on, each of shape (block, seed, m)."""
    rngs = generators(settings.seed_block, "bayesian.coverage.passes")
    masks = keep_masks(draw_uniform(rngs, settings.passes, [settings.width]), _per_net(rates, settings.seeds))
    passes = sample_passes(net, _tiled(part.asked, net), masks).double()
    mean, variance = _blocks(passes.mean(1), part), _blocks(passes.var(1, correction=1), part)
    return part.centre + part.scale * mean, part.scale**2 * variance


def heads_answers(settings: Coverage, net: Ensemble, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of every member, each of shape (choice, member, seed, m)."""
    with torch.no_grad():
        found = _heads(net(_tiled(part.asked, net)))
    mean, variance = (_blocks(each, part) for each in found)
    shape = (-1, settings.members, *mean.shape[1:])
    return (part.centre + part.scale * mean).reshape(shape), (part.scale**2 * variance).reshape(shape)


def _start(settings: Coverage, part: Part, members: Sequence[int], outputs: int) -> Ensemble:
    """Return untrained nets, one block a member; blocks of the same member start from the same weights."""
    rngs = [
        rng
        for member in members
        for rng in generators(settings.seed_block, f"bayesian.coverage.weights.{outputs}.{member}")
    ]
    return initialise([part.inputs.shape[2], settings.width, outputs], rngs, dtype=TRAINING)


def _fit(
    settings: Coverage, net: Ensemble, part: Part, decays: np.ndarray, loss: Callable[[Tensor, Tensor], Tensor]
) -> None:
    """Train all nets, with half their own weight decay times their squared length added to the loss."""
    pull = torch.as_tensor(decays.ravel(), dtype=TRAINING) / 2

    def penalised(batch: Tensor, wanted: Tensor) -> Tensor:
        length = torch.stack([tensor.square().sum((1, 2)) for tensor in net.parameters]).sum(0)
        return loss(batch, wanted) + pull * length

    train(
        net.parameters,
        penalised,
        _tiled(part.inputs, net),
        part.targets.to(TRAINING).repeat(len(decays), 1),
        epochs=settings.steps,
        learning_rate=settings.learning_rate,
    )


def _heads(outputs: Tensor) -> tuple[Tensor, Tensor]:
    return outputs[..., 0], functional.softplus(outputs[..., 1]) + SMALLEST_VARIANCE


def _tiled(inputs: Tensor, net: Ensemble) -> Tensor:
    """Return the inputs of every seed once a block, shape (net, n, d)."""
    return inputs.to(TRAINING).repeat(len(net.weights[0]) // len(inputs), 1, 1)


def _blocks(answers: Tensor, part: Part) -> np.ndarray:
    return answers.double().reshape(-1, *part.answers.shape).numpy()


def _per_net(rates: Sequence[float], seeds: int) -> Tensor:
    return torch.tensor(list(rates), dtype=TRAINING).repeat_interleave(seeds)
