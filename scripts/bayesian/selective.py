"""Whether a net knows when not to answer: errors among the answers it is surest of, and digits it has never seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.special import entr

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.classifiers import (
    METHODS,
    SEVERAL,
    Prediction,
    fit_nets,
    predict,
    predict_laplace,
    predict_low_dropout,
    tune_laplace,
)
from scripts.bayesian.settings import Selective
from scripts.maths.digits import BRIGHTEST, CLASSES, PIXELS, draw_digits
from scripts.maths.random import generators
from scripts.maths.selective_risk import area_under_risk, least_area, risk_at, risk_curve, separation
from scripts.maths.statistics import bounded, mean_interval, ratio_interval

STREAM = "bayesian.selective"
PER_CENT = 100.0
COVERAGES = (100, 90, 80)  # per cent of the images that are answered
DRAWN = np.linspace(0.05, 1, 96)  # coverages at which the curve is kept for the picture
SURE = 0.9  # a confidence that counts as sure
PAIRED = "paired by split"
FOREIGN = {
    "unknown": "of images of a digit left out of training",
    "noise": "of uniform noise",
    "shuffled": "of familiar digits with their pixels in random order",
}


@dataclass(frozen=True)
class Task:
    """Hold each split's images without one of the digits, which changes from split to split.

    Args:
        missing: the digit that is left out, shape (seed,).
        inputs: to train on, shape (seed, n, 64).
        labels: whole numbers from 0 to 8, the other digits in their order, shape (seed, n).
        fresh: images of the same digits, shape (seed, m, 64).
        fresh_labels: shape (seed, m).
        foreign: images that belong to none of them, by kind, shape (seed, k, 64).
    """

    missing: np.ndarray
    inputs: Tensor
    labels: Tensor
    fresh: Tensor
    fresh_labels: Tensor
    foreign: dict[str, Tensor]


def compute(settings: Selective) -> Result:
    """Train on nine digits; follow the errors as answers are left out, and ask about images of none of the nine."""
    task = draw_task(settings)
    nets = fit_nets(settings, task.inputs, task.labels, STREAM)
    images = {"known": task.fresh} | task.foreign
    asked = torch.cat(list(images.values()), dim=1)
    answers = {name: split_answers(each, images) for name, each in predict(nets, asked).items()}
    labels = task.fresh_labels.numpy()
    found = {name: measure(each, labels) for name, each in answers.items()}
    values = method_values(found) | change_values(found)
    values["sure"] = Value(PER_CENT * SURE, digits=0, unit="%", note="a confidence above it counts as sure")
    values["members_fitted"] = Value(float(nets.fitted[0].mean()), digits=4, note="mean share of training images")
    values["dropout_fitted"] = Value(float(nets.fitted[1].mean()), digits=4, note="mean share of training images")
    values |= {name: Value(each.shape[1], digits=0, note="images in a split") for name, each in images.items()}
    low = split_answers(predict_low_dropout(settings, task.inputs, task.labels, asked, STREAM), images)
    values |= control_values("dropout_low", found["plain"], measure(low, labels), f"dropout rate {settings.low_rate}")
    held = settings.held_out
    tune_laplace(nets.approximations, task.fresh[:, :held], task.fresh_labels[:, :held], settings.precisions)
    tuned = split_answers(predict_laplace(nets.approximations, asked), images)
    rest = [measure(without_first(each, held), labels[:, held:]) for each in (answers["plain"], tuned)]
    values |= control_values("laplace_tuned", *rest, "prior chosen by held-out images")
    arrays = {f"curve_{name}": drawn_curves(each["known"], labels) for name, each in answers.items()}
    arrays |= {f"{key}_{name}": found[name][key] for name in found for key in FOREIGN}
    return Result(values, arrays | {"coverages": DRAWN, "missing": task.missing})


def draw_task(settings: Selective) -> Task:
    """Split the digits once a seed, without the digit that is the seed's last decimal.

    All splits get equally many images: as many as there are whatever digit is missing.
    """
    split = draw_digits(settings.points, settings.seed_block, f"{STREAM}.split")
    images, labels = torch.cat([split.inputs, split.fresh], 1), torch.cat([split.labels, split.fresh_labels], 1)
    counts = labels[0].bincount(minlength=CLASSES)
    known_count, unknown_count = int(counts.sum() - counts.max()), int(counts.min())
    missing = np.array([seed % CLASSES for seed in settings.seed_block])
    known, unknown, named = [], [], []
    for own, classes, left_out in zip(images, labels, missing.tolist(), strict=True):
        seen = classes != left_out
        known.append(own[seen][:known_count])
        unknown.append(own[~seen][:unknown_count])
        named.append((classes - (classes > left_out).long())[seen][:known_count])
    pixels, classes, points = torch.stack(known), torch.stack(named), settings.points
    foreign = {"unknown": torch.stack(unknown)} | noise_images(settings, pixels[:, points:])
    return Task(missing, pixels[:, :points], classes[:, :points], pixels[:, points:], classes[:, points:], foreign)


def noise_images(settings: Selective, fresh: Tensor) -> dict[str, Tensor]:
    """Return images whose pixels are drawn evenly from all grey levels, and some of the fresh ones, pixels shuffled."""
    noise, shuffled = [], []
    levels = int(BRIGHTEST) + 1
    for rng, images in zip(generators(settings.seed_block, f"{STREAM}.noise"), fresh.numpy(), strict=True):
        noise.append(rng.integers(0, levels, (settings.foreign, PIXELS)) / BRIGHTEST)
        chosen = images[rng.choice(len(images), settings.foreign, replace=settings.foreign > len(images))]
        shuffled.append(rng.permuted(chosen, axis=1))
    return {"noise": torch.as_tensor(np.stack(noise)), "shuffled": torch.as_tensor(np.stack(shuffled))}


def split_answers(answers: Prediction, images: dict[str, Tensor]) -> dict[str, Prediction]:
    """Return a method's answers by kind of image; it was asked about all kinds in one row."""
    sizes = [each.shape[1] for each in images.values()]
    doubts = [None] * len(sizes) if answers.disagreement is None else answers.disagreement.split(sizes, 1)
    parts = zip(images, answers.logs.split(sizes, 1), doubts, strict=True)
    return {kind: Prediction(logs, doubt) for kind, logs, doubt in parts}


