"""Nets with one hidden layer of tanh units: loss, gradient and Hessian written out, for many nets at once.

A net's parameters stand in a row of length p = (d + 2) h + 1: weights into the hidden layer, (d, h) by rows, its
biases, weights out of it, and the offset of the one output. The loss is half the mean squared error. Beyond JᵀJ/n, with
J the derivatives of the outputs, the Hessian has entries only among the weights of one hidden unit.
"""

from __future__ import annotations

import torch
from torch import Tensor


def parameter_count(inputs: int, hidden: int) -> int:
    """Return how many parameters such a net has."""
    return (inputs + 2) * hidden + 1


def loss(weights: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """Return half the mean squared error, shape (run,); weights (run, p), inputs (run, n, d), targets (run, n)."""
    return 0.5 * (_forward(weights, inputs, targets)[2] ** 2).mean(1)


def derivatives(weights: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient (run, p) and the Hessian (run, p, p) of the loss; arguments as of `loss`.

    Raises:
        ValueError: a number of parameters that fits no net.
    """
    outgoing, seen, errors = _forward(weights, inputs, targets)
    count, hidden = seen.shape[1:]
    ones = torch.ones_like(errors)[..., None]
    examples = torch.cat([inputs, ones], dim=2)  # a bias is the weight of an input of one
    slopes = 1 - seen**2
    incoming = (examples[..., None] * (outgoing[:, None] * slopes)[:, :, None]).flatten(2)
    jacobian = torch.cat([incoming, seen, ones], dim=2)
    gradients = (jacobian.mT @ errors[..., None])[..., 0] / count
    hessians = jacobian.mT @ jacobian / count
    bends = (-2 * errors / count)[..., None] * seen * slopes * outgoing[:, None]
    own = torch.einsum("rnh,rni,rnj->ijrh", bends, examples, examples)
    mixed = torch.einsum("rnh,rni->rih", (errors / count)[..., None] * slopes, examples)
    wide = examples.shape[2]
    units = torch.arange(hidden)
    into, out = torch.arange(wide)[:, None] * hidden + units, wide * hidden + units
    hessians[:, into[:, None], into[None]] += own.permute(2, 0, 1, 3)
    hessians[:, into, out] += mixed
    hessians[:, out, into] += mixed
    return gradients, hessians


def _forward(weights: Tensor, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weights out of the hidden layer (run, h), what it shows (run, n, h) and the errors (run, n)."""
    runs, dimension = weights.shape[0], inputs.shape[2]
    hidden, rest = divmod(weights.shape[1] - 1, dimension + 2)
    if rest or hidden < 1:
        raise ValueError(f"expected (d + 2) h + 1 parameters with d = {dimension}, got {weights.shape[1]}")
    first, bias, second, offset = weights.split([dimension * hidden, hidden, hidden, 1], dim=1)
    seen = torch.tanh(torch.baddbmm(bias[:, None], inputs, first.reshape(runs, dimension, hidden)))
    return second, seen, (seen @ second[..., None])[..., 0] + offset - targets
