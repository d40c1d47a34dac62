"""Starts for learning a new sinusoid from few examples: how they are trained, and how they adapt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.functions.settings import Meta
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.maml import adapt, meta_loss, per_task
from scripts.maths.random import generators
from scripts.maths.sinusoids import Sinusoids, answers
from scripts.maths.training import mean_squared_error, train

PRECISION = torch.float32
STREAM = "functions.meta"
FEW, MANY, LONG = 1, 10, 100  # gradient steps after which starts are compared; the names of the values say them
TRAINED = ("maml", "pretrained")
STARTS = (*TRAINED, "random")

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Tasks:
    """Hold new tasks of every seed: each with examples to adapt to, and its curve on an even grid to be judged on.

    Args:
        drawn: amplitude and phase, shape (seed, task, 2).
        inputs: of the examples, shape (seed · task, shot, 1), the tasks of the first seed first.
        targets: of the examples, likewise.
        grid: shape (point, 1).
        curves: shape (seed · task, point, 1).
    """

    drawn: np.ndarray
    inputs: Tensor
    targets: Tensor
    grid: Tensor
    curves: Tensor


def sinusoids(settings: Meta) -> Sinusoids:
    """Return the family of tasks."""
    return Sinusoids(*(tuple(each) for each in (settings.amplitudes, settings.phases, settings.inputs)))


def new_tasks(settings: Meta, count: int, purpose: str) -> Tasks:
    """Draw tasks that no start was trained on, for every seed its own."""
    family = sinusoids(settings)
    rngs = generators(settings.seed_block, f"{STREAM}.{purpose}")
    drawn, inputs, targets = zip(*(family.draw(count, settings.shots, rng) for rng in rngs), strict=True)
    grid = family.grid(settings.points)
    curves = answers(np.concatenate(drawn), grid)
    packed = (_column(np.concatenate(each)) for each in (inputs, targets))
    return Tasks(np.stack(drawn), *packed, _column(grid), _column(curves))


def train_starts(settings: Meta) -> dict[str, Ensemble]:
    """Return the trained starts and the untrained one by name, one net a seed.

    Both trainings begin at the untrained weights and see the same examples of the same tasks in the same order. MAML
    takes one half of a task's examples for its step and the other half to judge it; the other training takes all.
    """
    family, rngs = sinusoids(settings), generators(settings.seed_block, f"{STREAM}.tasks")
    drawn = [family.draw(settings.tasks, 2 * settings.shots, rng)[1:] for rng in rngs]
    inputs, targets = (torch.stack([_column(each) for each in kind]) for kind in zip(*drawn, strict=True))
    nets = {name: untrained(settings) for name in STARTS}
    losses: dict[str, Loss] = {
        "maml": lambda x, y: meta_loss(nets["maml"], x, y, shots=settings.shots, rate=settings.inner_rate),
        "pretrained": lambda x, y: mean_squared_error(nets["pretrained"](x.flatten(1, 2)), y.flatten(1, 2)),
    }
    for name, loss in losses.items():
        order = generators(settings.seed_block, f"{STREAM}.order")
        for learning_rate in settings.learning_rates:
            train(
                nets[name].parameters,
                loss,
                inputs,
                targets,
                epochs=settings.epochs,
                learning_rate=learning_rate,
                batch_size=settings.batch_size,
                generators=order,
            )
    return nets


def untrained(settings: Meta) -> Ensemble:
    """Return one net a seed before training."""
    rngs = generators(settings.seed_block, f"{STREAM}.weights")
    return initialise([1, *settings.widths, 1], rngs, dtype=PRECISION)


def errors_by_step(net: Ensemble, tasks: Tasks, rates: np.ndarray, looks: Sequence[int]) -> np.ndarray:
    """Adapt every net to its tasks and return its mean squared error on each, shape (look, seed, task).

    Steps that are too large for a task leave even its own examples worse than before. There the start is kept.

    Args:
        net: one start a seed.
        tasks: to adapt to.
        rates: step size of each seed, shape (seed,).
        looks: numbers of steps after which to look, increasing.
    """
    seeds, count = tasks.drawn.shape[:2]
    size = torch.as_tensor(np.repeat(rates, count), dtype=PRECISION)[:, None, None]
    ways = adapt(per_task(net, count), tasks.inputs, tasks.targets, rate=size, steps=looks[-1])
    found, start = [], None
    for step, adapted in enumerate(ways):
        if step == 0 or step in looks:
            with torch.no_grad():
                own = mean_squared_error(adapted(tasks.inputs), tasks.targets)
                error = mean_squared_error(adapted(tasks.grid), tasks.curves).double()
            start = start or (own, error)
        if step in looks:
            found.append(torch.where(own <= start[0], error, start[1]).reshape(seeds, count))
    return torch.stack(found).numpy()


def best_rates(settings: Meta, net: Ensemble, tasks: Tasks) -> dict[int, np.ndarray]:
    """Return the step size of smallest mean error by number of steps, each of shape (seed,)."""
    rates, looks = np.array(settings.rates), (FEW, MANY)
    found = [errors_by_step(net, tasks, np.full(settings.seeds, rate), looks).mean(2) for rate in rates]
    return dict(zip(looks, rates[np.argmin(found, axis=0)], strict=True))


def _column(array: np.ndarray) -> Tensor:
    return torch.as_tensor(array, dtype=PRECISION).unsqueeze(-1)
