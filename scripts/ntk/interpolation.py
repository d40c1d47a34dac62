"""What exact fits cost on digits: random features, from few to many, and the tangent kernel with wrong labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scripts.article.values import Value
from scripts.maths.digits import CLASSES, draw_digits
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generator
from scripts.maths.random_features import feature_limit, relu_features
from scripts.maths.ridgeless import LeastSquares, from_features, from_kernel
from scripts.maths.statistics import Estimate, bounded, mean_interval, ratio_interval
from scripts.ntk.settings import Predictable

STREAM = "ntk.predictable"
PER_CENT = 100.0
LARGEST = (
    "largest over γ of the distance of the mean risk from it, less its noise; the interval holds for all γ at once"
)
SQUARED = "squared distance from the coded label, summed over classes; geometric mean"
FITS = ("interpolant", "best")
WORDS = {
    "squared": "mean squared error against the mean of a label",
    "same": "mean squared error against fresh labels with the same noise",
    "true": "mean squared error against true labels",
    "wrong": "share of wrong answers",
}
COSTS = (  # noise, kind of error, end of the name
    ("noisy", "squared", ""),
    ("noisy", "same", "_same"),
    ("noisy", "true", "_true"),
    ("noisy", "wrong", "_wrong"),
    ("clean", "squared", ""),
    ("clean", "wrong", "_wrong"),
)


@dataclass(frozen=True)
class Images:
    """Hold one split of the digits, every image a vector of length 1.

    Args:
        seen: shape (n, 64).
        fresh: the other images; the first ones are for validation.
        labels: digits of the seen images, shape (n,).
        fresh_labels: digits of the fresh ones.
    """

    seen: np.ndarray
    fresh: np.ndarray
    labels: np.ndarray
    fresh_labels: np.ndarray


def draw_images(points: int, seeds: range, purpose: str, *, centred: bool = False) -> Iterator[Images]:
    """Split the digits once a seed; with `centred`, the mean of the seen images is taken off before scaling."""
    digits = draw_digits(points, seeds, f"{STREAM}.{purpose}")
    for parts in zip(digits.inputs, digits.fresh, digits.labels, digits.fresh_labels, strict=True):
        seen, fresh, labels, fresh_labels = (part.numpy() for part in parts)
        shift = seen.mean(0) if centred else 0.0
        scaled = ((part - shift) / np.linalg.norm(part - shift, axis=1, keepdims=True) for part in (seen, fresh))
        yield Images(*scaled, labels, fresh_labels)


def feature_counts(settings: Predictable) -> np.ndarray:
    """Return how many features each model has, shape (model,)."""
    return np.round(np.array(settings.feature_ratios) * settings.feature_points).astype(int)


def feature_errors(settings: Predictable) -> dict[str, np.ndarray]:
    """Return test errors of linear models on more and more random features.

    Returns:
        Share of wrong answers and mean squared error of the solution of minimum norm (`wrong`, `squared`), share wrong
        with the ridge that does best on validation images (`tuned`), each of shape (seed, model); share wrong on
        validation images at minimum norm (`validation`); share wrong with infinitely many features (`limit`), (seed,).
    """
    counts, found = feature_counts(settings), []
    splits = draw_images(settings.feature_points, settings.seed_block, "features", centred=True)
    for seed, images in zip(settings.seed_block, splits, strict=True):
        everything = np.concatenate([images.seen, images.fresh])
        features = relu_features(generator(seed, f"{STREAM}.weights"), everything, counts.max())
        seen, fresh = np.split(features, [settings.feature_points])
        rows = [judge_classes(settings, images, from_features(seen[:, :count], fresh[:, :count])) for count in counts]
        limit = from_kernel(feature_limit(images.seen, images.seen), feature_limit(images.fresh, images.seen))
        limit_wrong = judge_classes(settings, images, limit)["wrong"]
        found.append({name: [row[name] for row in rows] for name in rows[0]} | {"limit": limit_wrong})
    return {name: np.array([each[name] for each in found]) for name in found[0]}


def outputs_by_ridge(settings: Predictable, model: LeastSquares, targets: np.ndarray) -> np.ndarray:
    """Return predictions for every ridge, none first, shape (ridge, m, k); targets have shape (n, k)."""
    return np.stack([model.predict(targets, ridge * model.scale) for ridge in (0.0, *settings.ridges)])


def judge_classes(settings: Predictable, images: Images, model: LeastSquares) -> dict[str, float]:
    """Return the errors of a model that is fitted to the ten classes, coded by 0.9 and −0.1."""
    coded, truth = (np.eye(CLASSES)[labels] - 1 / CLASSES for labels in (images.labels, images.fresh_labels))
    outputs = outputs_by_ridge(settings, model, coded)
    wrong = outputs.argmax(2) != images.fresh_labels  # (ridge, image)
    held = settings.validation
    validated, tested = wrong[:, :held].mean(1), wrong[:, held:].mean(1)
    squared = ((outputs[0, held:] - truth[held:]) ** 2).sum(1).mean()
    return {
        "wrong": tested[0],
        "squared": squared,
        "tuned": tested[validated.argmin()],
        "validation": validated[0],
    }


def feature_values(settings: Predictable, errors: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return test errors with few features, as many as images, and many, and what the last two have to each other."""
    counts = feature_counts(settings)
    peak = int(np.flatnonzero(counts == settings.feature_points)[0])
    below = errors["validation"][:, :peak].argmin(1)[:, None]
    places = {"few": 0, "peak": peak, "widest": -1}
    columns = {f"features_{name}": errors["wrong"][:, place] for name, place in places.items()}
    columns |= {f"features_tuned_{name}": errors["tuned"][:, place] for name, place in places.items()}
    columns["features_limit"] = errors["limit"]
    columns["features_below"] = np.take_along_axis(errors["wrong"], below, axis=1)[:, 0]
    notes = {
        "features_below": "with fewer features than images, as many as do best on validation images",
        "features_limit": "infinitely many features, by their kernel",
    }
    values = {
        name: Value.of(bounded(mean_interval(column), 0, 1), 3, note=notes.get(name, "share of wrong answers"))
        for name, column in columns.items()
    }
    ratio = "largest model over that with as many features as images, geometric mean, paired"
    words = {"wrong": "shares of wrong answers", "squared": "squared errors", "tuned": "shares wrong with tuned ridges"}
    for name, kind in (("", "wrong"), ("_squared", "squared"), ("_tuned", "tuned")):
        found = ratio_interval(errors[kind][:, -1], errors[kind][:, peak])
        values[f"peak_share{name}"] = Value.of(found, 3, note=f"{ratio}; {words[kind]}")
    gain = ratio_interval(columns["features_widest"], columns["features_below"])
    values["below_share"] = Value.of(
        gain, 3, note="largest model over the best of those with fewer features than images"
    )
    return values | {
        f"features_{name}_squared": Value.of(
            ratio_interval(errors["squared"][:, place], np.ones(settings.seeds)), 3, note=SQUARED
        )
        for name, place in places.items()
    }


