"""A finite space of fully connected architectures, and nets of equal widths that train as one computation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import ACTIVATIONS, initialise


@dataclass(frozen=True, order=True)
class Architecture:
    """Hold one architecture.

    Args:
        widths: units of each hidden layer, from the input on.
        activation: of the hidden layers, "relu" or "tanh".
        skip: whether a linear map without bias leads from the input straight to the output, beside the layers.
    """

    widths: tuple[int, ...]
    activation: str
    skip: bool

    def parameters(self, inputs: int, outputs: int) -> int:
        """Return how many weights and biases it has between so many inputs and outputs."""
        layers = sum(fan_in * fan_out + fan_out for fan_in, fan_out in pairwise([inputs, *self.widths, outputs]))
        return layers + inputs * outputs * self.skip


def architectures(widths: Sequence[int], layers: int) -> list[Architecture]:
    """Return every architecture of 1 to `layers` hidden layers, each of one of the widths, in a fixed order."""
    shapes = [shape for depth in range(1, layers + 1) for shape in product(sorted(widths), repeat=depth)]
    return [Architecture(*each) for each in product(shapes, sorted(ACTIVATIONS), (False, True))]


def by_widths(space: Sequence[Architecture]) -> list[list[Architecture]]:
    """Return the architectures in groups of equal widths, which train together."""
    return [list(group) for _, group in groupby(space, key=lambda each: each.widths)]


@dataclass(frozen=True)
class Nets:
    """Hold nets of equal widths: of each architecture one net a seed, architecture by architecture.

    Args:
        weights: one tensor a layer, shape (net, in, out).
        biases: one tensor a layer, shape (net, 1, out).
        skips: maps from the input to the output of the nets that have one, shape (skipping net, in, out).
        skipping: which nets these are.
        straight: how many nets have ReLU, which come first; the others take the hyperbolic tangent.
    """

    weights: list[Tensor]
    biases: list[Tensor]
    skips: Tensor
    skipping: Tensor
    straight: int

    @property
    def parameters(self) -> list[Tensor]:
        """Return all parameters."""
        return [*self.weights, *self.biases, self.skips]

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the outputs, shape (net, n, out), for inputs of shape (net, n, in)."""
        hidden = inputs
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            affine = torch.baddbmm(bias, hidden, weight)
            hidden = torch.cat([torch.relu(affine[: self.straight]), torch.tanh(affine[self.straight :])])
        outputs = torch.baddbmm(self.biases[-1], hidden, self.weights[-1])
        return outputs.index_add(0, self.skipping, inputs[self.skipping] @ self.skips)


def draw_nets(
    group: Sequence[Architecture],
    generators: Sequence[Sequence[np.random.Generator]],
    *,
    inputs: int,
    outputs: int,
) -> Nets:
    """Draw the nets of a group: He's normal weights before ReLU, LeCun's elsewhere, biases of zero.

    Nets that share a generator's seed share their draws, up to that factor.

    Args:
        group: architectures of equal widths, those with ReLU first.
        generators: for each architecture one a seed.
        inputs: units of the input.
        outputs: units of the output.

    Raises:
        ValueError: widths that differ, or another order.
    """
    if len({each.widths for each in group}) != 1:
        raise ValueError(f"expected one group of equal widths, got {sorted({each.widths for each in group})}")
    bent = [each.activation == "tanh" for each in group]
    if bent != sorted(bent):
        raise ValueError("expected the architectures with ReLU before those with the hyperbolic tangent")
    drawn = [rng for row in generators for rng in row]
    net = initialise([inputs, *group[0].widths, outputs], drawn, scheme="lecun", dtype=torch.float32)
    seeds = len(drawn) // len(group)
    straight = seeds * bent.count(False)
    with torch.no_grad():
        for weight in net.weights[:-1]:
            weight[:straight] *= np.sqrt(2)
    skips = np.repeat([each.skip for each in group], seeds)
    maps = [rng.normal(0, inputs**-0.5, (inputs, outputs)) for rng, skip in zip(drawn, skips, strict=True) if skip]
    stacked = torch.as_tensor(np.array(maps).reshape(-1, inputs, outputs), dtype=torch.float32)
    skipping = torch.as_tensor(np.flatnonzero(skips))
    return Nets(net.weights, net.biases, stacked.requires_grad_(True), skipping, straight)
