import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.maths.ensembles import copies
from scripts.maths.statistics import mean_interval
from scripts.optimization.demo import (
    compute,
    least_squares,
    least_squares_theory,
    pair_distances,
)
from scripts.optimization.noise import draw_task, follow, fresh_loss, functions, training_loss
from scripts.optimization.paths import Path, common_loss, flatten, match, rebuild
from scripts.optimization.settings import Demo

SMALL = Demo(seeds=4, points=30, inputs=3, hidden=5, long_epochs=6, batch_size=7, fresh_points=100, learning_rate=0.02)


@pytest.fixture(scope="module")
def task():
    return draw_task(SMALL)


@pytest.fixture(scope="module")
def quick():
    return compute(Demo(**preset_values(Demo, "quick") | {"seeds": 4, "long_epochs": 30, "levels": 2}))


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_copies_of_all_seeds_equal_training_one_by_one(task, optimiser):
    together = follow(task, SMALL, optimiser, 0.02, 2, "test")
    for seed in range(SMALL.seeds):
        settings = SMALL.model_copy(update={"first_seed": seed, "seeds": 1})
        alone = follow(draw_task(settings), settings, optimiser, 0.02, 2, "test")
        chosen = [seed, SMALL.seeds + seed]
        torch.testing.assert_close(alone.places, together.places[:, chosen], atol=1e-10, rtol=0)
        torch.testing.assert_close(alone.losses, together.losses[:, chosen], atol=1e-10, rtol=0)


def test_copies_start_alike_and_then_go_apart(task):
    path = follow(task, SMALL, "sgd", 0.02, 2, "test")
    first, second = path.places.split(SMALL.seeds, dim=1)
    assert torch.equal(first[0], second[0])
    assert (first[1] != second[1]).any(1).all()


def test_full_batch_step_is_plain_gradient_descent(task):
    settings = SMALL.model_copy(update={"batch_size": SMALL.points, "long_epochs": 1})
    path = follow(task, settings, "sgd", 0.1, 1, "test")
    start = path.places[0].clone().requires_grad_(True)
    training_loss(task, start).sum().backward()
    torch.testing.assert_close(path.places[1], start.detach() - 0.1 * start.grad, atol=1e-12, rtol=0)


def test_flattened_nets_are_rebuilt(task):
    net = copies(task.start, 2)
    again = rebuild(flatten(net), task.start)
    for one, other in zip(net.parameters, again.parameters, strict=True):
        assert torch.equal(one, other)
    assert functions(task, flatten(net)).shape == (2, SMALL.seeds, SMALL.fresh_points)


def test_match_finds_the_loss_on_a_known_path():
    places = torch.tensor([[[3.0], [4.0]], [[2.0], [1.0]], [[-1.0], [0.5]]], dtype=torch.float64)
    path = Path(places, places[..., 0] ** 2)
    level = torch.tensor([2.25, 9.0], dtype=torch.float64)
    found = match(path, level, lambda place: place[:, 0] ** 2)
    torch.testing.assert_close(found, torch.tensor([[1.5], [3.0]], dtype=torch.float64), atol=1e-12, rtol=0)


def test_match_hits_the_level_of_trained_nets(task):
    path = follow(task, SMALL, "adam", 0.02, 1, "test")
    level = (path.losses[0] + path.losses.min(0).values) / 2
    place = match(path, level, lambda place: training_loss(task, place))
    torch.testing.assert_close(training_loss(task, place), level, atol=1e-12, rtol=0)


@pytest.mark.parametrize("level", [0.1, 20.0])
def test_match_refuses_a_loss_that_is_not_passed(level):
    places = torch.tensor([[[3.0]], [[2.0]]], dtype=torch.float64)
    with pytest.raises(ValueError, match="between each net's first and lowest"):
        match(Path(places, places[..., 0] ** 2), torch.tensor([level]), lambda place: place[:, 0] ** 2)


def test_common_loss_is_the_lowest_that_every_run_reaches():
    runs = [torch.tensor([[5.0, 5.0], [2.0, 4.0]]), torch.tensor([[5.0, 5.0], [3.0, 1.0]])]
    assert common_loss(runs).tolist() == [3.0, 4.0]


def test_fresh_loss_equals_the_mean_over_drawn_targets():
    rng = np.random.default_rng(0)
    outputs = torch.as_tensor(rng.standard_normal(200))
    losses = [((outputs.numpy() - rng.standard_normal(200)) ** 2).mean() for _ in range(2000)]
    found = mean_interval(losses, level=0.9999)
    assert found.low <= float(fresh_loss(outputs)) <= found.high


def test_distances_split_into_means_and_chance():
    rng = np.random.default_rng(1)
    centre = torch.as_tensor(rng.standard_normal((3, 50)))
    sgd = torch.stack([centre, centre + 0.1])
    adam = torch.stack([centre + 2, centre + 2.2])
    found = pair_distances({"sgd": sgd, "adam": adam, "fast": sgd})
    assert found["order"].tolist() == pytest.approx([0.01] * 3)
    assert found["adam"].tolist() == pytest.approx([0.04] * 3)
    assert found["speed"].tolist() == pytest.approx([0.005] * 3)
    spread = (0.05**2 + 0.1**2) + (2.1 - 0.05) ** 2
    assert found["cross"].tolist() == pytest.approx([spread] * 3)


def test_least_squares_equals_numpys(task):
    train, _ = least_squares(task)
    for seed in range(SMALL.seeds):
        design = np.column_stack([task.inputs[seed].numpy(), np.ones(SMALL.points)])
        residual = np.linalg.lstsq(design, task.targets[seed].numpy()[:, 0])[1][0]
        assert train[seed] == pytest.approx(residual / SMALL.points, abs=1e-10)


@pytest.mark.parametrize(("points", "inputs"), [(20, 1), (40, 5)])
def test_least_squares_theory_covers_simulation(points, inputs):
    many = draw_task(Demo(seeds=600, points=points, inputs=inputs, hidden=1, fresh_points=300))
    for losses, exact in zip(least_squares(many), least_squares_theory(points, inputs), strict=True):
        found = mean_interval(losses, level=0.9999)
        assert found.low <= exact <= found.high


def test_least_squares_theory_of_the_mean_alone():
    assert least_squares_theory(50, 0) == pytest.approx((0.98, 1.02))
    with pytest.raises(ValueError, match="at least 5 points for 2 inputs"):
        least_squares_theory(4, 2)


def test_quick_values_are_finite_and_consistent(quick):
    values = quick.values
    assert all(np.isfinite(value.value) for value in values.values())
    wanted = {"sgd_train", "adam_fresh", "least_squares_fresh", "bayes", "ratio_order", "matched_fresh_difference"}
    assert wanted <= set(values)
    half = (values["matched_distance_order"].value + values["matched_distance_adam"].value) / 2
    assert values["excess"].value == pytest.approx(values["matched_distance"].value - half)
    assert values["original_lag"].low > 0  # gradient descent with a small step falls at every step


def test_no_function_beats_the_noise_on_fresh_data(quick):
    assert all((quick.arrays[f"{name}_fresh"] >= 1).all() for name in ("sgd", "adam"))
