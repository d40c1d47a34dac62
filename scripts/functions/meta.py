"""A start that was trained to be adapted (MAML), a start trained on all tasks together, and one that was not trained.

The tasks are the sinusoids of Finn et al. (2017, section 5.1). Each start sees a few examples of a new one, takes
gradient steps on them, and is judged on the whole curve. The size of the steps is chosen for each start and each number
of steps, on tasks that serve for nothing else.
"""

from __future__ import annotations

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.functions.settings import Meta
from scripts.functions.starts import (
    FEW,
    LONG,
    MANY,
    STARTS,
    TRAINED,
    Tasks,
    best_rates,
    errors_by_step,
    new_tasks,
    sinusoids,
    train_starts,
)
from scripts.maths.ensembles import Ensemble, pick
from scripts.maths.maml import adapt
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.maths.training import mean_squared_error

PER_CENT = 100.0


def compute(settings: Meta) -> Result:
    """Train the starts, choose their step sizes on some new tasks, and adapt them to others."""
    validation = new_tasks(settings, settings.validation_tasks, "validation")
    test = new_tasks(settings, settings.test_tasks, "test")
    nets = train_starts(settings)
    rates = {name: best_rates(settings, net, validation) for name, net in nets.items()}
    errors = {name: chosen_errors(net, test, rates[name]) for name, net in nets.items()}
    same = np.full(settings.seeds, settings.inner_rate)
    equal = {name: errors_by_step(nets[name], test, same, (FEW, MANY, LONG)) for name in TRAINED}
    values = error_values(errors) | optimum_values(settings, test, errors) | gain_values(errors)
    values |= same_rate_values(equal) | rate_values(settings, rates)
    arrays = {f"errors_{name}_{steps}": each.mean(2) for name, found in errors.items() for steps, each in found.items()}
    arrays["steps"] = np.array([0, FEW, MANY])
    return Result(values, arrays | example(nets, test, rates, errors["maml"][MANY]))


