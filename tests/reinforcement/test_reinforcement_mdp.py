"""Check the exact solution against value iteration and enumeration of all policies."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.reinforcement.mdp import DecisionProcess, bellman, solve


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


def test_bad_processes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        DecisionProcess(np.ones((2, 2, 3)) / 3, np.zeros((2, 2)), 0.5)
    with pytest.raises(ValueError, match="probabilities"):
        DecisionProcess(np.ones((2, 2, 2)), np.zeros((2, 2)), 0.5)
    with pytest.raises(ValueError, match="discount is 1"):
        DecisionProcess(np.ones((2, 2, 2)) / 2, np.zeros((2, 2)), 1)
