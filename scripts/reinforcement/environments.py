"""Gymnasium's small worlds as finite decision processes: exact chances to solve, and tables to sample from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from scripts.reinforcement.mdp import DecisionProcess

Name = Literal["frozenlake", "frozenlake8", "cliff", "taxi"]
NAMES: dict[str, str] = {
    "frozenlake": "FrozenLake-v1",  # 4 × 4, slippery
    "frozenlake8": "FrozenLake8x8-v1",
    "cliff": "CliffWalking-v1",
    "taxi": "Taxi-v4",
}
Transitions = Mapping[int, Mapping[int, Sequence[tuple[float, int, float, bool]]]]


@dataclass(frozen=True)
class Outcomes:
    """Hold all that can follow a state and an action; every array has shape (state, action, outcome).

    Pairs with fewer outcomes than others are padded with outcomes of chance 0 that are never drawn.

    Args:
        probability: chance of the outcome.
        successor: the next state.
        reward: the reward.
        terminated: whether the episode ends.
        cumulative: chance of this outcome or an earlier one, exactly 1 from a pair's last outcome on.
    """

    probability: np.ndarray
    successor: np.ndarray
    reward: np.ndarray
    terminated: np.ndarray
    cumulative: np.ndarray

    def draw(
        self, states: np.ndarray, actions: np.ndarray, uniforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return next states, rewards and whether the episode ends, one for each number uniform on [0, 1)."""
        which = (self.cumulative[states, actions] <= uniforms[..., None]).sum(-1)
        place = (states, actions, which)
        return self.successor[place], self.reward[place], self.terminated[place]


@dataclass(frozen=True)
class Environment:
    """Hold a world as a decision process and as tables to sample from.

    Args:
        process: its chances and expected rewards; terminal states keep to themselves without reward, so are worth 0.
        outcomes: what can follow each state and action.
        start: chance of each first state, shape (state,).
        terminal: whether an episode has ended there, shape (state,).
        step_limit: steps after which an episode is cut off; None where it never is.
    """

    process: DecisionProcess
    outcomes: Outcomes
    start: np.ndarray
    terminal: np.ndarray
    step_limit: int | None


def environment(name: Name, discount: float) -> Environment:
    """Return one of gymnasium's worlds, by its own table of transitions.

    A state that some transition ends an episode in is terminal, whatever the table says may be done from there. In
    the taxi, such a state also follows states that no episode reaches (the passenger waits where the ride should
    go); these transitions count as ends too.

    Args:
        name: frozenlake (4 × 4) and frozenlake8 (8 × 8), both slippery, cliff, or taxi.
        discount: γ, in [0, 1).

    Raises:
        ValueError: another name, or a discount outside [0, 1).
    """
    if name not in NAMES:
        raise ValueError(f"environment is {name!r}, expected one of {', '.join(NAMES)}")
    import gymnasium  # here, as only the experiments need it

    made = gymnasium.make(NAMES[name])
    world: Any = made.unwrapped
    outcomes, terminal = _tables(world.P)
    start = np.asarray(world.initial_state_distrib, dtype=float)
    limit = made.spec.max_episode_steps if made.spec else None
    return Environment(_process(outcomes, discount), outcomes, start / start.sum(), terminal, limit)


def _tables(table: Transitions) -> tuple[Outcomes, np.ndarray]:
    shape = (len(table), len(table[0]), max(len(found) for row in table.values() for found in row.values()))
    probability, reward, cumulative = np.zeros(shape), np.zeros(shape), np.ones(shape)
    successor, terminated = np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool)
    for state, row in table.items():
        for action, found in row.items():
            place = (state, action, slice(len(found)))
            probability[place], successor[place], reward[place], terminated[place] = zip(*found, strict=True)
            cumulative[state, action, : len(found) - 1] = np.cumsum(probability[place])[:-1]
    terminal = np.isin(np.arange(len(table)), successor[terminated])
    probability[terminal], reward[terminal], cumulative[terminal] = np.eye(shape[-1])[0], 0, 1
    successor[terminal] = np.flatnonzero(terminal)[:, None, None]
    return Outcomes(probability, successor, reward, terminal[successor] & (probability > 0), cumulative), terminal


def _process(outcomes: Outcomes, discount: float) -> DecisionProcess:
    states, actions, _ = outcomes.probability.shape
    transitions = np.zeros((states, actions, states))
    pairs = np.ix_(range(states), range(actions))
    np.add.at(transitions, (pairs[0][..., None], pairs[1][..., None], outcomes.successor), outcomes.probability)
    return DecisionProcess(transitions, (outcomes.probability * outcomes.reward).sum(-1), discount)
