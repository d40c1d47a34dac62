"""Learning from episodes: Q-learning, SARSA and double Q-learning walk a world, many tables side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from scripts.reinforcement.environments import Environment
from scripts.reinforcement.learning import CHUNK, Schedule


@dataclass(frozen=True)
class Rule:
    """Tell learners apart.

    Args:
        kind: whether the next state counts by its best action (q), by the action that is taken (sarsa), or by what a
            second table says of the best action (double).
        schedule: the step size of the n-th update of a table's entry.
    """

    kind: Literal["q", "sarsa", "double"]
    schedule: Schedule


class Draws(NamedTuple):
    """Hold the random numbers of some updates, uniform on [0, 1), shape (update, seed); `keys` has one an action."""

    outcome: np.ndarray
    explore: np.ndarray
    coin: np.ndarray
    first: np.ndarray
    keys: np.ndarray


def walk(
    world: Environment, rules: Sequence[Rule], *, epsilon: float, updates: int, rngs: Sequence[np.random.Generator]
) -> Iterator[np.ndarray]:
    """Learn step by step and yield the tables after each, shape (2, rule, seed, state, action); they go on changing.

    Every rule acts ε-greedily by its own table, ties broken at random, from episode to episode, and updates the entry
    of each step (Watkins & Dayan 1992; Rummery & Niranjan 1994; van Hasselt 2010, algorithm 1):

        Q(s,a) ← Q(s,a) + α_n (r + γ Q'(s',b) − Q(s,a)),   b = argmax Q(s',·), for SARSA the action taken at s'.

    Q' is Q itself, but for double Q-learning the other of two tables, of which a coin picks the one to update; it acts
    by their sum. The others use the first table alone. Tables start at 0. The end of an episode is worth 0; one that is
    cut off at the step limit is not. All rules draw the same random numbers. SARSA needs the next action before the
    update, so all take it then; for the others this differs from the textbook only where a step stays in its place.

    Args:
        world: to walk, with the discount γ.
        rules: learners.
        epsilon: share of actions that are drawn uniformly.
        updates: how many, one a step.
        rngs: one generator a seed, each the only source of its seed's draws.
    """
    outcomes, gamma, limit = world.outcomes, world.process.discount, world.step_limit or np.inf
    states, actions, _ = outcomes.probability.shape
    shape = (len(rules), len(rngs))
    tables = np.zeros((2, *shape, states, actions))
    flat, rows, counts = tables.reshape(-1), tables.reshape(-1, actions), np.zeros(tables.size)
    origin = np.arange(shape[0] * shape[1]).reshape(shape) * states
    double, sarsa = (np.array([[rule.kind == kind] for rule in rules]) for kind in ("double", "sarsa"))
    second = double * origin.size * states  # from a row of a first table to that of the second
    step_size = _side_by_side([rule.schedule for rule in rules])
    begin = _draw(1, actions, rngs)
    state = np.broadcast_to(_first(world, begin.first[0]), shape)
    action = _choose(np.zeros((*shape, actions)), begin.explore[0] < epsilon, begin.keys[0])
    steps = np.zeros(shape, dtype=int)
    for start in range(0, updates, CHUNK):
        draws = _draw(min(CHUNK, updates - start), actions, rngs)
        heads = draws.coin[:, None] < 0.5
        own, other = origin + second * heads, origin + second * ~heads
        columns = (draws.outcome, draws.explore < epsilon, draws.keys, _first(world, draws.first), own, other)
        for uniform, explores, keys, first, mine, theirs in zip(*columns, strict=True):
            successor, reward, ended = outcomes.draw(state, action, uniform)
            place = np.where(ended, first, successor)
            following = _choose(rows.take(mine + place, 0) + rows.take(theirs + place, 0), explores, keys)
            judged = np.where(sarsa, following, rows.take(mine + successor, 0).argmax(-1))
            value = flat[(theirs + successor) * actions + judged]  # never learned, so 0, where the episode has ended
            entry = (mine + state) * actions + action
            counts[entry] = number = counts[entry] + 1
            flat[entry] += step_size(number) * (reward + gamma * value - flat[entry])
            steps = np.where(ended, 0, steps + 1)
            if (steps >= limit).any():
                cut = steps >= limit
                place = np.where(cut, first, place)
                again = _choose(rows.take(mine + place, 0) + rows.take(theirs + place, 0), explores, keys)
                following, steps = np.where(cut, again, following), np.where(cut, 0, steps)
            state, action = place, following
            yield tables


def acting(tables: np.ndarray, rules: Sequence[Rule]) -> np.ndarray:
    """Return the table that each rule acts by, its only one or the mean of its two, shape (rule, …, state, action)."""
    return np.stack(
        [tables[:, place].mean(0) if rule.kind == "double" else tables[0, place] for place, rule in enumerate(rules)]
    )


def _choose(entries: np.ndarray, explores: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return the best actions by entries (rule, seed, action), of equals that with the largest key; or explore."""
    lines = entries.reshape(-1, entries.shape[-1])
    best = lines[np.arange(len(lines)), lines.argmax(-1)].reshape(entries.shape[:-1])  # three times as fast as max(-1)
    open_to = (entries == best[..., None]) | explores[..., None]
    return (open_to * keys).argmax(-1)


def _first(world: Environment, uniforms: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(world.start)
    return places[np.searchsorted(world.start[places].cumsum()[:-1], uniforms, side="right")]


def _draw(size: int, actions: int, rngs: Sequence[np.random.Generator]) -> Draws:
    drawn = np.stack([rng.random((size, 4 + actions)) for rng in rngs], axis=1)
    return Draws(*np.moveaxis(drawn[..., :4], -1, 0), 1 - drawn[..., 4:])  # keys above 0, so that an open action wins


def _side_by_side(schedules: Sequence[Schedule]) -> Schedule:
    """Return schedules as one, whose step sizes go by the rows of what it is called with."""
    columns = (np.array([[getattr(one, name)] for one in schedules]) for name in ("offset", "slope", "power"))
    return Schedule(*columns)
