"""Model-agnostic meta-learning (Finn et al. 2017): train a start from which a gradient step or a few solve a new task.

Every net of an ensemble gets a copy for each of its tasks; copies lie one after the other along the leading axis, those
of the first net first. So all tasks of all nets adapt in one computation.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble, copies
from scripts.maths.training import mean_squared_error


def per_task(net: Ensemble, tasks: int) -> Ensemble:
    """Return `tasks` copies of every net, through which gradients reach the net itself."""
    weights, biases = ([each.repeat_interleave(tasks, 0) for each in kind] for kind in (net.weights, net.biases))
    return Ensemble(weights, biases, net.activation)


def gradient_step(
    net: Ensemble, inputs: Tensor, targets: Tensor, rate: float | Tensor, *, differentiable: bool
) -> Ensemble:
    """Return every net after one step of gradient descent on its own mean squared error.

    Args:
        net: with gradients.
        inputs: shape (net, n, d).
        targets: shape (net, n, k).
        rate: step size, or one a net, shape (net, 1, 1).
        differentiable: whether gradients of what comes out reach `net`, through the step's own gradient too (Finn's
            second derivatives).
    """
    loss = mean_squared_error(net(inputs), targets).sum()
    slopes = torch.autograd.grad(loss, net.parameters, create_graph=differentiable)
    size = torch.as_tensor(rate, dtype=inputs.dtype)
    moved = [torch.addcmul(each, size, slope, value=-1) for each, slope in zip(net.parameters, slopes, strict=True)]
    return Ensemble(moved[::2], moved[1::2], net.activation)


def meta_loss(net: Ensemble, inputs: Tensor, targets: Tensor, *, shots: int, rate: float) -> Tensor:
    """Return each net's mean squared error on its tasks after one gradient step in each, shape (seed,).

    Args:
        net: the start; gradients of the loss reach it through the step.
        inputs: shape (seed, task, n, d); a task's first `shots` examples are for the step, the others judge it.
        targets: shape (seed, task, n, k).
        shots: examples to adapt to, fewer than n.
        rate: size of the step.

    Raises:
        ValueError: no example is left on one of the two sides.
    """
    seeds, tasks, points = inputs.shape[:3]
    if not 0 < shots < points:
        raise ValueError(f"expected 0 < shots < {points} examples a task, got {shots}")
    x, y = inputs.flatten(0, 1), targets.flatten(0, 1)
    adapted = gradient_step(per_task(net, tasks), x[:, :shots], y[:, :shots], rate, differentiable=True)
    return mean_squared_error(adapted(x[:, shots:]), y[:, shots:]).reshape(seeds, tasks).mean(1)


def adapt(net: Ensemble, inputs: Tensor, targets: Tensor, *, rate: float | Tensor, steps: int) -> Iterator[Ensemble]:
    """Yield the nets before and after every step of gradient descent on examples (net, n, d) and (net, n, k)."""
    net = copies(net, 1)
    yield net
    for _ in range(steps):
        net = copies(gradient_step(net, inputs, targets, rate, differentiable=False), 1)
        yield net
