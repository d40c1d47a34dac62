import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths.ensembles import initialise
from scripts.maths.hessian_vector import hessian_product
from scripts.maths.random import generators
from scripts.maths.rescaling import rescale
from scripts.maths.training import cross_entropy


def relu_nets():
    return initialise([3, 5, 4, 2], generators(range(3), "test.rescaling"))


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(1e-3, 1e3), layer=st.integers(0, 1))
def test_outputs_stay_and_only_two_layers_change(factor, layer):
    net = relu_nets()
    other = rescale(net, factor, layer)
    inputs = torch.as_tensor(np.random.default_rng(0).normal(size=(3, 20, 3)))
    torch.testing.assert_close(other(inputs), net(inputs), rtol=1e-12, atol=1e-12)
    for depth in range(3):
        weight = {layer: factor, layer + 1: 1 / factor}.get(depth, 1)
        torch.testing.assert_close(other.weights[depth], net.weights[depth] * weight)
        torch.testing.assert_close(other.biases[depth], net.biases[depth] * (factor if depth == layer else 1))


def test_hidden_layers_change_so_the_weights_are_really_others():
    net, inputs = relu_nets(), torch.ones(4, 3, dtype=torch.float64)
    torch.testing.assert_close(rescale(net, 3.0).layers(inputs)[1], 3 * net.layers(inputs)[1])
    torch.testing.assert_close(rescale(net, 3.0).layers(inputs)[2], net.layers(inputs)[2])


@pytest.mark.parametrize("factor", [0.3, 4.0])
def test_the_hessian_changes_by_the_change_of_variables(factor):
    net = relu_nets()
    rng = np.random.default_rng(1)
    inputs, labels = torch.as_tensor(rng.normal(size=(3, 12, 3))), torch.as_tensor(rng.integers(0, 2, (3, 12)))
    other = rescale(net, factor)
    scales = {0: factor, 1: factor, 2: 1 / factor}  # new over old: first weights, first biases, second weights
    sizes = [tensor[0].numel() for tensor in net.parameters]
    scale = torch.cat([torch.full((size,), scales.get(i, 1.0), dtype=torch.float64) for i, size in enumerate(sizes)])
    before, after = (hessian_product(cross_entropy(n(inputs), labels), n.parameters) for n in (net, other))
    vectors = torch.as_tensor(rng.normal(size=(3, sum(sizes))))
    torch.testing.assert_close(after(vectors), before(vectors / scale) / scale, rtol=1e-9, atol=1e-12)


def test_the_original_is_not_touched():
    net = relu_nets()
    before = [tensor.detach().clone() for tensor in net.parameters]
    rescale(net, 7.0)
    assert all(torch.equal(one, other) for one, other in zip(before, net.parameters, strict=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"factor": 0.0}, "factor is 0.0, expected a positive number"),
        ({"factor": float("nan")}, "expected a positive number"),
        ({"factor": 2.0, "layer": 2}, "layer is 2, expected a hidden layer, 0 to 1"),
        ({"factor": 2.0, "layer": -1}, "layer is -1"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        rescale(relu_nets(), **arguments)


def test_tanh_is_refused():
    net = initialise([2, 3, 1], generators(range(1), "test"), activation="tanh")
    with pytest.raises(ValueError, match="activation is 'tanh', expected 'relu'"):
        rescale(net, 2.0)
