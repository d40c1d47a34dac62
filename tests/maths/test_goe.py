import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binomtest, norm

from scripts.maths.goe import (
    count_below,
    draw_tridiagonal,
    log_chances,
    positive_chance,
    sample_log_chances,
    semicircle_share,
)
from scripts.maths.random import generator
from scripts.maths.statistics import mean_interval


def dense_matrices(size, count, rng):
    """Return matrices of the ensemble as it is defined, shape (count, size, size)."""
    drawn = rng.standard_normal((count, size, size))
    return (drawn + drawn.swapaxes(1, 2)) / 2


def test_the_sampled_entries_have_the_variances_of_the_ensemble():
    dense = dense_matrices(3, 50_000, np.random.default_rng(0))
    assert dense[:, 0, 0].var() == pytest.approx(1, rel=0.03)
    assert dense[:, 0, 1].var() == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_closed_forms_are_what_dense_matrices_show(size):
    positive = (np.linalg.eigvalsh(dense_matrices(size, 100_000, np.random.default_rng(size))) > 0).all(1)
    interval = binomtest(int(positive.sum()), positive.size).proportion_ci(0.999, method="wilson")
    assert interval.low < positive_chance(size) < interval.high


def test_the_integral_meets_the_closed_forms():
    known = np.log([positive_chance(size) for size in (1, 2, 3)])
    np.testing.assert_allclose(log_chances(3), known, rtol=0, atol=2e-12)


def test_the_integral_does_not_depend_on_its_nodes():
    np.testing.assert_allclose(log_chances(30, nodes=50), log_chances(30, nodes=110), rtol=1e-11, atol=0)


def test_the_integral_at_size_4_is_the_chance_of_dense_matrices():
    positive = (np.linalg.eigvalsh(dense_matrices(4, 400_000, np.random.default_rng(4))) > 0).all(1)
    interval = binomtest(int(positive.sum()), positive.size).proportion_ci(0.999, method="wilson")
    assert interval.low < np.exp(log_chances(4)[3]) < interval.high


def test_one_step_of_the_integral_is_the_integral_over_the_squares():
    def survival(pivot):  # b² has the density exp(−b²) / (b √π); its root is the variable here
        return quad(lambda root: 2 / np.sqrt(np.pi) * np.exp(-(root**2)) * norm.sf(root**2 / pivot), 0, 6)[0]

    expected = quad(lambda root: 2 * root * norm.pdf(root**2) * survival(root**2), 0, 2.7, epsrel=1e-7)[0]
    assert np.exp(log_chances(2)[1]) == pytest.approx(expected, rel=1e-6)


def test_second_differences_rise_to_the_limit():
    differences = np.diff(-log_chances(80), 2)
    limit = np.log(3) / 2
    assert (np.diff(differences) > 0).all()
    assert 0 < limit - differences[-1] < 1e-5
    # the gap closes as that of a term (ln N)/24 does
    assert (limit - differences[-1]) * 79**2 == pytest.approx(1 / 24, rel=0.1)


def test_sampled_chances_are_the_integrated_ones():
    sampled = np.exp([sample_log_chances(7, 4000, generator(seed, "test.goe")) for seed in range(40)])
    for column, exact in zip(sampled.T[1:], np.exp(log_chances(7))[1:], strict=True):
        estimate = mean_interval(column, level=0.999)
        assert estimate.low < exact < estimate.high
        assert estimate.high - estimate.low < 0.1 * exact


def test_the_first_chance_is_one_half_without_sampling():
    assert sample_log_chances(1, 5, generator(0, "test"))[0] == np.log(0.5)


@given(st.integers(1, 8), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_pivots_count_eigenvalues(size, seed):
    diagonal, squares = draw_tridiagonal(size, 3, np.random.default_rng(seed))
    thresholds = np.array([-2.0, -0.3, 0.0, 1.1])
    for place in range(3):
        beside = np.sqrt(squares[:, place])
        matrix = np.diag(diagonal[:, place]) + np.diag(beside, 1) + np.diag(beside, -1)
        expected = (np.linalg.eigvalsh(matrix) < thresholds[:, None]).sum(1)
        assert (count_below(diagonal, squares, thresholds)[:, place] == expected).all()


def test_a_pivot_of_zero_is_survived():
    # [[0, 1], [1, 0]] has the eigenvalues −1 and 1
    assert count_below(np.zeros((2, 1)), np.ones((1, 1)), np.array([0.0]))[0, 0] == 1


def test_tridiagonal_matrices_have_the_spectrum_of_dense_ones():
    dense = np.linalg.eigvalsh(dense_matrices(5, 20_000, np.random.default_rng(1)))
    below = count_below(*draw_tridiagonal(5, 20_000, np.random.default_rng(2)), np.array([-1.5, 0.5]))
    for threshold, counts in zip([-1.5, 0.5], below, strict=True):
        expected = (dense < threshold).sum(1)
        assert abs(counts.mean() - expected.mean()) < 4 * np.hypot(counts.std(), expected.std()) / np.sqrt(20_000)


def test_the_semicircle_is_the_integral_of_its_density():
    for place in (-1.0, -0.4, 0.0, 0.7, 1.0):
        expected = quad(lambda x: 2 / np.pi * np.sqrt(1 - x**2), -1, place)[0]
        assert semicircle_share(np.array(place)) == pytest.approx(expected, abs=1e-8)
    assert semicircle_share(np.array([-3.0, 3.0])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: positive_chance(4), "expected a size of 1, 2 or 3, got 4"),
        (lambda: log_chances(0), "expected a positive size and at least 2 nodes, got 0 and 80"),
        (lambda: log_chances(3, nodes=1), "at least 2 nodes, got 3 and 1"),
        (lambda: sample_log_chances(2, 0, generator(0, "test")), "number of particles, got 2 and 0"),
        (lambda: draw_tridiagonal(0, 5, generator(0, "test")), "positive size and count, got 0 and 5"),
    ],
)
def test_bad_sizes_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
