"""Batch normalisation for many nets at once: every net normalises over its own batch (Ioffe & Szegedy 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from scripts.maths.ensembles import ACTIVATIONS, Ensemble

EPSILON = 1e-5  # added to the variance, as in torch.nn.BatchNorm1d


class Statistics(NamedTuple):
    """Hold the mean and the variance of one layer's units over examples, each of shape (seed, 1, width)."""

    mean: Tensor
    variance: Tensor


def batch_statistics(values: Tensor) -> Statistics:
    """Return mean and variance (divided by n) of every unit over the examples; values (seed, n, width)."""
    variance, mean = torch.var_mean(values, dim=1, correction=0, keepdim=True)
    return Statistics(mean, variance)


def batch_norm(
    values: Tensor,
    gain: Tensor,
    bias: Tensor,
    statistics: Statistics | None = None,
    *,
    epsilon: float = EPSILON,
) -> Tensor:
    """Return γ (x − mean)/√(variance + ε) + b for every unit, shape (seed, n, width).

    Args:
        values: x, shape (seed, n, width).
        gain: γ, of a shape that fits (seed, 1, width).
        bias: b, of a shape that fits (seed, 1, width).
        statistics: mean and variance to use; those of the values themselves when None.
        epsilon: ε.
    """
    mean, variance = batch_statistics(values) if statistics is None else statistics
    scale = gain * torch.rsqrt(variance + epsilon)
    return torch.addcmul(bias - mean * scale, values, scale)


@dataclass(frozen=True)
class NormalisedEnsemble:
    """Hold S fully connected nets that normalise each hidden layer before its nonlinearity, or do not.

    A hidden layer is σ(γ · norm(x W) + b). Without gains γ it is σ(x W + b). A bias before the normalisation would
    be subtracted again, so that the one after it is the only one, and both kinds of net start from the same numbers.

    Args:
        weights: one tensor a layer, shape (seed, in, out).
        biases: one tensor a layer, shape (seed, 1, out).
        gains: one tensor a hidden layer, shape (seed, 1, out); empty for nets without normalisation.
        activation: nonlinearity of the hidden layers, "relu" or "tanh".
        epsilon: added to the variance.
    """

    weights: list[Tensor]
    biases: list[Tensor]
    gains: list[Tensor]
    activation: str = "relu"
    epsilon: float = EPSILON

    def __post_init__(self) -> None:
        """Check that there is a gain for every hidden layer or for none.

        Raises:
            ValueError: another number of gains.
        """
        hidden = len(self.weights) - 1
        if len(self.gains) not in (0, hidden):
            raise ValueError(f"expected {hidden} gains, one a hidden layer, or none; got {len(self.gains)}")

    @property
    def parameters(self) -> list[Tensor]:
        """Return all parameters: weights, biases, gains."""
        return [*self.weights, *self.biases, *self.gains]

    def with_parameters(self, parameters: Sequence[Tensor]) -> NormalisedEnsemble:
        """Return nets of the same kind with other parameters, in the order of `parameters`."""
        count = len(self.weights)
        parts = list(parameters[:count]), list(parameters[count : 2 * count]), list(parameters[2 * count :])
        return NormalisedEnsemble(*parts, self.activation, self.epsilon)

    def affine(self, depth: int, inputs: Tensor) -> Tensor:
        """Return what a layer hands to its normalisation, shape (seed, n, width); inputs (seed, n, in)."""
        return torch.bmm(inputs, self.weights[depth])

    def after_norm(self, depth: int, affine: Tensor, statistics: Statistics | None = None) -> Tensor:
        """Return a hidden layer's values before its nonlinearity; statistics of these values when None."""
        if not self.gains:
            return affine + self.biases[depth]
        return batch_norm(affine, self.gains[depth], self.biases[depth], statistics, epsilon=self.epsilon)

    def layers(self, inputs: Tensor, statistics: Sequence[Statistics] | None = None) -> list[Tensor]:
        """Return the activations of every layer, inputs first and outputs last.

        Args:
            inputs: shape (seed, n, d).
            statistics: of each hidden layer, for evaluation; when None, each layer takes those of these inputs.

        Returns:
            One tensor a layer, shape (seed, n, width).
        """
        sigma = ACTIVATIONS[self.activation]
        found = [inputs]
        for depth in range(len(self.weights) - 1):
            affine = self.affine(depth, found[-1])
            found.append(sigma(self.after_norm(depth, affine, None if statistics is None else statistics[depth])))
        found.append(self.affine(-1, found[-1]) + self.biases[-1])
        return found

    def __call__(self, inputs: Tensor, statistics: Sequence[Statistics] | None = None) -> Tensor:
        """Return the outputs, shape (seed, n, out)."""
        return self.layers(inputs, statistics)[-1]

    def population(self, inputs: Tensor) -> list[Statistics]:
        """Return the statistics of every hidden layer over all examples (seed, n, d), for evaluation.

        They are exact, all examples taken as one batch, where torch's layer keeps a running average over batches.
        """
        layers = self.layers(inputs)[:-2]
        return [batch_statistics(self.affine(depth, layer)) for depth, layer in enumerate(layers)]


def with_norm(net: Ensemble, *, normalised: bool, epsilon: float = EPSILON) -> NormalisedEnsemble:
    """Return a copy of the nets with batch normalisation (all gains 1) or without; no tensor is shared."""
    weights, biases = (
        [tensor.detach().clone().requires_grad_(True) for tensor in kind] for kind in (net.weights, net.biases)
    )
    gains = [torch.ones_like(bias).requires_grad_(True) for bias in biases[:-1]] if normalised else []
    return NormalisedEnsemble(weights, biases, gains, net.activation, epsilon)
