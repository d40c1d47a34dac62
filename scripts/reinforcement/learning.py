"""Tabular Q-learning and double Q-learning, many tables side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scripts.reinforcement.environments import Outcomes

CHUNK = 250  # updates drawn at a time: bounds the memory


@dataclass(frozen=True)
class Schedule:
    """Give the step size of the n-th update of a table's entry, 1 / (offset + slope · n)^power.

    Constant steps have slope 0; the textbook's 1/n has offset 0 and slope 1; the rescaled linear steps of Wainwright
    (2019, section 3) have offset 1 and slope 1 − γ; the polynomial steps of Even-Dar & Mansour (2003) have offset 0,
    slope 1 and a power between ½ and 1.
    """

    offset: float
    slope: float
    power: float = 1

    def __call__(self, count: np.ndarray) -> np.ndarray:
        """Return the step sizes of updates numbered from 1."""
        return 1 / (self.offset + self.slope * count) ** self.power


@dataclass(frozen=True)
class Experience:
    """Hold one transition an update and seed; every array has shape (update, seed).

    Args:
        pairs: the state–action pair that is updated, as state · actions + action.
        successors: the next state.
        rewards: the reward.
        coins: 0 or 1, which of the two tables double Q-learning updates.
    """

    pairs: np.ndarray
    successors: np.ndarray
    rewards: np.ndarray
    coins: np.ndarray

    def __len__(self) -> int:
        """Return the number of updates."""
        return len(self.pairs)


def uniform_experience(
    states: int, actions: int, updates: int, rngs: Sequence[np.random.Generator]
) -> Iterator[Experience]:
    """Draw the article's experience chunk by chunk: pairs and next states uniform, rewards uniform on [0, 1].

    Args:
        states: how many.
        actions: how many in each state.
        updates: how many in all.
        rngs: one generator a seed, each the only source of its seed's draws.
    """

    def draw(size: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        pairs, successors = rng.integers(states * actions, size=size), rng.integers(states, size=size)
        return pairs, successors, rng.random(size), rng.integers(2, size=size)

    return _chunks(draw, updates, rngs)


def world_experience(outcomes: Outcomes, updates: int, rngs: Sequence[np.random.Generator]) -> Iterator[Experience]:
    """Draw experience of a world chunk by chunk: pairs uniform, what follows by the world's chances.

    The end of an episode needs no mark: a terminal state keeps to itself without reward, so that the entries of a
    table that starts empty stay at its value, 0.

    Args:
        outcomes: what can follow each state and action.
        updates: how many in all.
        rngs: one generator a seed, each the only source of its seed's draws.
    """
    states, actions, _ = outcomes.probability.shape

    def draw(size: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        pairs = rng.integers(states * actions, size=size)
        successors, rewards, _ = outcomes.draw(*np.divmod(pairs, actions), rng.random(size))
        return pairs, successors, rewards, rng.integers(2, size=size)

    return _chunks(draw, updates, rngs)


def q_learning(
    table: np.ndarray, counts: np.ndarray, experience: Experience, schedules: Sequence[Schedule], discount: float
) -> Iterator[None]:
    """Update tables in place, one update of every table a step of the iterator (Watkins & Dayan 1992).

    Q(s,a) ← Q(s,a) + α_n (r + γ max_a' Q(s',a') − Q(s,a)), where n counts the updates of this entry. All schedules see
    the same experience, so that they can be compared seed by seed.

    Args:
        table: shape (schedule, seed, state, action), contiguous.
        counts: updates so far of every entry, same shape.
        experience: what happens.
        schedules: one a row of the table.
        discount: γ.
    """
    rules, seeds, states, actions = table.shape
    flat, visits = _flat_view(table), _flat_view(counts)
    origin = (np.arange(rules * seeds) * states * actions).reshape(rules, seeds)
    offset, slope, power = (
        np.array([[getattr(rule, name)] for rule in schedules]) for name in ("offset", "slope", "power")
    )
    entries = experience.pairs[:, None] + origin
    options = experience.successors[:, None, None] * actions + origin + np.arange(actions)[:, None, None]
    for entry, option, reward in zip(entries, options, experience.rewards, strict=True):
        visits[entry] = number = visits[entry] + 1
        old = flat[entry]
        flat[entry] = old + (reward + discount * flat[option].max(0) - old) / (offset + slope * number) ** power
        yield


def double_q_learning(tables: np.ndarray, experience: Experience, step: float, discount: float) -> Iterator[None]:
    """Update pairs of tables in place, one update of every pair a step of the iterator (van Hasselt 2010, algorithm 1).

    A coin picks the table to update. It chooses the best next action; the *other* table says what that action is worth.

    Args:
        tables: shape (2, seed, state, action), contiguous.
        experience: what happens, with the coins.
        step: constant step size α.
        discount: γ.
    """
    _, seeds, states, actions = tables.shape
    flat = _flat_view(tables)
    half = tables[0].size
    origin = np.arange(seeds) * states * actions
    own, other = origin + experience.coins * half, origin + (1 - experience.coins) * half
    entries = own + experience.pairs
    options = (own + experience.successors * actions)[:, None] + np.arange(actions)[:, None]
    judged = other + experience.successors * actions
    for entry, option, judge, reward in zip(entries, options, judged, experience.rewards, strict=True):
        value = flat[judge + flat[option].argmax(0)]
        flat[entry] += step * (reward + discount * value - flat[entry])
        yield


def _chunks(
    draw: Callable[[int, np.random.Generator], tuple[np.ndarray, ...]],
    updates: int,
    rngs: Sequence[np.random.Generator],
) -> Iterator[Experience]:
    for start in range(0, updates, CHUNK):
        drawn = [draw(min(CHUNK, updates - start), rng) for rng in rngs]
        yield Experience(*(np.stack(column, axis=1) for column in zip(*drawn, strict=True)))


def _flat_view(array: np.ndarray) -> np.ndarray:
    if not array.flags.c_contiguous:
        raise ValueError("expected a contiguous table: it is changed in place")
    return array.reshape(-1)
