"""Time Q-learning on many tables side by side against the article's plain loop.

    python -m benchmarks.reinforcement --repeat 5

All ways make the same updates, those of the article's demo with its step size and discount, from experience that is
drawn beforehand. The article's loop takes one table, a NumPy array, and one update at a time; beside it, the same loop
over Python's own lists and floats, the fastest way to write it without a library. Prints a table in Markdown: medians
of updates per second of processor time, which other programs on the machine change less than seconds of the clock,
with the smallest and the largest in brackets; and the largest difference in any entry. Ends with an error if the ways
differ by more than 1e-9, or if the gain over the article's loop is below 100.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from scripts.maths.random import generators
from scripts.reinforcement.learning import Experience, Schedule, q_learning, uniform_experience
from scripts.reinforcement.settings import Toy

LARGEST_DIFFERENCE = 1e-9  # more, and the ways are not the same computation
SMALLEST_GAIN = 100
LOOPED = 2  # tables that the loops fill, which then are compared; the others would only take time


def together(settings: Toy, experience: list[Experience], tables: int) -> np.ndarray:
    """Fill all tables side by side; shape (table, state, action)."""
    table = np.zeros((1, tables, settings.states, settings.actions))
    counts = np.zeros(table.shape, dtype=np.int64)
    for one in experience:
        for _ in q_learning(table, counts, one, [Schedule(1 / settings.step, 0)], settings.discount):
            pass
    return table[0]


def in_the_articles_loop(settings: Toy, experience: list[Experience], tables: int) -> np.ndarray:
    """Fill table after table as the article does."""
    filled = np.zeros((tables, settings.states, settings.actions))
    for index, table in enumerate(filled):
        for one in experience:
            for pair, following, reward in zip(*columns(one, index), strict=True):
                state, action = divmod(pair, settings.actions)
                target = reward + settings.discount * np.max(table[following])
                table[state, action] += settings.step * (target - table[state, action])
    return filled


def in_a_loop_over_lists(settings: Toy, experience: list[Experience], tables: int) -> np.ndarray:
    """Fill table after table with Python's own lists and floats."""
    filled = []
    for index in range(tables):
        table = [[0.0] * settings.actions for _ in range(settings.states)]
        for one in experience:
            for pair, following, reward in zip(*columns(one, index), strict=True):
                row, action = table[pair // settings.actions], pair % settings.actions
                row[action] += settings.step * (reward + settings.discount * max(table[following]) - row[action])
        filled.append(table)
    return np.array(filled)


def columns(experience: Experience, index: int) -> tuple[list[Any], ...]:
    """Return one table's pairs, next states and rewards as lists."""
    return tuple(getattr(experience, name)[:, index].tolist() for name in ("pairs", "successors", "rewards"))


def timed(work: Callable[[Toy, list[Experience], int], np.ndarray], *arguments: Any) -> tuple[float, np.ndarray]:
    """Return the seconds of processor time that some work takes, and the tables."""
    start = time.process_time()
    filled = work(*arguments)
    return time.process_time() - start, filled


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--updates", type=int, default=5000, help="of each table")
    given = parser.parse_args()
    settings = Toy()
    rngs = generators(range(given.tables), "benchmarks.reinforcement")
    experience = list(uniform_experience(settings.states, settings.actions, given.updates, rngs))
    ways = {
        f"{given.tables} tables side by side": (together, given.tables),
        "the article's loop": (in_the_articles_loop, LOOPED),
        "a loop over lists": (in_a_loop_over_lists, LOOPED),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    filled = {}
    for _ in range(given.repeat):  # in turns, so that a busy moment of the machine slows all
        for name, (work, tables) in ways.items():
            seconds, filled[name] = timed(work, settings, experience, tables)
            rates[name].append(tables * given.updates / seconds)
    first, article, _ = ways
    print("| way | updates per second | times the article's | differs by |")
    print("|:--|--:|--:|--:|")
    medians = {name: statistics.median(every) for name, every in rates.items()}
    differences = {name: np.abs(tables[:LOOPED] - filled[first][:LOOPED]).max() for name, tables in filled.items()}
    for name, every in rates.items():
        bracket = f"[{min(every):.3g}, {max(every):.3g}]"
        gain = medians[name] / medians[article]
        print(f"| {name} | {medians[name]:.3g} {bracket} | {gain:.1f} | {differences[name]:.0e} |")
    if max(differences.values()) > LARGEST_DIFFERENCE:
        sys.exit(f"the ways differ by {max(differences.values()):.1e}, expected at most {LARGEST_DIFFERENCE}")
    if medians[first] < SMALLEST_GAIN * medians[article]:
        sys.exit(f"gained {medians[first] / medians[article]:.1f} over the article's loop, expected {SMALLEST_GAIN}")


if __name__ == "__main__":
    main()
