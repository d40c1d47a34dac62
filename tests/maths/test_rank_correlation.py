import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from scripts.maths.rank_correlation import average_ranks, rank_correlation


@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(2, 40))
def test_it_is_scipys_with_and_without_ties(seed, count, different):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, different, (2, 4, count)) * rng.choice([1.0, 0.1])
    first[:, :2], second[:, :2] = [0, 1], [1, 0]  # no row is constant
    np.testing.assert_array_equal(average_ranks(first), rankdata(first, axis=-1))
    expected = [spearmanr(*pair).statistic for pair in zip(first, second, strict=True)]
    np.testing.assert_allclose(rank_correlation(first, second), expected, atol=1e-12)


def test_only_the_order_counts():
    numbers = np.random.default_rng(0).normal(size=(3, 9))
    np.testing.assert_allclose(rank_correlation(numbers, np.exp(3 * numbers)), 1, atol=1e-12)
    np.testing.assert_allclose(rank_correlation(numbers, -(numbers**3)), -1, atol=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], "two arrays of one shape"),
        ([1.0], [2.0], "n at least 2"),
        ([1.0, np.nan], [1.0, 2.0], "expected finite numbers"),
        ([1.0, 1.0], [1.0, 2.0], "rows that are not constant"),
    ],
)
def test_bad_samples_are_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        rank_correlation(np.array(first), np.array(second))
