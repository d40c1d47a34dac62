"""Check MAML's loss and gradient against closed forms for a linear model and against one task at a time."""

import numpy as np
import pytest
import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.maml import adapt, gradient_step, meta_loss, per_task
from scripts.maths.random import generators

RATE, SHOTS = 0.07, 4


def starts(widths: list[int], activation: str = "tanh") -> Ensemble:
    """Return three nets."""
    return initialise(widths, generators(range(3), "test.maml"), activation=activation)


def examples(tasks: int, points: int, dimension: int, outputs: int) -> tuple[Tensor, Tensor]:
    """Return inputs (3, task, point, d) and targets (3, task, point, k)."""
    rng = np.random.default_rng(6)
    shape = (3, tasks, points)
    return torch.as_tensor(rng.normal(size=(*shape, dimension))), torch.as_tensor(rng.normal(size=(*shape, outputs)))


def alone(net: Ensemble, seed: int) -> list[Tensor]:
    """Return the parameters of one net as leaves."""
    return [tensor[seed].detach().clone().requires_grad_(True) for tensor in net.parameters]


def answer(parameters: list[Tensor], inputs: Tensor) -> Tensor:
    """Return what one tanh net with these weights and biases answers."""
    for weight, bias in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        inputs = torch.tanh(inputs @ weight + bias)
    return inputs @ parameters[-2] + parameters[-1]


def test_meta_loss_and_gradient_equal_one_task_at_a_time():
    net = starts([2, 5, 3, 2])
    inputs, targets = examples(4, 9, 2, 2)
    together = meta_loss(net, inputs, targets, shots=SHOTS, rate=RATE)
    slopes = torch.autograd.grad(together.sum(), net.parameters)
    for seed in range(3):
        parameters = alone(net, seed)
        losses = []
        for x, y in zip(inputs[seed], targets[seed], strict=True):
            inner = ((answer(parameters, x[:SHOTS]) - y[:SHOTS]) ** 2).mean()
            moved = [
                each - RATE * slope
                for each, slope in zip(
                    parameters, torch.autograd.grad(inner, parameters, create_graph=True), strict=True
                )
            ]
            losses.append(((answer(moved, x[SHOTS:]) - y[SHOTS:]) ** 2).mean())
        loss = torch.stack(losses).mean()
        torch.testing.assert_close(together[seed], loss, rtol=1e-12, atol=0)
        for found, expected in zip(slopes, torch.autograd.grad(loss, parameters), strict=True):
            torch.testing.assert_close(found[seed], expected, rtol=1e-10, atol=1e-13)


def test_meta_gradient_of_a_linear_model_has_the_factor_of_second_order():
    net = starts([3, 1])
    inputs, targets = examples(1, 10, 3, 1)
    slopes = torch.autograd.grad(meta_loss(net, inputs, targets, shots=6, rate=RATE).sum(), net.parameters)
    for seed in range(3):
        x, y = inputs[seed, 0].numpy(), targets[seed, 0, :, 0].numpy()
        x = np.column_stack([x, np.ones(10)])
        start = np.append(net.weights[0][seed, :, 0].detach().numpy(), net.biases[0][seed].item())
        curvature = 2 * x[:6].T @ x[:6] / 6
        moved = start - RATE * (curvature @ start - 2 * x[:6].T @ y[:6] / 6)
        past = 2 * x[6:].T @ (x[6:] @ moved - y[6:]) / 4
        found = np.append(slopes[0][seed, :, 0].numpy(), slopes[1][seed].item())
        np.testing.assert_allclose(found, (np.eye(4) - RATE * curvature) @ past, rtol=1e-10)
        assert np.abs(found - past).max() > 0.01  # what the first order alone would give


def test_a_step_that_is_not_differentiable_lets_no_gradient_through_its_slope():
    net = starts([2, 3, 1])
    inputs, targets = examples(1, 5, 2, 1)
    moved = gradient_step(net, inputs[:, 0], targets[:, 0], RATE, differentiable=False)
    for slope in torch.autograd.grad(sum(each.sum() for each in moved.parameters), net.parameters):
        torch.testing.assert_close(slope, torch.ones_like(slope), rtol=0, atol=0)


def test_copies_for_tasks_lie_one_after_the_other():
    net = starts([2, 3, 1], "relu")
    inputs, _ = examples(2, 5, 2, 1)
    found = per_task(net, 2)(inputs.flatten(0, 1)).unflatten(0, (3, 2))
    for task in range(2):
        torch.testing.assert_close(found[:, task], net(inputs[:, task]), rtol=0, atol=1e-14)


def test_adapting_is_gradient_descent_with_each_nets_own_step_size():
    net = starts([2, 4, 1])
    inputs, targets = (each[:, 0] for each in examples(1, 6, 2, 1))
    before = [tensor.detach().clone() for tensor in net.parameters]
    rates = torch.tensor([0.0, 0.03, 0.2], dtype=torch.float64)[:, None, None]
    found = list(adapt(net, inputs, targets, rate=rates, steps=5))
    assert len(found) == 6
    for seed in range(3):
        parameters = alone(net, seed)
        descent = torch.optim.SGD(parameters, lr=rates[seed].item())
        for step in range(6):
            for mine, expected in zip(found[step].parameters, parameters, strict=True):
                torch.testing.assert_close(mine[seed], expected, rtol=0, atol=1e-12)
            descent.zero_grad()
            ((answer(parameters, inputs[seed]) - targets[seed]) ** 2).mean().backward()
            descent.step()
    for tensor, kept in zip(net.parameters, before, strict=True):
        torch.testing.assert_close(tensor.detach(), kept, rtol=0, atol=0)


@pytest.mark.parametrize("shots", [0, 9])
def test_examples_must_be_left_on_both_sides(shots):
    inputs, targets = examples(1, 9, 2, 1)
    with pytest.raises(ValueError, match=f"expected 0 < shots < 9 examples a task, got {shots}"):
        meta_loss(starts([2, 1]), inputs, targets, shots=shots, rate=RATE)
