"""Wide networks and their training against their closed kernels and automatic differentiation."""

import numpy as np
import pytest
import torch
from torch.func import jacrev

from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generator, generators
from scripts.maths.wide_networks import descend, draw_wide

BETA = 0.3


def _inputs(points=7, dimension=3, stream="test.inputs"):
    return torch.as_tensor(generator(0, stream).normal(size=(points, dimension)))


def _net(widths=(3, 9, 6, 1), seeds=2, scale=1.0):
    return draw_wide(generators(range(seeds), "test.net"), widths, bias_variance=BETA, output_scale=scale)


def test_the_network_has_the_tangent_kernel_of_its_closed_form():
    net, inputs, scale = _net(scale=0.7), _inputs(), 0.7
    jacobians = jacrev(lambda *parameters: net.with_parameters(parameters)(inputs), tuple(range(6)))(*net.parameters())
    for seed in range(2):
        flat = torch.cat([part[seed, :, 0, seed].flatten(1) for part in jacobians], 1)
        weights, biases = ([part[seed].numpy() for part in kind] for kind in (net.weights, net.biases))
        gram = tangent_gram(weights, [bias[0] for bias in biases], inputs.numpy(), bias_variance=BETA)
        np.testing.assert_allclose(flat @ flat.T, scale**2 * gram, rtol=1e-10)


def test_the_outputs_covariance_is_that_of_the_limit():
    inputs = _inputs(3)
    outputs = _net([3, 256, 1], seeds=1500)(inputs)[:, :, 0].numpy()
    products = outputs[:, :, None] * outputs[:, None, :]
    expected = limit_kernels(inputs.numpy(), inputs.numpy(), hidden=1, bias_variance=BETA)[0]
    assert (np.abs(products.mean(0) - expected) < 5 * products.std(0) / np.sqrt(1500)).all()


def test_a_network_depends_on_its_own_generator_alone():
    pairs = zip(_net(seeds=2).parameters(), _net(seeds=5).parameters(), strict=True)
    assert all(torch.equal(few, many[:2]) for few, many in pairs)


def test_a_network_reads_its_own_inputs_where_they_differ():
    net, inputs = _net(), torch.stack([_inputs(), _inputs(stream="test.others")])
    both = net(inputs)
    assert torch.equal(both[1], net(inputs[1])[1])
    assert not torch.allclose(both[0], net(inputs[1])[0])


@pytest.mark.parametrize(("centred", "outputs"), [(False, 1), (True, 2)])
def test_descent_follows_automatic_differentiation(centred, outputs):
    net, inputs, rate = _net((3, 8, 5, outputs), seeds=3, scale=1.7), _inputs(), 0.01
    targets = torch.as_tensor(generator(1, "test.targets").normal(size=(7, outputs)))
    start, parameters = net(inputs), net.parameters()
    expected = {0: parameters}
    for step in range(1, 6):
        leaves = [tensor.clone().requires_grad_() for tensor in parameters]
        answers = net.with_parameters(leaves)(inputs) - (start if centred else 0)
        gradients = torch.autograd.grad(((answers - targets) ** 2).sum() / 2, leaves)
        parameters = [one - rate * other for one, other in zip(parameters, gradients, strict=True)]
        expected[step] = parameters
    looked = dict(descend(net, inputs, targets, rate=rate, steps=5, looks=[2, 5], centred=centred))
    assert list(looked) == [0, 2, 5]
    for done, found in looked.items():
        for one, other in zip(found.parameters(), expected[done], strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_a_very_wide_network_follows_the_exponential_of_its_limit():
    inputs, targets, rate = _inputs(4), torch.tensor([[1.0], [-1.0], [0.5], [0.0]]), 0.02
    net = _net((3, 20_000, 1), seeds=1)
    kernel = limit_kernels(inputs.numpy(), inputs.numpy(), hidden=1, bias_variance=BETA)[1]
    looks = [1, 10, 40]
    for done, found in descend(net, inputs, targets, rate=rate, steps=40, looks=looks):
        start = (net(inputs) - targets)[0].numpy()
        expected = np.linalg.matrix_power(np.eye(4) - rate * kernel, done) @ start
        assert np.abs((found(inputs) - targets)[0].numpy() - expected).max() < 0.03 * np.abs(start).max()


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="positive widths"):
        _net((3,))
    with pytest.raises(ValueError, match="expected generators"):
        _net(seeds=0)
    with pytest.raises(ValueError, match="bias_variance >= 0"):
        draw_wide([generator(0, "test")], [2, 1], bias_variance=-1.0)
    inputs, targets = _inputs(), torch.ones(7, 1, dtype=torch.float64)
    with pytest.raises(ValueError, match="looks between 0 and 3"):
        list(descend(_net(), inputs, targets, rate=0.1, steps=3, looks=[4]))
    with pytest.raises(FloatingPointError, match="step size 100"):
        list(descend(_net(), inputs, targets, rate=100.0, steps=200, looks=[]))
