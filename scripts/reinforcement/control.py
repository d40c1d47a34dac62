"""Three learners in three worlds where there is a decision to make, judged by the exact worth of what they would do."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval, share_interval
from scripts.reinforcement.environments import Environment, environment
from scripts.reinforcement.episodes import Rule, acting, walk
from scripts.reinforcement.judging import best_exploring, episode_returns, greedy, greedy_path, with_exploration, worth
from scripts.reinforcement.learning import Schedule
from scripts.reinforcement.mdp import solve
from scripts.reinforcement.settings import Control

WORLDS = ("frozenlake", "cliff", "taxi")
KINDS = ("q", "sarsa", "double")
FIXED_DISCOUNT = 0.99  # of the optima that the ids name
LOOKS = 16  # at each run, evenly spaced on a logarithmic axis
SPAN = 1000  # the last look over the first, in updates


@dataclass(frozen=True)
class Study:
    """Hold what became of all runs in one world.

    Args:
        world: it, under the settings' discount.
        times: updates at the looks, shape (look,).
        regret: of the greedy policy, % of what separates the best from a random policy, shape (look, rule, seed).
        books: the tables acted by at the end, shape (rule, seed, state, action).
        best: exact value of the best policy, before the first state is drawn.
        random: exact value of uniform actions.
    """

    world: Environment
    times: np.ndarray
    regret: np.ndarray
    books: np.ndarray
    best: float
    random: float


def compute(settings: Control) -> Result:
    """Let Q-learning, SARSA and double Q-learning learn in each world, with constant and with decreasing steps."""
    values, arrays = exact_values(), {}
    for name in WORLDS:
        study = run(settings, name)
        values |= {f"{name}_{key}": value for key, value in world_values(study).items()}
        arrays |= {f"{name}_times": study.times, f"{name}_regret": study.regret}
        if name == "cliff":
            values |= online_values(settings, study) | path_values(study)
            arrays |= path_arrays(settings, study)
    return Result(values, arrays)


def rules(settings: Control) -> list[Rule]:
    """Return the learners: each kind with the article's constant step, then each with steps n^−power."""
    schedules = Schedule(1 / settings.step, 0), Schedule(0, 1, settings.power)
    return [Rule(kind, schedule) for schedule in schedules for kind in KINDS]


def run(settings: Control, name: str) -> Study:
    """Learn in one world and judge the greedy policies exactly, at looks evenly spaced in the logarithm."""
    world = environment(name, settings.discount)
    states, actions = world.process.rewards.shape
    best = float(world.start @ solve(world.process).max(-1))
    uniform = np.full((states, actions), 1 / actions)
    random = float(worth(world, uniform))
    updates, learners = getattr(settings, f"{name}_updates"), rules(settings)
    times = np.unique(np.geomspace(updates / SPAN, updates, LOOKS).round().astype(int).clip(1))
    rngs = generators(settings.seed_block, f"reinforcement.control.{name}")
    regrets, looks = [], set(times.tolist())
    steps = walk(world, learners, epsilon=settings.epsilon, updates=updates, rngs=rngs)
    for number, tables in enumerate(steps, start=1):
        if number in looks:
            books = acting(tables, learners)
            lost = (best - worth(world, greedy(books))) / (best - random) * 100
            regrets.append(lost.round(9) + 0.0)  # rounding would print as 10⁻¹⁴
    return Study(world, times, np.stack(regrets), books, best, random)


def world_values(study: Study) -> dict[str, Value]:
    """Describe one world: what is best, what each learner's greedy policy loses against it, what its table promises."""
    last = study.regret[-1]
    earned = study.best - last / 100 * (study.best - study.random)
    promised = study.books.max(-1) @ study.world.start
    q, sarsa, double = range(len(KINDS))
    decreasing, points = q + len(KINDS), "regret, in percentage points, paired"
    values = {
        "best": Value(study.best, digits=3, note="exact value of the best policy"),
        "random": Value(study.random, digits=3, note="exact value of uniform actions"),
        "sarsa_minus_q": Value.of(mean_interval(last[sarsa] - last[q]), 2, note=points),
        "double_minus_q": Value.of(mean_interval(last[double] - last[q]), 2, note=points),
        "decreasing_gain": Value.of(mean_interval(last[q] - last[decreasing]), 2, note=f"{points}, what it saves"),
        "q_perfect": share(last[q] < 1e-6, "of runs whose greedy policy is as good as the best"),
    }
    for index, kind in enumerate(KINDS):
        note = "of what separates the best from a random policy, both exact"
        for place, suffix in ((index, ""), (index + len(KINDS), "_decreasing")):
            values[f"{kind}{suffix}_regret"] = Value.of(
                bounded(mean_interval(last[place]), 0, math.inf), 2, unit="%", note=note
            )
        values[f"{kind}_value"] = Value.of(mean_interval(earned[index]), 3, note="exact, of the greedy policy")
        values[f"{kind}_promised"] = Value.of(mean_interval(promised[index]), 3, note="what the table itself says")
    return values


