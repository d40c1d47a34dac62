"""The course of training against its prediction."""

import numpy as np
import pytest

from scripts.article.settings import preset_values
from scripts.ntk import dynamics as experiment
from scripts.ntk.settings import Dynamics, Settings
from scripts.ntk.sphere import draw_task

SMALL = Dynamics(
    **{"seeds": 3, "widths": [8, 12, 16], "points": 5, "test_points": 4, "dimension": 4, "hidden": 2},
    **{"bias_variance": 0.3, "steps": 40, "looks": 10, "step": 0.6},
)
LOOKS = np.array([0, 1, 3, 10, 40])


def _predicted(task):
    start = np.random.default_rng(0).normal(size=(3, 9))
    return start, experiment.predict(task, task.kernels, start, LOOKS)


def test_training_residuals_follow_powers_of_the_kernel():
    task = draw_task(SMALL)
    start, predicted = _predicted(task)
    aims = task.targets[..., 0].numpy()
    for seed, kernel in enumerate(task.kernels[:, :5, :5]):
        for place, look in enumerate(LOOKS):
            expected = np.linalg.matrix_power(np.eye(5) - task.rate * kernel, look) @ (start[seed, :5] - aims[seed])
            np.testing.assert_allclose(predicted[place, seed, :5] - aims[seed], expected, atol=1e-10)


def test_parts_along_eigenvectors_decay_on_their_own():
    task = draw_task(SMALL)
    _, predicted = _predicted(task)
    parts = experiment.amplitudes(task, predicted)
    np.testing.assert_allclose(parts, experiment.decays(task, LOOKS) * parts[:1], atol=1e-10)
    assert (np.diff(experiment.eigenvectors(task)[0]) <= 0).all()


def test_a_prediction_that_is_off_is_measured_against_the_first_residual():
    task = draw_task(SMALL)
    start, predicted = _predicted(task)
    shifted = predicted.copy()
    shifted[1:, :, :5] += 0.5
    shifted[1:, :, 5:] -= 0.25
    size = np.sqrt(((start[:, :5] - task.targets[..., 0].numpy()) ** 2).mean(1))
    found = experiment.gaps(task, shifted, predicted)
    np.testing.assert_allclose(found["train"], [0 * size, *[0.5 / size] * 4])
    np.testing.assert_allclose(found["test"], [0 * size, *[0.25 / size] * 4])


def test_rates_of_what_follows_the_prediction_are_one_and_of_what_stands_still_zero():
    task = draw_task(SMALL)
    looks = np.arange(41)
    directions = experiment.chosen_directions(SMALL, task)
    starts = np.random.default_rng(1).normal(size=(1, 3, 5))
    exact = experiment.rate_values(task, looks, experiment.decays(task, looks) * starts, directions)
    still = experiment.rate_values(task, looks, np.repeat(starts, 41, 0), directions)
    for name in directions:
        assert exact[f"rate_{name}"].value == pytest.approx(1)
        assert still[f"rate_{name}"].value == pytest.approx(0)


def test_the_last_direction_is_the_slowest_that_falls_in_time():
    task = draw_task(SMALL)
    last = experiment.chosen_directions(SMALL, task)["last"]
    left = experiment.decays(task, np.array([SMALL.steps]))[0].max(0)
    assert left[last] < np.exp(-1)
    assert last == 4 or left[last + 1] >= np.exp(-1)
    with pytest.raises(ValueError, match="expected steps for a second part"):
        experiment.chosen_directions(SMALL.model_copy(update={"steps": 2}), task)


def test_noise_that_has_nothing_to_do_with_starts_leaves_pooled_shares_alone():
    rng = np.random.default_rng(2)
    starts = rng.normal(size=(1, 20_000, 2))
    parts = np.array([1.0, 0.3])[:, None, None] * starts + rng.normal(size=(2, 20_000, 2))
    np.testing.assert_allclose(experiment.pooled(parts, starts), [[1, 1], [0.3, 0.3]], atol=0.04)


@pytest.mark.parametrize("settings", [SMALL, Dynamics(**preset_values(Settings, "quick")["dynamics"])])
def test_compute_returns_the_fixed_values(settings):
    result = experiment.compute(settings)
    assert {"train_slope", "test_slope", "rate_first", "rate_middle", "rate_last"} <= set(result.values)
    assert all(np.isfinite(value.value) for value in result.values.values())
    assert result.values["train_slope"].n == settings.seeds
    assert (result.arrays["curve_train"][:, 0] == 0).all()
    assert result.values["train_gap_widest"].value == pytest.approx(result.arrays["gap_train"][-1].mean())
    np.testing.assert_allclose(result.arrays["parts"][:, 0], 1)
