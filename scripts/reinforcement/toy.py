"""The article's demo made whole: its table's exact answer, its first hundred updates, and where it goes from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.special import gammaln

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval, mean_intervals
from scripts.reinforcement.learning import Schedule, double_q_learning, q_learning, uniform_experience
from scripts.reinforcement.mdp import DecisionProcess, solve
from scripts.reinforcement.settings import Toy

MEAN_REWARD = 0.5  # rewards are uniform on [0, 1]
SHORT_STRIDE = 10  # updates between two looks at the short runs
CURVE_POINTS = 60  # of each curve, evenly spaced on a logarithmic axis

Track = dict[str, np.ndarray]


def compute(settings: Toy) -> Result:
    """Solve the table exactly; run it short over many seeds, and long under three step-size rules and double Q."""
    exact = solve(decision_process(settings))
    fixed = float(exact.mean())
    times, short = short_runs(settings, exact)
    long_times, long = long_runs(settings, exact)
    double_times, double = double_runs(settings, exact)
    constant = {name: track[long_times > settings.burn_in, 0] for name, track in long.items()}
    paired = {name: track[double_times > settings.burn_in] for name, track in double.items()}
    values = {
        "fixed_point": Value(fixed, digits=2, note="exact, by dynamic programming"),
        "entries": Value(exact.size, digits=0, note="states times actions"),
        "fixed_point_spread": Value(float(np.ptp(exact)), digits=1, note="largest minus smallest exact entry"),
    }
    values |= early_values(settings, fixed, times, short["mean"])
    values |= constant_values(settings, fixed, constant) | double_values(fixed, paired, double["error"][-1])
    values |= end_values(settings, fixed, long)
    kept, double_kept = (np.isin(looks, curve_times(looks[-1])) for looks in (long_times, double_times))
    curves = {"times": long_times[kept], "curves": long["mean"][kept]}
    curves |= {"double_times": double_times[double_kept], "double": double["mean"][double_kept]}
    return Result(values, curves | {"exact": exact, "unbiased": unbiased_mean(settings, fixed, curves["times"])})


def decision_process(settings: Toy) -> DecisionProcess:
    """Return the article's process: every next state equally likely after every action, one mean reward."""
    shape = (settings.states, settings.actions)
    transitions = np.full((*shape, settings.states), 1 / settings.states)
    return DecisionProcess(transitions, np.full(shape, MEAN_REWARD), settings.discount)


def schedules(settings: Toy) -> dict[str, Schedule]:
    """Return the step-size rules by name: constant, the textbook's 1/n, and Wainwright's 1 / (1 + (1 − γ) n)."""
    return {
        "constant": Schedule(1 / settings.step, 0),
        "linear": Schedule(0, 1),
        "rescaled": Schedule(1, 1 - settings.discount),
    }


def rate(settings: Toy) -> float:
    """Return how fast the expected table closes its gap, per update, were there no maximum: α (1 − γ) / entries."""
    return settings.step * (1 - settings.discount) / (settings.states * settings.actions)


def updates_to_99(settings: Toy) -> float:
    """Return the updates that bring the expected table without the maximum's bias to 99 %: ln(100) / rate."""
    return float(np.log(100) / rate(settings))


def unbiased_mean(settings: Toy, fixed: float, times: np.ndarray) -> np.ndarray:
    """Return the expected table without the maximum's bias, Q*(1 − exp(−rate · t)), shape (time,)."""
    return fixed * -np.expm1(-rate(settings) * times)


def linear_shortfall(visits: float, discount: float) -> float:
    """Return the share of Q* that 1/n still lacks after n visits of every entry, without the maximum's bias.

    Every visit multiplies the gap by 1 − (1 − γ)/n; the product is Γ(n + γ) / (Γ(γ) Γ(n + 1)) ≈ n^−(1−γ) / Γ(γ).
    """
    if discount == 0:
        return 0.0
    return float(np.exp(gammaln(visits + discount) - gammaln(discount) - gammaln(visits + 1)))


