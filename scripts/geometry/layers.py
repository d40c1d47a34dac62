"""How well each layer parts the classes, before and after training: by straight cuts and by distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.classifiers import Task, Training, digits_task, initial_nets, moons_task, train_nets
from scripts.geometry.settings import Layers
from scripts.maths.cover import half_chance_points, separable_chance
from scripts.maths.ensembles import Ensemble
from scripts.maths.nearest_mean import nearest_mean_accuracy
from scripts.maths.neighbours import nearest_labels, same_label_share, vote_accuracy
from scripts.maths.probes import least_squares_accuracy
from scripts.maths.spread import spread_ratio
from scripts.maths.statistics import LEVEL, Estimate, mean_interval, ratio_interval
from scripts.maths.training import accuracy

ACCURACIES = ("probe", "neighbours", "same", "centre")
PAIRED = "paired by seed"
STEP_NOTE = (
    "the lowest of the mean changes from one layer to the next, input first; the interval holds for the lowest "
    "of all steps (Bonferroni)"
)


def compute(settings: Layers) -> Result:
    """Train a net a seed on two moons and on digits; measure every layer on fresh points, and so before training."""
    values, arrays = {}, {}
    for name, (task, training, seeds) in tasks(settings).items():
        untrained = initial_nets(task, training, seeds, stream(name))
        net = train_nets(task, training, seeds, stream(name))
        with torch.no_grad():
            first = measure([task.inputs], [task.fresh], task, settings.neighbours)
            trained, control = (
                join(first, measure(hidden(each, task.inputs), hidden(each, task.fresh), task, settings.neighbours))
                for each in (net, untrained)
            )
            scores = {
                "train": accuracy(net(task.inputs), task.labels).numpy(),
                "test": accuracy(net(task.fresh), task.fresh_labels).numpy(),
            }
        found = net_values(scores) | layer_values(trained, control)
        values |= {f"{name}.{key}": value for key, value in found.items()}
        arrays |= {f"{name}_{key}": rows for key, rows in (trained | scores).items()}
        arrays |= {f"{name}_{key}_untrained": rows for key, rows in control.items()}
        arrays[f"{name}_widths"] = np.array([task.inputs.shape[2], *training.widths])
    return Result(values | cover_values(settings.moons_widths[0]), arrays)


def tasks(settings: Layers) -> dict[str, tuple[Task, Training, range]]:
    """Return each data set, the net that is trained on it, and the seeds."""
    seeds, wide = settings.seed_block, settings.wide_seed_block
    moons = moons_task(settings.moons_points, settings.moons_fresh_points, settings.moons_noise, seeds)
    on_moons = Training(
        settings.moons_widths, settings.moons_epochs, settings.moons_learning_rate, settings.moons_batch_size
    )
    on_digits = Training(
        settings.digits_widths, settings.digits_epochs, settings.digits_learning_rate, settings.digits_batch_size
    )
    return {
        "moons": (moons, on_moons, seeds),
        "digits": (digits_task(settings.digits_points, seeds), on_digits, seeds),
        "wide": (
            digits_task(settings.digits_points, wide),
            replace(on_digits, widths=settings.wide_widths, epochs=settings.wide_epochs),
            wide,
        ),
    }


def stream(name: str) -> str:
    """Return the random stream of one data set's nets."""
    return f"geometry.layers.{name}"


def hidden(net: Ensemble, inputs: Tensor) -> list[Tensor]:
    """Return what the hidden layers make of the inputs, each of shape (seed, n, width)."""
    with torch.no_grad():
        return net.layers(inputs)[1:-1]


