import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from scripts.maths.batch_norm import NormalisedEnsemble, Statistics, batch_norm, batch_statistics, with_norm
from scripts.maths.ensembles import initialise
from scripts.maths.random import generators

WIDTHS = [3, 6, 5, 2]
SEEDS = 4


def normal(*shape, seed=0):
    return torch.as_tensor(np.random.default_rng(seed).standard_normal(shape))


@pytest.fixture
def net():
    start = with_norm(initialise(WIDTHS, generators(range(SEEDS), "test.weights")), normalised=True)
    gains = [1 + 0.3 * normal(*gain.shape, seed=depth) for depth, gain in enumerate(start.gains)]
    biases = [normal(*bias.shape, seed=9 + depth) for depth, bias in enumerate(start.biases)]
    parameters = [tensor.detach().requires_grad_(True) for tensor in (*start.weights, *biases, *gains)]
    return start.with_parameters(parameters)


def as_module(net: NormalisedEnsemble, seed: int) -> nn.Sequential:
    """Return one net of the ensemble as torch's own layers."""
    modules: list[nn.Module] = []
    for depth, weight in enumerate(net.weights):
        last = depth == len(net.gains)
        layer = nn.Linear(*weight.shape[1:], bias=last, dtype=torch.float64)
        layer.weight.data = weight[seed].detach().T.clone()
        modules.append(layer)
        if last:
            layer.bias.data = net.biases[depth][seed, 0].detach().clone()
            continue
        norm = nn.BatchNorm1d(weight.shape[2], eps=net.epsilon, momentum=1.0, dtype=torch.float64)
        norm.weight.data = net.gains[depth][seed, 0].detach().clone()
        norm.bias.data = net.biases[depth][seed, 0].detach().clone()
        modules += [norm, nn.ReLU()]
    return nn.Sequential(*modules)


@settings(deadline=None)  # torch prepares its own layer at the first call
@given(st.integers(0, 1000), st.integers(2, 9), st.floats(1e-6, 0.1), st.floats(-50, 50))
def test_it_is_torchs_batch_norm_seed_by_seed(seed, count, epsilon, offset):
    values = offset + normal(3, count, 4, seed=seed)
    gain, bias = normal(3, 1, 4, seed=seed + 1), normal(3, 1, 4, seed=seed + 2)
    mean, variance = normal(3, 1, 4, seed=seed + 3), 0.1 + normal(3, 1, 4, seed=seed + 4) ** 2
    found = batch_norm(values, gain, bias, epsilon=epsilon)
    fixed = batch_norm(values, gain, bias, Statistics(mean, variance), epsilon=epsilon)
    for one in range(3):
        scale = {"weight": gain[one, 0], "bias": bias[one, 0], "eps": epsilon}
        trained = nn.functional.batch_norm(values[one], None, None, training=True, **scale)
        torch.testing.assert_close(found[one], trained, rtol=1e-8, atol=1e-8)
        evaluated = nn.functional.batch_norm(values[one], mean[one, 0], variance[one, 0], **scale)
        torch.testing.assert_close(fixed[one], evaluated, rtol=1e-8, atol=1e-8)


def test_nets_and_their_gradients_are_torchs_in_training_mode(net):
    inputs = normal(SEEDS, 11, 3, seed=5)
    outputs = net(inputs)
    slopes = torch.autograd.grad((outputs**2).sum(), [*net.weights, *net.gains])
    for seed in range(SEEDS):
        module = as_module(net, seed)
        expected = module(inputs[seed])
        torch.testing.assert_close(outputs[seed], expected)
        (expected**2).sum().backward()
        for depth, place in enumerate((0, 3, 6)):
            torch.testing.assert_close(slopes[depth][seed], module[place].weight.grad.T)
        for depth, place in enumerate((1, 4)):
            torch.testing.assert_close(slopes[3 + depth][seed, 0], module[place].weight.grad)


def test_nets_are_torchs_in_evaluation_mode(net):
    seen, fresh = normal(SEEDS, 13, 3, seed=6), normal(SEEDS, 4, 3, seed=7)
    statistics = net.population(seen)
    outputs = net(fresh, statistics)
    for seed in range(SEEDS):
        module = as_module(net, seed)
        module(seen[seed])  # keeps this batch's statistics, with the variance divided by n − 1
        for place in (1, 4):
            module[place].running_var *= 12 / 13
        torch.testing.assert_close(outputs[seed], module.eval()(fresh[seed]))
    torch.testing.assert_close(net(seen, statistics), net(seen))


def test_without_gains_it_is_the_plain_ensemble():
    plain = initialise(WIDTHS, generators(range(SEEDS), "test.weights"), activation="tanh")
    inputs = normal(SEEDS, 8, 3)
    copy = with_norm(plain, normalised=False)
    for one, other in zip(copy.layers(inputs), plain.layers(inputs), strict=True):
        torch.testing.assert_close(one, other)
    copy.weights[0].data += 1
    assert not torch.equal(copy.weights[0], plain.weights[0])
    assert all(tensor.is_leaf and tensor.requires_grad for tensor in copy.parameters)


@given(st.floats(0.1, 10), st.integers(0, 100))
def test_the_scale_of_normalised_weights_does_not_matter(scale, seed):
    start = initialise(WIDTHS, generators([seed], "test.weights"))
    net = with_norm(start, normalised=True, epsilon=0.0)
    scaled = net.with_parameters([*(scale * weight for weight in net.weights[:-1]), *net.parameters[2:]])
    inputs = normal(1, 20, 3, seed=seed)
    torch.testing.assert_close(scaled(inputs), net(inputs))


def test_statistics_divide_by_n():
    values = normal(2, 7, 3)
    mean, variance = batch_statistics(values)
    np.testing.assert_allclose(variance[:, 0], values.numpy().var(1))
    np.testing.assert_allclose(mean[:, 0], values.numpy().mean(1))


def test_gains_come_for_every_hidden_layer_or_for_none(net):
    with pytest.raises(ValueError, match="expected 2 gains, one a hidden layer, or none; got 1"):
        NormalisedEnsemble(net.weights, net.biases, net.gains[:1])
