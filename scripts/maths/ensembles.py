"""Many small nets of one shape at once: one net per seed, along a leading axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": torch.relu, "tanh": torch.tanh}
GAINS = {"he": 2.0, "lecun": 1.0}


@dataclass(frozen=True)
class Ensemble:
    """Hold S fully connected nets of one shape.

    Args:
        weights: one tensor a layer, shape (seed, in, out).
        biases: one tensor a layer, shape (seed, 1, out).
        activation: nonlinearity of the hidden layers, "relu" or "tanh".
    """

    weights: list[Tensor]
    biases: list[Tensor]
    activation: str = "relu"

    @property
    def parameters(self) -> list[Tensor]:
        """Return all parameters, layer by layer."""
        return [tensor for pair in zip(self.weights, self.biases, strict=True) for tensor in pair]

    def layers(self, inputs: Tensor) -> list[Tensor]:
        """Return the activations of every layer, inputs first and outputs last.

        Args:
            inputs: shape (seed, n, d), or (n, d) when all nets see the same.

        Returns:
            One tensor a layer, shape (seed, n, width).
        """
        sigma = ACTIVATIONS[self.activation]
        seeds = self.weights[0].shape[0]
        found = [inputs if inputs.dim() == 3 else inputs.expand(seeds, *inputs.shape)]
        last = len(self.weights) - 1
        for depth, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            affine = torch.baddbmm(bias, found[-1], weight)
            found.append(affine if depth == last else sigma(affine))
        return found

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the outputs, shape (seed, n, out)."""
        return self.layers(inputs)[-1]


def initialise(
    widths: Sequence[int],
    generators: Sequence[np.random.Generator],
    *,
    activation: str = "relu",
    scheme: str = "torch",
    dtype: torch.dtype = torch.float64,
) -> Ensemble:
    """Draw one net per generator.

    Args:
        widths: units per layer, inputs first and outputs last.
        generators: one per seed; a net depends on its own generator alone.
        activation: "relu" or "tanh".
        scheme: "torch" for torch.nn.Linear's default, uniform within 1/sqrt(in) for weights and biases; "he" (He et al.
            2015) or "lecun" (LeCun et al. 1998) for normal weights of variance 2/in or 1/in and zero biases.
        dtype: of the parameters.

    Raises:
        ValueError: fewer than two widths, or an unknown scheme or activation.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"expected at least two positive widths, got {list(widths)}")
    if scheme != "torch" and scheme not in GAINS:
        raise ValueError(f"scheme is {scheme!r}, expected one of torch, {', '.join(GAINS)}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
    weights, biases = [], []
    for fan_in, fan_out in pairwise(widths):
        drawn = [_draw_layer(rng, fan_in, fan_out, scheme) for rng in generators]
        weights.append(_stack([weight for weight, _ in drawn], dtype))
        biases.append(_stack([bias for _, bias in drawn], dtype))
    return Ensemble(weights, biases, activation)


def copies(net: Ensemble, count: int) -> Ensemble:
    """Return `count` copies of every net that train apart: first all nets once, then all nets again."""
    weights, biases = (
        [tensor.detach().repeat(count, 1, 1).requires_grad_(True) for tensor in kind]
        for kind in (net.weights, net.biases)
    )
    return Ensemble(weights, biases, net.activation)


def pick(net: Ensemble, chosen: slice | np.ndarray, dtype: torch.dtype | None = None) -> Ensemble:
    """Return some of the nets as they are now, by slice or by number, in another type of numbers if one is given."""
    weights, biases = (
        [tensor.detach()[chosen].to(dtype or tensor.dtype) for tensor in kind] for kind in (net.weights, net.biases)
    )
    return Ensemble(weights, biases, net.activation)


def _draw_layer(rng: np.random.Generator, fan_in: int, fan_out: int, scheme: str) -> tuple[np.ndarray, np.ndarray]:
    if scheme == "torch":
        bound = 1 / np.sqrt(fan_in)
        return rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, (1, fan_out))
    return rng.normal(0, np.sqrt(GAINS[scheme] / fan_in), (fan_in, fan_out)), np.zeros((1, fan_out))


def _stack(arrays: Sequence[np.ndarray], dtype: torch.dtype) -> Tensor:
    return torch.as_tensor(np.stack(arrays)).to(dtype).requires_grad_(True)
