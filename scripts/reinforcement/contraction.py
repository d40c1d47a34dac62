"""The Bellman operator brings tables closer by at least the discount, and value iteration converges at its rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval
from scripts.reinforcement.environments import NAMES, environment
from scripts.reinforcement.mdp import DecisionProcess, bellman, policy_iteration
from scripts.reinforcement.settings import Contraction

RATED = 0.9  # the discount whose rate is told: the id rate_090 says so
LAST = 10  # sweeps over which the final rate is taken: by then the error shrinks evenly


@dataclass(frozen=True)
class Problem:
    """Hold a process with the states whose entries are 0 by definition, as an episode has ended there."""

    process: DecisionProcess
    terminal: np.ndarray


@dataclass(frozen=True)
class Iteration:
    """Hold what value iteration from the empty table did: the error after each sweep, and the policies Howard's took.

    Args:
        errors: largest error of any entry, relative to the empty table's, shape (sweep,).
        policies: policies that policy iteration evaluated.
        residual: ‖TQ* − Q*‖∞ of the solution, relative to ‖Q*‖∞.
    """

    errors: np.ndarray
    policies: int
    residual: float

    @property
    def sweeps(self) -> int:
        """Return how many sweeps were needed."""
        return len(self.errors) - 1

    @property
    def rate(self) -> float:
        """Return the factor by which a sweep shrinks the error in the end, on average over the last sweeps."""
        last = min(LAST, self.sweeps)
        return float((self.errors[-1] / self.errors[-1 - last]) ** (1 / last))


def compute(settings: Contraction) -> Result:
    """Compare pairs of tables before and after the operator, and iterate on random processes and gymnasium's worlds."""
    random = random_problems(settings)
    worlds = {name: world_problem(name) for name in NAMES}
    groups = {"random": random, "worlds": list(worlds.values())}
    found = {name: [pair_ratios(settings, *one) for one in enumerate(group)] for name, group in groups.items()}
    ratios = {name: np.stack(rows, axis=-1) for name, rows in found.items()}
    iterations = [iterate(problem.process, settings.tolerance) for problem in random]
    known = {name: iterate(problem.process, settings.tolerance) for name, problem in worlds.items()}
    values = ratio_values(ratios) | random_values(settings, iterations) | world_values(worlds, known)
    residual = max(one.residual for one in (*iterations, *known.values()))
    values["residual"] = Value(residual, digits=3, note="of the exact tables, ‖TQ* − Q*‖∞ over ‖Q*‖∞, largest")
    arrays = {f"errors_{name}": one.errors for name, one in known.items()} | {"errors_random": iterations[0].errors}
    return Result(values, arrays | {f"ratios_{name}": every for name, every in ratios.items()})


def random_problems(settings: Contraction) -> list[Problem]:
    """Return one dense process a seed: next states by a uniform draw from the simplex, rewards standard normal."""
    shape = (settings.states, settings.actions)
    none = np.zeros(settings.states, dtype=bool)
    return [
        Problem(
            DecisionProcess(rng.dirichlet(np.ones(settings.states), size=shape), rng.normal(size=shape), RATED), none
        )
        for rng in generators(settings.seed_block, "reinforcement.contraction.processes")
    ]


def world_problem(name: str) -> Problem:
    """Return one of gymnasium's worlds."""
    world = environment(name, RATED)
    return Problem(world.process, world.terminal)


def pair_ratios(settings: Contraction, place: int, problem: Problem) -> np.ndarray:
    """Return ‖TQ − TQ'‖∞ / (γ ‖Q − Q'‖∞) for pairs of tables, shape (kind, discount, pair).

    Of the first kind, both tables are standard normal. Of the second, the two differ by the same amount everywhere
    (but where an episode has ended), which is the worst that can happen. `place` tells problems apart.
    """
    rng = generator(settings.first_seed + place, "reinforcement.contraction.pairs")
    shape = (settings.pairs, *problem.process.rewards.shape)
    open_ = ~problem.terminal[:, None]
    table, other = rng.normal(size=shape) * open_, rng.normal(size=shape) * open_
    shifted = table + rng.normal(size=(settings.pairs, 1, 1)) * open_
    processes = [replace(problem.process, discount=discount) for discount in settings.discounts]
    return np.array([[ratio(process, table, second) for process in processes] for second in (other, shifted)])


