"""Finite Markov decision processes, and their exact solution by dynamic programming."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np


@dataclass(frozen=True)
class DecisionProcess:
    """Hold a finite Markov decision process.

    Args:
        transitions: chance of each next state, shape (state, action, state).
        rewards: expected reward, shape (state, action).
        discount: γ, in [0, 1).

    Raises:
        ValueError: shapes that do not match, rows that are no probabilities, or a discount outside [0, 1).
    """

    transitions: np.ndarray
    rewards: np.ndarray
    discount: float

    def __post_init__(self) -> None:
        """Check the arrays."""
        expected = (*self.rewards.shape, self.rewards.shape[0])
        if self.transitions.shape != expected:
            raise ValueError(f"transitions have shape {self.transitions.shape}, expected {expected}")
        if (self.transitions < 0).any() or not np.allclose(self.transitions.sum(-1), 1):
            raise ValueError("expected transitions that are probabilities and sum to 1 over the next state")
        if not 0 <= self.discount < 1:
            raise ValueError(f"discount is {self.discount}, expected 0 <= discount < 1")


def bellman(process: DecisionProcess, table: np.ndarray) -> np.ndarray:
    """Apply the Bellman operator, (TQ)(s,a) = R(s,a) + γ Σ P(s'|s,a) max_a' Q(s',a'), to tables (…, state, action)."""
    chances = process.transitions.reshape(-1, len(process.transitions))
    return process.rewards + process.discount * (table.max(-1) @ chances.T).reshape(table.shape)


def policy_values(process: DecisionProcess, policy: np.ndarray) -> np.ndarray:
    """Return the exact value of every state under fixed policies, by the linear system (I − γ P_π) v = R_π.

    Args:
        process: to act in.
        policy: whole numbers, the action in each state, shape (…, state); or chances of the actions as floating-point
            numbers, shape (…, state, action).

    Returns:
        Values, shape (…, state).
    """
    if np.issubdtype(policy.dtype, np.integer):
        every = np.arange(len(process.rewards))
        transitions, rewards = process.transitions[every, policy], process.rewards[every, policy]
    else:
        transitions = np.einsum("...sa,sat->...st", policy, process.transitions)
        rewards = (policy * process.rewards).sum(-1)
    system = np.eye(len(process.rewards)) - process.discount * transitions
    return np.linalg.solve(system, rewards[..., None])[..., 0]


def solve(process: DecisionProcess) -> np.ndarray:
    """Return the optimal table Q*, shape (state, action), by policy iteration (Howard 1960)."""
    return policy_iteration(process)[0]


def policy_iteration(process: DecisionProcess) -> tuple[np.ndarray, int]:
    """Return the optimal table Q*, shape (state, action), and how many policies were evaluated on the way.

    Each policy is evaluated exactly. There are finitely many policies and none comes twice, so the iteration ends at
    the fixed point of the Bellman operator, exact up to rounding.
    """
    every = np.arange(len(process.rewards))
    policy = process.rewards.argmax(-1)
    for evaluated in count(1):
        table = process.rewards + process.discount * process.transitions @ policy_values(process, policy)
        better = table.max(-1) > table[every, policy] + 1e-12 * np.abs(table).max()
        if not better.any():
            return table, evaluated
        policy = np.where(better, table.argmax(-1), policy)
    raise AssertionError("unreachable: the iteration ends")
