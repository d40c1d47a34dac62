"""What changes with width."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.ntk import width as experiment
from scripts.ntk.settings import Settings, Width
from scripts.ntk.sphere import draw_networks, draw_task, empirical_kernels

SMALL = Width(
    **{"seeds": 4, "meanfield_seeds": 3, "widths": [8, 12, 16], "points": 5, "test_points": 4, "dimension": 4},
    **{"hidden": 2, "bias_variance": 0.3, "steps": 9},
)
DOUBLE = torch.float64


def trained(net, task, rate, steps):
    """Descend by automatic differentiation."""
    parameters = net.parameters()
    for _ in range(steps):
        leaves = [tensor.clone().requires_grad_() for tensor in parameters]
        loss = ((net.with_parameters(leaves)(task.training) - task.targets) ** 2).sum() / 2
        gradients = torch.autograd.grad(loss, leaves)
        parameters = [one - rate * other for one, other in zip(parameters, gradients, strict=True)]
    return net.with_parameters(parameters)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_measures_equal_those_taken_by_hand(scale):
    task, seed = draw_task(SMALL), 1
    net = draw_networks(SMALL, 12, scale)
    found = experiment.measure(SMALL, task, net, DOUBLE)
    end = trained(net, task, task.rate / scale**2, SMALL.steps)
    before, after = (empirical_kernels(each, task)[seed] for each in (net, end))
    limit = scale**2 * task.kernels[seed]
    assert found["init"][seed] == pytest.approx(np.linalg.norm(before - limit) / np.linalg.norm(limit))
    assert found["kernel"][seed] == pytest.approx(np.linalg.norm(after - before) / np.linalg.norm(before))
    changes = [(b - a)[seed].norm().item() for a, b in zip(net.parameters(), end.parameters(), strict=True)]
    shares = [changes[2 * layer] / net.weights[layer][seed].norm().item() for layer in range(3)]
    assert found["weight"][seed] == pytest.approx(max(shares))
    assert found["hidden_weight"][seed] == pytest.approx(shares[1])
    assert found["distance"][seed] == pytest.approx(np.linalg.norm(changes) / np.sqrt(12))
    residuals = [(each(task.training) - task.targets)[seed].norm().item() for each in (net, end)]
    assert found["left"][seed] == pytest.approx(residuals[1] / residuals[0])


def test_the_linearisation_is_descent_on_the_first_order_expansion():
    """With the gradients at the start held fixed, parameters descend here step by step."""
    task, net, seed = draw_task(SMALL), draw_networks(SMALL, 12), 2
    leaves = [tensor.clone().requires_grad_() for tensor in net.parameters()]
    start = net.with_parameters(leaves)(task.points)[seed, :, 0]
    gradients = [torch.autograd.grad(each, leaves, retain_graph=True) for each in start]
    rows = torch.stack([torch.cat([part[seed].flatten() for part in each]) for each in gradients])
    moved, seen = torch.zeros(rows.shape[1], dtype=torch.float64), task.seen
    start, targets = start.detach(), task.targets[seed, :, 0]
    for _ in range(SMALL.steps):
        moved = moved - task.rate * rows[:seen].T @ (start[:seen] + rows[:seen] @ moved - targets)
    end = trained(net, task, task.rate, SMALL.steps)(task.points)[seed, :, 0]
    expected = (end - start - rows @ moved)[seen:].norm() / (end - start)[seen:].norm()
    assert experiment.measure(SMALL, task, net, DOUBLE)["linearised"][seed] == pytest.approx(expected.item())


def test_tiny_corrections_leave_the_kernel_where_it_is_and_networks_linear():
    task, net = draw_task(SMALL), draw_networks(SMALL, 16)
    near = replace(task, targets=net(task.training) + 1e-6)
    found = experiment.measure(SMALL, near, net, DOUBLE)
    for name in ("weight", "distance", "kernel", "linearised"):
        assert 0 < found[name].max() < 1e-4


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_descent_in_single_precision_gives_what_double_precision_gives(scale):
    task, net = draw_task(SMALL), draw_networks(SMALL, 16, scale)
    single, double = (experiment.measure(SMALL, task, net, each) for each in (torch.float32, DOUBLE))
    assert any((single[name] != double[name]).any() for name in double)
    for name, column in double.items():
        np.testing.assert_allclose(single[name], column, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize(("cache", "sizes"), [(1, [1, 1, 1, 1]), (800, [3, 1]), (10**6, [4])])
def test_blocks_of_seeds_give_what_all_seeds_at_once_give(cache, sizes, monkeypatch):
    settings = SMALL.model_copy(update={"first_seed": 3})
    task, width = draw_task(settings), 12
    expected = experiment.measure(settings, task, draw_networks(settings, width, 0.5))
    monkeypatch.setattr(experiment, "CACHE", cache)
    found = experiment.measure_all(settings, task, width, 0.5)
    blocks = [block for block, _ in experiment.blocks(settings, task, width)]
    assert [seed for block in blocks for seed in block.seed_block] == [3, 4, 5, 6]
    assert [block.seeds for block in blocks] == sizes
    for name, column in expected.items():
        np.testing.assert_allclose(found[name], column, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize(("seeds", "few", "expected"), [(5, 3, 3), (3, 8, 3)])
def test_mean_field_scaling_takes_the_first_seeds(seeds, few, expected):
    arrays = experiment.compute(SMALL.model_copy(update={"seeds": seeds, "meanfield_seeds": few})).arrays
    assert arrays["kernel"].shape == (3, seeds)
    assert arrays["meanfield_kernel"].shape == (3, expected)
    np.testing.assert_allclose(arrays["meanfield_init"], arrays["init"][:, :expected])


@pytest.mark.parametrize("settings", [SMALL, Width(**preset_values(Settings, "quick")["width"])])
def test_compute_returns_the_fixed_values(settings):
    result = experiment.compute(settings)
    slopes = {"init_slope", "kernel_slope", "linearised_slope", "weight_slope", "meanfield_kernel_slope"}
    assert slopes | {"kernel_widest", "linearised_widest"} <= set(result.values)
    assert all(np.isfinite(value.value) for value in result.values.values())
    assert result.values["init_slope"].n == settings.seeds
    assert result.values["autodiff_gap"].value < 1e-12
    assert result.arrays["kernel"].shape == (len(settings.widths), settings.seeds)
    assert result.values["kernel_widest"].value == pytest.approx(result.arrays["kernel"][-1].mean())
    assert result.values["meanfield_kernel_slope"].n == settings.meanfield_seeds