def without_first(answers: dict[str, Prediction], count: int) -> dict[str, Prediction]:
    """Return a method's answers without those on the first familiar images."""
    return answers | {"known": Prediction(answers["known"].logs[:, count:])}


def confidence(answers: Prediction) -> np.ndarray:
    """Return the probability of the class that is answered, shape (seed, n)."""
    return answers.logs.exp().amax(2).clamp(max=1).numpy()


def certainty(answers: Prediction) -> np.ndarray:
    """Return minus the entropy of the answer, in nats, shape (seed, n)."""
    return -entr(answers.logs.exp()).sum(2).numpy()


def agreement(answers: Prediction) -> np.ndarray:
    """Return minus the disagreement of the nets that are asked, in nats, shape (seed, n)."""
    return -answers.disagreement.numpy()


def wrong(answers: Prediction, labels: np.ndarray) -> np.ndarray:
    """Return which answers are wrong, shape (seed, n)."""
    return answers.logs.argmax(2).numpy() != labels


def measure(answers: dict[str, Prediction], labels: np.ndarray) -> dict[str, np.ndarray]:
    """Return every measure of one method, each of shape (seed,).

    Returns:
        `area`, under the risk–coverage curve on familiar digits, at least that of one wrong answer in the last place;
        `error`, at least one answer; `ordering`, area over error: what the area is worth against answering in random
        order; `excess`, area minus that of the best order with the same errors; `error_90` …, errors when so many per
        cent are answered; `mistakes`, area under the ROC curve of right against wrong answers; and for each kind of
        foreign image that of familiar against foreign ones, by confidence, entropy and disagreement.
    """
    known = answers["known"]
    sure, errors = confidence(known), wrong(known, labels)
    count = labels.shape[1]
    area = _each(area_under_risk, sure, errors).clip(min=1 / count**2)
    error = errors.mean(1).clip(min=1 / count)
    found = {"area": area, "error": error, "ordering": area / error}
    found["excess"] = area - np.array([least_area(row) for row in errors])
    found["mistakes"] = _each(_mistakes, sure, errors)
    for per_cent in COVERAGES:
        risks = _each(
            lambda score, row, share=per_cent / PER_CENT: risk_at(risk_curve(score, row), share), sure, errors
        )
        found[f"error_{per_cent}"] = PER_CENT * risks
    for kind in FOREIGN:
        found[kind] = _each(separation, sure, confidence(answers[kind]))
        found[f"{kind}_entropy"] = _each(separation, certainty(known), certainty(answers[kind]))
        if known.disagreement is not None:
            found[f"{kind}_disagreement"] = _each(separation, agreement(known), agreement(answers[kind]))
        found[f"{kind}_confidence"] = confidence(answers[kind]).mean(1)
        found[f"{kind}_sure"] = PER_CENT * (confidence(answers[kind]) > SURE).mean(1)
    return found


