"""Three ways to search a table of trained architectures: at random, by TPE and by successive halving.

Each sees the validation error of one training of every architecture it tries, pays for the epochs that it lets it
train, and answers with the architecture whose error was the smallest when fully trained. TPE and the rule of
successive halving are optuna's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.maths.architectures import Architecture


@dataclass(frozen=True)
class Table:
    """Hold what one training of every architecture has shown.

    Args:
        space: the architectures, each within the budget.
        epochs: after which the validation error was looked at, ascending.
        errors: validation errors, shape (architecture, look).
    """

    space: Sequence[Architecture]
    epochs: Sequence[int]
    errors: np.ndarray


@dataclass(frozen=True)
class Found:
    """Hold how a search ended: the number of its answer in the table, how many architectures it tried, epochs spent."""

    answer: int
    tried: int
    spent: int


def random_search(table: Table, draws: np.ndarray) -> Found:
    """Train each drawn architecture to the end; `draws` are numbers of architectures, shape (trial,)."""
    return Found(_best(table, draws), len(draws), len(draws) * table.epochs[-1])


def halving_search(table: Table, draws: np.ndarray, *, total: int, factor: int) -> Found:
    """Give up after each look all but the best one in `factor`, among all that came as far until then.

    The rule is that of asynchronous successive halving (Li et al. 2020, "A system for massively parallel
    hyperparameter tuning"), one architecture after the other, until the epochs are spent.

    Args:
        table: what is searched.
        draws: architectures in the order in which they are tried, more than can be afforded.
        total: epochs that may be spent.
        factor: by which epochs grow and architectures become fewer, from look to look.

    Raises:
        ValueError: the draws end before the epochs do.
    """
    optuna = _optuna()
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=table.epochs[0], reduction_factor=factor)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), pruner=pruner)
    complete, spent = [], 0
    for tried, number in enumerate(draws):
        trial, last = study.ask(), 0
        for epochs, error in zip(table.epochs, table.errors[number], strict=True):
            if spent + epochs - last > total:
                return Found(_best(table, complete), tried, spent)
            spent, last = spent + epochs - last, epochs
            trial.report(error, epochs)
            if epochs < table.epochs[-1] and trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, error)
            complete.append(number)
    raise ValueError(f"{len(draws)} draws cost {spent} epochs, expected more than {total}")


def tpe_search(table: Table, draws: np.ndarray, *, trials: int, seed: int) -> Found:
    """Train each architecture that the tree-structured Parzen estimator proposes to the end (Bergstra et al. 2011).

    It begins with the given draws. A proposal beyond the budget costs nothing, as parameters are counted without
    training; TPE is told that it is worse than all that were trained.

    Args:
        table: what is searched.
        draws: architectures to begin with.
        trials: how many are trained, those of the beginning included.
        seed: of the sampler.
    """
    optuna = _optuna()
    widths = sorted({width for each in table.space for width in each.widths})
    layers = max(len(each.widths) for each in table.space)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=len(draws), seed=seed))
    for number in draws:
        study.enqueue_trial(as_choices(table.space[number], widths))
    numbers = {each: number for number, each in enumerate(table.space)}
    tried: list[int] = []
    while len(tried) < trials:
        trial = study.ask()
        number = numbers.get(propose(trial, widths, layers))
        if number is None:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            continue
        tried.append(number)
        study.tell(trial, table.errors[number, -1])
    return Found(_best(table, tried), trials, trials * table.epochs[-1])


def propose(trial: Any, widths: Sequence[int], layers: int) -> Architecture:
    """Return the architecture that a trial of optuna chooses; a width is chosen by its place in the list."""
    depth = trial.suggest_int("depth", 1, layers)
    chosen = [widths[trial.suggest_int(f"width_{layer}", 0, len(widths) - 1)] for layer in range(depth)]
    activation = trial.suggest_categorical("activation", ["relu", "tanh"])
    return Architecture(tuple(chosen), activation, trial.suggest_categorical("skip", [False, True]))


def as_choices(architecture: Architecture, widths: Sequence[int]) -> dict[str, Any]:
    """Return the choices of a trial that proposes an architecture."""
    places = {f"width_{layer}": widths.index(width) for layer, width in enumerate(architecture.widths)}
    other = {"activation": architecture.activation, "skip": architecture.skip}
    return {"depth": len(architecture.widths)} | places | other


def _best(table: Table, numbers: Sequence[int] | np.ndarray) -> int:
    return int(min(numbers, key=lambda number: table.errors[number, -1]))


def _optuna() -> Any:
    import optuna  # here, as it takes long to import

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
