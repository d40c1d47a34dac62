"""Check the tables against gymnasium's own worlds, walked beside them."""

import gymnasium
import numpy as np
import pytest

from scripts.reinforcement.environments import NAMES, environment
from scripts.reinforcement.mdp import solve


@pytest.mark.parametrize("name", NAMES)
def test_gymnasium_walks_only_where_the_tables_say(name):
    world, rng = environment(name, 0.9), np.random.default_rng(5)
    walked = gymnasium.make(NAMES[name])
    outcomes, state, steps = world.outcomes, None, 0
    for step in range(3000):
        if state is None:
            state, steps = walked.reset(seed=17 if step == 0 else None)[0], 0
            assert world.start[state] > 0
        action = int(rng.integers(outcomes.probability.shape[1]))
        following, reward, terminated, truncated, _ = walked.step(action)
        steps += 1
        matches = (outcomes.successor[state, action] == following) & (outcomes.reward[state, action] == reward)
        matches &= (outcomes.terminated[state, action] == terminated) & (outcomes.probability[state, action] > 0)
        assert matches.any()
        assert terminated == world.terminal[following]
        assert truncated == (steps == world.step_limit)
        state = None if terminated or truncated else following


@pytest.mark.parametrize("name", NAMES)
def test_draws_follow_the_chances(name):
    world, rng = environment(name, 0.9), np.random.default_rng(2)
    states, actions = world.process.rewards.shape
    draws = 4000
    for state in np.flatnonzero(~world.terminal)[:: states // 8]:
        action = int(rng.integers(actions))
        places = np.full(draws, state), np.full(draws, action)
        successors, rewards, terminated = world.outcomes.draw(*places, rng.random(draws))
        shares = np.bincount(successors, minlength=states) / draws
        np.testing.assert_allclose(shares, world.process.transitions[state, action], atol=5 * 0.5 / draws**0.5)
        np.testing.assert_allclose(rewards.mean(), world.process.rewards[state, action], atol=5 / draws**0.5)
        np.testing.assert_array_equal(terminated, world.terminal[successors])


def test_the_ends_of_the_unit_interval_draw_real_outcomes():
    outcomes = environment("frozenlake", 0.9).outcomes
    states, actions = np.divmod(np.arange(64), 4)
    for uniform, place in ((0.0, 0), (np.nextafter(1, 0), -1)):
        successors, _, _ = outcomes.draw(states, actions, np.full(64, uniform))
        real = outcomes.probability[states, actions] > 0
        ends = np.array([np.flatnonzero(row)[place] for row in real])
        np.testing.assert_array_equal(successors, outcomes.successor[states, actions, ends])


@pytest.mark.parametrize(("name", "terminal"), [("frozenlake", 5), ("frozenlake8", 11), ("cliff", 1), ("taxi", 4)])
def test_terminal_states_are_worth_nothing(name, terminal):
    world = environment(name, 0.95)
    assert world.terminal.sum() == terminal
    np.testing.assert_allclose(solve(world.process)[world.terminal], 0, atol=1e-12)
    assert world.start[world.terminal].sum() == 0


def test_the_shortest_way_along_the_cliff_costs_thirteen_steps():
    world = environment("cliff", 0.9)
    expected = -(1 - 0.9**13) / (1 - 0.9)
    np.testing.assert_allclose(world.start @ solve(world.process).max(-1), expected, atol=1e-12)


def test_bad_worlds_are_refused():
    with pytest.raises(ValueError, match="expected one of frozenlake"):
        environment("lake", 0.9)
    with pytest.raises(ValueError, match="discount is 1"):
        environment("cliff", 1)
