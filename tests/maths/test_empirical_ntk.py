"""The finite network's tangent kernel against automatic differentiation."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.random import generator


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.floats(0.1, 2), st.integers(0, 99))
def test_equals_the_gram_matrix_of_automatic_gradients(widths, beta, seed):
    rng = generator(seed, "test")
    shapes = list(pairwise([*widths, 1]))
    weights = [rng.normal(size=shape) for shape in shapes]
    biases = [rng.normal(size=out) for _, out in shapes]
    inputs = rng.normal(size=(5, widths[0]))
    assert tangent_gram(weights, biases, inputs, bias_variance=beta) == pytest.approx(
        _automatic(weights, biases, inputs, beta), rel=1e-9, abs=1e-9
    )


def test_layers_that_do_not_chain_are_refused():
    with pytest.raises(ValueError, match="chain to one output"):
        tangent_gram([np.ones((2, 3)), np.ones((4, 1))], [np.ones(3), np.ones(1)], np.ones((1, 2)), bias_variance=0.0)
    with pytest.raises(ValueError, match="chain to one output"):
        tangent_gram([np.ones((2, 3))], [np.ones(3)], np.ones((1, 2)), bias_variance=0.0)


def _automatic(weights, biases, inputs, beta):
    parameters = [torch.tensor(part, requires_grad=True) for pair in zip(weights, biases, strict=True) for part in pair]
    rows = []
    for point in torch.tensor(inputs):
        hidden = point
        for depth in range(len(weights)):
            entering = hidden if depth == 0 else torch.relu(hidden) * (2 / len(hidden)) ** 0.5
            hidden = entering @ parameters[2 * depth] + beta**0.5 * parameters[2 * depth + 1]
        gradients = torch.autograd.grad(hidden[0], parameters)
        rows.append(torch.cat([gradient.flatten() for gradient in gradients]))
    jacobian = torch.stack(rows)
    return (jacobian @ jacobian.T).numpy()
