"""What becomes predictable with width: the function that training ends with; and what it costs to fit data exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.jackknife import jackknife_interval
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval
from scripts.maths.trained_gaussian import trained_gaussian
from scripts.maths.wide_networks import descend, draw_wide
from scripts.ntk.interpolation import (
    STREAM,
    feature_counts,
    feature_errors,
    feature_values,
    noise_errors,
    noise_values,
)
from scripts.ntk.least_squares import dimensions, ridgeless_risks, ridgeless_theory, ridgeless_values
from scripts.ntk.settings import Predictable

STARTS = ("usual", "centred")
ANGLES = 72  # evenly spaced on the circle, where functions are compared
TURNS = 2  # waves of the target around the circle
SHOWN = 5  # functions of a kind in the picture
JACKKNIFE = "jackknife over random starts"


@dataclass(frozen=True)
class Task:
    """Hold the points on the circle, those to train on first.

    Args:
        places: shape (points + angles, 2).
        targets: of the points to train on, shape (points,).
        angles: where they lie on the circle, in radians, shape (points,).
    """

    places: np.ndarray
    targets: np.ndarray
    angles: np.ndarray


@dataclass(frozen=True)
class Law:
    """Hold what theory says of infinite width.

    Args:
        mean: of the trained function at the angles, shape (angle,).
        variance: of the same over random starts, shape (angle,).
        start: variance before training, shape (angle,).
        rate: step size.
    """

    mean: np.ndarray
    variance: np.ndarray
    start: np.ndarray
    rate: float


def compute(settings: Predictable) -> Result:
    """Train wide networks from many starts, and fit random features, least squares and the tangent kernel exactly."""
    task = draw_task(settings)
    law = exact_law(settings, task)
    ends = {start: trained(settings, task, law.rate, centred=start == "centred") for start in STARTS}
    features, risks, errors = feature_errors(settings), ridgeless_risks(settings), noise_errors(settings)
    values = (
        spread_values(settings, task, law, ends)
        | feature_values(settings, features)
        | ridgeless_values(settings, risks)
        | noise_values(errors)
    )
    arrays = spread_arrays(settings, task, law, ends)
    arrays |= {f"features_{name}": rows for name, rows in features.items()} | {"counts": feature_counts(settings)}
    arrays |= {f"kernel_{name}": rows for name, rows in errors.items()}
    arrays |= {f"ridgeless_{name}": line for name, line in ridgeless_theory(settings).items()}
    return Result(values, arrays | {"ridgeless_risks": risks, "dimensions": dimensions(settings)})


def draw_task(settings: Predictable) -> Task:
    """Draw the points to train on, one at random in each of as many equal arcs, and the same for all networks."""
    rng = generator(settings.first_seed, f"{STREAM}.points")
    angles = 2 * np.pi * (np.arange(settings.points) + rng.random(settings.points)) / settings.points
    everywhere = np.concatenate([angles, circle()])
    places = np.column_stack([np.cos(everywhere), np.sin(everywhere)])
    return Task(places, np.sin(TURNS * angles), angles)


def circle() -> np.ndarray:
    """Return the angles at which functions are compared, in radians."""
    return 2 * np.pi * np.arange(ANGLES) / ANGLES


def exact_law(settings: Predictable, task: Task) -> Law:
    """Return the law of trained functions at infinite width, and the step size in units of the limit kernel."""
    covariance, tangent = limit_kernels(
        task.places, task.places, hidden=settings.net_hidden, bias_variance=settings.bias_variance
    )
    seen = settings.points
    rate = settings.rate / float(np.linalg.eigvalsh(tangent[:seen, :seen])[-1])
    mean, after = trained_gaussian(covariance, tangent, task.targets, rate=rate, steps=settings.steps)
    return Law(mean[seen:], np.diag(after)[seen:], np.diag(covariance)[seen:], rate)


def trained(settings: Predictable, task: Task, rate: float, *, centred: bool) -> np.ndarray:
    """Return what trained networks answer at all places, shape (seed, width, place).

    With `centred`, a network's answers at its start are subtracted from all its answers, in training and afterwards.
    """
    places = torch.as_tensor(task.places)
    found = []
    for width in settings.widths:
        rngs = generators(settings.net_seed_block, f"{STREAM}.networks.{width}")
        start = draw_wide(rngs, [2, *[width] * settings.net_hidden, 1], bias_variance=settings.bias_variance)
        steps, targets = settings.steps, torch.as_tensor(task.targets)[:, None]
        run = descend(start, places[: settings.points], targets, rate=rate, steps=steps, looks=[steps], centred=centred)
        *_, (_, end) = run
        outputs: Tensor = end(places) - start(places) if centred else end(places)
        found.append(outputs[..., 0].numpy())
    return np.stack(found, axis=1)


def spread(outputs: np.ndarray) -> np.ndarray:
    """Return the standard deviation over seeds, root mean square over places; outputs (seed, …, place)."""
    return np.sqrt(outputs.var(0, ddof=1).mean(-1))


def rms(rows: np.ndarray) -> np.ndarray:
    """Return the root mean square along the last axis."""
    return np.sqrt((rows**2).mean(-1))


def log_slope(widths: list[int], sizes: np.ndarray) -> float:
    """Return the least-squares slope of log size against log width; sizes by width along the last axis."""
    logs = np.log(widths) - np.log(widths).mean()
    return np.log(sizes) @ logs / (logs @ logs)


def spread_values(settings: Predictable, task: Task, law: Law, ends: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return how much trained functions differ over random starts, by width, and what theory says of infinite width."""
    widths, seen = settings.widths, settings.points
    limit = float(np.sqrt(law.variance.mean()))
    values = {
        "spread_limit": Value(limit, digits=3, note="infinite width, exactly"),
        "spread_start": Value(
            float(np.sqrt(law.start.mean())), digits=3, note="infinite width before training, exactly"
        ),
    }
    for start, prefix in zip(STARTS, ("", "centred_"), strict=True):
        functions = ends[start][..., seen:]
        slope = jackknife_interval(lambda rows: log_slope(widths, spread(rows)), functions)
        values[f"{prefix}spread_slope"] = Value.of(slope, 2, note=JACKKNIFE)
        for name, place in (("narrowest", 0), ("widest", -1)):
            found = jackknife_interval(spread, functions[:, place])
            values[f"{prefix}spread_{name}"] = Value.of(found, 3, note=JACKKNIFE)
            left = rms(ends[start][:, place, :seen] - task.targets) / rms(task.targets)
            note = "what training leaves of the targets, root mean square"
            values[f"{prefix}left_{name}"] = Value.of(mean_interval(left), 3, note=note)
    share = jackknife_interval(lambda rows: spread(rows) / limit, ends["usual"][:, -1, seen:])
    values["spread_share"] = Value.of(share, 2, note=f"spread of the widest over that at infinite width; {JACKKNIFE}")
    return values | gap_values(widths, rms(ends["centred"][..., seen:] - law.mean) / rms(law.mean))


def gap_values(widths: list[int], gaps: np.ndarray) -> dict[str, Value]:
    """Return how far centred functions lie from the one of infinite width; distances of shape (seed, width)."""
    note = "distance of a centred function from that of infinite width, relative to the latter"
    slope = jackknife_interval(lambda rows: log_slope(widths, rows.mean(0)), gaps)
    return {
        "centred_gap_widest": Value.of(mean_interval(gaps[:, -1]), 3, note=note),
        "centred_gap_slope": Value.of(slope, 2, note=f"{note}; {JACKKNIFE}"),
    }


def spread_arrays(settings: Predictable, task: Task, law: Law, ends: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the spreads by width with their intervals, and some functions of the widest networks."""
    arrays = {
        "angles": circle(),
        "points": task.angles,
        "targets": task.targets,
        "law_mean": law.mean,
        "law_deviation": np.sqrt(law.variance),
        "widths": np.array(settings.widths),
    }
    for start in STARTS:
        functions = ends[start][..., settings.points :]
        found = [jackknife_interval(spread, functions[:, place])[:3] for place in range(len(settings.widths))]
        arrays |= {f"spread_{start}": np.array(found), f"shown_{start}": functions[:SHOWN, -1]}
    return arrays
