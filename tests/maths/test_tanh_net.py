import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.maths import hessian
from scripts.maths.ensembles import initialise
from scripts.maths.random import generators
from scripts.maths.tanh_net import derivatives, loss, parameter_count


def draw(runs, points, inputs, hidden, seed):
    rng = np.random.default_rng(seed)
    shapes = [(runs, parameter_count(inputs, hidden)), (runs, points, inputs), (runs, points)]
    return [torch.as_tensor(rng.standard_normal(shape)) for shape in shapes]


@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 3), st.integers(1, 4), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_derivatives_are_those_of_autograd(runs, points, inputs, hidden, seed):
    weights, examples, targets = draw(runs, points, inputs, hidden, seed)
    found = derivatives(weights, examples, targets)
    expected = hessian.derivatives(lambda places: loss(places, examples, targets), weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-11)


def test_the_loss_is_that_of_an_ensemble_with_the_same_parameters():
    net = initialise([2, 5, 1], generators(range(3), "test.weights"), activation="tanh")
    weights = torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], dim=1)
    _, inputs, targets = draw(3, 7, 2, 5, 0)
    expected = 0.5 * ((net(inputs)[..., 0] - targets) ** 2).mean(1)
    torch.testing.assert_close(loss(weights, inputs, targets), expected.detach(), rtol=1e-12, atol=1e-12)


def test_a_wrong_number_of_parameters_is_refused():
    _, inputs, targets = draw(2, 5, 3, 4, 0)
    with pytest.raises(ValueError, match=r"expected \(d \+ 2\) h \+ 1 parameters with d = 3, got 23"):
        loss(torch.zeros(2, 23, dtype=torch.float64), inputs, targets)
