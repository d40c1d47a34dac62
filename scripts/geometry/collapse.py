"""Neural collapse: how the last hidden layer gathers each class in one point, with batch normalisation and without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Collapse
from scripts.maths.batch_norm import NormalisedEnsemble, with_norm
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.neural_collapse import (
    centred_means,
    class_means,
    cosines,
    nearest_mean_disagreement,
    norm_spread,
    self_duality_gap,
    within_variability,
)
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import accuracy, cross_entropy, spaced_times, train
from scripts.maths.unconstrained_features import Problem, exact_optimum, minimise

KINDS = ("plain", "norm")
DIGITS = {"nc1": 4, "nc2_norms": 3, "nc2_angles": 3, "nc3": 3, "nc4": 4, "nc1_fresh": 3}
DRAWN = (0, 1, 2)  # the classes whose features are drawn, in the plane through their three means


@dataclass(frozen=True)
class Run:
    """Hold what was measured while one kind of net trained.

    Args:
        epochs: passes over the data before each measurement, shape (time,); the first is 0.
        measures: each of shape (time, seed).
        views: features of the first net in the plane of three class means before and after training, each (n, 2).
    """

    epochs: np.ndarray
    measures: dict[str, np.ndarray]
    views: dict[str, np.ndarray]


def compute(settings: Collapse) -> Result:
    """Train both kinds of net from one start on the same batches; measure the collapse; solve the exact case."""
    data = draw_digits(settings.points, settings.seed_block, "geometry.collapse.data", torch.float32)
    rngs = generators(settings.seed_block, "geometry.collapse.weights")
    start = initialise([PIXELS, *settings.widths, CLASSES], rngs, scheme="he", dtype=torch.float32)
    runs = {kind: follow(settings, data, start, normalised=kind == "norm") for kind in KINDS}
    values: dict[str, Value] = {}
    for kind, run in runs.items():
        values |= {f"{kind}_{name}": value for name, value in _run_values(run).items()}
    ends = [runs[kind].measures["nc1"][-1] for kind in ("norm", "plain")]
    note = "with batch normalisation over without, at the end, paired by seed"
    values["nc1_norm_to_plain"] = Value.of(ratio_interval(*ends), 3, note=note)
    values["nc2_mean_exact"] = Value(-1 / (CLASSES - 1), digits=4)
    values |= exact_case(settings)
    arrays = {"epochs": runs["plain"].epochs}
    labels = data.labels[0].numpy()
    arrays["view_labels"] = labels[np.isin(labels, DRAWN)]
    for kind, run in runs.items():
        arrays |= {f"{kind}_{name}": rows for name, rows in (run.measures | run.views).items()}
    return Result(values, arrays)


def follow(settings: Collapse, data: Digits, start: Ensemble, *, normalised: bool) -> Run:
    """Train a copy of the nets and measure it before training, on the way and at the end."""
    net = with_norm(start, normalised=normalised)
    stops = measured_epochs(settings)
    measures: list[dict[str, np.ndarray]] = [measure(net, data)]
    views = {"view_start": view(net, data)}
    done = 0

    def record(epoch: int) -> None:
        if done + epoch in stops:
            measures.append(measure(net, data))

    batches = generators(settings.seed_block, "geometry.collapse.batches")
    for phase, epochs in enumerate(phases(settings)):
        train(
            net.parameters,
            lambda batch, wanted: cross_entropy(net(batch), wanted),
            data.inputs,
            data.labels,
            epochs=epochs,
            optimiser="sgd",
            learning_rate=settings.learning_rate * settings.decay**phase,
            batch_size=settings.batch_size,
            generators=batches,
            after_epoch=record,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
        )
        done += epochs
    views["view_end"] = view(net, data)
    stacked = {name: np.stack([entry[name] for entry in measures]) for name in measures[0]}
    return Run(np.array(stops), stacked, views)


def phases(settings: Collapse) -> list[int]:
    """Return how many epochs each learning rate lasts: the epochs in equal parts, what is left over in the last."""
    part = settings.epochs // settings.phases
    return [part] * (settings.phases - 1) + [settings.epochs - part * (settings.phases - 1)]


def measured_epochs(settings: Collapse) -> list[int]:
    """Return the epochs after which the nets are measured: 0, then evenly on a logarithmic scale to the end."""
    return spaced_times(settings.epochs, settings.records)


@torch.no_grad()
def measure(net: NormalisedEnsemble, data: Digits) -> dict[str, np.ndarray]:
    """Return the measures of the last hidden layer, each of shape (seed,).

    Nets with batch normalisation are evaluated with the statistics of all training images.
    """
    statistics = net.population(data.inputs) if net.gains else None
    *_, features, logits = (layer.double() for layer in net.layers(data.inputs, statistics))
    *_, fresh, fresh_logits = (layer.double() for layer in net.layers(data.fresh, statistics))
    means = centred_means(features, data.labels, CLASSES)
    between = cosines(means)
    found = {
        "nc1": within_variability(features, data.labels, CLASSES),
        "nc1_fresh": within_variability(fresh, data.fresh_labels, CLASSES),
        "nc2_norms": norm_spread(means),
        "nc2_angles": between.std(1, correction=0),
        "nc2_mean": between.mean(1),
        "nc3": self_duality_gap(net.weights[-1].double().transpose(1, 2), means),
        "nc4": nearest_mean_disagreement(features, class_means(features, data.labels, CLASSES), logits.argmax(2)),
        "train_accuracy": accuracy(logits, data.labels),
        "test_accuracy": accuracy(fresh_logits, data.fresh_labels),
        "loss": cross_entropy(logits, data.labels),
    }
    return {name: each.numpy() for name, each in found.items()}


@torch.no_grad()
def view(net: NormalisedEnsemble, data: Digits) -> np.ndarray:
    """Return the first net's features of three classes in the plane through their means, shape (n, 2).

    The origin is the mean of the three means, and the mean distance of the means from it is 1.
    """
    statistics = net.population(data.inputs) if net.gains else None
    features = net.layers(data.inputs, statistics)[-2][0].double()
    labels = data.labels[0]
    means = class_means(features[None], labels[None], CLASSES)[0, list(DRAWN)]
    centre = means.mean(0)
    plane = torch.linalg.qr((means[1:] - means[0]).T)[0]
    flat = (features[torch.isin(labels, torch.tensor(DRAWN))] - centre) @ plane
    corners = (means - centre) @ plane
    turn = torch.stack([corners[0], torch.stack([-corners[0, 1], corners[0, 0]])]).T / corners[0].norm()
    turned, towards = flat @ turn, (corners @ turn)[1, 1]
    upright = torch.stack([turned[:, 1] * torch.sign(towards), turned[:, 0]], dim=1)  # the first class on top
    return (upright / corners.norm(dim=1).mean()).numpy().astype(np.float32)


def exact_case(settings: Collapse) -> dict[str, Value]:
    """Minimise the unconstrained-features model from several starts and compare with its optimum in closed form."""
    problem = Problem(
        CLASSES,
        settings.ufm_examples,
        settings.ufm_dimension,
        settings.ufm_weight_penalty,
        settings.ufm_feature_penalty,
    )
    exact = exact_optimum(problem)
    seeds = range(settings.first_seed, settings.first_seed + settings.ufm_starts)
    solved = [minimise(problem, generator(seed, "geometry.collapse.ufm")) for seed in seeds]
    features, weights = (torch.as_tensor(np.stack([entry[part] for entry in solved])) for part in (0, 1))
    losses = np.array([entry[2] for entry in solved])
    labels = torch.as_tensor(problem.labels).expand(len(seeds), -1)
    means = centred_means(features, labels, CLASSES)
    angles = cosines(means)
    ideal = -1 / (CLASSES - 1)
    furthest = angles.flatten()[(angles - ideal).abs().argmax()]
    norms = features.norm(dim=2)
    logits = class_means(features, labels, CLASSES) @ weights.transpose(1, 2)
    own = logits.diagonal(dim1=1, dim2=2)
    margin = (own - (logits.sum(2) - own) / (CLASSES - 1)).mean()
    worst = f"largest of {len(seeds)} starts"
    return {
        "ufm_nc1": Value(float(within_variability(features, labels, CLASSES).max()), digits=3, note=worst),
        "ufm_cosine": Value(
            float(furthest), digits=4, note=f"furthest from exact of all pairs and {len(seeds)} starts"
        ),
        "ufm_cosine_exact": Value(ideal, digits=4),
        "ufm_angle_spread": Value(float(angles.std(1, correction=0).max()), digits=3, note=worst),
        "ufm_norm_spread": Value(float(norm_spread(means).max()), digits=3, note=worst),
        "ufm_nc3": Value(float(self_duality_gap(weights, means).max()), digits=3, note=worst),
        "ufm_norm": Value(float(norms.mean()), digits=4, note="of a feature"),
        "ufm_norm_exact": Value(exact.feature_norm, digits=4),
        "ufm_margin": Value(float(margin), digits=4, note="of the right class's logit over the others"),
        "ufm_margin_exact": Value(exact.margin, digits=4),
        "ufm_loss_error": Value(float(np.abs(losses - exact.loss).max()), digits=3, note=f"{worst}, to closed form"),
    }


def _run_values(run: Run) -> dict[str, Value]:
    values = {}
    for name, digits in DIGITS.items():
        values[f"{name}_start"] = Value.of(mean_interval(run.measures[name][0]), digits, note="before training")
        values[f"{name}_end"] = Value.of(mean_interval(run.measures[name][-1]), digits)
    for name in ("nc1", "nc1_fresh"):
        fall = ratio_interval(run.measures[name][-1], run.measures[name][0])
        values[f"{name}_fall"] = Value.of(fall, 3, note="end over start, geometric mean, paired by seed")
    values["nc2_mean_end"] = Value.of(mean_interval(run.measures["nc2_mean"][-1]), 4, note="mean cosine")
    for name in ("train_accuracy", "test_accuracy"):
        values[name] = Value.of(mean_interval(run.measures[name][-1]), 4)
    values["loss_end"] = Value.of(mean_interval(run.measures["loss"][-1]), 5, note="cross-entropy on training images")
    solved = (run.measures["train_accuracy"] >= 1).all(1)
    first = run.epochs[solved.argmax()] if solved.any() else run.epochs[-1]
    note = "first measured epoch at which no net errs on its training images" if solved.any() else "never reached"
    values["terminal_epoch"] = Value(float(first), digits=0, note=note)
    since = run.measures["nc1"][solved.argmax() if solved.any() else -1]
    later = ratio_interval(run.measures["nc1"][-1], since)
    values["nc1_fall_terminal"] = Value.of(later, 3, note="end over first epoch without training errors, paired")
    return values
