"""How sure the classifiers are along rays that leave the data, beside the exact limits at infinity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.classifiers import METHODS, Nets, Prediction, fit_nets, predict, predict_laplace, tune_laplace
from scripts.bayesian.settings import Faraway
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import pick
from scripts.maths.laplace import class_probabilities, fit_laplace
from scripts.maths.laplace_limits import (
    binary_probit,
    largest_limit,
    logistic_mean,
    multiclass_limit,
    two_class_limits,
    two_class_moments,
)
from scripts.maths.moons import draw_moons
from scripts.maths.random import generators
from scripts.maths.relu_rays import Tail, ray_points, softmax_limit, tails
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.maths.training import accuracy

NEAREST, FARTHEST = -1, 3  # powers of ten between which the rays are drawn, in reaches of the data
POWERS = {"_1": 0, "_10": 1, "": 2}  # powers of ten at which values are taken, by the end of their names
FAR = 100.0  # the distance that decides
SURE = 0.95
AFFINE = 1e-9  # difference of the outputs from their tail that rounding may leave, relative


@dataclass(frozen=True)
class Task:
    """Hold one data set and the settings of its nets.

    Args:
        name: of its random streams.
        settings: of the nets and their training.
        inputs: to train on, shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        fresh: inputs nothing was fitted to, shape (seed, m, d).
        fresh_labels: shape (seed, m).
    """

    name: str
    settings: Faraway
    inputs: Tensor
    labels: Tensor
    fresh: Tensor
    fresh_labels: Tensor


@dataclass(frozen=True)
class Rays:
    """Hold the rays of every seed, which start at the mean of its training points.

    Args:
        start: shape (seed, d).
        steps: directions as long as the data's reach, the largest distance of a training point from the mean; shape
            (seed, ray, d).
    """

    start: Tensor
    steps: Tensor

    def at(self, distances: list[float] | np.ndarray) -> Tensor:
        """Return the points at some distances in reaches, shape (seed, distance · ray, d)."""
        return ray_points(self.start, self.steps, torch.as_tensor(distances, dtype=torch.float64))


@dataclass(frozen=True)
class Look:
    """Hold what was measured on one data set; confidence is the probability of the likeliest class.

    Args:
        along: confidence of every method, shape (method, seed, distance, ray).
        far: the same at the distance that stands for infinity, shape (method, seed, ray).
        limits: exact limits of the confidence by method, each of shape (seed, ray).
        affine: share of the rays on which the plain net is affine from where the values are taken, shape (seed,).
        fresh: confidence on fresh inputs, mean over them, shape (method, seed).
        right: share of fresh inputs that get their label, shape (method, seed).
        chance: one over the number of classes.
    """

    along: np.ndarray
    far: np.ndarray
    limits: dict[str, np.ndarray]
    affine: np.ndarray
    fresh: np.ndarray
    right: np.ndarray
    chance: float


def compute(settings: Faraway) -> Result:
    """Train every method on both data sets and follow its confidence outwards."""
    values: dict[str, Value] = {}
    arrays = {"distances": distances(settings), "methods": np.array(METHODS)}
    for prefix, task in (("", moons(settings)), ("digits_", digits(settings))):
        nets = fit_nets(task.settings, task.inputs, task.labels, f"bayesian.faraway.{task.name}")
        rays = draw_rays(task)
        look = measure(task, nets, rays)
        found = confidence_values(look) | limit_values(look) | {"prior_precision": precision_value(nets)}
        if not prefix:
            found |= variant_values(task, nets, rays)
            arrays |= maps(task, nets, rays)
        held, along = held_out(task, nets, rays, look.chance)  # changes the approximations, so it comes last
        values |= {prefix + name: value for name, value in (found | held).items()}
        arrays |= {f"{prefix}along": look.along.mean(3), f"{prefix}limit": look.limits["laplace"].mean(1)}
        arrays |= {f"{prefix}held": along, f"{prefix}chance": np.array(look.chance)}
    return Result(values, arrays)


def distances(settings: Faraway) -> np.ndarray:
    """Return the distances along the rays in reaches of the data, ascending; powers of ten are among them."""
    return 10.0 ** np.linspace(NEAREST, FARTHEST, (FARTHEST - NEAREST) * settings.per_decade + 1)


def moons(settings: Faraway) -> Task:
    """Draw the two moons of every seed, with the settings of their nets."""
    parts: list[Tensor] = []
    for count, purpose in ((settings.moons_points, "train"), (settings.moons_fresh_points, "fresh")):
        stream = f"bayesian.faraway.moons.{purpose}"
        samples = [draw_moons(count, settings.moons_noise, seed, stream) for seed in settings.seed_block]
        parts += [torch.as_tensor(np.stack(each)) for each in zip(*samples, strict=True)]
    own = {name: getattr(settings, f"moons_{name}") for name in ("points", "widths", "epochs", "learning_rate")}
    return Task("moons", settings.model_copy(update=own), *parts)


def digits(settings: Faraway) -> Task:
    """Split the digits of every seed."""
    split = draw_digits(settings.points, settings.seed_block, "bayesian.faraway.digits.split")
    return Task("digits", settings, split.inputs, split.labels, split.fresh, split.fresh_labels)


def draw_rays(task: Task) -> Rays:
    """Draw directions evenly over the sphere and scale them to the reach of each seed's training points."""
    start = task.inputs.mean(1)
    reach = (task.inputs - start[:, None]).norm(dim=2).max(1).values
    shape = (task.settings.directions, task.inputs.shape[2])
    rngs = generators(task.settings.seed_block, f"bayesian.faraway.{task.name}.rays")
    drawn = torch.as_tensor(np.stack([rng.normal(size=shape) for rng in rngs]))
    return Rays(start, reach[:, None, None] * functional.normalize(drawn, dim=2))


