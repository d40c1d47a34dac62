"""Where the optimiser decides everything: adaptive methods against SGD on data built by Wilson et al. (2017)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval
from scripts.maths.training import mean_squared_error, train
from scripts.maths.wilson_features import SCALE, WilsonData, cosine, fresh_scores, norm
from scripts.optimization.settings import Adaptive

ADAPTIVE = ("adam", "adagrad", "rmsprop")
METHODS = (*ADAPTIVE, "sgd", "min_norm")
KINDS = ("label", "constant", "own_positive", "own_negative")

Weights = list[Tensor]


def compute(settings: Adaptive) -> Result:
    """Fit the data sets of every share with every method from zero; count errors on fresh examples."""
    shares = [settings.share, *settings.other_shares]
    sweep = [fit_share(settings, share) for share in shares]
    errors = {name: np.stack([found[name] for _, _, found in sweep]) for name in METHODS}
    data, fits, at_share = sweep[0]
    descent = fit(data, "sgd", settings, batch_size=None)
    batches = adam_by_batch(data, settings)
    values = (
        _error_values(at_share | {"gd": fresh_error(settings, settings.share, descent)}, settings.share)
        | _sweep_values(errors, shares)
        | _fit_values(data, fits | {"gd": descent})
        | _direction_values(data, fits)
        | _batch_values(batches, settings)
        | _gaussian_values(settings)
    )
    arrays = {f"error_{name}": rows for name, rows in errors.items()}
    arrays |= {f"weights_{name}": weights_by_kind(data, fits[name]).numpy() for name in METHODS}
    arrays |= {"batch_sizes": np.array(settings.adam_batch_sizes), "error_adam_by_batch": batches[0]}
    return Result(values, arrays | {"shares": np.array(shares)})


def fit_share(settings: Adaptive, share: float) -> tuple[WilsonData, dict[str, Weights], dict[str, np.ndarray]]:
    """Return a data set a seed, what each method finds on it, and its error on fresh examples, (seed,), by method."""
    data = WilsonData.of(draw_labels(settings, "train", settings.points, share))
    fits = {name: fit(data, name, settings, batch_size=None) for name in ADAPTIVE}
    fits |= {"sgd": fit(data, "sgd", settings, batch_size=settings.batch_size), "min_norm": data.minimum_norm()}
    return data, fits, {name: fresh_error(settings, share, weights) for name, weights in fits.items()}


def fresh_error(settings: Adaptive, share: float, weights: Weights) -> np.ndarray:
    """Return the share of fresh examples that are put into the wrong class, shape (seed,)."""
    labels = draw_labels(settings, "fresh", settings.fresh_points, share)
    return error_share(fresh_scores(weights, labels), labels).numpy()


def adam_by_batch(data: WilsonData, settings: Adaptive) -> tuple[np.ndarray, np.ndarray]:
    """Return Adam's errors on fresh and on training examples by the size of its mini-batches, each (size, seed)."""
    fits = [fit(data, "adam", settings, batch_size=size) for size in settings.adam_batch_sizes]
    fresh = [fresh_error(settings, settings.share, weights) for weights in fits]
    seen = [error_share(data.scores(weights), data.labels).numpy() for weights in fits]
    return np.stack(fresh), np.stack(seen)


def draw_labels(settings: Adaptive, purpose: str, count: int, share: float) -> Tensor:
    """Return labels that are 1 with a given probability, else −1, shape (seed, count)."""
    rngs = generators(settings.seed_block, f"optimization.adaptive.{purpose}")
    return torch.as_tensor(np.stack([np.where(rng.random(count) < share, 1.0, -1.0) for rng in rngs]))


def fit(data: WilsonData, optimiser: str, settings: Adaptive, *, batch_size: int | None) -> Weights:
    """Return the weights that an optimiser finds from zero by least squares; all examples a step if no batch size."""
    weights = [part.requires_grad_(True) for part in data.zeros()]
    sets, count = data.labels.shape
    train(
        weights,
        lambda rows, labels: mean_squared_error(data.scores(weights, rows if batch_size else None), labels),
        torch.arange(count).expand(sets, count),
        data.labels,
        optimiser=optimiser,
        learning_rate=settings.sgd_rate if optimiser == "sgd" else settings.learning_rate,
        **_schedule(settings, optimiser, batch_size),
    )
    return [part.detach() for part in weights]


def _schedule(settings: Adaptive, stream: str, batch_size: int | None) -> dict[str, Any]:
    if batch_size is None:
        return {"epochs": settings.steps}
    rngs = generators(settings.seed_block, f"optimization.adaptive.batches.{stream}")
    return {"epochs": settings.epochs, "batch_size": batch_size, "generators": rngs}


