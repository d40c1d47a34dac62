import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from scripts.maths.binned_pairs import binned_pair_information


def _samples(seed, shape=(3, 80)):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return x, x + rng.standard_normal(shape)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 100))
def test_equals_histograms_and_scikit_learn(bins, seed):
    x, y = _samples(seed)
    found = binned_pair_information(x, y, bins)
    for one, other, information in zip(x, y, found, strict=True):
        table = np.histogram2d(one, other, bins)[0]
        assert information == pytest.approx(mutual_info_score(None, None, contingency=table), abs=1e-12)
    assert (found <= np.log(bins) + 1e-12).all()


def test_one_bin_holds_nothing_and_equal_numbers_hold_all():
    x, y = _samples(1)
    np.testing.assert_allclose(binned_pair_information(x, y, 1), 0, atol=1e-14)
    even = np.tile(np.arange(12.0), (2, 1))
    np.testing.assert_allclose(binned_pair_information(even, -even, 4), np.log(4), atol=1e-12)


def test_a_constant_holds_nothing():
    x, _ = _samples(2)
    np.testing.assert_allclose(binned_pair_information(x, np.ones_like(x), 5), 0, atol=1e-14)


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"one shape \(sample, n\)"):
        binned_pair_information(np.zeros((2, 5)), np.zeros((2, 4)), 3)
    with pytest.raises(ValueError, match="at least 1 bin, got 0"):
        binned_pair_information(np.zeros((2, 5)), np.zeros((2, 5)), 0)
