"""Exact linear regression against its textbook formula, scikit-learn, a Gaussian process and numerical integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct
from sklearn.linear_model import BayesianRidge

from scripts.maths.bayesian_linear import linear_posterior, linear_predictive
from scripts.maths.random import generator


@given(
    points=st.integers(0, 12),
    dimension=st.integers(1, 5),
    noise=st.floats(0.05, 5),
    precision=st.floats(0.01, 50),
    seed=st.integers(0, 1000),
)
def test_equals_the_posterior_by_conditioning_a_joint_normal_law(points, dimension, noise, precision, seed):
    """The dual form: the prior less what the observations explain, never the inverse of XᵀX."""
    rng = generator(seed, "test")
    inputs, targets = rng.normal(size=(points, dimension)), rng.normal(size=points)
    cross = inputs / precision
    seen = inputs @ inputs.T / precision + noise**2 * np.eye(points)
    mean, covariance = linear_posterior(inputs, targets, noise=noise, prior_precision=precision)
    assert mean == pytest.approx(cross.T @ np.linalg.solve(seen, targets), rel=1e-6, abs=1e-9)
    expected = np.eye(dimension) / precision - cross.T @ np.linalg.solve(seen, cross)
    assert covariance == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_equals_scikit_learn_at_its_own_noise_and_precision():
    rng = generator(1, "test")
    inputs = rng.normal(size=(30, 4))
    targets = inputs @ [1.0, -2.0, 0.5, 0.0] + rng.normal(0, 0.3, 30)
    oracle = BayesianRidge(fit_intercept=False, max_iter=1000, tol=1e-14).fit(inputs, targets)
    found = linear_posterior(inputs, targets, noise=oracle.alpha_**-0.5, prior_precision=oracle.lambda_)
    assert found[0] == pytest.approx(oracle.coef_, rel=1e-6)
    assert found[1] == pytest.approx(oracle.sigma_, rel=1e-6)


def test_the_function_equals_a_gaussian_process_with_a_linear_kernel():
    rng = generator(2, "test")
    seen, new, targets = rng.normal(size=(9, 3)), rng.normal(size=(5, 3)), rng.normal(size=9)
    kernel = DotProduct(0.0, sigma_0_bounds="fixed")
    oracle = GaussianProcessRegressor(kernel, alpha=0.4**2, optimizer=None).fit(seen, targets)
    expected, deviation = oracle.predict(new, return_std=True)
    found = linear_predictive(new, *linear_posterior(seen, targets, noise=0.4, prior_precision=1.0))
    assert found[0] == pytest.approx(expected, abs=1e-9)
    assert found[1] == pytest.approx(deviation**2, abs=1e-9)


def test_equals_the_integral_of_bayes_rule():
    inputs, targets, noise, precision = np.array([[0.5], [-1.2], [2.0]]), np.array([1.0, 0.3, 1.5]), 0.7, 3.0

    def density(weight):
        return stats.norm(inputs[:, 0] * weight, noise).pdf(targets).prod() * stats.norm(0, precision**-0.5).pdf(weight)

    moments = [integrate.quad(lambda w, k=k: w**k * density(w), -5, 5, epsabs=1e-13)[0] for k in range(3)]
    mean, covariance = linear_posterior(inputs, targets, noise=noise, prior_precision=precision)
    assert mean[0] == pytest.approx(moments[1] / moments[0])
    assert covariance[0, 0] == pytest.approx(moments[2] / moments[0] - (moments[1] / moments[0]) ** 2)


def test_a_batch_equals_the_loop():
    rng = generator(3, "test")
    inputs, targets, new = rng.normal(size=(2, 4, 7, 3)), rng.normal(size=(2, 4, 7)), rng.normal(size=(6, 3))
    mean, covariance = linear_posterior(inputs, targets, noise=0.5, prior_precision=2.0)
    centre, variance = linear_predictive(new, mean, covariance)
    assert (mean.shape, covariance.shape, centre.shape) == ((2, 4, 3), (2, 4, 3, 3), (2, 4, 6))
    for place in np.ndindex(2, 4):
        alone = linear_posterior(inputs[place], targets[place], noise=0.5, prior_precision=2.0)
        assert mean[place] == pytest.approx(alone[0])
        assert covariance[place] == pytest.approx(alone[1])
        assert variance[place] == pytest.approx([x @ alone[1] @ x for x in new])


@pytest.mark.parametrize(("noise", "precision"), [(0.0, 1.0), (1.0, -1.0), (float("nan"), 1.0)])
def test_a_noise_or_precision_that_is_not_positive_is_refused(noise, precision):
    with pytest.raises(ValueError, match="positive noise and prior_precision"):
        linear_posterior(np.ones((2, 1)), np.ones(2), noise=noise, prior_precision=precision)


def test_inputs_that_do_not_fit_the_targets_are_refused():
    with pytest.raises(ValueError, match=r"got \(3, 2\) and \(2,\)"):
        linear_posterior(np.ones((3, 2)), np.ones(2), noise=1.0, prior_precision=1.0)