def online_values(settings: Control, study: Study) -> dict[str, Value]:
    """Describe what exploring costs on the cliff: exact undiscounted returns of ε-greedy policies."""
    process, told = study.world.process, "exact undiscounted return of the ε-greedy policy"
    shortest = with_exploration(greedy(solve(process).round(9)), settings.epsilon)  # ties are shared, rounding or not
    best = best_exploring(process, settings.epsilon)
    exact = episode_returns(study.world, np.stack([shortest, best]))
    returns = episode_returns(study.world, with_exploration(greedy(study.books[: len(KINDS)]), settings.epsilon))
    by_kind = dict(zip(KINDS, returns, strict=True))
    return {
        "cliff_shortest_online": Value(float(exact[0]), digits=1, note=f"{told} on the shortest path"),
        "cliff_exploring_best": Value(float(exact[1]), digits=1, note=f"{told} that is best with this ε"),
        "cliff_online_gain": Value.of(mean_interval(by_kind["sarsa"] - by_kind["q"]), 1, note=f"{told}, SARSA minus Q"),
    } | {f"cliff_{kind}_online": Value.of(mean_interval(row), 1, note=told) for kind, row in by_kind.items()}


def path_values(study: Study) -> dict[str, Value]:
    """Describe the greedy paths on the cliff: how often they are the shortest one, and how long the usual one is."""
    stuck = (study.best + 1 / (1 - study.world.process.discount)) / (study.best - study.random) * 100
    values = {"cliff_stuck_regret": Value(stuck, digits=2, unit="%", note="exact, of walking on for ever")}
    shortest = len(greedy_path(study.world, solve(study.world.process)))
    for kind, found in greedy_paths(study).items():
        arrived = np.array([study.world.terminal[path[-1]] for path in found])
        edge = arrived & (np.array([len(path) for path in found]) == shortest)
        usual = frequent(found)
        values |= {
            f"cliff_{kind}_arrives": share(arrived, "of runs whose greedy path reaches the goal"),
            f"cliff_{kind}_edge": share(edge, "of runs whose greedy path is the shortest, along the edge"),
            f"cliff_{kind}_path_steps": Value(len(usual) - 1, digits=0, note="of the most frequent greedy path"),
            f"cliff_{kind}_path_runs": Value(found.count(usual), digits=0, note="that end with this path"),
        }
    return values


def path_arrays(settings: Control, study: Study) -> dict[str, np.ndarray]:
    """Return, as states, each learner's most frequent greedy path on the cliff and the best one for who explores."""
    exploring = greedy_path(study.world, best_exploring(study.world.process, settings.epsilon))
    usual = {f"path_{kind}": np.array(frequent(found)) for kind, found in greedy_paths(study).items()}
    return usual | {"path_exploring": np.array(exploring)}


def greedy_paths(study: Study) -> dict[str, list[tuple[int, ...]]]:
    """Return the greedy path of every run with the constant step, by learner."""
    return {
        kind: [greedy_path(study.world, table) for table in books]
        for kind, books in zip(KINDS, study.books, strict=False)
    }


def frequent(found: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the path that occurs most often, of equals the first."""
    return Counter(found).most_common(1)[0][0]


def exact_values() -> dict[str, Value]:
    """Return the exact optima that ids name, whatever the settings."""
    lake, cliff = (environment(name, FIXED_DISCOUNT) for name in ("frozenlake", "cliff"))
    shortest = episode_returns(cliff, greedy(solve(cliff.process)))
    note = f"exact value of the start state under the best policy, γ = {FIXED_DISCOUNT}"
    return {
        "frozenlake_optimal_099": Value(float(lake.start @ solve(lake.process).max(-1)), digits=4, note=note),
        "cliff_optimal": Value(float(shortest), digits=0, note="exact undiscounted return of the best policy"),
    }


def share(chosen: np.ndarray, note: str) -> Value:
    """Return the share of runs that were chosen, shape (seed,), with its interval."""
    return Value.of(share_interval(int(chosen.sum()), chosen.size), 2, note=note)