def short_runs(settings: Toy, exact: np.ndarray) -> tuple[np.ndarray, Track]:
    """Follow the article's loop over all seeds, to twice the time at which it should stand at 99 %."""
    horizon = max(int(2 * updates_to_99(settings)), settings.updates)
    times = np.union1d(np.arange(SHORT_STRIDE, horizon + 1, SHORT_STRIDE), [settings.updates])
    table = np.zeros((1, settings.seeds, *exact.shape))
    steps = learn(settings, table, [schedules(settings)["constant"]], times[-1], "short")
    track = follow(steps, times, lambda: table, exact)
    return times, {name: column[:, 0] for name, column in track.items()}


def long_runs(settings: Toy, exact: np.ndarray) -> tuple[np.ndarray, Track]:
    """Follow one table a rule and seed for a long time; all rules see the same experience."""
    rules = list(schedules(settings).values())
    table = np.zeros((len(rules), settings.long_seeds, *exact.shape))
    times = look_times(settings.long_updates, settings.stride)
    steps = learn(settings, table, rules, settings.long_updates, "long")
    return times, follow(steps, times, lambda: table, exact)


def double_runs(settings: Toy, exact: np.ndarray) -> tuple[np.ndarray, Track]:
    """Follow double Q-learning with the article's step size; what counts is the mean of its two tables."""
    tables = np.zeros((2, settings.double_seeds, *exact.shape))
    rngs = _generators(settings, settings.double_seeds, "double")
    stream = uniform_experience(*exact.shape, settings.double_updates, rngs)
    steps = (tick for one in stream for tick in double_q_learning(tables, one, settings.step, settings.discount))
    times = look_times(settings.double_updates, settings.stride)
    return times, follow(steps, times, lambda: tables.mean(0), exact)


def learn(settings: Toy, table: np.ndarray, rules: Sequence[Schedule], updates: int, purpose: str) -> Iterator[None]:
    """Run Q-learning on fresh experience, one update of every table a step; the table changes in place."""
    _, seeds, states, actions = table.shape
    counts = np.zeros(table.shape, dtype=np.int64)
    for one in uniform_experience(states, actions, updates, _generators(settings, seeds, purpose)):
        yield from q_learning(table, counts, one, rules, settings.discount)


def follow(steps: Iterator[None], times: np.ndarray, table: Callable[[], np.ndarray], exact: np.ndarray) -> Track:
    """Look at the table after each of the given numbers of updates; each array has shape (time, …, seed)."""
    wanted = set(times.tolist())
    looks = [look(table(), exact) for number, _ in enumerate(steps, start=1) if number in wanted]
    return {name: np.stack([entry[name] for entry in looks]) for name in looks[0]}


def look(table: np.ndarray, exact: np.ndarray) -> Track:
    """Return what is recorded of tables of shape (…, state, action).

    `mean` and `square` over the entries; `gap`, by how much the best action's entry exceeds its state's mean, on
    average over states; `error`, the largest error of any entry relative to the largest exact entry.
    """
    both = (-2, -1)
    return {
        "mean": table.mean(both),
        "square": (table**2).mean(both),
        "gap": (table.max(-1) - table.mean(-1)).mean(-1),
        "error": np.abs(table - exact).max(both) / np.abs(exact).max(),
    }


def look_times(updates: int, stride: int) -> np.ndarray:
    """Return when a long run is looked at: at even steps for the limits, at logarithmic ones for the curves."""
    return np.union1d(np.arange(stride, updates + 1, stride), curve_times(updates))


def curve_times(updates: int) -> np.ndarray:
    """Return about CURVE_POINTS whole numbers from 1 to `updates`, evenly spaced in the logarithm."""
    return np.unique(np.geomspace(1, updates, CURVE_POINTS).round().astype(int))


