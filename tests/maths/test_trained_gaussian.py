import numpy as np
import pytest
import torch

from scripts.maths.ntk import limit_kernels
from scripts.maths.statistics import mean_interval
from scripts.maths.trained_gaussian import trained_gaussian
from scripts.maths.wide_networks import descend, draw_wide

RNG = np.random.default_rng(7)
PLACES = RNG.normal(size=(9, 3))
TARGETS = RNG.normal(size=5)


def kernels(hidden: int) -> tuple[np.ndarray, np.ndarray]:
    return limit_kernels(PLACES, PLACES, hidden=hidden, bias_variance=0.4)


def rate_of(tangent: np.ndarray, share: float) -> float:
    return share / np.linalg.eigvalsh(tangent[:5, :5])[-1]


@pytest.mark.parametrize("steps", [0, 1, 40])
def test_it_has_the_moments_of_functions_that_are_drawn_and_trained_step_by_step(steps):
    covariance, tangent = kernels(2)
    rate = rate_of(tangent, 1.3)
    functions = np.random.default_rng(0).multivariate_normal(np.zeros(9), covariance, size=20_000)
    for _ in range(steps):
        functions = functions - rate * (functions[:, :5] - TARGETS) @ tangent[:5]
    mean, after = trained_gaussian(covariance, tangent, TARGETS, rate=rate, steps=steps)
    deviations = np.sqrt(np.diag(after))
    assert (np.abs(functions.mean(0) - mean) < 4.5 * deviations / np.sqrt(20_000)).all()
    error = np.sqrt((np.outer(deviations, deviations) ** 2 + after**2) / 20_000)
    assert (np.abs(np.cov(functions.T) - after) < 4.5 * error).all()


def test_before_training_it_is_the_law_of_the_start_and_in_the_end_that_of_an_exact_fit():
    covariance, tangent = kernels(1)
    rate = rate_of(tangent, 1.0)
    mean, after = trained_gaussian(covariance, tangent, TARGETS, rate=rate, steps=0)
    assert (mean == 0).all()
    assert after == pytest.approx(covariance)
    mean, after = trained_gaussian(covariance, tangent, TARGETS, rate=rate, steps=10**6)
    assert mean[:5] == pytest.approx(TARGETS)
    assert mean[5:] == pytest.approx(tangent[5:, :5] @ np.linalg.solve(tangent[:5, :5], TARGETS))
    assert np.abs(after[:5]).max() < 1e-9
    assert np.diag(after)[5:].min() > 0.01


def test_if_only_the_last_layer_counts_the_end_is_the_posterior_of_a_gaussian_process():
    covariance, _ = kernels(1)
    rate = rate_of(covariance, 1.0)
    _, after = trained_gaussian(covariance, covariance, TARGETS, rate=rate, steps=10**6)
    cross = covariance[5:, :5]
    assert after[5:, 5:] == pytest.approx(
        covariance[5:, 5:] - cross @ np.linalg.solve(covariance[:5, :5], cross.T), abs=1e-8
    )


@pytest.mark.slow
def test_wide_networks_end_with_it():
    covariance, tangent = kernels(2)
    rate, steps = rate_of(tangent, 0.5), 60
    rngs = [np.random.default_rng(seed) for seed in range(200)]
    net = draw_wide(rngs, [3, 128, 128, 1], bias_variance=0.4)
    places, targets = torch.as_tensor(PLACES), torch.as_tensor(TARGETS)[:, None]
    *_, (_, end) = descend(net, places[:5], targets, rate=rate, steps=steps, looks=[steps])
    outputs = end(places)[:, 5:, 0].numpy()
    mean, after = trained_gaussian(covariance, tangent, TARGETS, rate=rate, steps=steps)
    deviation = np.sqrt(np.diag(after))[5:]
    for column, expected in zip(outputs.T, mean[5:], strict=True):
        _, low, high, _ = mean_interval(column, level=0.9999)
        assert low - 0.05 * deviation.max() < expected < high + 0.05 * deviation.max()
    # 200 draws know a deviation to 5 %: three errors, and as much again for a width of 128
    assert outputs.std(0, ddof=1) == pytest.approx(deviation, rel=0.25)


def test_bad_input_is_refused():
    covariance, tangent = kernels(1)
    with pytest.raises(ValueError, match="expected between 0 and 2"):
        trained_gaussian(covariance, tangent, TARGETS, rate=rate_of(tangent, 2.01), steps=3)
    with pytest.raises(ValueError, match="one square shape"):
        trained_gaussian(covariance[:8], tangent, TARGETS, rate=1e-3, steps=3)
    with pytest.raises(ValueError, match="one square shape"):
        trained_gaussian(covariance[:4, :4], tangent[:4, :4], TARGETS, rate=1e-3, steps=3)
