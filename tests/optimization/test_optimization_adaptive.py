import numpy as np
import pytest
import torch
from scipy import stats

from scripts.article.settings import preset_values
from scripts.maths.wilson_features import WilsonData, cosine, fresh_scores, norm
from scripts.optimization.adaptive import (
    KINDS,
    compute,
    draw_labels,
    error_share,
    fit,
    fit_gaussian,
    fresh_error,
    weights_by_kind,
)
from scripts.optimization.settings import Adaptive

SMALL = Adaptive(
    seeds=4,
    points=40,
    share=0.7,
    fresh_points=500,
    steps=300,
    epochs=400,
    batch_size=8,
    sgd_rate=0.2,
    learning_rate=0.02,
)


@pytest.fixture(scope="module")
def data():
    return WilsonData.of(draw_labels(SMALL, "train", SMALL.points, SMALL.share))


@pytest.fixture(scope="module")
def quick():
    few = {"seeds": 4, "epochs": 20, "control_points": 20, "control_inputs": 60, "other_shares": [0.9]}
    return compute(Adaptive(**preset_values(Adaptive, "quick") | few))


@pytest.mark.parametrize("optimiser", ["adam", "adagrad", "rmsprop"])
def test_adaptive_methods_stay_on_the_ray_of_the_sign_vector(data, optimiser):
    weights = fit(data, optimiser, SMALL.model_copy(update={"steps": 120}), batch_size=None)
    assert cosine(weights, data.sign_vector()).min() > 1 - 1e-6
    share_negative = (draw_labels(SMALL, "fresh", SMALL.fresh_points, SMALL.share) < 0).double().mean(1)
    np.testing.assert_array_equal(fresh_error(SMALL, SMALL.share, weights), share_negative)
    assert error_share(data.scores(weights), data.labels).max() == 0


@pytest.mark.parametrize("batch_size", [8, None])
def test_sgd_converges_to_the_minimum_norm_solution(data, batch_size):
    weights, shortest = fit(data, "sgd", SMALL, batch_size=batch_size), data.minimum_norm()
    apart = norm([one - other for one, other in zip(weights, shortest, strict=True)]) / norm(shortest)
    assert apart.max() < 0.02
    assert fresh_error(SMALL, SMALL.share, weights).max() == 0


def test_full_batches_equal_gradient_descent_written_out(data):
    settings = SMALL.model_copy(update={"steps": 3})
    found = fit(data, "sgd", settings, batch_size=None)
    shared, own = torch.zeros(3, dtype=torch.float64), torch.zeros(SMALL.points, dtype=torch.float64)
    labels, counts = data.labels[1], data.own[1].sum(1)
    rows = torch.stack([labels, torch.ones_like(labels), torch.ones_like(labels)], 1)
    for _ in range(3):
        residual = rows @ shared + counts * own - labels
        shared, own = (
            shared - settings.sgd_rate * 2 / SMALL.points * rows.T @ residual,
            own - settings.sgd_rate * 2 / SMALL.points * residual,
        )
    torch.testing.assert_close(found[0][1], shared)
    torch.testing.assert_close(found[1][1], own[:, None] * data.own[1])


def test_adam_takes_its_first_step_along_the_signs(data):
    weights = fit(data, "adam", SMALL.model_copy(update={"steps": 1}), batch_size=None)
    for part, sign in zip(weights, data.sign_vector(), strict=True):
        torch.testing.assert_close(part, SMALL.learning_rate * sign, atol=1e-6, rtol=0)


def test_errors_count_ties():
    assert error_share(torch.tensor([[1.0, -2.0, 0.0, 3.0]]), torch.tensor([[1.0, 1.0, 1.0, -1.0]])).tolist() == [0.75]


def test_weights_by_kind_are_means_of_the_coordinates_in_use():
    few = WilsonData.of(torch.tensor([[1.0, -1.0, 1.0]]))
    own = torch.arange(15.0).reshape(1, 3, 5)
    found = weights_by_kind(few, [torch.tensor([[7.0, 2.0, 4.0]]), own])
    assert found.tolist() == [[7.0, 3.0, (0 + 10) / 2, (5 + 6 + 7 + 8 + 9) / 5]]
    assert len(KINDS) == 4
    with pytest.raises(ValueError, match="expected an example with label -1 in every data set"):
        weights_by_kind(WilsonData.of(torch.ones(1, 3)), [torch.ones(1, 3), own])


def test_labels_have_their_share_and_depend_on_the_seed_alone():
    labels = draw_labels(SMALL, "test", 4000, 0.8)
    positive = int((labels > 0).sum())
    assert stats.binomtest(positive, labels.numel(), 0.8).pvalue > 1e-4
    shifted = SMALL.model_copy(update={"first_seed": 2, "seeds": 2})
    assert torch.equal(draw_labels(shifted, "test", 4000, 0.8), labels[2:])


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_error_on_ordinary_data_is_that_of_chance_without_a_signal(optimiser):
    settings = SMALL.model_copy(
        update={"control_signal": 0.0, "control_points": 20, "control_inputs": 60, "epochs": 40}
    )
    seen, fresh = fit_gaussian(settings, optimiser)
    assert seen.max() == 0
    np.testing.assert_allclose(fresh, 0.5, atol=1e-12)


def test_error_on_ordinary_data_falls_with_the_signal():
    errors = [
        fit_gaussian(
            SMALL.model_copy(update={"control_signal": s, "control_points": 20, "control_inputs": 60, "epochs": 40}),
            "sgd",
        )[1].mean()
        for s in (1.0, 3.0)
    ]
    assert 0 < errors[1] < errors[0] < 0.5


def test_quick_values(quick):
    values = quick.values
    assert values["adam_error_p060"].low <= values["wilson_error_p060"].value <= values["adam_error_p060"].high
    assert values["min_norm_error_p060"].value == values["sgd_error_p060"].value == values["gd_error_p060"].value == 0
    assert values["adam_weight_constant"].value == pytest.approx(values["adam_weight_exact"].value, abs=0.01)
    assert all(values[f"{name}_train_error"].value == 0 for name in ("adam", "adagrad", "rmsprop", "sgd", "gd"))
    assert values["adam_error_highest_share"].value == pytest.approx(0.1, abs=0.03)
    assert quick.arrays["error_adam"].shape == (2, 4)
    assert fresh_scores([torch.tensor([[1.0, 0.0, 0.0]])], torch.tensor([[-1.0]])).item() == -1