def drawn_curves(known: Prediction, labels: np.ndarray) -> np.ndarray:
    """Return the share of wrong answers at the coverages that are drawn, shape (seed, coverage)."""
    curves = [risk_curve(*pair) for pair in zip(confidence(known), wrong(known, labels), strict=True)]
    return np.array([[risk_at(curve, share) for share in DRAWN] for curve in curves])


def method_values(found: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    """Return the measures of every method alone."""
    values = {}
    for name, each in found.items():
        note = "area under the risk–coverage curve on fresh images of familiar digits"
        values[f"{name}_area"] = Value.of(mean_interval(each["area"]), 5, note=note)
        note = "area under the ROC curve of right against wrong answers, by confidence"
        values[f"{name}_mistakes"] = _share(each["mistakes"], note)
        for per_cent in COVERAGES:
            note = f"of the surest {per_cent} % of familiar digits"
            error = bounded(mean_interval(each[f"error_{per_cent}"]), 0, PER_CENT)
            values[f"{name}_error_{per_cent}"] = Value.of(error, 2, unit="%", note=note)
        for kind, words in FOREIGN.items():
            for score in ("", "_entropy", "_disagreement") if name in SEVERAL else ("", "_entropy"):
                by = score.removeprefix("_") or "confidence"
                note = f"area under the ROC curve: familiar digits against images {words}, by {by}"
                values[f"{name}_{kind}{score}"] = _share(each[f"{kind}{score}"], note)
            values[f"{name}_{kind}_confidence"] = _share(each[f"{kind}_confidence"], f"mean, {kind} images")
            sure = bounded(mean_interval(each[f"{kind}_sure"]), 0, PER_CENT)
            note = f"{kind} images answered with a confidence above {SURE}"
            values[f"{name}_{kind}_sure"] = Value.of(sure, 1, unit="%", note=note)
    return values


def change_values(found: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    """Return what every method changes against the plain net.

    The ratio of the areas is that of the errors times that of the orderings, exactly.
    """
    plain, values = found["plain"], {}
    ratios = {
        "risk": ("area", "area under the risk–coverage curve"),
        "error": ("error", "share of wrong answers"),
        "ordering": ("ordering", "area under the risk–coverage curve relative to answering in random order"),
    }
    for name in METHODS[1:]:
        own = found[name]
        for key, (measured, words) in ratios.items():
            note = f"{words}, over the plain net's, geometric mean, {PAIRED}"
            values[f"{name}_{key}_ratio"] = Value.of(ratio_interval(own[measured], plain[measured]), 3, note=note)
        note = f"area above that of the best order, minus the plain net's, {PAIRED}"
        values[f"{name}_excess_change"] = Value.of(mean_interval(own["excess"] - plain["excess"]), 5, note=note)
        for key in ("mistakes", *FOREIGN, *(f"{kind}_entropy" for kind in FOREIGN)):
            note = f"area under the ROC curve, minus the plain net's, {PAIRED}"
            values[f"{name}_{key}_gain"] = Value.of(mean_interval(own[key] - plain[key]), 4, note=note)
    for name in SEVERAL:
        gain = found[name]["unknown_disagreement"] - found[name]["unknown"]
        note = f"area under the ROC curve by disagreement, minus that by the same method's confidence, {PAIRED}"
        values[f"{name}_disagreement_gain"] = Value.of(mean_interval(gain), 4, note=note)
    return values


def control_values(name: str, plain: dict[str, np.ndarray], own: dict[str, np.ndarray], words: str) -> dict[str, Value]:
    """Return how a method compares with the plain net if one of its parameters is chosen differently."""
    values = {}
    for key, measured in (("risk", "area"), ("error", "error"), ("ordering", "ordering")):
        note = f"{words}, over the plain net's, geometric mean, {PAIRED}"
        values[f"{name}_{key}_ratio"] = Value.of(ratio_interval(own[measured], plain[measured]), 3, note=note)
    for kind in FOREIGN:
        note = f"{words}, minus the plain net's, {PAIRED}"
        values[f"{name}_{kind}_gain"] = Value.of(mean_interval(own[kind] - plain[kind]), 4, note=note)
    return values


def _share(rows: np.ndarray, note: str) -> Value:
    return Value.of(bounded(mean_interval(rows), 0, 1), 4, note=note)


def _each(function: Callable[..., float], *rows: np.ndarray) -> np.ndarray:
    return np.array([function(*row) for row in zip(*rows, strict=True)])


def _mistakes(sure: np.ndarray, errors: np.ndarray) -> float:
    """Return the separation of right from wrong answers, 1 where none is wrong or none is right."""
    return separation(sure[~errors], sure[errors]) if 0 < errors.sum() < errors.size else 1.0
