"""The classifiers that are compared: one plain net, a net with dropout, an ensemble, and Laplace's approximation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.special import entr

from scripts.bayesian.masking import draw_uniform, forward, keep_masks
from scripts.bayesian.settings import Classifiers, TunedClassifiers
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.laplace import class_probabilities, fit_laplace
from scripts.maths.random import generators
from scripts.maths.training import accuracy, cross_entropy, train

if TYPE_CHECKING:
    from laplace import ParametricLaplace

METHODS = ("plain", "dropout", "ensemble", "laplace")
SEVERAL = ("dropout", "ensemble")  # methods that average several nets, which may disagree
TRAINING = torch.float32  # what is judged is computed in float64


@dataclass(frozen=True)
class Nets:
    """Hold the trained nets of S seeds.

    Args:
        members: plain nets, shape (member · seed): the first net of every seed, then the second of every seed, …
        dropout: nets trained with dropout, one a seed.
        masks: of the passes through `dropout`, one tensor a hidden layer, shape (seed, pass, width).
        approximations: Laplace's, around the last layer of every seed's first plain net.
        fitted: share of the training images that get their label, of every plain net and of the nets with dropout as
            their passes' mean has it; shapes (member · seed,) and (seed,).
    """

    members: Ensemble
    dropout: Ensemble
    masks: list[Tensor]
    approximations: Sequence[ParametricLaplace]
    fitted: tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Prediction:
    """Hold what a method answers.

    Args:
        logs: logarithm of the probability of every class, shape (seed, n, class).
        disagreement: mutual information of the class and the net that is asked, in nats, shape (seed, n): 0 where all
            nets say the same (Houlsby et al. 2011). None for a method that asks one net.
    """

    logs: Tensor
    disagreement: Tensor | None = None


def fit_nets(settings: Classifiers, inputs: Tensor, labels: Tensor, stream: str) -> Nets:
    """Train the nets of every seed on its own images and fit Laplace's approximation.

    Args:
        settings: of the nets and their training.
        inputs: shape (seed, n, d).
        labels: whole numbers from 0, every class at least once in some seed, shape (seed, n).
        stream: names the experiment.
    """
    members = train_plain(settings, inputs, labels, stream, members=settings.members)
    dropout = train_dropout(settings, inputs, labels, stream)
    masks = pass_masks(settings, stream)
    approximations = [
        fit_laplace(members, seed, inputs[seed], labels[seed], likelihood="classification")
        for seed in range(settings.seeds)
    ]
    with torch.no_grad():
        plain = accuracy(members(_repeated(inputs, settings.members)), _repeated(labels, settings.members))
        passes = accuracy(mixture(dropout_passes(dropout, masks, inputs)).logs, labels)
    return Nets(members, dropout, masks, approximations, (plain, passes))


def train_plain(settings: Classifiers, inputs: Tensor, labels: Tensor, stream: str, *, members: int = 1) -> Ensemble:
    """Return plain nets, trained to the end: `members` blocks of one net a seed, shape (member · seed).

    The first block does not depend on how many there are.
    """
    block = settings.seed_block
    net = _initial(
        settings, inputs, labels, [rng for one in range(members) for rng in generators(block, f"{stream}.net.{one}")]
    )
    orders = [rng for one in range(members) for rng in generators(block, f"{stream}.batches.{one}")]
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        _repeated(inputs, members).to(TRAINING),
        _repeated(labels, members),
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        generators=orders,
        fused=True,
    )
    return pick(net, slice(None), torch.float64)


def train_dropout(settings: Classifiers, inputs: Tensor, labels: Tensor, stream: str) -> Ensemble:
    """Return a net a seed trained with dropout, from the weights and in the order of the seed's first plain net."""
    block = settings.seed_block
    net = _initial(settings, inputs, labels, generators(block, f"{stream}.net.0"))
    rngs, rates = generators(block, f"{stream}.masks"), _rates(settings, TRAINING)

    def loss(batch: Tensor, wanted: Tensor) -> Tensor:
        masks = keep_masks(draw_uniform(rngs, batch.shape[1], settings.widths), rates)
        return cross_entropy(forward(net, batch, masks), wanted)

    train(
        net.parameters,
        loss,
        inputs.to(TRAINING),
        labels,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        generators=generators(block, f"{stream}.batches.0"),
        fused=True,
    )
    return pick(net, slice(None), torch.float64)


