"""Networks whose code is noisy, so that what it tells about its input is well defined: built, trained and measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.digits import CLASSES, PIXELS, Digits
from scripts.maths.ensembles import Ensemble, copies, initialise
from scripts.maths.mixture_information import mixture_information
from scripts.maths.random import generators
from scripts.maths.training import cross_entropy, train


@dataclass(frozen=True)
class Bottleneck:
    """Hold nets that pass each input through a code with normal noise and read the label from the code.

    Args:
        encoder: from inputs to the code: its mean, as tanh of the outputs, where the noise is fixed; else its mean and
            the logarithm of its variance.
        decoder: linear, from the code to logits.
        noise: fixed standard deviation of the noise; None where the encoder sets it.
    """

    encoder: Ensemble
    decoder: Ensemble
    noise: float | None = None

    @property
    def parameters(self) -> list[Tensor]:
        """Return all parameters, the encoder's first."""
        return self.encoder.parameters + self.decoder.parameters

    def code(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and standard deviation of the code, each of shape (net, n, unit), of inputs (net, n, d)."""
        outputs = self.encoder(inputs)
        if self.noise is not None:
            return torch.tanh(outputs), torch.full_like(outputs, self.noise)
        means, log_variances = outputs.chunk(2, dim=2)
        return means, torch.exp(log_variances / 2)


@dataclass(frozen=True)
class Schedule:
    """Hold how nets are trained.

    Args:
        epochs: passes over the images.
        batch_size: images a step.
        learning_rate: Adam's.
    """

    epochs: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True)
class Judged:
    """Hold how nets do on images.

    Args:
        cross_entropy: in nats, mean over images and over the code's noise, shape (net,).
        averaged: the same of the mean probabilities over the noise, shape (net,); no more than `cross_entropy`.
        wrong: whether the class with the largest mean probability over the noise is wrong, shape (net, n).
        rate: mean KL divergence of the code from the standard normal, in nats, shape (net,); no less than I(X; Z).
    """

    cross_entropy: np.ndarray
    averaged: np.ndarray
    wrong: np.ndarray
    rate: np.ndarray


def penalised_nets(seeds: Sequence[int], hidden: int, units: int, penalties: int) -> Bottleneck:
    """Draw one net a seed that sets its own noise, and copy it for every penalty: all seeds of the first one first."""
    encoder = _drawn([PIXELS, hidden, 2 * units], seeds, "penalised.encoder")
    decoder = _drawn([units, CLASSES], seeds, "penalised.decoder")
    return Bottleneck(copies(encoder, penalties), copies(decoder, penalties))


def noisy_nets(seeds: Sequence[int], hidden: int, units: int, noise: float) -> Bottleneck:
    """Draw one net a seed whose code is bounded and has fixed noise."""
    encoder = _drawn([PIXELS, hidden, units], seeds, f"noisy.{hidden}.encoder")
    return Bottleneck(encoder, _drawn([units, CLASSES], seeds, "noisy.decoder"), noise)


def train_nets(
    net: Bottleneck,
    digits: Digits,
    seeds: Sequence[int],
    schedule: Schedule,
    penalties: Tensor | None = None,
    after_step: Callable[[int], None] | None = None,
) -> None:
    """Train in place on cross-entropy plus penalty times rate (Alemi et al. 2017), one draw of the code an image.

    Nets of one seed get the same batches and the same noise, whatever their penalty.

    Args:
        net: as many nets a seed as there are penalties, all seeds of one penalty in a row.
        digits: one split a seed.
        seeds: of noise and batches.
        schedule: of the training.
        penalties: none where None, shape (penalty,).
        after_step: called with the number of steps done.
    """
    count = 1 if penalties is None else len(penalties)
    noise = generators(seeds, "information.vib.noise")
    batches = [rng for _ in range(count) for rng in generators(seeds, "information.vib.batches")]
    weights = None if penalties is None else penalties.repeat_interleave(len(noise))

    def loss(inputs: Tensor, labels: Tensor) -> Tensor:
        means, deviations = net.code(inputs)
        drawn = _draw(noise, means.shape[1:]).repeat(count, 1, 1)
        missed = cross_entropy(net.decoder(means + deviations * drawn), labels)
        return missed if weights is None else missed + weights * rates(means, deviations)

    train(
        net.parameters,
        loss,
        digits.inputs.repeat(count, 1, 1),
        digits.labels.repeat(count, 1),
        epochs=schedule.epochs,
        learning_rate=schedule.learning_rate,
        batch_size=schedule.batch_size,
        generators=batches,
        after_step=None if after_step is None else lambda step: bool(after_step(step)),
    )


def rates(means: Tensor, deviations: Tensor) -> Tensor:
    """Return the mean KL divergence of normal codes (net, n, unit) from the standard normal, in nats, shape (net,)."""
    return ((means**2 + deviations**2 - 1) / 2 - deviations.log()).sum(2).mean(1)


@torch.no_grad()
def judge(net: Bottleneck, images: Tensor, labels: Tensor, seeds: Sequence[int], passes: int) -> Judged:
    """Pass images through the noisy code many times and judge the nets by all passes.

    Args:
        net: one or more nets a seed, all seeds of one kind in a row.
        images: shape (seed, n, pixel).
        labels: shape (seed, n).
        seeds: of the noise.
        passes: draws of the code for each image.
    """
    count = net.encoder.weights[0].shape[0] // len(images)
    noise = generators(seeds, "information.vib.passes")
    labels = labels.repeat(count, 1)
    means, deviations = net.code(images.repeat(count, 1, 1))
    missed, pooled = torch.zeros(len(labels)), torch.tensor(-torch.inf)
    for _ in range(passes):
        drawn = _draw(noise, means.shape[1:]).repeat(count, 1, 1)
        logits = net.decoder(means + deviations * drawn)
        missed = missed + cross_entropy(logits, labels) / passes
        pooled = torch.logaddexp(pooled, logits.log_softmax(2))
    found = (missed, cross_entropy(pooled, labels), pooled.argmax(2) != labels, rates(means, deviations))
    return Judged(*(each.numpy() for each in found))


@torch.no_grad()
def code_information(
    means: Tensor, deviations: Tensor, labels: Tensor, seeds: Sequence[int], samples: int, stream: str
) -> np.ndarray:
    """Return what the codes tell about the image, and about the label, in nats, shape (net, 2).

    Args:
        means: of the codes of the images, which are equally likely, shape (net, n, unit); a net or more a seed.
        deviations: standard deviations, of the same shape.
        labels: shape (seed, n).
        seeds: of the Monte Carlo draws; nets of one seed share them.
        samples: draws of the code for each image.
        stream: names the draws; those of two streams are independent.
    """
    shape = (samples, *means.shape[1:])
    drawn = [torch.as_tensor(rng.standard_normal(shape)) for rng in generators(seeds, f"information.vib.{stream}")]
    rows = [
        mixture_information(mean, deviation, drawn[index % len(drawn)], labels[index % len(drawn)])
        for index, (mean, deviation) in enumerate(zip(means, deviations, strict=True))
    ]
    return np.array(rows)


def _drawn(widths: list[int], seeds: Sequence[int], stream: str) -> Ensemble:
    return initialise(widths, generators(seeds, f"information.vib.{stream}"), dtype=torch.float32)


def _draw(noise: list[np.random.Generator], shape: Sequence[int]) -> Tensor:
    return torch.as_tensor(np.stack([rng.standard_normal(tuple(shape), dtype=np.float32) for rng in noise]))
