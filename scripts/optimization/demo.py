"""The article's demo made whole: SGD against Adam on pure noise, over epochs and at matched training loss."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.ensembles import copies
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import mean_squared_error, train
from scripts.optimization.noise import BAYES, Task, draw_task, follow, fresh_loss, functions, training_loss
from scripts.optimization.paths import Path, common_loss, flatten, match
from scripts.optimization.settings import Demo

COPIES = 2  # runs of one optimiser from one initialisation that differ in the order of their batches
PAIRS = ("cross", "order", "adam", "speed", "fast", "adam_fast")
PAIRED = "paired by data set"


def compute(settings: Demo) -> Result:
    """Train SGD, a faster SGD and Adam from the same weights; compare them by epoch and at the same training loss."""
    task = draw_task(settings)
    sgd = follow(task, settings, "sgd", settings.learning_rate, COPIES, "sgd")
    adam = follow(task, settings, "adam", settings.learning_rate, COPIES, "adam")
    fast = follow(task, settings, "sgd", settings.learning_rate * settings.faster, COPIES, "fast")
    epochs = min(settings.epochs, settings.long_epochs)
    curves = {name: curve(task, path, epochs) for name, path in (("sgd", sgd), ("adam", adam))}
    paths = {"sgd": sgd, "adam": adam, "fast": fast}
    levels, fresh, distances = compare(task, paths, settings.levels)
    linear = least_squares(task)
    values = (
        _demo_values(curves)
        | _reference_values(settings, linear)
        | _matched_values(levels, fresh, distances)
        | _arrival_values(paths, levels[-1])
        | _original_values(task, settings)
    )
    arrays = {f"{name}_{kind}": rows for name, pair in curves.items() for kind, rows in pair.items()}
    arrays |= {"levels": levels} | {f"matched_{name}": rows for name, rows in fresh.items()}
    return Result(values, arrays | {f"distance_{name}": rows for name, rows in distances.items()})


def curve(task: Task, path: Path, epochs: int) -> dict[str, np.ndarray]:
    """Return the first copy's losses by epoch, `train` and `fresh`, each of shape (1 + epochs, seed)."""
    seeds = task.inputs.shape[0]
    fresh = [fresh_loss(functions(task, place[:seeds]))[0] for place in path.places[: epochs + 1]]
    return {"train": path.losses[: epochs + 1, :seeds].numpy(), "fresh": torch.stack(fresh).numpy()}