def measure(seen: Sequence[Tensor], fresh: Sequence[Tensor], task: Task, neighbours: int) -> dict[str, np.ndarray]:
    """Return every measure of some layers, each of shape (seed, layer).

    Args:
        seen: the layers on the points that were trained on; here they fit the probe and serve as references.
        fresh: the layers on the fresh points, on which everything is measured.
        task: the labels.
        neighbours: how many of them vote.

    Returns:
        Accuracy on fresh points of a linear probe (`probe`), of a vote among the nearest neighbours (`neighbours`) and
        of the nearest class mean (`centre`); share of neighbours with a point's own label (`same`); mean distance
        within classes over that between (`spread`).
    """
    columns: dict[str, list[Tensor]] = {name: [] for name in (*ACCURACIES, "spread")}
    for known, new in zip(seen, fresh, strict=True):
        nearest = nearest_labels(known, task.labels, new, neighbours)
        columns["probe"].append(least_squares_accuracy(known, task.labels, new, task.fresh_labels))
        columns["neighbours"].append(vote_accuracy(nearest, task.fresh_labels))
        columns["same"].append(same_label_share(nearest, task.fresh_labels))
        columns["centre"].append(nearest_mean_accuracy(known, task.labels, new, task.fresh_labels))
        columns["spread"].append(spread_ratio(new, task.fresh_labels))
    return {name: torch.stack(rows, dim=1).numpy() for name, rows in columns.items()}


def join(first: dict[str, np.ndarray], rest: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Put the measures of the input, shape (seed, 1), before those of the hidden layers, shape (seed, layer)."""
    return {name: np.concatenate([first[name], rest[name]], axis=1) for name in first}


def least_step(rows: np.ndarray) -> Estimate:
    """Return the lowest mean step from one layer to the next, of rows of shape (seed, layer).

    Every step gets an interval at a level that makes all of them hold together (Bonferroni). Where they do, the lowest
    true step is at least the lowest of the lower ends and at most the lowest of the upper ends.
    """
    steps = np.diff(rows, axis=1).T
    found = [mean_interval(step, level=1 - (1 - LEVEL) / len(steps)) for step in steps]
    return Estimate(*(min(getattr(each, end) for each in found) for end in ("value", "low", "high")), found[0].n)


def net_values(scores: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return the accuracy of the nets themselves."""
    return {f"{name}_accuracy": Value.of(mean_interval(rows), 3) for name, rows in scores.items()}


def layer_values(trained: dict[str, np.ndarray], untrained: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return each measure at the input, the first and the last hidden layer, and what depth and training change."""
    values = {}
    for name, rows in trained.items():
        control = untrained[name]
        places = {"input": rows[:, 0], "first": rows[:, 1], "last": rows[:, -1]}
        places |= {"first_untrained": control[:, 1], "last_untrained": control[:, -1]}
        values |= {f"{name}_{place}": Value.of(mean_interval(each), 3) for place, each in places.items()}
    for name in ACCURACIES:
        rows, control = trained[name], untrained[name]
        changes = {
            "gain": rows[:, -1] - rows[:, 0],
            "gain_untrained": control[:, -1] - control[:, 0],
            "over_untrained": rows[:, -1] - control[:, -1],
        }
        values |= {
            f"{name}_{change}": Value.of(mean_interval(each), 4, note=PAIRED) for change, each in changes.items()
        }
    values["probe_least_step"] = Value.of(least_step(trained["probe"]), 4, note=STEP_NOTE)
    spread, control = trained["spread"], untrained["spread"]
    note = f"geometric mean of ratios, {PAIRED}"
    return values | {
        "spread_to_input": Value.of(ratio_interval(spread[:, -1], spread[:, 0]), 3, note=note),
        "spread_to_input_untrained": Value.of(ratio_interval(control[:, -1], control[:, 0]), 3, note=note),
        "spread_to_untrained": Value.of(ratio_interval(spread[:, -1], control[:, -1]), 3, note=note),
    }


def cover_values(width: int) -> dict[str, Value]:
    """Return how many points with random labels a straight cut separates by chance, in the plane and in a layer.

    Exact, for points in general position (Cover 1965).
    """
    plane, layer = half_chance_points(2), half_chance_points(width)
    even = "points in general position with random labels that a straight cut separates with chance one half"
    chance = "chance that a straight cut in the plane separates as many such points as the first layer's capacity"
    return {
        "cover_half_input": Value(plane, digits=0, note=even),
        "cover_half_first": Value(layer, digits=0, note=even),
        "cover_input_at_first": Value(float(separable_chance(layer, 2)), digits=5, note=chance),
    }
