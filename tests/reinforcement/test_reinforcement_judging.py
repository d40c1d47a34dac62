"""Check exact worth against the dense solution, against sums over steps, and by what is known of the worlds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.reinforcement.environments import environment
from scripts.reinforcement.judging import best_exploring, episode_returns, greedy, greedy_path, with_exploration, worth
from scripts.reinforcement.mdp import policy_values, solve

LAKE, CLIFF = environment("frozenlake", 0.93), environment("cliff", 0.8)


def some_policies(world, count, seed):
    return np.random.default_rng(seed).dirichlet(np.ones(world.process.rewards.shape[1]), (count, len(world.start)))


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([LAKE, CLIFF]), st.integers(0, 1000))
def test_worth_is_the_dense_solution_at_the_first_states(world, seed):
    policies = some_policies(world, 3, seed)
    expected = policy_values(world.process, policies) @ world.start
    np.testing.assert_allclose(worth(world, policies), expected, rtol=1e-9)
    assert worth(world, policies[0]).shape == ()


def test_worth_averages_over_the_first_states():
    world = environment("taxi", 0.85)
    np.testing.assert_allclose(worth(world, greedy(solve(world.process))), world.start @ solve(world.process).max(-1))


def test_returns_are_sums_over_steps():
    policies = some_policies(LAKE, 2, 6)[None]
    transitions = np.einsum("...sa,sat->...st", policies, LAKE.process.transitions)
    rewards, chances, total = (policies * LAKE.process.rewards).sum(-1), LAKE.start, 0
    for _ in range(400):
        total = total + (chances * rewards).sum(-1)
        chances = (chances[..., None, :] @ transitions)[..., 0, :]
    np.testing.assert_allclose(episode_returns(LAKE, policies), total, atol=1e-9)


def test_returns_of_known_policies():
    up = np.tile(np.eye(4)[0], (48, 1))
    np.testing.assert_allclose(episode_returns(CLIFF, greedy(solve(CLIFF.process))), -13)
    np.testing.assert_allclose(episode_returns(CLIFF, up), -1024)  # against the wall until it is cut off
    patient = environment("frozenlake", 0.9999)  # who is in no hurry reaches the goal in 14 of 17 cases
    np.testing.assert_allclose(episode_returns(patient, greedy(solve(patient.process))), 14 / 17, atol=1e-3)


def test_greedy_shares_ties_and_exploring_adds_its_share():
    policy = greedy(np.array([[1.0, 3, 3], [0, 0, 0], [-2, -1, -3]]))
    np.testing.assert_allclose(policy, [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3], [0, 1, 0]])
    np.testing.assert_allclose(with_exploration(policy, 0.3)[2], [0.1, 0.8, 0.1])


@pytest.mark.parametrize("epsilon", [0.05, 0.5])
def test_no_policy_that_explores_as_much_is_better(epsilon):
    best = best_exploring(LAKE.process, epsilon)
    tables = np.random.default_rng(9).random((300, *LAKE.process.rewards.shape))
    near = solve(LAKE.process) + 0.1 * tables
    others = with_exploration(greedy(np.concatenate([tables, near, solve(LAKE.process)[None]])), epsilon)
    np.testing.assert_allclose(best.min(-1), epsilon / 4)
    assert (worth(LAKE, others) <= worth(LAKE, best) + 1e-12).all()


def test_who_never_explores_takes_the_best_policy_and_who_always_does_draws_evenly():
    np.testing.assert_allclose(
        worth(CLIFF, best_exploring(CLIFF.process, 0)), CLIFF.start @ solve(CLIFF.process).max(-1)
    )
    np.testing.assert_allclose(best_exploring(CLIFF.process, 1), 1 / 4)


def test_greedy_paths_end_at_the_goal_or_where_they_were_before():
    assert greedy_path(CLIFF, solve(CLIFF.process)) == (36, *range(24, 36), 47)
    table = np.zeros((48, 4))
    table[36, 0] = table[24, 1] = table[25, 3] = 1  # up, right, and back to the left
    assert greedy_path(CLIFF, table) == (36, 24, 25, 24)
