"""The exact posterior against scikit-learn and against limits that are known."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from scripts.maths.gaussian_process import gaussian_posterior
from scripts.maths.random import generator


def test_equals_scikit_learn():
    rng = generator(0, "test")
    seen, new, targets = rng.normal(size=(12, 2)), rng.normal(size=(7, 2)), rng.normal(size=12)
    kernel, noise = RBF(0.8), 0.3
    oracle = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None).fit(seen, targets)
    expected = oracle.predict(new, return_std=True)
    found = gaussian_posterior(kernel(seen), kernel(seen, new), np.ones(7), targets, noise)
    assert found[0] == pytest.approx(expected[0], abs=1e-10)
    assert found[1] == pytest.approx(expected[1], abs=1e-10)


def test_one_observation_shrinks_as_the_conjugate_rule_says():
    mean, spread = gaussian_posterior(np.array([[2.0]]), np.array([[2.0]]), np.array([2.0]), np.array([3.0]), 1.0)
    assert mean[0] == pytest.approx(2.0)
    assert spread[0] == pytest.approx(np.sqrt(2 / 3))


def test_no_noise_is_refused():
    with pytest.raises(ValueError, match="positive standard deviation"):
        gaussian_posterior(np.eye(1), np.eye(1), np.ones(1), np.ones(1), 0.0)
