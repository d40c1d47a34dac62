"""Check the exact solution against value iteration and enumeration of all policies."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.reinforcement.environments import environment
from scripts.reinforcement.mdp import DecisionProcess, bellman, policy_iteration, policy_values, solve


def random_process(seed: int, states: int, actions: int, discount: float) -> DecisionProcess:
    rng = np.random.default_rng(seed)
    transitions = rng.dirichlet(np.full(states, 0.5), size=(states, actions))
    return DecisionProcess(transitions, rng.normal(size=(states, actions)), discount)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4), st.floats(0, 0.97))
def test_solution_is_the_fixed_point_of_the_bellman_operator(seed, states, actions, discount):
    process = random_process(seed, states, actions, discount)
    table = solve(process)
    np.testing.assert_allclose(bellman(process, table), table, atol=1e-9)


def test_solution_equals_value_iteration():
    process = random_process(3, 7, 3, 0.8)
    table = np.zeros((7, 3))
    for _ in range(300):
        table = bellman(process, table)
    np.testing.assert_allclose(solve(process), table, atol=1e-12)


def test_solution_is_the_best_of_all_policies():
    process, every = random_process(8, 4, 3, 0.7), np.arange(4)
    returns = []
    for policy in product(range(3), repeat=4):
        system = np.eye(4) - 0.7 * process.transitions[every, policy]
        returns.append(np.linalg.solve(system, process.rewards[every, policy]))
    np.testing.assert_allclose(solve(process).max(-1), np.max(returns, axis=0), atol=1e-12)


def test_values_of_policies_solve_their_own_equation_one_by_one():
    process, rng = random_process(4, 5, 3, 0.9), np.random.default_rng(1)
    chances = rng.dirichlet(np.ones(3), size=(2, 5))
    values = policy_values(process, chances)
    for row, policy in zip(values, chances, strict=True):
        backed = (policy * (process.rewards + 0.9 * process.transitions @ row)).sum(-1)
        np.testing.assert_allclose(row, backed, atol=1e-12)
    actions = rng.integers(3, size=(4, 5))
    np.testing.assert_allclose(policy_values(process, actions), policy_values(process, np.eye(3)[actions]), atol=1e-12)


def test_no_policy_is_better_than_the_optimal_one():
    process, rng = random_process(6, 8, 3, 0.9), np.random.default_rng(3)
    table = solve(process)
    best = policy_values(process, table.argmax(-1))
    np.testing.assert_allclose(best, table.max(-1), atol=1e-12)
    assert (policy_values(process, rng.integers(3, size=(200, 8))) <= best + 1e-12).all()


def test_policies_are_counted():
    process = environment("cliff", 0.9).process
    assert policy_iteration(DecisionProcess(process.transitions, process.rewards, 0.0))[1] == 1
    assert 1 < policy_iteration(process)[1] <= 48


@pytest.mark.slow
@pytest.mark.parametrize("name", ["frozenlake", "frozenlake8", "cliff", "taxi"])
def test_exact_values_equal_those_of_quantecon(name):
    from quantecon.markov import DiscreteDP  # here, as it takes seconds to import

    process = environment(name, 0.93).process
    oracle = DiscreteDP(process.rewards, process.transitions, 0.93)
    found = oracle.solve(method="policy_iteration")
    np.testing.assert_allclose(solve(process).max(-1), found.v, rtol=0, atol=1e-10)
    np.testing.assert_allclose(policy_values(process, found.sigma), found.v, rtol=0, atol=1e-10)
    policy = np.arange(len(process.rewards)) % process.rewards.shape[1]
    np.testing.assert_allclose(policy_values(process, policy), oracle.evaluate_policy(policy), rtol=0, atol=1e-10)


def test_bad_processes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        DecisionProcess(np.ones((2, 2, 3)) / 3, np.zeros((2, 2)), 0.5)
    with pytest.raises(ValueError, match="probabilities"):
        DecisionProcess(np.ones((2, 2, 2)), np.zeros((2, 2)), 0.5)
    with pytest.raises(ValueError, match="discount is 1"):
        DecisionProcess(np.ones((2, 2, 2)) / 2, np.zeros((2, 2)), 1)