def measure(task: Task, nets: Nets, rays: Rays) -> Look:
    """Return every method's confidence along the rays and on fresh inputs, with the exact limits."""
    settings = task.settings
    places = distances(settings)
    along = confidences(predict(nets, rays.at(places)))
    fresh = predict(nets, task.fresh)
    limits, affine = exact_limits(settings, nets, rays)
    return Look(
        along.reshape(len(METHODS), settings.seeds, len(places), -1),
        confidences(predict(nets, rays.at([settings.limit_distance]))),
        limits,
        affine,
        confidences(fresh).mean(2),
        np.stack([accuracy(fresh[method].logs, task.fresh_labels).numpy() for method in METHODS]),
        1 / (int(task.labels.max()) + 1),
    )


def confidences(found: dict[str, Prediction]) -> np.ndarray:
    """Return the probability of the likeliest class, shape (method, seed, n)."""
    likeliest = [found[method].logs.max(2).values.exp() for method in METHODS]
    return torch.stack(likeliest).clamp(max=1).numpy()  # a mean of ones may come out above 1 by rounding


def exact_limits(settings: Faraway, nets: Nets, rays: Rays) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the limits of the confidence at infinity by the nets' affine tails, of each method (seed, ray).

    With them comes the share of the rays on which the plain net is its tail from where the values are taken, (seed,).
    """
    seeds, members = settings.seeds, settings.members
    hidden, outputs = tails(nets.members, rays.start.repeat(members, 1), rays.steps.repeat(members, 1, 1))
    alone = softmax_limit(outputs).reshape(members, seeds, settings.directions, -1)
    laplace = [
        multiclass_limit(approximation, *(Tail(*(part[seed] for part in tail)) for tail in (hidden, outputs)))
        for seed, approximation in enumerate(nets.approximations)
    ]
    chances = {"plain": alone[0], "ensemble": alone.mean(0), "laplace": torch.stack(laplace)}
    with torch.no_grad():
        found = pick(nets.members, slice(seeds))(rays.at([FAR]))
    tail = (FAR * outputs.slope + outputs.intercept)[:seeds]
    affine = ((found - tail).abs() <= AFFINE * found.abs().max()).all(2)
    return {name: each.max(2).values.numpy() for name, each in chances.items()}, affine.double().mean(1).numpy()


def confidence_values(look: Look) -> dict[str, Value]:
    """Return the confidence of each method at some distances and on fresh inputs, and its accuracy."""
    values = {}
    places = {suffix: index_of(look, power) for suffix, power in POWERS.items()}
    for method, along, fresh, right in zip(METHODS, look.along, look.fresh, look.right, strict=True):
        for suffix, place in places.items():
            mean = bounded(mean_interval(along[:, place].mean(1)), look.chance, 1)
            note = f"mean probability of the likeliest class over directions at {10 ** POWERS[suffix]} times the reach"
            values[f"{method}_confidence{suffix}"] = Value.of(mean, 3, note=note)
        rows = along[:, places[""]]
        least = bounded(mean_interval(rows.min(1)), look.chance, 1)
        note = "smallest confidence over directions at 100 times the reach, mean over seeds"
        values[f"{method}_least"] = Value.of(least, 3, note=note)
        sure = bounded(mean_interval((rows > SURE).mean(1)), 0, 1)
        note = f"share of directions with confidence above {SURE} at 100 times the reach"
        values[f"{method}_sure"] = Value.of(sure, 3, note=note)
        values[f"{method}_fresh_confidence"] = Value.of(bounded(mean_interval(fresh), look.chance, 1), 3)
        values[f"{method}_accuracy"] = Value.of(bounded(mean_interval(right), 0, 1), 4, note="on fresh inputs")
    plain = METHODS.index("plain")
    for number, method in enumerate(METHODS):
        if number != plain:
            change = mean_interval(look.right[number] - look.right[plain])
            note = f"{method} minus plain, share of fresh inputs, paired by seed"
            values[f"{method}_accuracy_difference"] = Value.of(change, 4, note=note)
    return values


def index_of(look: Look, power: int) -> int:
    """Return which of the distances along the rays is 10 to a power."""
    return (power - NEAREST) * (look.along.shape[2] - 1) // (FARTHEST - NEAREST)


def limit_values(look: Look) -> dict[str, Value]:
    """Return the confidence at infinity, measured and exact, and how far they are apart."""
    values = {}
    for method, far in zip(METHODS, look.far, strict=True):
        mean = bounded(mean_interval(far.mean(1)), look.chance, 1)
        values[f"{method}_limit"] = Value.of(mean, 4, note="measured where kinks lie behind")
        if method in look.limits:
            exact = look.limits[method]
            mean = bounded(mean_interval(exact.mean(1)), look.chance, 1)
            note = "from each net's linear map at infinity; the interval is over seeds"
            values[f"{method}_limit_exact"] = Value.of(mean, 4, note=note)
            apart = float(np.abs(far / exact - 1).max())
            note = "largest relative difference of measured and exact limit over seeds and directions"
            values[f"{method}_limit_difference"] = Value(apart, digits=1, note=note)
    most = mean_interval(look.limits["laplace"].max(1))
    values["laplace_limit_largest"] = Value.of(
        bounded(most, look.chance, 1), 4, note="largest exact limit over directions, mean over seeds"
    )
    values["affine_share"] = Value.of(
        bounded(mean_interval(look.affine), 0, 1), 3, note="rays without a kink beyond 100 times the reach, plain net"
    )
    return values


def precision_value(nets: Nets) -> Value:
    """Return the prior precision that the marginal likelihood chooses."""
    chosen = np.array([float(each.prior_precision) for each in nets.approximations])
    return Value.of(ratio_interval(chosen, np.ones_like(chosen)), 3, note="of the last layer; geometric mean")


def variant_values(task: Task, nets: Nets, rays: Rays) -> dict[str, Value]:
    """Return the confidence of further ways of Laplace's approximation on two classes, mean over directions.

    The two-class probit and the mean of the logistic function use the difference of the two outputs; other variants are
    all weights in place of the last layer's, and a weaker or stronger prior.
    """
    settings = task.settings
    seeds, points = range(settings.seeds), rays.at([FAR])
    moments = [two_class_moments(nets.approximations[seed], points[seed]) for seed in seeds]
    hidden, outputs = tails(pick(nets.members, slice(settings.seeds)), rays.start, rays.steps)
    limits = [
        two_class_limits(
            nets.approximations[seed], *(Tail(*(part[seed] for part in tail)) for tail in (hidden, outputs))
        )
        for seed in seeds
    ]
    far = rays.at([settings.limit_distance])
    distant = [two_class_moments(nets.approximations[seed], far[seed]) for seed in seeds]
    rows = {
        "binary_confidence": [binary_probit(mean.abs(), variance) for mean, variance in moments],
        "binary_limit": [binary_probit(mean.abs(), variance) for mean, variance in distant],
        "binary_limit_exact": [probit for probit, _ in limits],
        "integral_confidence": [logistic_mean(mean.abs(), variance) for mean, variance in moments],
        "integral_limit_exact": [exact for _, exact in limits],
        "binary_bound": [largest_limit(each, settings.widths[-1])[None] for each in nets.approximations],
    } | refitted(task, nets, {"": points, "_limit": far, "_1": rays.at([1.0])})
    notes = {
        "binary": "Laplace, probit approximation of the difference of the two outputs",
        "integral": "Laplace, mean of the logistic function of the difference of the two outputs",
        "all": "Laplace over all weights, multi-class probit",
        "weak": f"Laplace, prior precision times {settings.prior_factors[0]}",
        "strong": f"Laplace, prior precision times {settings.prior_factors[1]}",
    }
    values = {}
    for name, parts in rows.items():
        mean = bounded(mean_interval(torch.stack(parts).mean(1).numpy()), 0.5, 1)
        values[f"laplace_{name}"] = Value.of(mean, 4, note=notes[name.split("_")[0]])
    apart = (torch.stack(rows["binary_limit"]) / torch.stack(rows["binary_limit_exact"]) - 1).abs().max()
    values["laplace_binary_limit_difference"] = Value(float(apart), digits=1, note="largest, relative")
    return values


def refitted(task: Task, nets: Nets, points: dict[str, Tensor]) -> dict[str, list[Tensor]]:
    """Return the confidence of Laplace's approximation of all weights, and of the last layer under other priors.

    Args:
        task: what the nets were trained on.
        nets: the trained nets.
        points: where to look, by the end of the name, each (seed, n, d).

    Returns:
        By name, one tensor (n,) a seed.
    """
    rows: dict[str, list[Tensor]] = {}
    for seed, approximation in enumerate(nets.approximations):
        precision = float(approximation.prior_precision)
        ways = {"all": {"weights": "all"}} | {
            name: {"prior_precision": factor * precision}
            for name, factor in zip(("weak", "strong"), task.settings.prior_factors, strict=True)
        }
        places = torch.cat([each[seed] for each in points.values()])
        for name, options in ways.items():
            fitted = fit_laplace(
                nets.members, seed, task.inputs[seed], task.labels[seed], likelihood="classification", **options
            )
            found = class_probabilities(fitted, places).max(1).values.chunk(len(points))
            for suffix, part in zip(points, found, strict=True):
                rows.setdefault(f"{name}_confidence{suffix}", []).append(part)
    return rows


def held_out(task: Task, nets: Nets, rays: Rays, chance: float) -> tuple[dict[str, Value], np.ndarray]:
    """Give Laplace's approximation the prior that predicts held-out labels best; follow its confidence again.

    Returns:
        Values, and the confidence along the rays, mean over them, shape (seed, distance). The approximations keep the
        prior.
    """
    settings, held = task.settings, task.settings.held_out
    inputs, labels = task.fresh[:, :held], task.fresh_labels[:, :held]
    chosen = tune_laplace(nets.approximations, inputs, labels, settings.precisions).numpy()

    def sure(places: Tensor) -> np.ndarray:
        return predict_laplace(nets.approximations, places).logs.max(2).values.exp().clamp(max=1).numpy()

    along = sure(rays.at(distances(settings))).reshape(settings.seeds, -1, settings.directions).mean(2)
    rows = {"confidence": sure(rays.at([FAR])).mean(1), "fresh_confidence": sure(task.fresh[:, held:]).mean(1)}
    rows["limit_exact"] = exact_limits(settings, nets, rays)[0]["laplace"].mean(1)
    note = "Laplace with the prior precision that predicts held-out labels best"
    values = {
        f"laplace_held_{name}": Value.of(bounded(mean_interval(each), chance, 1), 4, note=note)
        for name, each in rows.items()
    }
    values["held_precision"] = Value.of(ratio_interval(chosen, np.ones_like(chosen)), 2, note=f"{note}; geometric mean")
    return values, along


def maps(task: Task, nets: Nets, rays: Rays) -> dict[str, np.ndarray]:
    """Return the chance of the second class on the plane by the first seed's plain net and Laplace's approximation."""
    settings = task.settings
    side = settings.window * float(rays.steps[0, 0].norm()) * np.linspace(-1, 1, settings.grid)
    points = rays.start[0] + torch.as_tensor(np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2))
    with torch.no_grad():
        plain = pick(nets.members, slice(1))(points)[0].softmax(1)
    chances = {"map_plain": plain, "map_laplace": class_probabilities(nets.approximations[0], points)}
    found = {name: each[:, 1].reshape(settings.grid, settings.grid).numpy() for name, each in chances.items()}
    reach = float(rays.steps[0, 0].norm())
    own = ((task.inputs[0] - rays.start[0]) / reach).numpy()
    return found | {"side": side / reach, "shown": own, "shown_labels": task.labels[0].numpy()}
