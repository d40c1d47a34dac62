import numpy as np
import pytest

from scripts.maths.jackknife import jackknife_interval
from scripts.maths.statistics import mean_interval


def test_for_a_mean_it_is_the_usual_interval():
    samples = np.random.default_rng(0).normal(size=(12, 3))
    assert jackknife_interval(lambda rows: rows[:, 1].mean(), samples) == pytest.approx(mean_interval(samples[:, 1]))


def test_the_bias_of_a_variance_over_n_is_removed():
    samples = np.random.default_rng(1).normal(size=9)
    assert jackknife_interval(lambda rows: rows.var(), samples).value == pytest.approx(samples.var(ddof=1))


def test_the_interval_of_a_logarithm_of_a_spread_holds_the_truth_often_enough():
    rng, held = np.random.default_rng(2), 0
    for _ in range(400):
        samples = rng.normal(0, 3, size=(20, 4))
        _, low, high, _ = jackknife_interval(lambda rows: np.log(rows.var(0, ddof=1).mean()) / 2, samples)
        held += low <= np.log(3) <= high
    assert held >= 0.915 * 400  # 95 % expected; 91.5 % is three standard errors below


def test_two_repetitions_are_refused():
    with pytest.raises(ValueError, match="at least 3 repetitions, got 2"):
        jackknife_interval(np.mean, np.zeros(2))
