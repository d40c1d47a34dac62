"""Intervals for patients that no method has seen."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import stats
from torch.nn import functional

from scripts.article.settings import preset_values
from scripts.bayesian import coverage as experiment
from scripts.bayesian import regression
from scripts.bayesian.coverage import Forecast
from scripts.bayesian.masking import draw_uniform, forward, keep_masks
from scripts.bayesian.settings import Coverage
from scripts.bayesian.study import Study, diabetes_study, linear_study, prepare
from scripts.maths.ensembles import initialise
from scripts.maths.random import generators

SMALL = Coverage(
    **{"seeds": 3, "training": 90, "calibration": 20, "tuning": 20, "width": 6, "steps": 30, "decays": [0.02, 0.2]},
    **{"passes": 40, "members": 3, "known_seeds": 3, "draws": 5},
)
STUDY = diabetes_study(range(3))


@pytest.fixture(scope="module")
def quick():
    return experiment.compute(SMALL)


def test_a_part_is_standardised_on_what_is_seen():
    part = prepare(STUDY, 70, slice(70, 100))
    assert part.inputs.mean(1) == pytest.approx(np.zeros((3, 10)), abs=1e-12)
    assert part.inputs.var(1, correction=0) == pytest.approx(np.ones((3, 10)))
    back = part.centre + part.scale * part.targets.numpy()
    assert back == pytest.approx(STUDY.outcomes[:, :70].numpy())
    assert (part.answers == STUDY.outcomes[:, 70:100].numpy()).all()


@pytest.mark.parametrize("method", ["plain", "dropout", "heads"])
def test_each_net_trains_as_if_it_were_alone(method):
    """Against a loop with torch's own optimiser and its own weight decay, over blocks and seeds."""
    part = prepare(STUDY, 40, slice(40, 60))
    settings = SMALL.model_copy(update={"members": 2, "steps": 12})
    decays = np.array([[0.01, 0.1, 0.3], [0.2, 0.0, 0.05]])
    rates = [0.2, 0.5]
    if method == "plain":
        nets = regression.train_plain(settings, part, decays)
    elif method == "dropout":
        nets = regression.train_dropout(settings, part, decays, rates)
    else:
        nets = regression.train_heads(settings, part, decays)
    count = len(nets.weights[0])
    assert count == (12 if method == "heads" else 6)
    for place in range(count):
        block, seed = divmod(place, 3)
        choice, member = divmod(block, 2) if method == "heads" else (block, 0)
        outputs = nets.weights[1].shape[2]
        alone = initialise([10, 6, outputs], generators([seed], f"bayesian.coverage.weights.{outputs}.{member}"))
        rngs = generators([seed], "bayesian.coverage.masks")
        stepper = torch.optim.Adam(alone.parameters, lr=0.01, weight_decay=decays[choice, seed])
        inputs, wanted = part.inputs[seed : seed + 1], part.targets[seed : seed + 1]
        for _ in range(12):
            stepper.zero_grad()
            if method == "heads":
                mean, raw = alone(inputs).unbind(-1)
                loss = functional.gaussian_nll_loss(mean, wanted, functional.softplus(raw) + 1e-6)
            elif method == "dropout":
                each = torch.tensor([rates[block]], dtype=torch.float64)
                masks = keep_masks(draw_uniform(rngs, 40, [6]), each)
                loss = functional.mse_loss(forward(alone, inputs, masks)[..., 0], wanted)
            else:
                loss = functional.mse_loss(alone(inputs)[..., 0], wanted)
            loss.backward()
            stepper.step()
        for one, many in zip(alone.parameters, nets.parameters, strict=True):
            assert torch.allclose(one[0], many[place].double(), rtol=0, atol=1e-4)


def test_answers_come_back_in_the_units_of_the_study():
    """Another unit for the outcome changes the answers by that factor, and nothing else."""
    scaled = Study(STUDY.inputs, 1000 * STUDY.outcomes + 7)
    for train, answer in (
        (regression.train_plain, lambda net, part: (regression.plain_answers(net, part), np.zeros(1))),
        (regression.train_heads, lambda net, part: regression.heads_answers(SMALL, net, part)),
    ):
        found = []
        for study in (STUDY, scaled):
            part = prepare(study, 50, slice(50, 60))
            found.append(answer(train(SMALL, part, np.full((1, 3), 0.1)), part))
        assert found[1][0] == pytest.approx(1000 * found[0][0] + 7, rel=1e-3)
        assert found[1][1] == pytest.approx(1e6 * found[0][1], rel=1e-2)


def test_laplace_and_ridge_agree_with_exact_inference_on_a_linear_law():
    """With its right noise and prior almost known, exact inference is what both aim at."""
    study = linear_study(range(3), 0.6)
    settings = SMALL.model_copy(update={"explained": 0.6, "training": 300, "width": 4, "steps": 150})
    part = experiment.fresh(settings, study)
    exact = experiment.exact(settings, study)
    ridge = experiment.ridge(part)
    assert ridge.centre == pytest.approx(exact.centre, abs=0.15)
    assert ridge.reach == pytest.approx(exact.reach, rel=0.12)
    assert ridge.function.mean() == pytest.approx(exact.function.mean(), rel=0.3)
    net = regression.train_plain(settings, part, np.full((1, 3), 0.02))
    found = experiment.laplace(net, part, "all")
    assert found.reach.mean() == pytest.approx(exact.reach.mean(), rel=0.15)
    assert (found.function > 0).all()
    whole = found.total - found.function
    assert whole == pytest.approx(np.repeat(whole[:, :1], whole.shape[1], axis=1))