def chosen_errors(net: Ensemble, tasks: Tasks, rates: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Return the errors at every step, (step + 1, seed, task), on the way of FEW and of MANY steps of chosen sizes."""
    return {steps: errors_by_step(net, tasks, rates[steps], range(steps + 1)) for steps in (FEW, MANY)}


def at_steps(errors: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Return the errors (seed, task) of one start at the numbers of steps that are compared."""
    return {0: errors[MANY][0], FEW: errors[FEW][FEW], MANY: errors[MANY][MANY]}


def error_values(errors: dict[str, dict[int, np.ndarray]]) -> dict[str, Value]:
    """Return every start's mean squared error before and after adapting."""
    return {
        f"{name}_{steps}": Value.of(mean_interval(each.mean(1)), 3, note=f"mean squared error, gradient steps: {steps}")
        for name, found in errors.items()
        for steps, each in at_steps(found).items()
    }


def optimum_values(settings: Meta, tasks: Tasks, errors: dict[str, dict[int, np.ndarray]]) -> dict[str, Value]:
    """Compare with the exact optimum without adapting, and say how near it the other training came."""
    family = sinusoids(settings)
    exact = family.single_risk()
    best = torch.as_tensor(family.best_single(tasks.grid.double().numpy()))
    same = mean_squared_error(best.expand_as(tasks.curves), tasks.curves).numpy().reshape(tasks.drawn.shape[:2])
    missed = (errors["pretrained"][MANY][0] - same).mean(1)
    maml = {steps: mean_interval(exact - each.mean(1)) for steps, each in at_steps(errors["maml"]).items()}
    note = "best error without adapting minus MAML's after the step"
    return {
        "pretrained_optimum": Value(exact, digits=4, note="smallest mean squared error of one function for all tasks"),
        "optimum_sampled": Value.of(mean_interval(same.mean(1)), 3, note="of the same function on the test tasks"),
        "pretrained_excess": Value.of(
            mean_interval(PER_CENT * missed / exact), 2, unit="%", note="over the best function, on the same tasks"
        ),
        f"optimum_gain_{FEW}": Value.of(maml[FEW], 3, note=note),
        f"optimum_gain_{MANY}": Value.of(maml[MANY], 3, note=f"{note}s"),
    }


def gain_values(errors: dict[str, dict[int, np.ndarray]]) -> dict[str, Value]:
    """Compare MAML with the other training, and that one with no training, paired by seed and task."""
    found = {name: at_steps(each) for name, each in errors.items()}
    values = {}
    for steps in (0, FEW, MANY):
        maml, pretrained, random = (found[name][steps] for name in STARTS)
        gain = mean_interval((pretrained - maml).mean(1))
        values[f"gain_{steps}"] = Value.of(gain, 3, note="error of the pretrained start minus MAML's")
        if steps == 0:
            continue
        ratio = ratio_interval(pretrained.mean(1), maml.mean(1))
        values[f"ratio_{steps}"] = Value.of(ratio, 2, note="error of the pretrained start over MAML's, geometric mean")
        wins = bounded(mean_interval((maml < pretrained).mean(1)), 0, 1)
        values[f"wins_{steps}"] = Value.of(wins, 3, note="share of tasks on which MAML has the smaller error")
        gain = mean_interval((random - pretrained).mean(1))
        values[f"pretraining_gain_{steps}"] = Value.of(
            gain, 3, note="error of untrained minus that of pretrained start"
        )
    return values


def same_rate_values(errors: dict[str, np.ndarray]) -> dict[str, Value]:
    """Compare the trained starts at the step size of MAML's training; errors after FEW, MANY and LONG, each a row."""
    values, note = {}, "with the step size of MAML's training"
    for row, steps in enumerate((FEW, MANY, LONG)):
        found = {name: errors[name][row].mean(1) for name in TRAINED}
        found["gain"] = found["pretrained"] - found["maml"]
        for name, each in found.items():
            values[f"{name}_{steps}_same_rate"] = Value.of(mean_interval(each), 3, note=note)
    return values


def rate_values(settings: Meta, rates: dict[str, dict[int, np.ndarray]]) -> dict[str, Value]:
    """Return the step sizes chosen, and how many of the choices fell on an end of the grid."""
    ends = [min(settings.rates), max(settings.rates)]
    values = {
        f"{name}_rate_{steps}": Value.of(
            ratio_interval(each, np.ones_like(each)), 3, note="step size chosen, geometric mean"
        )
        for name, found in rates.items()
        for steps, each in found.items()
    }
    at_end = sum(int(np.isin(each, ends).sum()) for found in rates.values() for each in found.values())
    values["rates_at_end"] = Value(at_end, digits=0, note="choices of a step size at an end of the grid, all starts")
    return values


def example(
    nets: dict[str, Ensemble], tasks: Tasks, rates: dict[str, dict[int, np.ndarray]], errors: np.ndarray
) -> dict[str, np.ndarray]:
    """Return how the trained starts of the first seed adapt to one task: the one where MAML errs as in the median.

    Args:
        nets: starts by name.
        tasks: to choose from.
        rates: step sizes by start and number of steps.
        errors: MAML's, by step, shape (step + 1, seed, task).

    Returns:
        `example_inputs` and `example_targets` (shot,); `grid` and `example_truth` (point,); and by trained start
        `example_<start>` (3, point), before and after FEW and MANY steps.
    """
    chosen = int(np.argsort(errors[-1, 0])[errors.shape[2] // 2])
    x, y = tasks.inputs[None, chosen], tasks.targets[None, chosen]
    columns = {"example_inputs": x, "example_targets": y, "grid": tasks.grid, "example_truth": tasks.curves[chosen]}
    found = {name: column.flatten().numpy() for name, column in columns.items()}
    for name in TRAINED:
        start = pick(nets[name], slice(0, 1))
        ends = [list(adapt(start, x, y, rate=float(rates[name][steps][0]), steps=steps))[-1] for steps in (FEW, MANY)]
        found[f"example_{name}"] = np.stack([each(tasks.grid).detach().flatten().numpy() for each in (start, *ends)])
    return found
