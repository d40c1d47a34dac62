"""Check learning on the lake against a plain loop, exact limits, and the slopes against curves that are known."""

import math

import numpy as np
import pytest

from scripts.article.settings import preset_values
from scripts.maths.random import generators
from scripts.reinforcement import rates
from scripts.reinforcement.environments import environment
from scripts.reinforcement.learning import Schedule, q_learning, world_experience
from scripts.reinforcement.mdp import DecisionProcess, policy_values, solve
from scripts.reinforcement.settings import Rates
from scripts.reinforcement.toy import linear_shortfall


def test_learning_equals_the_plain_loop():
    settings = Rates(seeds=2, updates=1000, step=0.3, discount=0.8, first_seed=4)
    world = environment("frozenlake", 0.8)
    tables = np.zeros((4, 2, 16, 4))
    assert sum(1 for _ in rates.learn(settings, world, tables)) == 1000
    for index, step in enumerate([lambda n: 1 / n, lambda n: n**-0.8, lambda n: n**-0.6, lambda n: 0.3]):
        table, counts = np.zeros((16, 4)), np.zeros((16, 4))
        rngs = generators([5], "reinforcement.rates.experience")
        for one in world_experience(world.outcomes, 1000, rngs):
            for pair, following, reward in zip(one.pairs[:, 0], one.successors[:, 0], one.rewards[:, 0], strict=True):
                entry = divmod(pair, 4)
                counts[entry] += 1
                table[entry] += step(counts[entry]) * (reward + 0.8 * max(table[following]) - table[entry])
        np.testing.assert_allclose(tables[index, 1], table, atol=1e-12)


def test_a_world_without_luck_is_learned_exactly_by_steps_of_one():
    world = environment("cliff", 0.85)
    table = np.zeros((1, 2, 48, 4))
    counts = np.zeros(table.shape, dtype=int)
    for one in world_experience(world.outcomes, 30_000, generators([1, 2], "test.rates")):
        for _ in q_learning(table, counts, one, [Schedule(1, 0)], 0.85):
            pass
    np.testing.assert_allclose(table[0], np.broadcast_to(solve(world.process), (2, 48, 4)), atol=1e-12)


def test_experience_follows_the_world_and_pairs_are_uniform():
    world = environment("frozenlake", 0.9)
    drawn = list(world_experience(world.outcomes, 6400, generators([3], "test.rates")))
    pairs, successors = (
        np.concatenate([getattr(one, name)[:, 0] for one in drawn]) for name in ("pairs", "successors")
    )
    assert len(pairs) == 6400
    assert np.abs(np.bincount(pairs, minlength=64) - 100).max() < 50  # five standard deviations
    assert (world.process.transitions.reshape(64, 16)[pairs, successors] > 0).all()


@pytest.mark.parametrize("power", [0.3, 1.0])
def test_slopes_of_power_laws_are_their_exponents(power):
    times = np.unique(np.geomspace(1, 5000, 40).round())
    errors = np.where(times < 400, 7, times**-power)[:, None, None] * np.array([[1.0, 3.0]])
    np.testing.assert_allclose(rates.log_slopes(times, errors, 400), [[-power, -power]])


@pytest.mark.parametrize("discount", [0.4, 0.8])
def test_noiseless_updates_of_one_over_n_leave_what_the_product_over_visits_says(discount):
    process = DecisionProcess(np.ones((1, 1, 1)), np.ones((1, 1)), discount)
    exact = solve(process)
    left = rates.noiseless_error(Rates(updates=1500), process, Schedule(0, 1), exact)
    assert left == pytest.approx(linear_shortfall(1500, discount) / (1 - discount))


def test_losses_are_those_of_each_policy():
    world, tables = environment("frozenlake", 0.95), np.random.default_rng(3).normal(size=(2, 16, 4))
    exact = solve(world.process)
    losses = rates.policy_losses(world, np.concatenate([tables, exact[None]]), exact)
    assert losses[2] == pytest.approx(0, abs=1e-12)
    assert (losses >= -1e-12).all()
    value = policy_values(world.process, np.eye(4)[tables[1].argmax(-1)])[0]
    assert losses[1] == pytest.approx(1 - value / exact[0].max())


def test_compute_gives_the_fixed_ids_and_constant_steps_do_not_settle():
    small = preset_values(Rates, "quick") | {"seeds": 5, "updates": 8000, "step": 0.5}
    values = rates.compute(Rates(**small)).values
    assert all(math.isfinite(value.value) for value in values.values())
    for name in ("linear", "poly08", "poly06", "constant"):
        relative = values[f"error_{name}"].value / values["largest_value"].value * 100
        assert values[f"relative_{name}"].value == pytest.approx(relative)
    assert values["start_constant"].value < 1e-3 < values["error_constant"].low