def ratio(process: DecisionProcess, table: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far apart tables (…, state, action) are after the operator, over γ times how far before."""
    after = np.abs(bellman(process, table) - bellman(process, other)).max((-2, -1))
    return after / (process.discount * np.abs(table - other).max((-2, -1)))


def iterate(process: DecisionProcess, tolerance: float) -> Iteration:
    """Sweep from the empty table until the largest error is `tolerance` times what it was."""
    exact, policies = policy_iteration(process)
    largest = np.abs(exact).max()
    table, errors = np.zeros_like(exact), [1.0]
    while errors[-1] > tolerance:
        table = bellman(process, table)
        errors.append(float(np.abs(table - exact).max() / largest))
    residual = np.abs(bellman(process, exact) - exact).max() / largest
    return Iteration(np.array(errors), policies, float(residual))


def slowest_mode(problem: Problem) -> float:
    """Return the rate at which value iteration ends, γ times the largest eigenvalue of the best policy's moves.

    Only moves between states where the episode goes on count; the empty table is right where it has ended.
    """
    process, going = problem.process, ~problem.terminal
    policy = policy_iteration(process)[0].argmax(-1)
    moves = process.transitions[np.arange(len(policy)), policy][np.ix_(going, going)]
    return float(process.discount * np.abs(np.linalg.eigvals(moves)).max())


def ratio_values(ratios: dict[str, np.ndarray]) -> dict[str, Value]:
    """Describe the ratios; each array has shape (kind, discount, pair, process)."""
    largest = max(float(every.max()) for every in ratios.values())
    typical = ratios["random"][0].mean((0, 1))
    return {
        "largest_ratio": Value(largest, digits=6, note="largest of all pairs, over γ"),
        "random_ratio": Value(float(ratios["random"][0].max()), digits=3, note="largest of two random tables, over γ"),
        "typical_ratio": Value.of(
            mean_interval(typical), 3, note="mean of two random tables, over γ; interval over processes"
        ),
        "shifted_ratio": Value(
            float(ratios["random"][1].min()), digits=6, note="smallest of tables a constant apart, over γ"
        ),
        "world_ratio": Value(float(ratios["worlds"].max()), digits=6, note="largest in gymnasium's worlds, over γ"),
        "pairs": Value(sum(every.size for every in ratios.values()), digits=0, note="pairs of tables compared"),
    }


def random_values(settings: Contraction, iterations: list[Iteration]) -> dict[str, Value]:
    """Describe value and policy iteration on the random processes."""
    bound = np.ceil(np.log(settings.tolerance) / np.log(RATED))
    rates, sweeps, policies = (
        mean_interval([getattr(one, name) for one in iterations]) for name in ("rate", "sweeps", "policies")
    )
    return {
        "rate_090": Value.of(rates, 4, note="factor of the error per sweep at γ = 0.9, last sweeps"),
        "sweeps": Value.of(sweeps, 1, note="sweeps until the error has fallen by the tolerance"),
        "sweeps_bound": Value(float(bound), digits=0, note="⌈log tolerance / log γ⌉: no more are ever needed"),
        "policies": Value.of(policies, 1, note="policies that policy iteration evaluates"),
    }


def world_values(worlds: dict[str, Problem], known: dict[str, Iteration]) -> dict[str, Value]:
    """Describe value and policy iteration in gymnasium's worlds."""
    values = {}
    for name, one in known.items():
        values[f"{name}_sweeps"] = Value(
            one.sweeps, digits=0, note="sweeps until the error has fallen by the tolerance"
        )
        values[f"{name}_policies"] = Value(one.policies, digits=0, note="policies that policy iteration evaluates")
    for name in ("frozenlake", "frozenlake8"):
        values[f"{name}_rate"] = Value(known[name].rate, digits=4, note="factor of the error per sweep, measured")
        values[f"{name}_rate_exact"] = Value(slowest_mode(worlds[name]), digits=4, note="γ times an eigenvalue, exact")
    return values