def test_exact_intervals_cover_as_often_as_they_say():
    settings = SMALL.model_copy(update={"seeds": 400, "training": 30, "explained": 0.7})
    study = linear_study(settings.seed_block, 0.7)
    outcomes = experiment.fresh(settings, study).answers
    found = experiment.measures({"exact": experiment.exact(settings, study)}, outcomes)["exact"]
    assert found["coverage"].mean() == pytest.approx(0.95, abs=4 * found["coverage"].std() / 20)
    wrong = experiment.exact(settings.model_copy(update={"explained": 0.9}), study)
    assert experiment.measures({"wrong": wrong}, outcomes)["wrong"]["coverage"].mean() < 0.9


def test_conformal_intervals_cover_as_often_as_theory_says():
    settings = SMALL.model_copy(update={"seeds": 120, "steps": 3, "calibration": 24})
    study = diabetes_study(settings.seed_block)
    found = experiment.conformal(settings, study, np.full(120, 0.1))
    shares = experiment.measures({"it": found}, experiment.fresh(settings, study).answers)["it"]["coverage"]
    assert found.centre.shape == (120, 442 - 90)
    assert shares.mean() == pytest.approx(24 / 25, abs=4 * shares.std() / 120**0.5)


def test_the_conformal_net_has_not_seen_those_that_calibrate_it():
    """Other outcomes of the calibration patients widen the intervals and leave the centres alone."""
    other = STUDY.outcomes.clone()
    other[:, 70:90] += 5000
    decay = np.full(3, 0.1)
    one, two = (experiment.conformal(SMALL, study, decay) for study in (STUDY, Study(STUDY.inputs, other)))
    assert (one.centre == two.centre).all()
    assert (two.reach > one.reach + 1000).all()


def test_no_method_looks_at_the_fresh_outcomes():
    other = Study(STUDY.inputs, STUDY.outcomes.clone())
    other.outcomes[:, 90:] = -1e6
    one, two = (experiment.forecasts(SMALL, study) for study in (STUDY, other))
    for name in experiment.METHODS:
        assert (one[name].centre == two[name].centre).all()
        assert (one[name].reach == two[name].reach).all()


def test_dropouts_noise_adds_to_its_scatter():
    part = experiment.fresh(SMALL, STUDY)
    tuning = prepare(STUDY, SMALL.fitted, slice(SMALL.fitted, SMALL.fitted + SMALL.tuning))
    found = experiment.dropout(SMALL, tuning, part)
    bare, whole = found["dropout_epistemic"], found["dropout_noise"]
    noise = whole.total - whole.function
    assert (bare.centre == whole.centre).all()
    assert bare.reach == pytest.approx(stats.norm.ppf(0.975) * whole.function**0.5)
    assert whole.reach == pytest.approx(stats.norm.ppf(0.975) * (whole.function + noise) ** 0.5)
    assert noise == pytest.approx(np.repeat(noise[:, :1], noise.shape[1], axis=1))
    assert (noise > 0).all()


def test_measures_of_a_case_counted_by_hand():
    forecast = Forecast(np.array([[0.0, 0.0, 1.0, 5.0]]), np.array([[1.0, 2.0, 1.0, 1.0]]))
    found = experiment.measures({"it": forecast}, np.array([[0.5, 3.0, 2.0, 2.0]]))["it"]
    assert found["coverage"] == pytest.approx([0.5])
    assert found["width"] == pytest.approx([2.5])
    assert found["error"] == pytest.approx([(19.25 / 4) ** 0.5])
    assert found["score"] == pytest.approx([2.5 + 40 * (1 + 2) / 4])
    assert "loss" not in found
    dense = replace(forecast, function=np.ones((1, 4)), total=np.full((1, 4), 4.0))
    assert experiment.measures({"it": dense}, np.zeros((1, 4)))["it"]["function_share"] == pytest.approx([0.25])


def test_settings_that_leave_nobody_to_train_on_are_refused():
    with pytest.raises(ValidationError, match="calibration \\+ tuning < training - 1"):
        Coverage(training=100, calibration=60, tuning=39)
    with pytest.raises(ValidationError, match="greater than or equal to 19"):
        Coverage(calibration=18)


def test_compute_returns_the_fixed_values_and_the_same_twice(quick):
    fixed = ["dropout_epistemic", "dropout_noise", "ensemble", "laplace", "bayesian_ridge", "conformal", "exact"]
    assert set(fixed) <= set(quick.values)
    assert all(0 <= quick.values[name].low <= quick.values[name].high <= 1 for name in fixed)
    assert all(np.isfinite(array).all() for array in quick.arrays.values())
    assert experiment.compute(SMALL).values == quick.values
    assert set(preset_values(Coverage, "quick")) == set(Coverage.model_fields)