def noise_errors(settings: Predictable) -> dict[str, np.ndarray]:
    """Return errors of kernel regression on whether a digit is odd, ±1, with some labels flipped and with none.

    Returns:
        By kind (see `sign_losses`) and noise (`noisy`, `clean`), each of shape (seed, ridge), the ridge 0 first.
    """
    found: dict[str, list[np.ndarray]] = {}
    for seed, images in zip(
        settings.kernel_seed_block,
        draw_images(settings.kernel_points, settings.kernel_seed_block, "kernel"),
        strict=True,
    ):
        gram, cross = (
            limit_kernels(part, images.seen, hidden=settings.hidden, bias_variance=settings.bias_variance)[1]
            for part in (images.seen, images.fresh)
        )
        model = from_kernel(gram, cross)
        seen, truth = (2.0 * (labels % 2) - 1 for labels in (images.labels, images.fresh_labels))
        chances = generator(seed, f"{STREAM}.flips").random(len(seen) + len(truth))
        for name, chance in (("noisy", settings.flipped), ("clean", 0.0)):
            flip = np.where(chances < chance, -1, 1)
            outputs = outputs_by_ridge(settings, model, (flip[: len(seen)] * seen)[:, None])[..., 0]
            losses = sign_losses(outputs, flip[len(seen) :] * truth, truth, chance, settings.validation)
            for kind, rows in losses.items():
                found.setdefault(f"{kind}_{name}", []).append(rows)
    return {name: np.array(rows) for name, rows in found.items()}


def sign_losses(
    outputs: np.ndarray, fresh: np.ndarray, truth: np.ndarray, chance: float, held: int
) -> dict[str, np.ndarray]:
    """Return the losses of outputs for every ridge, each of shape (ridge,).

    Args:
        outputs: at fresh images, shape (ridge, image).
        fresh: their labels, ±1, flipped as often as those in training, shape (image,).
        truth: their true labels.
        chance: that a label is flipped.
        held: how many images, the first ones, are for validation.

    Returns:
        Mean squared error against the mean of a label, which is (1 − 2 chance) times the true one (`squared`); against
        flipped labels (`same`); against true labels (`true`); share of wrong signs (`wrong`); and mean squared error
        against flipped labels on validation images (`validation`), all that someone with flipped labels can know.
    """
    tested = slice(held, None)
    return {
        "squared": ((outputs - (1 - 2 * chance) * truth) ** 2)[:, tested].mean(1),
        "same": ((outputs - fresh) ** 2)[:, tested].mean(1),
        "true": ((outputs - truth) ** 2)[:, tested].mean(1),
        "wrong": (outputs * truth <= 0)[:, tested].mean(1),
        "validation": ((outputs - fresh) ** 2)[:, :held].mean(1),
    }


def noise_values(errors: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return what the exact fit costs over the ridge that does best on validation images, in per cent of its error."""
    values = {}
    for noise, kind, suffix in COSTS:
        best = errors[f"validation_{noise}"].argmin(1)[:, None]
        rows = errors[f"{kind}_{noise}"]
        pair = rows[:, 0], np.take_along_axis(rows, best, axis=1)[:, 0]
        for name, column in zip(FITS, pair, strict=True):
            values[f"{noise}_{name}{suffix}"] = Value.of(mean_interval(column), 3, note=WORDS[kind])
        value, low, high, count = ratio_interval(*pair)
        cost = Estimate(*(PER_CENT * (each - 1) for each in (value, low, high)), count)
        note = f"exact fit over best ridge, geometric mean, paired; {WORDS[kind]}"
        key = "noise_cost" if noise == "noisy" else "clean_cost"
        values[f"{key}{suffix}"] = Value.of(cost, 1, unit="%", note=note)
    return values
