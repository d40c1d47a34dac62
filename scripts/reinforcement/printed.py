"""The printed equation for Q beside the right one, both solved exactly: on a frozen lake and on the article's table."""

from __future__ import annotations

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.reinforcement.environments import environment
from scripts.reinforcement.mdp import DecisionProcess, solve
from scripts.reinforcement.settings import Printed

MEAN_REWARD = 0.5  # of the article's table, whose rewards are uniform on [0, 1]


def compute(settings: Printed) -> Result:
    """Solve both equations exactly in both worlds."""
    lake = environment("frozenlake", settings.discount)
    table = article_table(settings.states, settings.actions, settings.discount)
    right, printed = solve(lake.process), printed_solution(lake.process)
    open_squares = ~lake.terminal
    worthless = (right.max(-1) > 0) & (printed.max(-1) == 0) & open_squares
    values = {
        "start": Value(float(lake.start @ right.max(-1)), digits=3, note="value of the start, exact"),
        "printed_start": Value(float(lake.start @ printed.max(-1)), digits=0, note="the same by the printed equation"),
        "largest": Value(float(right.max()), digits=2, note="largest entry of the lake's table, exact"),
        "printed_largest": Value(float(printed.max()), digits=2, note="the same by the printed equation"),
        "squares": Value(int(open_squares.sum()), digits=0, note="squares of the lake where an episode goes on"),
        "worthless": Value(int(worthless.sum()), digits=0, note="of these, worth nothing as printed only"),
        "table": Value(float(solve(table).mean()), digits=2, note="mean entry of the article's table, exact"),
        "printed_table": Value(float(printed_solution(table).mean()), digits=2, note="by the printed equation"),
    }
    return Result(values, {"lake": right, "printed_lake": printed})


def printed_solution(process: DecisionProcess) -> np.ndarray:
    """Return the only table with Q(s,a) = R(s,a) + γ max_a' Q(s,a'), shape (state, action).

    This is the printed equation with the maximum over the actions of the state that stands there, and, to be kind to
    it, the expected reward in place of a random one. Taking the maximum on both sides gives
    max_a Q(s,a) = max_a R(s,a) / (1 − γ), so that there is one solution and no state knows of any other.
    """
    best = process.rewards.max(-1, keepdims=True) / (1 - process.discount)
    return process.rewards + process.discount * best


def article_table(states: int, actions: int, discount: float) -> DecisionProcess:
    """Return the article's own world: every next state equally likely after every action, one mean reward."""
    shape = (states, actions)
    return DecisionProcess(np.full((*shape, states), 1 / states), np.full(shape, MEAN_REWARD), discount)
