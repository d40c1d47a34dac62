import numpy as np
import pytest
import torch
from pydantic import ValidationError

from scripts.article.settings import preset_values
from scripts.functions.settings import Variance
from scripts.functions.variance import (
    MEANINGS,
    choose_rates,
    compute,
    divide,
    effect_interval,
    endless_order,
    errors,
    judge_nets,
    level_values,
    log_error,
    reorder,
    train_nets,
)
from scripts.maths.digits import IMAGES, draw_digits
from scripts.maths.ensembles import initialise
from scripts.maths.random import generators

SMALL = Variance(
    **preset_values(Variance, "quick")
    | {"seeds": 3, "sizes": [20, 40, 90], "architectures": ["relu 8", "tanh 6 5"], "optimisers": ["sgd", "adam"]}
    | {"rates": [1e-6, 0.02], "steps": 40, "batch_size": 10}
)


@pytest.fixture(scope="module")
def pool():
    return draw_digits(IMAGES - SMALL.validation, [0], "test.variance", torch.float32)


def crossing(rng, seeds, noise):
    """Return a table of additive effects with an interaction and noise, and its shares without sampling."""
    parts = [np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.5]), np.array([0.0, 0.2, -0.2])]
    mixed = 0.3 * np.array([[1, -1], [0, 0], [-1, 1]])
    table = parts[0][:, None, None] + parts[1][:, None] + parts[2] + mixed[:, :, None]
    spread = [part.var() for part in parts] + [mixed.var(), noise**2]
    names = ("data", "architecture", "optimiser", "interactions", "residual")
    exact = dict(zip(names, 100 * np.array(spread) / sum(spread), strict=True))
    return table[..., None] + noise * rng.normal(size=(*table.shape, seeds)), exact


def test_shares_add_up_and_are_the_exact_ones_without_noise():
    table, exact = crossing(np.random.default_rng(0), 4, 0.0)
    found = divide(table)
    assert {name: found[name] for name in exact} == pytest.approx(exact, abs=1e-9)
    parts = ("data_architecture", "data_optimiser", "architecture_optimiser", "three_way")
    noisy = divide(crossing(np.random.default_rng(0), 4, 0.5)[0])
    assert sum(noisy[name] for name in exact) == pytest.approx(100)
    assert sum(noisy[name] for name in parts) == pytest.approx(noisy["interactions"])
    assert noisy["data_minus_optimiser"] == pytest.approx(noisy["data"] - noisy["optimiser"])
    assert 0 < noisy["draw"] < noisy["residual"]


def test_what_a_seed_does_to_all_its_nets_is_the_draw():
    table, exact = crossing(np.random.default_rng(0), 5, 0.0)
    found = divide(table + np.arange(5.0))
    assert found["draw"] == pytest.approx(found["residual"])
    assert found["data"] / found["architecture"] == pytest.approx(exact["data"] / exact["architecture"])


def test_intervals_hold_the_exact_shares_about_as_often_as_they_say():
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(30):
        table, exact = crossing(rng, 10, 0.5)
        estimates = {name: effect_interval(table, name) for name in ("data", "interactions", "residual")}
        inside.append([each.low <= exact[name] <= each.high for name, each in estimates.items()])
    assert (np.mean(inside, axis=0) > 0.82).all()  # about 0.95; 0.82 is three standard errors below


def test_factors_are_ratios_of_geometric_means():
    table, _ = crossing(np.random.default_rng(0), 3, 0.0)
    values = level_values(table + np.arange(3.0))
    assert values["data_factor"].value == pytest.approx(np.exp(2))
    assert values["architecture_factor"].value == pytest.approx(np.exp(0.5))
    assert values["optimiser_factor"].value == pytest.approx(np.exp(0.4))


def test_no_error_has_a_logarithm():
    np.testing.assert_allclose(log_error(np.array([0.0, 0.25]), 100), np.log([0.005, 0.255]))


def test_order_goes_through_all_points_again_and_again():
    order = endless_order(7, 17, np.random.default_rng(0))
    assert len(order) == 17
    for start in (0, 7):
        assert sorted(order[start : start + 7]) == list(range(7))


def test_smaller_training_sets_are_parts_of_larger_ones_and_fresh_images_are_fresh(pool):
    drawn = reorder(SMALL, pool, "split", 3)
    assert drawn.inputs.shape == (3, 90, 64)
    assert drawn.fresh.shape == (3, IMAGES - SMALL.validation - 90, 64)
    rows = torch.cat([drawn.inputs[1], drawn.fresh[1]])
    assert torch.equal(rows.sort(0).values, pool.inputs[0].sort(0).values)
    assert not torch.equal(drawn.inputs[0], drawn.inputs[1])


def test_all_choices_of_a_seed_start_alike_and_see_the_same(pool):
    drawn = reorder(SMALL, pool, "split", 3)
    rates = np.array([0.1, 0.1, 0.02])
    net = train_nets(SMALL, drawn, "relu 8", 40, ["sgd", "sgd", "adam"], rates, "split")
    assert torch.equal(net.weights[0][:3], net.weights[0][3:6])
    assert not torch.equal(net.weights[0][:3], net.weights[0][6:])
    alone = train_nets(SMALL, drawn, "relu 8", 40, ["adam"], rates[2:], "split")
    torch.testing.assert_close(alone.weights[1], net.weights[1][6:], rtol=1e-4, atol=1e-5)
    found = judge_nets(SMALL, drawn, "relu 8", 40, np.array([0.1, 0.02]))
    np.testing.assert_allclose(found[0], errors(net, drawn.fresh, drawn.fresh_labels).reshape(3, 3)[1:], atol=0.01)
    assert (found[1] > 0.3).all()  # the nets have learned something


def test_a_step_size_that_learns_nothing_is_not_chosen(pool):
    assert choose_rates(SMALL, pool) == pytest.approx(np.full((2, 2), 0.02))


def test_errors_are_those_of_each_net_on_its_own_images(pool):
    net = initialise([64, 5, 10], generators(range(4), "test"), dtype=torch.float32)
    drawn = reorder(SMALL, pool, "split", 2)
    found = errors(net, drawn.fresh, drawn.fresh_labels)
    for place in range(4):
        right = net(drawn.fresh[place % 2])[place].argmax(1) == drawn.fresh_labels[place % 2]
        assert found[place] == pytest.approx(1 - right.double().mean().item())


def test_compute_gives_every_share():
    result = compute(SMALL)
    assert set(MEANINGS) <= set(result.values)
    assert result.arrays["error"].shape == (3, 2, 2, 3)
    assert result.values["nets"].value == 36
    shares = [result.values[name].value for name in ("data", "architecture", "optimiser", "interactions", "residual")]
    assert sum(shares) == pytest.approx(100)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sizes": [64, 32]}, "sizes from few to many"),
        ({"sizes": [64, 1600]}, "at most 1700 images to train on"),
        ({"architectures": ["relu 16", "gelu 16"]}, "should match pattern"),
    ],
)
def test_settings_that_cannot_be_run_are_refused(wrong, message):
    with pytest.raises(ValidationError, match=message):
        Variance(**wrong)
