"""ReLU networks whose kernels have a limit as they get wider, and their training by gradient descent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class WideNet:
    """Hold S networks of one shape, those of `scripts.maths.ntk.limit_kernels` with c = 2.

    A network reads h₀ = W₀ᵀx + √β b₀ and h_l = √(2/m) W_lᵀ relu(h_{l−1}) + √β b_l, and answers α times the last h.

    Args:
        weights: W_l, one tensor a layer, shape (seed, in, out).
        biases: b_l, one tensor a layer, shape (seed, 1, out).
        bias_variance: β.
        output_scale: α; 1/√m is mean-field scaling, a large α lazy training (Chizat et al. 2019).
    """

    weights: list[Tensor]
    biases: list[Tensor]
    bias_variance: float
    output_scale: float = 1.0

    def layer_scale(self, depth: int) -> float:
        """Return the factor in front of a layer's weights."""
        return float(np.sqrt(2 / self.weights[depth].shape[1])) if depth else 1.0

    def layers(self, inputs: Tensor) -> list[Tensor]:
        """Return what enters each layer, inputs first, and the outputs last.

        Args:
            inputs: shape (seed, n, d), or (n, d) when all networks see the same.

        Returns:
            One tensor a layer, shape (seed, n, width).
        """
        found = [inputs if inputs.dim() == 3 else inputs.expand(len(self.weights[0]), *inputs.shape)]
        last = len(self.weights) - 1
        for depth, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            scales = {"beta": float(np.sqrt(self.bias_variance)), "alpha": self.layer_scale(depth)}
            affine = torch.baddbmm(bias, found[-1], weight, **scales)
            found.append(self.output_scale * affine if depth == last else torch.relu(affine))
        return found

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the outputs, shape (seed, n, out)."""
        return self.layers(inputs)[-1]

    def parameters(self) -> list[Tensor]:
        """Return all parameters, layer by layer, weights before biases."""
        return [tensor for pair in zip(self.weights, self.biases, strict=True) for tensor in pair]

    def with_parameters(self, parameters: Sequence[Tensor]) -> WideNet:
        """Return the same networks with other parameters, in the order of `parameters`."""
        return WideNet(list(parameters[::2]), list(parameters[1::2]), self.bias_variance, self.output_scale)


def draw_wide(
    rngs: Sequence[np.random.Generator], widths: Sequence[int], *, bias_variance: float, output_scale: float = 1.0
) -> WideNet:
    """Draw one network per generator, all parameters standard normal.

    Args:
        rngs: one per seed; a network depends on its own generator alone.
        widths: units per layer, inputs first and outputs last.
        bias_variance: β of `WideNet`.
        output_scale: α of `WideNet`.

    Raises:
        ValueError: no generator, fewer than two widths, a width below 1, or a negative variance.
    """
    if not rngs or len(widths) < 2 or min(widths) < 1 or bias_variance < 0:
        raise ValueError(
            f"expected generators, at least two positive widths and bias_variance >= 0, got {len(rngs)}, "
            f"{list(widths)}, {bias_variance}"
        )
    shapes = [shape for fan_in, fan_out in pairwise(widths) for shape in ((fan_in, fan_out), (1, fan_out))]
    drawn = [torch.empty(len(rngs), *shape, dtype=torch.float64) for shape in shapes]
    for seed, rng in enumerate(rngs):
        for tensor in drawn:
            tensor[seed] = torch.as_tensor(rng.standard_normal(tensor.shape[1:]))
    return WideNet(drawn[::2], drawn[1::2], bias_variance, output_scale)


def descend(
    net: WideNet,
    inputs: Tensor,
    targets: Tensor,
    *,
    rate: float,
    steps: int,
    looks: Sequence[int],
    centred: bool = False,
) -> Iterator[tuple[int, WideNet]]:
    """Follow full-batch gradient descent on each network's ½ Σᵢ (f(xᵢ) − yᵢ)²; yield it at step 0 and at each look.

    With a sum, not a mean, the residual of a wide network follows exp(−rate Θ t), with Θ its tangent kernel. The
    gradient of a layer's weights has rank n, so it is added to them without ever being formed.

    Args:
        net: where to start; left as it is.
        inputs: shape (seed, n, d), or (n, d) when all networks see the same.
        targets: shape (seed, n, out), or (n, out).
        rate: step size.
        steps: how many steps to take.
        looks: steps to yield at, between 0 and `steps`.
        centred: whether to train f − f₀, with f₀ the network at step 0, in place of f.

    Yields:
        The number of steps done and the networks then, which later steps do not touch.

    Raises:
        ValueError: a look beyond the last step.
        FloatingPointError: a network's loss is not finite.
    """
    if any(not 0 <= look <= steps for look in looks):
        raise ValueError(f"expected looks between 0 and {steps}, got {list(looks)}")
    aims = targets + net(inputs) if centred else targets
    moving = net.with_parameters([tensor.detach().clone() for tensor in net.parameters()])
    for done in range(steps + 1):
        if done == 0 or done in looks:
            yield done, moving.with_parameters([tensor.clone() for tensor in moving.parameters()])
        if done < steps:
            _step(moving, inputs, aims, rate)


@torch.no_grad()
def _step(net: WideNet, inputs: Tensor, targets: Tensor, rate: float) -> None:
    """Move the networks' parameters by one step, in place."""
    *entering, outputs = net.layers(inputs)
    residuals = outputs - targets
    if not torch.isfinite((residuals**2).sum()):
        raise FloatingPointError(f"a network's loss is not finite: the step size {rate:g} is too large")
    backward = net.output_scale * residuals
    for depth in reversed(range(len(net.weights))):
        weight, scale, entered = net.weights[depth], net.layer_scale(depth), entering[depth]
        before = scale * backward @ weight.transpose(1, 2) * (entered > 0) if depth else backward
        weight.baddbmm_(entered.transpose(1, 2), backward, alpha=-rate * scale)
        net.biases[depth].sub_(rate * np.sqrt(net.bias_variance) * backward.sum(1, keepdim=True))
        backward = before
