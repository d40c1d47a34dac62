import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scripts.maths.random import generator, generators
from scripts.maths.statistics import Estimate, bounded, mean_interval, mean_intervals, ratio_interval, share_interval

samples = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


@given(samples)
def test_the_mean_interval_is_that_of_scipy(data):
    estimate = mean_interval(data)
    expected = stats.ttest_1samp(data, 0).confidence_interval(0.95) if np.std(data) > 1e-6 else (np.mean(data),) * 2
    np.testing.assert_allclose([estimate.low, estimate.high], expected, rtol=1e-6, atol=1e-4)
    assert estimate.low <= estimate.value <= estimate.high


def test_rows_have_their_own_intervals():
    rows = np.random.default_rng(1).normal(size=(4, 9))
    np.testing.assert_array_equal(np.array(mean_intervals(rows)).T, [mean_interval(row)[:3] for row in rows])


def test_the_mean_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(3, 2, size=8), level=0.9) for _ in range(4000)]
    covered = np.mean([entry.low <= 3 <= entry.high for entry in intervals])
    assert abs(covered - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 4000)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_interval_solves_the_score_equation(case):
    successes, trials = case
    estimate = share_interval(successes, trials)
    z = stats.norm.ppf(0.975)
    for end in (estimate.low, estimate.high):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(estimate.value - end) == pytest.approx(z * np.sqrt(end * (1 - end) / trials), rel=1e-6)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize("data", [[1.0], [], [[1.0, 2.0]], [1.0, np.nan], [1.0, np.inf]])
def test_means_of_what_is_no_sample_are_refused(data):
    with pytest.raises(ValueError, match="expected"):
        mean_interval(data)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_shares_are_refused(successes, trials):
    with pytest.raises(ValueError, match="expected 0 <= successes <= trials"):
        share_interval(successes, trials)


def test_streams_are_repeatable_and_independent():
    first = generator(3, "a.b.c").normal(size=20_000)
    np.testing.assert_array_equal(first, generators(range(5), "a.b.c")[3].normal(size=20_000))
    for other in (generator(4, "a.b.c"), generator(3, "a.b.d")):
        correlation = np.corrcoef(first, other.normal(size=20_000))[0, 1]
        assert abs(correlation) < 5 / np.sqrt(20_000)


def test_ratio_interval_of_a_constant_ratio():
    below = np.array([1.0, 3.0, 10.0])
    assert ratio_interval(2 * below, below)[:3] == pytest.approx((2, 2, 2))


def test_an_interval_ends_where_the_quantity_does():
    assert bounded(Estimate(0.9, 0.7, 1.1, 5), 0, 1) == Estimate(0.9, 0.7, 1, 5)
    assert bounded(Estimate(0.1, -0.1, 0.3, 5), 0, 1) == Estimate(0.1, 0, 0.3, 5)
    assert bounded(Estimate(3.0, 2.0, 4.0, 5), 0, np.inf) == Estimate(3.0, 2.0, 4.0, 5)


@pytest.mark.parametrize("end", [0.988591557080797, 0.0])
def test_a_mean_that_rounding_puts_past_an_end_is_put_back(end):
    beyond = end + 1e-15
    assert bounded(Estimate(beyond, beyond, beyond, 5), -1, end) == Estimate(end, end, end, 5)
    assert bounded(Estimate(-beyond, -beyond, -beyond, 5), -end, 1) == Estimate(-end, -end, -end, 5)


def test_an_estimate_beyond_its_ends_is_refused():
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.2"):
        bounded(Estimate(1.2, 1.1, 1.3, 5), 0, 1)
