import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from scripts.maths.random import generator
from scripts.maths.unconstrained_features import Problem, exact_optimum, minimise

PROBLEMS = [Problem(3, 4, 2, 1e-2, 1e-3), Problem(5, 2, 9, 2e-3, 8e-3), Problem(2, 6, 3, 4e-2, 2e-2)]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_minimum_found_is_the_closed_form(problem):
    exact = exact_optimum(problem)
    for seed in range(2):
        features, weights, loss = minimise(problem, generator(seed, "test.ufm"))
        assert loss == pytest.approx(exact.loss, abs=1e-12)
        np.testing.assert_allclose(np.linalg.norm(features, axis=1), exact.feature_norm, rtol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(weights, axis=1), exact.weight_norm, rtol=1e-6)
        logits = features @ weights.T
        own = logits[np.arange(len(logits)), problem.labels]
        others = np.where(np.eye(problem.classes, dtype=bool)[problem.labels], np.nan, logits)
        np.testing.assert_allclose(own - np.nanmax(others, axis=1), exact.margin, rtol=1e-6)
        np.testing.assert_allclose(own - np.nanmin(others, axis=1), exact.margin, rtol=1e-6)


def test_the_margin_minimises_the_loss_of_a_simplex():
    problem = Problem(7, 3, 11, 3e-3, 2e-3)
    strength = np.sqrt(3 * 3e-3 * 2e-3)
    best = minimize_scalar(lambda s: np.log1p(6 * np.exp(-s)) + strength * 6 * s, bounds=(0, 20), method="bounded")
    assert exact_optimum(problem).margin == pytest.approx(best.x, abs=1e-4)
    assert exact_optimum(problem).loss == pytest.approx(best.fun, abs=1e-10)


def test_strong_penalties_leave_nothing():
    problem = Problem(3, 4, 5, 0.4, 0.3)  # √(4 · 0.4 · 0.3) = 0.69 > 1/3
    features, weights, loss = minimise(problem, generator(0, "test.ufm"))
    assert np.abs(features).max() < 1e-5
    assert np.abs(weights).max() < 1e-5
    assert loss == pytest.approx(np.log(3))
    with pytest.raises(ValueError, match=r"penalties are too strong: .* is 0.693, expected below 0.333"):
        exact_optimum(problem)


def test_too_few_dimensions_are_refused():
    with pytest.raises(ValueError, match="dimension is 2, expected at least 3 for 4 classes"):
        exact_optimum(Problem(4, 3, 2, 1e-3, 1e-3))
