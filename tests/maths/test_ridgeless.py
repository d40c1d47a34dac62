import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from scripts.maths.ridgeless import from_features, from_kernel, isotropic_risk, normal_risk
from scripts.maths.statistics import mean_interval


def drawn(seed: int, n: int, features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, features)), rng.normal(size=(7, features)), rng.normal(size=(n, 2))


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 20))
def test_without_a_ridge_it_is_the_solution_of_minimum_norm(seed, n, features):
    seen, fresh, targets = drawn(seed, n, features)
    expected = fresh @ np.linalg.lstsq(seen, targets, rcond=None)[0]
    assert from_features(seen, fresh).predict(targets) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_features_that_repeat_change_no_prediction_and_their_rank_is_found():
    seen, fresh, targets = drawn(1, 10, 4)
    twice = from_features(np.tile(seen, 2), np.tile(fresh, 2))
    assert twice.eigenvalues.shape == (4,)
    assert twice.predict(targets) == pytest.approx(from_features(seen, fresh).predict(targets))
    doubled = from_kernel(2 * seen @ seen.T, 2 * fresh @ seen.T)
    assert doubled.eigenvalues.shape == (4,)
    assert doubled.predict(targets) == pytest.approx(twice.predict(targets))


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 20), st.floats(0.01, 100))
def test_with_a_ridge_it_is_scikit_learns_by_features_and_by_kernel(seed, n, features, ridge):
    seen, fresh, targets = drawn(seed, n, features)
    by_features = from_features(seen, fresh).predict(targets, ridge)
    by_kernel = from_kernel(seen @ seen.T, fresh @ seen.T).predict(targets, ridge)
    assert by_features == pytest.approx(Ridge(ridge, fit_intercept=False).fit(seen, targets).predict(fresh), abs=1e-7)
    assert by_kernel == pytest.approx(KernelRidge(alpha=ridge).fit(seen, targets).predict(fresh), abs=1e-7)


def test_the_scale_is_the_mean_diagonal_of_the_gram_matrix():
    seen, fresh, _ = drawn(2, 9, 4)
    expected = pytest.approx(np.trace(seen @ seen.T) / 9)
    assert from_features(seen, fresh).scale == expected
    assert from_kernel(seen @ seen.T, fresh @ seen.T).scale == expected


def test_a_negative_ridge_is_refused():
    seen, fresh, targets = drawn(0, 5, 3)
    with pytest.raises(ValueError, match="ridge is -1"):
        from_features(seen, fresh).predict(targets, -1.0)


@pytest.mark.parametrize(("n", "d"), [(12, 5), (12, 7), (12, 17), (12, 40)])
def test_least_squares_on_normal_data_has_the_exact_risk(n, d):
    rng, signal, noise = np.random.default_rng(n + d), 3.0, 0.7
    truth = np.full(d, np.sqrt(signal / d))
    risks = []
    for _ in range(1500):
        seen = rng.normal(size=(n, d))
        targets = seen @ truth + rng.normal(0, np.sqrt(noise), n)
        risks.append(((from_features(seen, np.eye(d)).predict(targets[:, None])[:, 0] - truth) ** 2).sum())
    _, low, high, _ = mean_interval(risks, level=0.999)
    assert low < normal_risk(d, n, signal=signal, noise=noise) < high
    assert high - low < 0.7 * normal_risk(d, n, signal=signal, noise=noise)


def test_the_exact_risk_tends_to_the_limit():
    ratios = np.array([0.3, 0.9, 1.1, 4.0])
    limit = isotropic_risk(ratios, signal=2.0, noise=0.5)
    assert limit == pytest.approx([0.5 * 3 / 7, 4.5, 2 * (1 - 1 / 1.1) + 5, 1.5 + 0.5 / 3])
    near, far = (normal_risk((ratios * n).round(), n, signal=2.0, noise=0.5) / limit - 1 for n in (100, 10_000))
    assert np.abs(far).max() < 0.0011
    assert (np.abs(far) < 0.02 * np.abs(near)).all()


def test_where_the_risk_is_infinite_is_refused():
    with pytest.raises(ValueError, match="not 1"):
        isotropic_risk(np.array([0.5, 1.0]), signal=1.0, noise=1.0)
    with pytest.raises(ValueError, match=">= 2"):
        normal_risk(np.array([5, 11]), 10, signal=1.0, noise=1.0)
