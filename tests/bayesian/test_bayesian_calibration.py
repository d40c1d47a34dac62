import numpy as np
import pytest
import torch
from scipy.special import log_softmax

from scripts.article.settings import preset_values
from scripts.bayesian.calibration import (
    LOW,
    TEMPERED,
    TUNED,
    Judged,
    compute,
    diagram,
    judge,
    measure,
    with_temperature,
)
from scripts.bayesian.classifiers import METHODS
from scripts.bayesian.settings import Calibration
from scripts.maths.calibration import calibration_error, fit_temperature
from scripts.maths.digits import draw_digits
from scripts.maths.statistics import mean_interval

SMALL = Calibration(
    **preset_values(Calibration, "quick")
    | {"seeds": 3, "points": 60, "many_points": 90, "widths": [8, 6], "epochs": 10, "many_epochs": 5, "members": 2}
    | {"passes": 3, "held_out": 50, "precisions": [1.0, 50.0], "draws": 60, "bins": 8}
)
MANY = SMALL.model_copy(update={"seeds": 40, "draws": 200})


@pytest.fixture(scope="module")
def found():
    return compute(SMALL)


def made_up(settings, sharpening, count=400):
    """Return answers whose labels come from the probabilities of logits z, while the answers are those of z times s."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (settings.seeds, count, 5))
    labels = (rng.random((settings.seeds, count, 1)) > np.exp(log_softmax(logits, axis=2)).cumsum(2)).sum(2).clip(max=4)
    return Judged(log_softmax(sharpening * logits, axis=2), labels, np.full(settings.seeds, sharpening))


def test_a_calibrated_classifier_shows_no_excess():
    rows = measure(MANY, made_up(MANY, 1.0))
    for key in ("ece_excess", "overconfidence"):
        estimate = mean_interval(rows[key], level=0.9999)
        assert estimate.low < 0 < estimate.high
    assert rows["ece"].mean() > 0.02  # and yet the error itself is far from 0
    inside = (rows["null_low"] < rows["ece"]) & (rows["ece"] < rows["null_high"])
    assert inside.mean() > 0.8


def test_an_overconfident_classifier_is_found_out_and_its_temperature_repairs_it():
    answers = made_up(MANY, 2.0)
    rows, repaired = measure(MANY, answers), measure(MANY, with_temperature(answers))
    assert mean_interval(rows["overconfidence"]).low > 5
    assert (rows["ece"] > rows["null_high"]).all()
    assert (repaired["nll"] < rows["nll"]).all()
    estimate = mean_interval(repaired["ece_excess"], level=0.9999)
    assert estimate.low < 0 < estimate.high


def test_measures_are_those_of_each_split():
    answers = made_up(SMALL, 1.5)
    rows = measure(SMALL, answers)
    chances = np.exp(answers.logs)
    for split in range(3):
        sure, right = chances[split].max(1), chances[split].argmax(1) == answers.labels[split]
        assert rows["ece"][split] == pytest.approx(calibration_error(sure, right, 8))
        assert rows["overconfidence"][split] == pytest.approx(100 * (sure.mean() - right.mean()))
    assert rows["ece_excess"] == pytest.approx(rows["ece"] - rows["ece_null"])


def test_temperatures_come_from_images_that_are_not_judged():
    digits = draw_digits(60, SMALL.seed_block, "test.calibration")
    logs = torch.randn(3, 1737, 10, generator=torch.Generator().manual_seed(0), dtype=torch.float64).log_softmax(2)
    judged = judge(SMALL, digits, logs.numpy())
    expected = fit_temperature(logs[1, :50].numpy(), digits.fresh_labels[1, :50].numpy())
    assert judged.temperatures[1] == pytest.approx(expected)
    np.testing.assert_array_equal(judged.logs, logs[:, 50:].numpy())
    np.testing.assert_array_equal(judged.labels, digits.fresh_labels[:, 50:].numpy())


def test_the_diagram_pools_all_splits():
    answers = made_up(MANY, 1.0)
    found = diagram(MANY, answers, "x")
    sure, right = answers.confidence.ravel(), answers.right.ravel()
    for one in range(8):
        inside = (sure > one / 8) & (sure <= (one + 1) / 8)
        assert found["diagram_x_count"][one] == inside.sum()
        if inside.any():
            assert found["diagram_x_right"][one] == pytest.approx(right[inside].mean())
            assert found["diagram_x_confidence"][one] == pytest.approx(sure[inside].mean())
            width = found["diagram_x_high"][one] - found["diagram_x_low"][one]
            expected = 2 * 1.96 * np.sqrt((sure[inside] * (1 - sure[inside])).sum()) / inside.sum()
            assert width == pytest.approx(expected, rel=0.3)
    assert np.isnan(found["diagram_x_right"][0])  # five classes: no confidence below a fifth


def test_values_are_finite_and_consistent(found):
    values = found.values
    assert all(np.isfinite(value.value) for value in values.values())
    assert {"overconfidence", "overconfidence_many", "ece_excess"} <= set(values)
    assert values["overconfidence"] == values["plain_overconfidence"]
    assert values["overconfidence_many"] == values["plain_many_overconfidence"]
    assert values["overconfidence"].unit == "%"
    excess = found.arrays["ece_plain"] - found.arrays["ece_null_plain"]
    assert values["ece_excess"].value == pytest.approx(excess.mean())
    assert values["fresh"].value == 1797 - 60 - 50
    assert values["fresh_many"].value == 1797 - 90 - 50
    for name in (*METHODS, TEMPERED, TUNED, LOW):
        assert {f"{name}_{key}" for key in ("ece", "ece_null", "nll", "brier", "accuracy")} <= set(values)
    assert values[f"{TEMPERED}_accuracy_change"].value == 0  # a temperature changes no answer


def test_changes_are_paired(found):
    change = (found.arrays["ece_ensemble"] - found.arrays["ece_plain"]).mean()
    assert found.values["ensemble_ece_change"].value == pytest.approx(change)
