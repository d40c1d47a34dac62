import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from scripts.maths.entropy import entropy, miller_madow_entropy, plugin_entropy

COUNTS = arrays(np.int64, st.integers(1, 12), elements=st.integers(0, 50)).filter(lambda row: row.sum() > 0)


@given(COUNTS)
def test_plugin_is_scipys_entropy_of_the_shares(counts):
    assert plugin_entropy(counts) == pytest.approx(stats.entropy(counts / counts.sum()), abs=1e-12)


@given(COUNTS)
def test_entropy_lies_between_zero_and_log_of_the_outcomes(counts):
    found = entropy(counts / counts.sum())
    assert -1e-12 <= found <= np.log(len(counts)) + 1e-12


@pytest.mark.parametrize("outcomes", [1, 2, 7, 64])
def test_equal_outcomes_reach_the_logarithm(outcomes):
    assert entropy(np.full(outcomes, 1 / outcomes)) == pytest.approx(np.log(outcomes))


def test_correction_counts_only_outcomes_that_were_seen():
    counts = np.array([[3, 0, 5, 2], [10, 0, 0, 0]])
    assert miller_madow_entropy(counts) - plugin_entropy(counts) == pytest.approx([2 / 20, 0])


def test_rows_are_estimated_one_by_one():
    counts = np.random.default_rng(0).integers(1, 9, (3, 4, 5))
    looped = [[plugin_entropy(row) for row in block] for block in counts]
    np.testing.assert_allclose(plugin_entropy(counts), looped, atol=1e-12)


@pytest.mark.parametrize("wrong", [[0.5, 0.6], [1.5, -0.5]])
def test_refuses_what_is_no_distribution(wrong):
    with pytest.raises(ValueError, match="probabilities >= 0 that sum to 1"):
        entropy(wrong)


@pytest.mark.parametrize("wrong", [[0, 0], [3, -1]])
def test_refuses_what_is_no_sample(wrong):
    with pytest.raises(ValueError, match="at least one observation"):
        plugin_entropy(wrong)
