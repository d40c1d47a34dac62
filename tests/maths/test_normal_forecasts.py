"""Forecasts by normal laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from scripts.maths import normal_forecasts as forecasts


@given(st.floats(-5, 5), st.floats(0.1, 4), st.floats(-5, 5), st.floats(0.1, 0.99))
def test_loss_and_reach_are_those_of_scipy(mean, variance, outcome, level):
    law = stats.norm(mean, variance**0.5)
    assert forecasts.normal_loss(mean, variance, outcome) == pytest.approx(-law.logpdf(outcome))
    assert mean + forecasts.normal_reach(variance, level) == pytest.approx(law.interval(level)[1])


def test_moments_of_a_mixture_are_those_of_its_draws():
    means, variances = np.array([[0.0, 2.0, 5.0]]).T, np.array([[1.0, 0.5, 2.0]]).T
    mean, between, within = forecasts.mixture_moments(means, variances, 0)
    density = lambda x: np.mean([stats.norm(m, v**0.5).pdf(x) for m, v in zip(means[:, 0], variances[:, 0])])  # noqa
    first, second = (integrate.quad(lambda x, k=k: x**k * density(x), -20, 25)[0] for k in (1, 2))
    assert mean[0] == pytest.approx(first)
    assert between[0] + within[0] == pytest.approx(second - first**2)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0, 2))
def test_the_likeliest_noise_is_as_likely_as_a_search_finds(seed, size):
    rng = np.random.default_rng(seed)
    scatter = size * rng.random(20)
    residuals = rng.normal(0, np.sqrt(scatter + 0.5))
    loss = lambda v: forecasts.normal_loss(0.0, scatter + v, residuals).mean()  # noqa: E731
    found = forecasts.likeliest_noise(residuals, scatter)
    best = optimize.minimize_scalar(loss, bounds=(1e-9, residuals.max() ** 2 + residuals.min() ** 2), method="bounded")
    assert loss(found) <= best.fun + 1e-4


def test_without_scatter_the_likeliest_noise_is_the_mean_square():
    residuals = np.random.default_rng(3).normal(size=(5, 2, 30))
    found = forecasts.likeliest_noise(residuals, np.zeros_like(residuals))
    assert found == pytest.approx((residuals**2).mean(-1), rel=0.02)


def test_true_quantiles_have_the_best_interval_score():
    outcomes = np.random.default_rng(1).normal(size=200_000)
    scores = {z: forecasts.interval_score(-z, z, outcomes, 0.9).mean() for z in (1.2, 1.645, 2.1)}
    assert min(scores, key=scores.get) == 1.645
    exact = 2 * stats.norm.pdf(stats.norm.ppf(0.95)) / 0.05
    assert scores[1.645] == pytest.approx(exact, rel=0.01)


def test_an_outcome_outside_pays_for_its_distance():
    assert forecasts.interval_score(1.0, 3.0, np.array([2.0, 3.5, 0.0]), 0.95) == pytest.approx([2, 22, 42])