def early_values(settings: Toy, fixed: float, times: np.ndarray, means: np.ndarray) -> dict[str, Value]:
    """Describe the short runs; means (time, seed) of the tables."""
    stopped = mean_interval(means[times == settings.updates][0])
    share = mean_interval(means[times == settings.updates][0] / fixed * 100)
    expected = float(unbiased_mean(settings, fixed, np.array([settings.updates]))[0])
    return {
        "after_100": Value.of(stopped, 3, note="mean entry where the demo stops"),
        "after_100_share": Value.of(share, 1, unit="%", note="of the exact value"),
        "after_100_unbiased": Value(expected, digits=3, note="expected, without the maximum's bias"),
        "time_constant": Value(1 / rate(settings), digits=0, note="updates in which the gap falls to 1/e, expected"),
        "halving": Value(
            2 ** (1 / (1 - settings.discount)), digits=0, note="2^(1/(1-γ)), visits to halve the gap of 1/n"
        ),
        "updates_to_99": Value(updates_to_99(settings), digits=0, note="expected, without the maximum's bias"),
        "updates_to_99_simulated": crossing(times, means, 0.99 * fixed),
    }


def crossing(times: np.ndarray, means: np.ndarray, level: float) -> Value:
    """Return the first time at which the mean over seeds reaches a level; the interval is where its ends reach it.

    Args:
        times: increasing, shape (time,).
        means: shape (time, seed).
        level: to reach.

    Raises:
        ValueError: the lower end of the interval never reaches the level.
    """
    centre, low, high = mean_intervals(means)
    if not (low >= level).any():
        raise ValueError(f"expected the mean to reach {level} within {times[-1]} updates, got {low.max()} at most")
    first = [float(times[np.argmax(curve >= level)]) for curve in (centre, high, low)]
    return Value(*first, n=means.shape[1], digits=0, note="where the 95 % band of the mean table crosses 99 %")


def constant_values(settings: Toy, fixed: float, settled: Track) -> dict[str, Value]:
    """Describe where a constant step leads; settled arrays have shape (time, seed), start left out."""
    limit, gap = settled["mean"].mean(0), settled["gap"].mean(0)
    spread = np.sqrt(settled["square"].mean(0) - limit**2)
    amplified = settings.discount / (1 - settings.discount)
    note = "γ/(1−γ) times the maximum's excess: what the limit exceeds the exact value by, in expectation"
    return {
        "constant_alpha_limit": Value.of(mean_interval(limit), 3, note="time average after the start"),
        "constant_alpha_bias": Value.of(mean_interval((limit / fixed - 1) * 100), 2, unit="%"),
        "constant_alpha_gap": Value.of(mean_interval(gap), 4, note="best action's entry minus its state's mean"),
        "constant_alpha_amplified": Value.of(mean_interval(amplified * gap), 3, note=note),
        "constant_alpha_spread": Value.of(mean_interval(spread), 3, note="standard deviation of one entry in time"),
        "amplification": Value(amplified, digits=2, note="γ/(1−γ)"),
    }


def double_values(fixed: float, settled: Track, error: np.ndarray) -> dict[str, Value]:
    """Describe where double Q-learning leads; settled arrays (time, seed), error (seed,) at the end."""
    limit = settled["mean"].mean(0)
    return {
        "double_q_limit": Value.of(mean_interval(limit), 3, note="time average after the start"),
        "double_q_bias": Value.of(mean_interval((limit / fixed - 1) * 100), 2, unit="%"),
        "double_q_error": Value.of(mean_interval(error * 100), 2, unit="%", note="largest error of any entry"),
    }


def end_values(settings: Toy, fixed: float, long: Track) -> dict[str, Value]:
    """Describe every rule's table at the end of the long runs; arrays have shape (time, rule, seed)."""
    values = {}
    for index, name in enumerate(schedules(settings)):
        error = long["error"][-1, index] * 100
        values[f"{name}_end"] = Value.of(mean_interval(long["mean"][-1, index]), 3, note="mean entry at the end")
        values[f"{name}_error"] = Value.of(mean_interval(error), 2, unit="%", note="largest error of any entry")
    visits = settings.long_updates / (settings.states * settings.actions)
    expected = fixed * (1 - linear_shortfall(visits, settings.discount))
    return values | {"linear_expected": Value(expected, digits=3, note="theory, without the maximum's bias")}


def _generators(settings: Toy, count: int, purpose: str) -> list[np.random.Generator]:
    return generators(range(settings.first_seed, settings.first_seed + count), f"reinforcement.toy.{purpose}")
