"""Finite Markov decision processes, and their exact solution by dynamic programming."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Apply the Bellman operator, (TQ)(s,a) = R(s,a) + γ Σ P(s'|s,a) max_a' Q(s',a'); shape (state, action)."""
    return process.rewards + process.discount * process.transitions @ table.max(-1)


def solve(process: DecisionProcess) -> np.ndarray:
    """Return the optimal table Q*, shape (state, action), by policy iteration (Howard 1960).

    Each policy is evaluated exactly, by the linear system (I − γ P_π) v = R_π. There are finitely many policies and
    none comes twice, so the iteration ends at the fixed point of the Bellman operator, exact up to rounding.
    """
    every = np.arange(len(process.rewards))
    policy = process.rewards.argmax(-1)
    while True:
        system = np.eye(len(every)) - process.discount * process.transitions[every, policy]
        values = np.linalg.solve(system, process.rewards[every, policy])
        table = process.rewards + process.discount * process.transitions @ values
        better = table.max(-1) > table[every, policy] + 1e-12 * np.abs(table).max()
        if not better.any():
            return table
        policy = np.where(better, table.argmax(-1), policy)
