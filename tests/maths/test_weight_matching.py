from itertools import permutations

import numpy as np
import pytest
import torch

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators
from scripts.maths.weight_matching import cosine, match_neurons, permute


def draw(widths, stream, pairs=3):
    return initialise(widths, generators(range(pairs), f"test.matching.{stream}"))


def shuffles(widths, pairs=3):
    rng = np.random.default_rng(4)
    return [np.stack([rng.permutation(width) for _ in range(pairs)]) for width in widths[1:-1]]


def whole(net):
    """Return nets whose parameters are small whole numbers, so that sums are exact in any order."""
    weights, biases = ([(10 * tensor.detach()).round() for tensor in kind] for kind in (net.weights, net.biases))
    return Ensemble(weights, biases, net.activation)


@pytest.mark.parametrize("widths", [[4, 9, 3], [4, 7, 6, 5, 2]])
def test_permuted_nets_compute_exactly_the_same_with_other_weights(widths):
    net, inputs = whole(draw(widths, "start")), torch.arange(-10.0, 10.0, dtype=torch.float64).reshape(5, 4)
    other = permute(net, shuffles(widths))
    assert torch.equal(other(inputs), net(inputs))
    assert all(not torch.equal(one, two) for one, two in zip(net.weights, other.weights, strict=True))


def test_an_order_says_which_neuron_stands_in_each_place():
    net = draw([2, 3, 4, 2], "start", pairs=1)
    orders = [np.array([[2, 0, 1]]), np.array([[3, 1, 0, 2]])]
    found = permute(net, orders)
    for place, neuron in enumerate(orders[1][0]):
        assert found.biases[1][0, 0, place] == net.biases[1][0, 0, neuron]
        for entering, source in enumerate(orders[0][0]):
            assert found.weights[1][0, entering, place] == net.weights[1][0, source, neuron]


@pytest.mark.parametrize("widths", [[5, 20, 3], [5, 12, 12, 3]])
def test_a_shuffled_net_is_put_back_in_order(widths):
    net = draw(widths, "start")
    shuffled = permute(net, shuffles(widths))
    assert (cosine(net, shuffled) < 0.9).all()
    restored = permute(shuffled, match_neurons(net, shuffled, generators(range(3), "test.order")))
    for one, other in zip(net.parameters, restored.parameters, strict=True):
        assert torch.equal(one, other)


def test_one_hidden_layer_gets_the_best_of_all_orders():
    one, other = draw([3, 5, 2], "one"), draw([3, 5, 2], "other")
    found = cosine(one, permute(other, match_neurons(one, other, generators(range(3), "test.order"))))
    tried = np.array([cosine(one, permute(other, [np.tile(order, (3, 1))])) for order in permutations(range(5))])
    np.testing.assert_allclose(found, tried.max(0), rtol=1e-12)


def test_no_change_of_a_single_layer_improves_a_deep_match():
    one, other = draw([3, 4, 4, 2], "one"), draw([3, 4, 4, 2], "other")
    orders = match_neurons(one, other, generators(range(3), "test.order"))
    found = cosine(one, permute(other, orders))
    for layer in range(2):
        for order in permutations(range(4)):
            tried = [np.tile(order, (3, 1)) if layer == depth else kept for depth, kept in enumerate(orders)]
            assert (cosine(one, permute(other, tried)) <= found + 1e-12).all()


def test_cosine_is_that_of_all_parameters_in_a_row():
    one, other = draw([3, 4, 2], "one"), draw([3, 4, 2], "other")
    for pair in range(3):
        first, second = (
            np.concatenate([tensor[pair].detach().numpy().ravel() for tensor in net.parameters]) for net in (one, other)
        )
        expected = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        assert cosine(one, other)[pair] == pytest.approx(expected)


def test_nets_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="expected nets of one shape"):
        match_neurons(draw([3, 4, 2], "one"), draw([3, 5, 2], "other"), generators(range(3), "test.order"))