def compare(
    task: Task, paths: dict[str, Path], count: int
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Compare the runs at `count` training losses from the first to the lowest that all of them reach.

    Returns:
        The training losses, shape (level, seed); each optimiser's loss on fresh data there, shape (level, seed); mean
        squared distances between functions there, shape (level, seed), by the keys of `PAIRS`.
    """
    seeds = task.inputs.shape[0]
    start = paths["sgd"].losses[0, :seeds]
    lowest = common_loss([part for path in paths.values() for part in path.losses.split(seeds, dim=1)])
    levels = torch.stack([*(start + (lowest - start) * step / count for step in range(1, count)), lowest])
    fresh: dict[str, list[Tensor]] = {name: [] for name in paths}
    distances: dict[str, list[Tensor]] = {name: [] for name in PAIRS}
    for level in levels:
        found = {name: functions(task, matched(task, path, level)) for name, path in paths.items()}
        for name, outputs in found.items():
            fresh[name].append(fresh_loss(outputs).mean(0))
        for name, each in pair_distances(found).items():
            distances[name].append(each)
    stacked = [{name: torch.stack(rows).numpy() for name, rows in rows.items()} for rows in (fresh, distances)]
    return levels.numpy(), stacked[0], stacked[1]


def matched(task: Task, path: Path, level: Tensor) -> Tensor:
    """Return the parameters of every copy at one training loss a seed, shape (net, parameter)."""
    count = path.losses.shape[1] // level.shape[0]
    return match(path, level.repeat(count), lambda place: training_loss(task, place))


def pair_distances(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the mean squared distances, each of shape (seed,), of functions on the fresh inputs, (copy, seed, m)."""
    sgd, adam, fast = found["sgd"], found["adam"], found["fast"]
    return {
        "cross": _distance(sgd, adam).mean((0, 1)),
        "order": _distance(sgd, sgd)[0, 1],
        "adam": _distance(adam, adam)[0, 1],
        "speed": _distance(sgd, fast).mean((0, 1)),
        "fast": _distance(fast, fast)[0, 1],
        "adam_fast": _distance(adam, fast).mean((0, 1)),
    }


def _distance(one: Tensor, other: Tensor) -> Tensor:
    return ((one[:, None] - other[None]) ** 2).mean(-1)


def least_squares(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Fit a plane with a constant by least squares; return its training and fresh-data loss, each of shape (seed,)."""
    design, fresh = (torch.cat([rows, torch.ones_like(rows[..., :1])], -1) for rows in (task.inputs, task.fresh))
    weights = torch.linalg.lstsq(design, task.targets).solution
    return mean_squared_error(design @ weights, task.targets).numpy(), fresh_loss((fresh @ weights)[..., 0]).numpy()


def least_squares_theory(points: int, inputs: int) -> tuple[float, float]:
    """Return the expected training and fresh-data loss of least squares with a constant, on pure noise of variance 1.

    Normal inputs: 1 − (d + 1)/n, and (n + 1)(n − 2) / (n (n − d − 2)) (Breiman & Freedman 1983, from Stein 1960).

    Raises:
        ValueError: n < d + 3, where the fresh-data loss has no mean.
    """
    if points < inputs + 3:
        raise ValueError(f"expected at least {inputs + 3} points for {inputs} inputs, got {points}")
    fresh = (points + 1) * (points - 2) / (points * (points - inputs - 2))
    return 1 - (inputs + 1) / points, fresh


def _demo_values(curves: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    last = {f"{name}_{kind}": rows[-1] for name, pair in curves.items() for kind, rows in pair.items()}
    values = {name: Value.of(mean_interval(rows), 3) for name, rows in last.items()}
    for kind in ("train", "fresh"):
        difference = last[f"adam_{kind}"] - last[f"sgd_{kind}"]
        values[f"{kind}_difference"] = Value.of(mean_interval(difference), 3, note=f"Adam minus SGD, {PAIRED}")
    return values


def _reference_values(settings: Demo, linear: tuple[np.ndarray, np.ndarray]) -> dict[str, Value]:
    exact = least_squares_theory(settings.points, settings.inputs)
    return {
        "bayes": Value(BAYES, digits=0),
        "least_squares_train": Value.of(mean_interval(linear[0]), 3),
        "least_squares_fresh": Value.of(mean_interval(linear[1]), 3),
        "least_squares_train_exact": Value(exact[0], digits=3),
        "least_squares_fresh_exact": Value(exact[1], digits=3),
    }


def _matched_values(
    levels: np.ndarray, fresh: dict[str, np.ndarray], distances: dict[str, np.ndarray]
) -> dict[str, Value]:
    sgd, adam = fresh["sgd"][-1], fresh["adam"][-1]
    at = {name: rows[-1] for name, rows in distances.items()}
    excess = {
        "excess": at["cross"] - (at["order"] + at["adam"]) / 2,
        "excess_fast": at["adam_fast"] - (at["adam"] + at["fast"]) / 2,
        "excess_speed": at["speed"] - (at["order"] + at["fast"]) / 2,
    }
    values = {
        "matched_level": Value.of(mean_interval(levels[-1]), 3),
        "matched_fresh_sgd": Value.of(mean_interval(sgd), 3),
        "matched_fresh_adam": Value.of(mean_interval(adam), 3),
        "matched_fresh_difference": Value.of(mean_interval(adam - sgd), 4, note=f"Adam minus SGD, {PAIRED}"),
        "matched_distance": Value.of(mean_interval(at["cross"]), 4),
    }
    for name, each in excess.items():
        values[name] = Value.of(mean_interval(each), 4, note="squared distance of two mean functions, unbiased")
    for name in ("order", "adam", "speed"):
        values[f"matched_distance_{name}"] = Value.of(mean_interval(at[name]), 5 if name == "order" else 4)
        note = f"geometric mean, {PAIRED}"
        values[f"ratio_{name}"] = Value.of(ratio_interval(at["cross"], at[name]), 1, note=note)
    return values


def _arrival_values(paths: dict[str, Path], level: np.ndarray) -> dict[str, Value]:
    values = {}
    for name, path in paths.items():
        below = path.losses[:, : level.size].numpy() <= level  # the first copy's losses after every epoch
        values[f"epochs_{name}"] = Value.of(mean_interval(below.argmax(0)), 0, note="first epoch at the common loss")
    return values


def _original_values(task: Task, settings: Demo) -> dict[str, Value]:
    net = copies(task.start, 1)
    history = train(
        net.parameters,
        lambda batch, wanted: mean_squared_error(net(batch), wanted),
        task.inputs,
        task.targets,
        epochs=settings.epochs,
        optimiser="sgd",
        learning_rate=settings.learning_rate,
    )
    printed, true = history[-1].numpy(), training_loss(task, flatten(net)).numpy()
    return {
        "original_printed": Value.of(mean_interval(printed), 3),
        "original_lag": Value.of(mean_interval(printed - true), 5, note="printed minus true loss, paired by data set"),
    }
