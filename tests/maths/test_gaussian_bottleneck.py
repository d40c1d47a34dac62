import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from scripts.maths.gaussian_bottleneck import (
    best_relevance,
    bottleneck_points,
    code_information,
    critical_betas,
    settling_rates,
    signals,
)
from scripts.maths.gaussian_information import channel_information, correlation_information

RHO = np.array([0.9, 0.7, 0.3])


def _diagonal(rho):
    return torch.eye(len(rho), dtype=torch.float64), torch.diag(torch.as_tensor(1 - rho**2))


@pytest.mark.parametrize("beta", [1.1, 1.5, 2.5, 14.0])
def test_points_are_the_minimum_over_all_linear_codes(beta):
    covariance, conditional = _diagonal(RHO)

    def loss(flat):
        encoder = torch.tensor(flat.reshape(3, 3), requires_grad=True)
        rate, relevance = code_information(encoder, covariance, conditional)
        value = rate - beta * relevance
        value.backward()
        return float(value.detach()), encoder.grad.numpy().ravel()

    starts = np.random.default_rng(3).standard_normal((3, 9))
    best = min(minimize(loss, start, jac=True, options={"gtol": 1e-9}).fun for start in starts)
    rate, relevance = bottleneck_points(RHO, np.array([beta]))
    assert best == pytest.approx(float(rate[0] - beta * relevance[0]), abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 0.97), min_size=1, max_size=4), st.floats(1.01, 200))
def test_curve_goes_through_the_points_with_slope_one_over_beta(correlations, beta):
    rate, relevance = bottleneck_points(np.array(correlations), np.array([beta]))
    assert best_relevance(correlations, rate)[0] == pytest.approx(relevance[0], rel=1e-9, abs=1e-12)
    if rate[0] > 1e-2:
        low, high = best_relevance(correlations, rate[0] + np.array([-1e-5, 1e-5]))
        assert (high - low) / 2e-5 == pytest.approx(1 / beta, rel=1e-4)


def test_curve_runs_from_nothing_to_the_whole_information():
    found = best_relevance(RHO, np.array([0.0, 1e-6, 40.0]))
    total = float(correlation_information(torch.as_tensor(RHO)))
    np.testing.assert_allclose(found, [0, 0.9**2 * 1e-6, total], atol=1e-11)


def test_no_code_beats_the_curve_but_codes_of_one_number_lie_on_it():
    encoders = torch.as_tensor(np.random.default_rng(1).standard_normal((50, 2, 3)))
    rate, relevance = code_information(encoders, *_diagonal(RHO))
    assert (relevance.numpy() < best_relevance(RHO, rate.numpy())).all()
    single = np.array([0.55])
    rate, relevance = code_information(encoders[:, :1, :1], *_diagonal(single))
    np.testing.assert_allclose(relevance, best_relevance(single, rate.numpy()), atol=1e-12)


def test_directions_switch_on_at_one_over_the_squared_correlation():
    np.testing.assert_allclose(critical_betas(RHO), RHO**-2)
    for place, beta in enumerate(critical_betas(RHO)):
        below, above = signals(RHO, np.array([0.999 * beta, 1.001 * beta]))[:, place]
        assert below == 0 < above


def test_code_information_equals_a_channel_on_white_inputs():
    encoder = torch.as_tensor(np.random.default_rng(2).standard_normal((5, 2, 3)))
    rate, relevance = code_information(encoder, *_diagonal(np.array([0.999999999, 1e-9, 1e-9])))
    np.testing.assert_allclose(rate, channel_information(encoder.mT, torch.ones(5, dtype=torch.float64)), atol=1e-12)
    alone = channel_information(encoder[..., 1:].mT, torch.ones(5, dtype=torch.float64))
    np.testing.assert_allclose(relevance, rate - alone, atol=1e-6)


@pytest.mark.parametrize("beta", [1.2, 2.0, 3.0, 9.0])
def test_settling_rates_equal_the_automatic_second_derivative(beta):
    rho = 0.6
    place = torch.tensor(np.sqrt(signals(np.array([rho]), np.array([beta]))[0]), requires_grad=True)
    rate, relevance = code_information(place.reshape(1, 1), *_diagonal(np.array([rho])))
    slope = torch.autograd.grad(rate - beta * relevance, place, create_graph=True)[0]
    curvature = torch.autograd.grad(slope.sum(), place)[0]
    assert slope.item() == pytest.approx(0, abs=1e-9)
    assert settling_rates(rho, np.array([beta]))[0] == pytest.approx(curvature.item(), abs=1e-9)


@pytest.mark.parametrize("wrong", [[0.5, 1.0], [0.0], [-0.3, 0.4]])
def test_refuses_correlations_that_are_none(wrong):
    with pytest.raises(ValueError, match=r"correlations in \(0, 1\)"):
        critical_betas(np.array(wrong))