def predict(nets: Nets, inputs: Tensor) -> dict[str, Prediction]:
    """Return what every method answers at inputs (seed, n, d)."""
    seeds, count = len(nets.approximations), len(nets.members.weights[0])
    with torch.no_grad():
        logs = nets.members(_repeated(inputs, count // seeds)).log_softmax(2)
    plain = logs.reshape(-1, seeds, *logs.shape[1:])
    return {
        "plain": Prediction(plain[0]),
        "dropout": mixture(dropout_passes(nets.dropout, nets.masks, inputs)),
        "ensemble": mixture(plain),
        "laplace": predict_laplace(nets.approximations, inputs),
    }


def predict_laplace(approximations: Sequence[ParametricLaplace], inputs: Tensor) -> Prediction:
    """Return what Laplace's approximation of every seed's net answers at inputs (seed, n, d)."""
    found = torch.stack([class_probabilities(one, own) for one, own in zip(approximations, inputs, strict=True)])
    return Prediction(found.clamp(min=torch.finfo(found.dtype).tiny).log())


def tune_laplace(
    approximations: Sequence[ParametricLaplace], inputs: Tensor, labels: Tensor, precisions: Sequence[float]
) -> Tensor:
    """Set every prior's precision, in place, to the one of some that predicts held-out labels best.

    A choice by images that were not trained on, as for a temperature, in place of the largest marginal likelihood.

    Args:
        approximations: one a seed.
        inputs: held-out shape (seed, n, d).
        labels: shape (seed, n).
        precisions: those that are tried.

    Returns:
        The chosen ones, shape (seed,).
    """
    losses = []
    for precision in precisions:
        for one in approximations:
            one.prior_precision = float(precision)
        losses.append(
            functional.nll_loss(
                predict_laplace(approximations, inputs).logs.transpose(1, 2), labels, reduction="none"
            ).mean(1)
        )
    chosen = torch.tensor(precisions, dtype=torch.float64)[torch.stack(losses).argmin(0)]
    for one, precision in zip(approximations, chosen.tolist(), strict=True):
        one.prior_precision = precision
    return chosen


def pass_masks(settings: Classifiers, stream: str) -> list[Tensor]:
    """Return the masks of all passes behind a prediction, one tensor a hidden layer, shape (seed, pass, width)."""
    rngs = generators(settings.seed_block, f"{stream}.passes")
    return keep_masks(draw_uniform(rngs, settings.passes, settings.widths), _rates(settings, torch.float64))


def predict_low_dropout(
    settings: TunedClassifiers, inputs: Tensor, labels: Tensor, asked: Tensor, stream: str
) -> Prediction:
    """Train nets with the lower dropout rate, all else equal, and return what they answer at (seed, n, d)."""
    lower = settings.model_copy(update={"rate": settings.low_rate})
    net = train_dropout(lower, inputs, labels, stream)
    return mixture(dropout_passes(net, pass_masks(lower, stream), asked))


def dropout_passes(net: Ensemble, masks: Sequence[Tensor], inputs: Tensor) -> Iterable[Tensor]:
    """Yield the log-probabilities of one pass after the other, (seed, n, class): each has one mask at all inputs."""
    with torch.no_grad():
        for one in range(masks[0].shape[1]):
            yield forward(net, inputs, [layer[:, one : one + 1] for layer in masks]).log_softmax(2)


def mixture(members: Iterable[Tensor]) -> Prediction:
    """Return the prediction of the mean probabilities of some members, each log-probabilities (seed, n, class).

    The disagreement is the entropy of the mean minus the mean of the entropies.

    Raises:
        ValueError: no members.
    """
    total, own, count = torch.zeros(0), torch.zeros(0), 0
    for logs in members:
        entropy = -(logs.exp() * logs).sum(2)
        total, own = (logs, entropy) if count == 0 else (torch.logaddexp(total, logs), own + entropy)
        count += 1
    if not count:
        raise ValueError("expected at least one member, got none")
    mean = total - torch.tensor(count, dtype=total.dtype).log()
    return Prediction(mean, (entr(mean.exp()).sum(2) - own / count).clamp(min=0))


def _initial(settings: Classifiers, inputs: Tensor, labels: Tensor, rngs: list[np.random.Generator]) -> Ensemble:
    return initialise([inputs.shape[2], *settings.widths, int(labels.max()) + 1], rngs, dtype=TRAINING)


def _rates(settings: Classifiers, dtype: torch.dtype) -> Tensor:
    return torch.full((settings.seeds,), settings.rate, dtype=dtype)


def _repeated(tensor: Tensor, count: int) -> Tensor:
    return tensor.repeat(count, *[1] * (tensor.dim() - 1))
