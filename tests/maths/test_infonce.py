import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from scripts.maths.infonce import gaussian_log_ratio, infonce
from scripts.maths.statistics import mean_interval


def _pairs(shape, rho, seed):
    x, other = np.random.default_rng(seed).standard_normal((2, *shape))
    return x, rho * x + np.sqrt(1 - rho**2) * other


def test_equals_the_loop_over_pairs():
    critic = np.random.default_rng(0).standard_normal((2, 5, 5))
    naive = [np.mean([row[i] - np.log(np.exp(row).mean()) for i, row in enumerate(batch)]) for batch in critic]
    np.testing.assert_allclose(infonce(critic), naive, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.floats(0.1, 500), st.integers(0, 1000))
def test_no_critic_passes_the_logarithm_of_the_batch(batch, scale, seed):
    critic = scale * np.random.default_rng(seed).standard_normal((3, batch, batch))
    critic += 10 * scale * np.eye(batch)  # as sure of the right pairs as can be
    assert (infonce(critic) <= np.log(batch) + 1e-12).all()


def test_a_blind_critic_finds_nothing_and_a_certain_one_reaches_the_ceiling():
    assert infonce(np.full((4, 4), 2.5)) == pytest.approx(0, abs=1e-14)
    assert infonce(1000 * np.eye(6)) == pytest.approx(np.log(6), abs=1e-14)


@pytest.mark.parametrize("rho", [0.3, 0.95])
def test_log_ratio_equals_that_of_densities(rho):
    x, y = _pairs((4,), rho, 1)
    joint = multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    expected = joint.logpdf(grid) - norm.logpdf(x)[:, None] - norm.logpdf(y)[None]
    np.testing.assert_allclose(gaussian_log_ratio(x, y, 1 - rho**2), expected, atol=1e-10)


def test_the_best_critic_stays_below_the_information_and_nears_it_with_the_batch():
    rho = 0.8
    exact = -0.5 * np.log(1 - rho**2)
    found = [infonce(gaussian_log_ratio(*_pairs((2000, size), rho, size), 1 - rho**2)) for size in (2, 8, 32)]
    small, middle, large = (mean_interval(rows, level=0.999) for rows in found)
    assert small.high < middle.low < middle.high < large.low
    assert large.low < exact
    assert large.value == pytest.approx(exact, abs=0.05)
    worse = infonce(0.5 * gaussian_log_ratio(*_pairs((2000, 8), rho, 8), 1 - rho**2))
    assert mean_interval(worse, level=0.999).high < middle.low


def test_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="critic of shape"):
        infonce(np.zeros((3, 4)))
    for spare in (0.0, 1.5, -0.1):
        with pytest.raises(ValueError, match="in \\(0, 1\\], got"):
            gaussian_log_ratio(np.zeros(2), np.zeros(2), spare)
