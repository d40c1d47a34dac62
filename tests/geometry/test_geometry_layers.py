import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.geometry.classifiers import Task, Training, digits_task, initial_nets, moons_task, train_nets
from scripts.geometry.layers import compute, cover_values, hidden, join, layer_values, least_step, measure
from scripts.geometry.settings import Layers
from scripts.maths.statistics import mean_interval
from scripts.maths.training import accuracy

SMALL = Training([6, 5], epochs=30, learning_rate=0.02, batch_size=16)
SEEDS = range(3, 7)


@pytest.fixture(scope="module")
def task():
    return moons_task(60, 50, 0.1, SEEDS)


@pytest.fixture(scope="module")
def quick():
    changes = {"seeds": 3, "digits_epochs": 4, "moons_fresh_points": 200}
    return compute(Layers(**preset_values(Layers, "quick") | changes))


def test_a_seeds_data_and_net_do_not_depend_on_the_others(task):
    nets = train_nets(task, SMALL, SEEDS, "test")
    alone = moons_task(60, 50, 0.1, [5])
    assert torch.equal(alone.inputs[0], task.inputs[2])
    assert torch.equal(alone.fresh[0], task.fresh[2])
    net = train_nets(alone, SMALL, [5], "test")
    torch.testing.assert_close(net(alone.fresh)[0], nets(task.fresh)[2], rtol=0, atol=1e-9)


def test_the_control_is_where_training_began_and_training_works(task):
    start = initial_nets(task, SMALL, SEEDS, "test")
    still = train_nets(task, Training([6, 5], epochs=1, learning_rate=1e-13, batch_size=60), SEEDS, "test")
    for one, other in zip(start.parameters, still.parameters, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)
    trained = train_nets(task, SMALL, SEEDS, "test")
    better = accuracy(trained(task.inputs), task.labels) - accuracy(start(task.inputs), task.labels)
    assert (better > 0).all()


def test_digits_are_split_into_seen_and_fresh():
    split = digits_task(1500, SEEDS)
    assert split.inputs.shape == (4, 1500, 64)
    assert split.fresh.shape == (4, 297, 64)


def test_every_measure_of_well_separated_classes_is_perfect_and_of_noise_is_chance():
    rng = np.random.default_rng(0)
    labels, fresh_labels = (torch.as_tensor(rng.integers(0, 4, (20, count))) for count in (100, 300))
    seen, fresh = (torch.as_tensor(rng.normal(size=(20, count, 6))) for count in (100, 300))
    task = Task(seen, labels, fresh, fresh_labels)
    corners = 1000 * torch.eye(4, 6, dtype=torch.float64)
    found = measure([seen, seen + corners[labels]], [fresh, fresh + corners[fresh_labels]], task, 3)
    for name in ("probe", "neighbours", "same", "centre"):
        low, high = mean_interval(found[name][:, 0], level=0.999)[1:3]
        assert low < 0.25 < high
        assert (found[name][:, 1] == 1).all()
    assert found["spread"][:, 0].mean() == pytest.approx(1, abs=0.01)
    assert (found["spread"][:, 1] < 0.01).all()


def test_measures_are_taken_on_fresh_points_by_references_that_were_trained_on(task):
    blind = Task(task.inputs, 1 - task.labels, task.fresh, task.fresh_labels)
    right, wrong = (measure([task.inputs], [task.fresh], each, 5) for each in (task, blind))
    for name in ("probe", "neighbours", "same", "centre"):
        np.testing.assert_allclose(right[name] + wrong[name], 1)  # references with wrong labels err where right ones do
    np.testing.assert_array_equal(right["spread"], wrong["spread"])


def test_the_least_step_is_the_lowest_mean_with_a_simultaneous_interval():
    rng = np.random.default_rng(1)
    steps = rng.normal([0.3, -0.1, 0.2], [0.1, 0.2, 3.0], size=(40, 3))
    rows = np.concatenate([np.zeros((40, 1)), steps.cumsum(1)], axis=1)
    found = least_step(rows)
    each = [mean_interval(step, level=1 - 0.05 / 3) for step in steps.T]
    assert found.value == pytest.approx(min(step.value for step in each))
    assert found.low == pytest.approx(each[2].low)  # the noisy step may be lower still
    assert found.high == pytest.approx(each[1].high)


def test_the_least_steps_interval_holds_the_lowest_true_step_often_enough():
    rng = np.random.default_rng(2)
    true = np.array([0.0, 0.0, 0.1])
    held = 0
    for _ in range(400):
        rows = np.concatenate([np.zeros((12, 1)), rng.normal(true, 0.2, (12, 3)).cumsum(1)], axis=1)
        _, low, high, _ = least_step(rows)
        held += low <= true.min() <= high
    assert held >= 0.93 * 400  # 95 % or more are expected; 93 % is two standard errors below


def test_values_compare_the_last_layer_with_the_input_and_with_its_twin():
    rows = {name: np.tile([[0.5, 0.7, 0.9]], (4, 1)) for name in ("probe", "neighbours", "same", "centre", "spread")}
    control = {name: np.tile([[0.5, 0.8, 0.6]], (4, 1)) for name in rows}
    values = layer_values(rows, control)
    assert values["probe_gain"].value == pytest.approx(0.4)
    assert values["probe_gain_untrained"].value == pytest.approx(0.1)
    assert values["centre_over_untrained"].value == pytest.approx(0.3)
    assert values["neighbours_first_untrained"].value == pytest.approx(0.8)
    assert values["probe_least_step"].value == pytest.approx(0.2)
    assert values["spread_to_input"].value == pytest.approx(1.8)
    assert values["spread_to_untrained"].value == pytest.approx(1.5)


def test_the_inputs_measures_come_first(task):
    net = initial_nets(task, SMALL, SEEDS, "test")
    first = measure([task.inputs], [task.fresh], task, 5)
    joined = join(first, measure(hidden(net, task.inputs), hidden(net, task.fresh), task, 5))
    for name, rows in joined.items():
        assert rows.shape == (4, 3)
        np.testing.assert_array_equal(rows[:, :1], first[name])


def test_cover_values_count_the_plane_and_the_layer():
    values = cover_values(7)
    assert values["cover_half_input"].value == 6
    assert values["cover_half_first"].value == 16
    assert values["cover_input_at_first"].value == pytest.approx((1 + 15 + 105) / 2**15)


def test_the_experiment_has_both_data_sets_and_the_claims_values(quick):
    for name, layers in (("moons", 3), ("digits", 4)):
        assert quick.arrays[f"{name}_probe"].shape == quick.arrays[f"{name}_probe_untrained"].shape == (3, layers)
        for key in (
            "probe_gain",
            "probe_least_step",
            "neighbours_gain",
            "spread_to_untrained",
            "centre_over_untrained",
        ):
            assert f"{name}.{key}" in quick.values
        np.testing.assert_array_equal(
            quick.arrays[f"{name}_probe"][:, 0], quick.arrays[f"{name}_probe_untrained"][:, 0]
        )
        assert quick.values[f"{name}.train_accuracy"].value > 0.6
    assert quick.values["digits.probe_over_untrained"].low > 0
