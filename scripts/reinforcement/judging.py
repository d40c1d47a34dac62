"""The exact worth of what was learned: policies read off tables, their values, and the paths they take."""

from __future__ import annotations

import numpy as np

from scripts.reinforcement.environments import Environment
from scripts.reinforcement.mdp import DecisionProcess, solve

DOUBLINGS = 10  # 1024 steps: far longer than episodes that end at all


def greedy(tables: np.ndarray) -> np.ndarray:
    """Return the chances of each action, shape (…, state, action), where the best one is taken and ties are shared."""
    best = tables == tables.max(-1, keepdims=True)
    return best / best.sum(-1, keepdims=True)


def with_exploration(policy: np.ndarray, epsilon: float) -> np.ndarray:
    """Return a policy (…, action) that draws its action uniformly in a share ε of its steps."""
    return (1 - epsilon) * policy + epsilon / policy.shape[-1]


def worth(world: Environment, policies: np.ndarray) -> np.ndarray:
    """Return the exact discounted values of policies under the world's chance of first states, no episode cut off.

    All in one sparse linear system, (I − γ P) v = r of all policies side by side.

    Args:
        world: to act in.
        policies: chances of the actions, shape (…, state, action).

    Returns:
        Values, shape (…).
    """
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import spsolve

    chances = policies.reshape(-1, *policies.shape[-2:], 1) * world.outcomes.probability
    policy, state, action, outcome = np.nonzero(chances)
    successor = world.outcomes.successor[state, action, outcome]
    states, size = chances.shape[1], chances.shape[0] * chances.shape[1]
    places = (policy * states + state, policy * states + successor)
    moves = csc_matrix((chances[policy, state, action, outcome], places), shape=(size, size))
    rewards = (chances * world.outcomes.reward).sum((-1, -2)).ravel()
    values = spsolve(identity(size, format="csc") - world.process.discount * moves, rewards)
    return (values.reshape(-1, states) @ world.start).reshape(policies.shape[:-2])


def episode_returns(world: Environment, policies: np.ndarray) -> np.ndarray:
    """Return the exact expected sums of rewards, undiscounted, of episodes cut off after 2^DOUBLINGS steps.

    The sum over twice as many steps follows from itself, v_2n = v_n + Pⁿ v_n.

    Args:
        world: to act in, of few states, as the matrices are dense.
        policies: chances of the actions, shape (…, state, action).

    Returns:
        Sums, shape (…).
    """
    values = (policies * world.process.rewards).sum(-1)[..., None]
    moves = np.einsum("...sa,sat->...st", policies, world.process.transitions)
    for _ in range(DOUBLINGS):
        values, moves = values + moves @ values, moves @ moves
    return values[..., 0] @ world.start


def best_exploring(process: DecisionProcess, epsilon: float) -> np.ndarray:
    """Return the policy that is best among those with a share ε of uniform actions, shape (state, action)."""
    transitions, rewards = (
        (1 - epsilon) * array + epsilon * array.mean(1, keepdims=True)
        for array in (process.transitions, process.rewards)
    )
    exact = solve(DecisionProcess(transitions, rewards, process.discount))
    return with_exploration(np.eye(exact.shape[1])[exact.argmax(-1)], epsilon)


def greedy_path(world: Environment, table: np.ndarray) -> tuple[int, ...]:
    """Return the states from the likeliest first one on, by the table's best actions and their likeliest outcomes.

    The path ends in a terminal state, or with the first state that it comes to again.
    """
    path = [int(world.start.argmax())]
    while not world.terminal[path[-1]] and path[-1] not in path[:-1]:
        state, action = path[-1], table[path[-1]].argmax()
        likeliest = world.outcomes.probability[state, action].argmax()
        path.append(int(world.outcomes.successor[state, action, likeliest]))
    return tuple(path)