def error_share(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the share of examples whose score has not the sign of their label, shape (set,)."""
    return (scores * labels <= 0).double().mean(1)


def weights_by_kind(data: WilsonData, weights: Weights) -> Tensor:
    """Return the mean weight of each kind of feature, shape (set, 4), in the order of `KINDS`.

    Raises:
        ValueError: a data set without examples of one of the labels.
    """
    columns = [weights[0][:, 0], weights[0][:, 1:].mean(1)]
    for label in (1, -1):
        theirs = data.own * (data.labels == label)[..., None]
        if (theirs.sum((1, 2)) == 0).any():
            raise ValueError(f"expected an example with label {label} in every data set; use more points")
        columns.append((weights[1] * theirs).sum((1, 2)) / theirs.sum((1, 2)))
    return torch.stack(columns, dim=1)


def fit_gaussian(settings: Adaptive, optimiser: str) -> tuple[np.ndarray, np.ndarray]:
    """Fit ordinary data, x = y m + z with z ~ N(0, I); return errors in training and on fresh data, each (seed,).

    The mean m has a random direction, and there are more coordinates than examples, so that here, too, many weights fit
    every label. The error on fresh data is exact, Φ(−w·m / ‖w‖).
    """
    inputs, labels, means = _gaussian_data(settings)
    weights = torch.zeros_like(means).requires_grad_(True)
    plain = optimiser == "sgd"
    train(
        [weights],
        lambda batch, wanted: mean_squared_error((batch * weights).sum(-1), wanted),
        inputs,
        labels,
        optimiser=optimiser,
        learning_rate=settings.control_rate if plain else settings.learning_rate,
        **_schedule(settings, "gaussian", settings.batch_size if plain else None),
    )
    found = weights.detach()
    margin = (means * found).sum((1, 2)) / found.norm(dim=(1, 2))
    return error_share((inputs * found).sum(-1), labels).numpy(), torch.special.ndtr(-margin).numpy()


def _gaussian_data(settings: Adaptive) -> tuple[Tensor, Tensor, Tensor]:
    rngs = generators(settings.seed_block, "optimization.adaptive.gaussian.inputs")
    drawn = [rng.standard_normal((1 + settings.control_points, settings.control_inputs)) for rng in rngs]
    drawn = torch.as_tensor(np.stack(drawn))
    means = settings.control_signal * drawn[:, :1] / drawn[:, :1].norm(dim=2, keepdim=True)
    labels = draw_labels(settings, "gaussian.labels", settings.control_points, settings.share)
    return labels[..., None] * means + drawn[:, 1:], labels, means


def _error_values(errors: dict[str, np.ndarray], share: float) -> dict[str, Value]:
    values = {f"{name}_error_p060": Value.of(mean_interval(rows), 3) for name, rows in errors.items()}
    difference = mean_interval(errors["adam"] - errors["sgd"])
    return values | {
        "wilson_error_p060": Value(1 - share, digits=3),
        "error_difference": Value.of(difference, 3, note="Adam minus SGD, paired by data set"),
    }


def _sweep_values(errors: dict[str, np.ndarray], shares: list[float]) -> dict[str, Value]:
    lowest, highest = int(np.argmin(shares)), int(np.argmax(shares))
    return {
        "share_lowest": Value(shares[lowest], digits=2),
        "share_highest": Value(shares[highest], digits=2),
        "adam_error_lowest_share": Value.of(mean_interval(errors["adam"][lowest]), 3),
        "adam_error_highest_share": Value.of(mean_interval(errors["adam"][highest]), 3),
        "sgd_error_largest": Value(
            float(errors["sgd"].max()), digits=3, note="the largest over all data sets of all shares"
        ),
        "min_norm_error_largest": Value(
            float(errors["min_norm"].max()), digits=3, note="the largest over all data sets of all shares"
        ),
    }


def _fit_values(data: WilsonData, fits: dict[str, Weights]) -> dict[str, Value]:
    values = {}
    for name, weights in fits.items():
        scores = data.scores(weights)
        loss = float(mean_squared_error(scores, data.labels).max())
        values[f"{name}_train_error"] = Value.of(mean_interval(error_share(scores, data.labels).numpy()), 3)
        values[f"{name}_train_loss"] = Value(loss, digits=4, note="the largest over data sets")
    return values


def _direction_values(data: WilsonData, fits: dict[str, Weights]) -> dict[str, Value]:
    sign, shortest = data.sign_vector(), data.minimum_norm()
    values = {
        f"{name}_angle": Value.of(
            mean_interval(cosine(fits[name], sign).numpy()), 4, note="cosine of the angle to the sign vector"
        )
        for name in (*ADAPTIVE, "min_norm")
    }
    apart = norm([one - other for one, other in zip(fits["sgd"], shortest, strict=True)]) / norm(shortest)
    kinds = {name: weights_by_kind(data, fits[name]).numpy() for name in ("adam", "min_norm")}
    for name, rows in kinds.items():
        for kind, column in zip(KINDS, rows.T, strict=True):
            values[f"{name}_weight_{kind}"] = Value.of(mean_interval(column), 3)
    majority = (data.labels.sum(1) > 0).double().mean()
    return values | {
        "sgd_distance": Value.of(mean_interval(apart.numpy()), 4, note="from the minimum-norm solution, relative"),
        "adam_weight_exact": Value(1 / SCALE, digits=3),
        "positive_majority": Value(float(majority), digits=2, note="share of data sets with more positive labels"),
    }


def _batch_values(errors: tuple[np.ndarray, np.ndarray], settings: Adaptive) -> dict[str, Value]:
    sizes = settings.adam_batch_sizes
    small, large = int(np.argmin(sizes)), int(np.argmax(sizes))
    fresh, seen = errors
    return {
        "adam_small_batch": Value(sizes[small], digits=0),
        "adam_large_batch": Value(sizes[large], digits=0),
        "adam_small_batch_error": Value.of(mean_interval(fresh[small]), 3),
        "adam_large_batch_error": Value.of(mean_interval(fresh[large]), 3),
        "adam_batch_train_error": Value(float(seen.max()), digits=3, note="the largest over batch sizes and data sets"),
    }


def _gaussian_values(settings: Adaptive) -> dict[str, Value]:
    found = {name: fit_gaussian(settings, name) for name in ("adam", "sgd")}
    values = {}
    for name, (train_error, fresh_error) in found.items():
        values[f"gaussian_{name}_train_error"] = Value.of(mean_interval(train_error), 3)
        values[f"gaussian_{name}_error"] = Value.of(mean_interval(fresh_error), 3)
    difference = mean_interval(found["adam"][1] - found["sgd"][1])
    return values | {
        "gaussian_error_difference": Value.of(difference, 3, note="Adam minus SGD, paired by data set"),
    }
