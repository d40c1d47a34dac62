import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax
from sklearn.metrics import brier_score_loss, log_loss

from scripts.maths.calibration import (
    TEMPERATURES,
    bin_sums,
    brier_score,
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
    null_errors,
    null_outcomes,
    temper,
)


def naive_error(confidence, right, bins):
    """Return the expected calibration error, bin after bin."""
    total = 0.0
    for one in range(bins):
        inside = [k for k, c in enumerate(confidence) if one / bins < c <= (one + 1) / bins or (c == 0 and one == 0)]
        if inside:
            gap = np.mean([right[k] for k in inside]) - np.mean([confidence[k] for k in inside])
            total += len(inside) / len(confidence) * abs(gap)
    return total


def exact_null_mean(confidence, bins):
    """Return the mean calibration error of a calibrated classifier: each bin's hits are Poisson-binomial."""
    total = 0.0
    for one in range(bins):
        chances = confidence[(confidence > one / bins) & (confidence <= (one + 1) / bins)]
        distribution = np.ones(1)
        for chance in chances:
            distribution = np.convolve(distribution, [1 - chance, chance])
        total += distribution @ np.abs(np.arange(len(chances) + 1) - chances.sum())
    return total / len(confidence)


@pytest.fixture(scope="module")
def logits():
    return np.random.default_rng(0).normal(0, 3, (4000, 4))


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=30),
    st.sampled_from([1, 2, 7, 10, 16]),
)
def test_calibration_error_is_the_naive_loop(answers, bins):
    confidence, right = np.array([c / 1001 for c, _ in answers]), np.array([r for _, r in answers])
    assert calibration_error(confidence, right, bins) == pytest.approx(naive_error(confidence, right, bins), abs=1e-12)


def test_bins_are_closed_above_and_hold_everything():
    counts, sure, right = bin_sums([0.0, 0.25, 0.250001, 0.5, 1.0], [[1, 1, 0, 1, 0], [0, 0, 0, 0, 1]], 4)
    assert counts.tolist() == [2, 2, 0, 1]
    assert sure == pytest.approx([0.25, 0.750001, 0, 1])
    assert right.tolist() == [[2, 1, 0, 0], [0, 0, 0, 1]]


def test_several_outcomes_equal_one_after_the_other():
    rng = np.random.default_rng(1)
    confidence, right = rng.random(50), rng.random((6, 50)) < 0.5
    alone = [calibration_error(confidence, row, 9) for row in right]
    assert calibration_error(confidence, right, 9) == pytest.approx(alone, abs=1e-14)


@pytest.mark.parametrize(("count", "bins"), [(60, 6), (300, 11)])
def test_the_null_has_its_exact_mean(count, bins):
    rng = np.random.default_rng(2)
    confidence = 1 - 0.6 * rng.random(count) ** 2
    drawn = null_errors(confidence, bins, 4000, rng)
    assert drawn.mean() == pytest.approx(exact_null_mean(confidence, bins), abs=5 * drawn.std() / 4000**0.5)


def test_null_outcomes_are_right_as_often_as_they_are_confident():
    confidence = np.array([0.0, 0.3, 0.9, 1.0])
    share = null_outcomes(confidence, 20000, np.random.default_rng(3)).mean(0)
    assert share == pytest.approx(confidence, abs=5 * 0.5 / 20000**0.5)
    assert share[[0, 3]].tolist() == [0, 1]


def test_proper_scores_are_scikit_learns():
    rng = np.random.default_rng(4)
    logs = log_softmax(rng.normal(size=(2, 40, 5)), axis=-1)
    labels = rng.integers(0, 5, (2, 40))
    for split in range(2):
        expected = brier_score_loss(labels[split], np.exp(logs[split]), labels=range(5), scale_by_half=False)
        assert brier_score(np.exp(logs), labels)[split] == pytest.approx(expected)
        expected = log_loss(labels[split], np.exp(logs[split]), labels=range(5))
        assert negative_log_likelihood(logs, labels)[split] == pytest.approx(expected)


@pytest.mark.parametrize("truth", [0.4, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(logits, truth):
    rng = np.random.default_rng(5)
    cumulative = softmax(logits / truth, axis=1).cumsum(1)
    labels = (rng.random((4000, 1)) > cumulative).sum(1).clip(max=3)
    found = fit_temperature(logits, labels)
    own = logits[np.arange(4000), labels]
    chances = softmax(logits / found, axis=1)
    mean = (chances * logits).sum(1)
    assert own.mean() == pytest.approx(mean.mean(), abs=1e-4)  # where the slope in 1/T is 0
    information = ((chances * logits**2).sum(1) - mean**2).sum()
    assert abs(1 / found - 1 / truth) < 4.5 / information**0.5
    assert fit_temperature(log_softmax(logits, axis=1), labels) == pytest.approx(found, rel=1e-5)


def test_without_a_finite_best_temperature_the_range_ends(logits):
    assert fit_temperature(logits, logits.argmax(1)) == pytest.approx(TEMPERATURES[0], rel=1e-3)
    assert fit_temperature(logits, logits.argmin(1)) == pytest.approx(TEMPERATURES[1], rel=1e-3)


def test_tempering_acts_split_by_split(logits):
    rows = logits[:10].reshape(2, 5, 4)
    found = temper(rows, np.array([1.0, 3.0]))
    np.testing.assert_allclose(found[0], log_softmax(rows[0], axis=1))
    np.testing.assert_allclose(found[1], log_softmax(rows[1] / 3, axis=1))


def test_bad_inputs_are_refused():
    with pytest.raises(ValueError, match="at least 1 bin"):
        calibration_error([0.5], [1], 0)
    with pytest.raises(ValueError, match=r"confidences in \[0, 1\]"):
        calibration_error([1.2], [1], 3)
    with pytest.raises(ValueError, match=r"confidences in \[0, 1\]"):
        calibration_error([np.nan], [1], 3)
    for right in ([1], [[1, 0, 1]]):
        with pytest.raises(ValueError, match=r"expected confidence \(n,\) and right"):
            calibration_error([0.5, 0.6], right, 3)
