"""Q-learning on a frozen lake under four step sizes: how far the worst entry of the table is from its exact value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.reinforcement.contraction import Problem, slowest_mode
from scripts.reinforcement.environments import Environment, environment
from scripts.reinforcement.learning import Schedule, q_learning, world_experience
from scripts.reinforcement.mdp import DecisionProcess, bellman, policy_values, solve
from scripts.reinforcement.settings import Rates
from scripts.reinforcement.toy import curve_times, follow

DECADE = 10  # slopes are taken from a tenth of the updates on


def compute(settings: Rates) -> Result:
    """Learn the same lake from the same experience under each rule, and compare with the exact table."""
    world = environment("frozenlake", settings.discount)
    exact = solve(world.process)
    rules = schedules(settings)
    table = np.zeros((len(rules), settings.seeds, *exact.shape))
    times = curve_times(settings.updates)
    errors = follow(learn(settings, world, table), times, lambda: table, exact)["error"]
    largest = float(np.abs(exact).max())
    slopes = log_slopes(times, errors, settings.updates / DECADE)
    losses = policy_losses(world, table, exact)
    values = {
        "largest_value": Value(largest, digits=3, note="largest entry of the exact table"),
        "visits": Value(settings.updates / exact.size, digits=0, note="updates of an entry, on average"),
        "linear_exponent": Value(
            slowest_mode(Problem(world.process, world.terminal)) - 1,
            digits=3,
            note="theory for the slope of 1/n, in the limit only",
        ),
    }
    for index, (name, rule) in enumerate(rules.items()):
        left = noiseless_error(settings, world.process, rule, exact)
        values[f"start_{name}"] = Value(left, digits=4, note="error that the empty start leaves, were there no luck")
        values |= rule_values(name, errors[-1, index], largest, slopes[index], losses[index])
    values |= comparisons(dict(zip(rules, errors[-1], strict=True)))
    return Result(values, {"times": times, "errors": errors, "exact": exact, "slopes": slopes, "losses": losses})


def schedules(settings: Rates) -> dict[str, Schedule]:
    """Return the step-size rules by name: 1/n, n^−0.8, n^−0.6 and constant."""
    return {
        "linear": Schedule(0, 1),
        "poly08": Schedule(0, 1, 0.8),
        "poly06": Schedule(0, 1, 0.6),
        "constant": Schedule(1 / settings.step, 0),
    }


def learn(settings: Rates, world: Environment, table: np.ndarray) -> Iterator[None]:
    """Run Q-learning at uniformly drawn pairs, one update of every table a step; the table changes in place."""
    rngs = generators(settings.seed_block, "reinforcement.rates.experience")
    counts, rules = np.zeros(table.shape, dtype=np.int64), list(schedules(settings).values())
    for one in world_experience(world.outcomes, settings.updates, rngs):
        yield from q_learning(table, counts, one, rules, settings.discount)


def log_slopes(times: np.ndarray, errors: np.ndarray, start: float) -> np.ndarray:
    """Return slopes of log error in log time from a time on, by least squares; errors (time, …) to slopes (…)."""
    late = times >= start
    deviations = np.log(times[late]) - np.log(times[late]).mean()
    return np.tensordot(deviations, np.log(errors[late]), 1) / (deviations @ deviations)


def noiseless_error(settings: Rates, process: DecisionProcess, rule: Schedule, exact: np.ndarray) -> float:
    """Return the largest error that updates by their expectation leave, after as many of every entry as on average."""
    table = np.zeros_like(exact)
    for step in rule(np.arange(1, settings.updates // exact.size + 1)):
        table += step * (bellman(process, table) - table)
    return float(np.abs(table - exact).max())


def policy_losses(world: Environment, tables: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Return what the greedy policies of tables (…, state, action) lose at the start, as a share of the best value."""
    best = float(world.start @ exact.max(-1))
    return 1 - policy_values(world.process, tables.argmax(-1)) @ world.start / best


def rule_values(
    name: str, errors: np.ndarray, largest: float, slopes: np.ndarray, losses: np.ndarray
) -> dict[str, Value]:
    """Describe one rule at the end; errors relative to the largest exact entry, slopes and losses of shape (seed,)."""
    loss = bounded(mean_interval(losses * 100), 0, np.inf)
    return {
        f"error_{name}": Value.of(mean_interval(errors * largest), 3, note="largest error of any entry, at the end"),
        f"relative_{name}": Value.of(mean_interval(errors * 100), 1, unit="%", note="of the largest exact entry"),
        f"slope_{name}": Value.of(mean_interval(slopes), 3, note="of log error in log updates, last decade"),
        f"loss_{name}": Value.of(loss, 2, unit="%", note="exact value that the greedy policy loses at the start"),
    }


def comparisons(errors: dict[str, np.ndarray]) -> dict[str, Value]:
    """Compare rules at the end, paired by seed; each array of errors has shape (seed,)."""
    note = "error over that of n^−0.8, geometric mean, paired by seed"
    return {
        f"{name}_over_poly08": Value.of(ratio_interval(errors[name], errors["poly08"]), 2, note=note)
        for name in ("linear", "poly06", "constant")
    }
