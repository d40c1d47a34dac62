from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.kernel_ridge import KernelRidge

from scripts.article.settings import preset_values
from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.kernel_descent import descent_response
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generator
from scripts.maths.random_features import relu_features
from scripts.maths.ridgeless import from_features, from_kernel
from scripts.ntk import interpolation, least_squares, predictable
from scripts.ntk.settings import Predictable

QUICK = preset_values(Predictable, "quick")
SMALL = Predictable(
    **QUICK
    | {"first_seed": 5, "feature_points": 40, "ridgeless_points": 20, "kernel_points": 60, "draws": 20, "steps": 60}
    | {"widths": [8, 16, 64], "points": 6, "net_seeds": 3, "ridges": [0.001, 0.1]}
)


@pytest.fixture(scope="module")
def small():
    return predictable.compute(SMALL)


def test_the_claims_values_are_there_and_finite(small):
    decide = {"spread_slope", "peak_share", "noise_cost"}
    shown = {
        "spread_widest",
        "spread_limit",
        "centred_spread_slope",
        "features_few",
        "features_peak",
        "features_widest",
    }
    assert decide | shown | {"hastie_gap", "clean_cost"} <= set(small.values)
    assert all(np.isfinite(value.value) for value in small.values.values())
    assert all(np.isfinite(array).all() for array in small.arrays.values())
    assert small.values["spread_slope"].n == SMALL.net_seeds
    assert small.values["noise_cost"].n == SMALL.kernel_seeds


# Wide networks


def test_training_points_lie_one_in_each_arc_and_are_the_same_for_all_seeds():
    task = predictable.draw_task(SMALL)
    assert (np.floor(task.angles / (2 * np.pi / 6)) == np.arange(6)).all()
    assert np.linalg.norm(task.places, axis=1) == pytest.approx(1)
    assert len(task.places) == 6 + predictable.ANGLES
    assert task.targets == pytest.approx(np.sin(2 * task.angles))


def test_centred_networks_start_at_zero_and_usual_ones_where_they_were_drawn():
    task, rate = predictable.draw_task(SMALL), 1e-12
    centred, usual = (predictable.trained(SMALL, task, rate, centred=centred) for centred in (True, False))
    assert np.abs(centred).max() < 1e-6
    start = np.sqrt((usual**2).mean())
    assert start == pytest.approx(np.sqrt(predictable.exact_law(SMALL, task).start.mean()), rel=0.5)


def test_spread_and_slope_of_known_functions():
    rng = np.random.default_rng(0)
    widths = [8, 32, 64]
    outputs = rng.normal(size=(500, 3, 40)) * np.array(widths)[:, None] ** -0.5 + rng.normal(size=(3, 40))
    assert predictable.spread(outputs) == pytest.approx(np.array(widths) ** -0.5, rel=0.03)
    assert predictable.log_slope(widths, 3.0 * np.array(widths) ** -0.7) == pytest.approx(-0.7)
    assert predictable.log_slope(widths, predictable.spread(outputs)) == pytest.approx(-0.5, abs=0.03)


@pytest.mark.slow
def test_wide_usual_networks_spread_as_theory_says_and_wide_centred_ones_as_their_own_kernels_do():
    settings = SMALL.model_copy(update={"net_seeds": 60, "widths": [512], "steps": 300, "points": 4})
    task = predictable.draw_task(settings)
    law = predictable.exact_law(settings, task)
    usual, centred = (predictable.trained(settings, task, law.rate, centred=centred)[:, 0] for centred in (False, True))
    limit = np.sqrt(law.variance.mean())
    assert predictable.spread(usual[:, 4:]) == pytest.approx(limit, rel=0.25)  # 60 seeds: an error of about 6 %
    assert predictable.rms(usual[:, 4:].mean(0) - law.mean) < 3.5 * limit / np.sqrt(60)
    assert predictable.spread(centred[:, 4:]) < 0.5 * limit
    assert predictable.rms(centred[:, 4:].mean(0) - law.mean) < 0.5 * predictable.spread(centred[:, 4:])


@pytest.mark.slow
def test_what_centred_networks_spread_falls_with_slope_one_half_once_they_are_wide():
    task = predictable.draw_task(Predictable())
    law, seen, spreads, widths = predictable.exact_law(Predictable(), task), len(task.targets), [], [2048, 32768]
    for width in widths:
        functions = []
        for seed in range(25):
            rng = np.random.default_rng(seed)
            weights = [rng.normal(size=(2, width)), rng.normal(size=(width, 1))]
            gram = tangent_gram(weights, [rng.normal(size=width), rng.normal(size=1)], task.places, bias_variance=1.0)
            response = descent_response(gram, seen, rate=law.rate, steps=Predictable().steps)
            functions.append(response[seen:] @ task.targets)
        spreads.append(predictable.spread(np.array(functions)))
    assert predictable.log_slope(widths, np.array(spreads)) == pytest.approx(-0.5, abs=0.1)


# Exact fits


def test_as_many_features_as_images_just_fit_them():
    for seed, images in enumerate(interpolation.draw_images(50, range(4), "test", centred=True)):
        features = relu_features(np.random.default_rng(seed), images.seen, 60)
        targets = np.random.default_rng(seed).normal(size=(50, 1))
        errors = {
            count: np.abs(from_features(features[:, :count], features[:, :count]).predict(targets) - targets).max()
            for count in (45, 50, 60)
        }
        assert errors[45] > 0.01
        assert max(errors[50], errors[60]) < 1e-6


