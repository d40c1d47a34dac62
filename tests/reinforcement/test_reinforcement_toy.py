"""Check the article's table: its exact value, its expected path, and the identity behind the maximum's bias."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.settings import preset_values
from scripts.reinforcement import toy
from scripts.reinforcement.settings import Settings, Toy

SMALL = {
    "seeds": 40,
    "long_seeds": 20,
    "double_seeds": 20,
    "long_updates": 6000,
    "double_updates": 6000,
    "burn_in": 3000,
}


@given(st.integers(1, 6), st.integers(1, 4), st.floats(0, 0.95))
def test_every_entry_is_the_mean_reward_over_one_minus_the_discount(states, actions, discount):
    exact = toy.solve(toy.decision_process(Toy(states=states, actions=actions, discount=discount)))
    np.testing.assert_allclose(exact, 0.5 / (1 - discount), rtol=1e-10)


def test_expected_path_is_at_99_percent_when_it_should_be():
    settings = Toy(states=4, actions=3, step=0.2, discount=0.8)
    at = np.array([toy.updates_to_99(settings)])
    assert toy.unbiased_mean(settings, 2.5, at)[0] == pytest.approx(0.99 * 2.5)


def test_a_single_action_has_no_bias_and_follows_the_expected_path():
    settings = Toy(actions=1, seeds=400, step=0.05, discount=0.5, updates=50)
    exact = toy.solve(toy.decision_process(settings))
    times, track = toy.short_runs(settings, exact)
    means = track["mean"]
    error = means.mean(1) - toy.unbiased_mean(settings, 1.0, times)
    assert np.abs(error).max() < 0.02
    assert np.abs(track["gap"]).max() == 0


@pytest.mark.parametrize("discount", [0.5, 0.9])
def test_linear_shortfall_is_the_product_over_visits(discount):
    product = math.prod(1 - (1 - discount) / n for n in range(1, 201))
    assert toy.linear_shortfall(200, discount) == pytest.approx(product)


def test_constant_step_exceeds_the_exact_value_by_the_amplified_gap():
    settings = Toy(long_seeds=60, long_updates=12000, burn_in=2000, discount=0.6, actions=3, stride=20)
    exact = toy.solve(toy.decision_process(settings))
    times, track = toy.long_runs(settings, exact)
    settled = times > settings.burn_in
    mean, gap = (track[name][settled, 0].mean(0) for name in ("mean", "gap"))
    difference = (mean - 1.25) - 0.6 / 0.4 * gap
    assert abs(difference.mean()) < 4 * difference.std(ddof=1) / np.sqrt(difference.size)
    assert mean.mean() - 1.25 > 0.05


def test_crossing_lies_inside_its_interval_and_says_when_there_is_none():
    times = np.arange(1, 101)
    means = times[:, None] / 100 + np.random.default_rng(1).normal(0, 0.02, 30)
    found = toy.crossing(times, means, 0.5)
    assert found.low <= found.value <= found.high
    assert found.low < found.high
    assert found.value == pytest.approx(50, abs=2)
    with pytest.raises(ValueError, match="to reach 2"):
        toy.crossing(times, means, 2)


def test_compute_gives_finite_values_under_the_fixed_ids():
    quick = preset_values(Settings, "quick")["toy"]
    result = toy.compute(Toy(**quick | SMALL))
    fixed = {"fixed_point", "after_100", "updates_to_99", "constant_alpha_limit", "double_q_limit"}
    assert fixed <= set(result.values)
    assert all(math.isfinite(value.value) for value in result.values.values())
    assert result.values["fixed_point"].value == pytest.approx(5)
    assert result.values["updates_to_99"].value == pytest.approx(4605.17, abs=0.01)