def test_images_are_scaled_and_centred_by_what_is_seen():
    plain, centred = (
        next(interpolation.draw_images(100, range(3, 4), "test", centred=choice)) for choice in (False, True)
    )
    for images in (plain, centred):
        assert np.linalg.norm(images.seen, axis=1) == pytest.approx(1)
        assert np.linalg.norm(images.fresh, axis=1) == pytest.approx(1)
        assert len(images.fresh) == len(images.fresh_labels) == 1697
    assert np.abs(centred.seen.mean(0)).max() < 0.1 < plain.seen.mean(0).max()
    assert (centred.labels == plain.labels).all()


def test_test_images_choose_nothing():
    images = next(interpolation.draw_images(60, range(1), "test"))
    model = from_kernel(images.seen @ images.seen.T, images.fresh @ images.seen.T)
    settings = SMALL.model_copy(update={"ridges": [1e-3, 0.1]})
    held, coded = settings.validation, np.eye(10)[images.labels] - 0.1
    answers = np.array([model.predict(coded, ridge * model.scale).argmax(1) for ridge in (0, 1e-3, 0.1)])
    best = (answers[:, :held] != images.fresh_labels[:held]).mean(1).argmin()
    assert best == 2
    misled = images.fresh_labels.copy()
    misled[held:] = answers[1, held:]  # by the test images, the second ridge would be perfect
    found = interpolation.judge_classes(settings, replace(images, fresh_labels=misled), model)
    assert found["tuned"] == (answers[best, held:] != misled[held:]).mean() > 0.05
    assert found["wrong"] == (answers[0, held:] != misled[held:]).mean()


def test_the_kernels_errors_are_those_of_scikit_learns_regression():
    errors = interpolation.noise_errors(SMALL)
    images = next(interpolation.draw_images(60, SMALL.kernel_seed_block, "kernel"))
    gram, cross = (
        limit_kernels(part, images.seen, hidden=2, bias_variance=1.0)[1] for part in (images.seen, images.fresh)
    )
    flips = generator(5, "ntk.predictable.flips").random(len(images.labels) + len(images.fresh_labels)) < SMALL.flipped
    seen, truth = (np.where(labels % 2, 1.0, -1.0) for labels in (images.labels, images.fresh_labels))
    noisy = np.where(flips[:60], -seen, seen)
    ridge = KernelRidge(alpha=0.1 * np.trace(gram) / 60, kernel="precomputed").fit(gram, noisy)
    found = ridge.predict(cross)[SMALL.validation :]
    fresh = truth[SMALL.validation :]
    assert errors["squared_noisy"][0, 2] == pytest.approx(((found - 0.8 * fresh) ** 2).mean())
    assert errors["true_noisy"][0, 2] == pytest.approx(((found - fresh) ** 2).mean())
    assert errors["wrong_noisy"][0, 2] == pytest.approx((np.sign(found) != fresh).mean())
    exact = (cross @ np.linalg.solve(gram, seen))[SMALL.validation :]
    assert errors["squared_clean"][0, 0] == pytest.approx(((exact - fresh) ** 2).mean())
    assert np.array_equal(errors["squared_clean"], errors["true_clean"])


def test_the_cost_of_an_exact_fit_is_relative_to_the_ridge_that_validation_chooses():
    rows = {"squared": [1.2, 1.0, 0.5], "same": [2.2, 2.0, 1.0], "true": [3.0] * 3, "wrong": [0.3, 0.2, 0.1]}
    rows["validation"] = [0.4, 0.3, 0.9]  # the second ridge, although the third tests better
    errors = {f"{kind}_{noise}": np.tile(row, (4, 1)) for kind, row in rows.items() for noise in ("noisy", "clean")}
    values = interpolation.noise_values(errors)
    found = {
        name: values[name].value for name in ("noise_cost", "noise_cost_same", "noise_cost_true", "noise_cost_wrong")
    }
    assert list(found.values()) == pytest.approx([20, 10, 0, 50])
    assert values["noisy_best"].value == 1.0


def test_least_squares_agrees_with_the_exact_mean_and_the_largest_gap_tells():
    settings = SMALL.model_copy(update={"draws": 400, "ratios": [0.5, 2.0]})
    risks = least_squares.ridgeless_risks(settings)
    values = least_squares.ridgeless_values(settings, risks)
    assert values["finite_gap"].low == 0
    assert values["hastie_gap_exact"].value == pytest.approx(100 / 9)  # n = 20, d = 10: 10/9 against 1
    assert values["hastie_gap"].low <= 100 / 9 <= values["hastie_gap"].high
    wrong = least_squares.ridgeless_values(settings, 1.5 * risks)
    assert wrong["finite_gap"].low > 30


def test_the_largest_gap_holds_its_true_value_and_loses_its_noise():
    rng, held, values = np.random.default_rng(0), 0, []
    true = np.array([0.0, 0.05, -0.3])
    for _ in range(300):
        value, low, high, _ = least_squares.largest_gap(rng.normal(true, 1.0, (50, 3)))
        held += low <= 0.3 <= high
        values.append(value)
        assert low <= value <= high
    assert held >= 0.93 * 300
    nothing = [least_squares.largest_gap(rng.normal(0, 1.0, (50, 8))).low for _ in range(100)]
    assert np.mean(np.array(nothing) == 0) >= 0.88


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ValidationError, match="rising feature_ratios"):
        Predictable(feature_ratios=[0.5, 2.0])
    with pytest.raises(ValidationError, match="2 or more"):
        Predictable(ratios=[0.5, 1.01])
