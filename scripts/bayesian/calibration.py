"""Whether a net is as often right as it is confident: near the data, with few labels and with many, by method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.classifiers import (
    METHODS,
    fit_nets,
    predict,
    predict_laplace,
    predict_low_dropout,
    train_plain,
    tune_laplace,
)
from scripts.bayesian.settings import Calibration
from scripts.maths.calibration import (
    bin_sums,
    brier_score,
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
    null_errors,
    null_outcomes,
    temper,
)
from scripts.maths.digits import Digits, draw_digits
from scripts.maths.random import generator
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.maths.training import accuracy

STREAM = "bayesian.calibration"
TEMPERED = "tempered"  # the plain net with its temperature
LOW = "dropout_low"  # dropout at the lower rate
TUNED = "laplace_tuned"  # Laplace's approximation with a prior that held-out images choose
PER_CENT = 100.0
BAND = (0.025, 0.975)  # quantiles of what chance does
PAIRED = "minus that of the plain net, paired by split"
MEASURES = {  # digits, unit, lowest and highest possible value
    "accuracy": (4, "", 0, 1),
    "overconfidence": (2, "%", -PER_CENT, PER_CENT),
    "ece": (4, "", 0, 1),
    "ece_null": (4, "", 0, 1),
    "ece_excess": (4, "", -1, 1),
    "nll": (4, "nats", 0, np.inf),
    "brier": (4, "", 0, 2),
    "temperature": (2, "", 0, np.inf),
}
CHANGES = ("accuracy", "overconfidence", "ece", "ece_excess", "nll", "brier")
NOTES = {
    "overconfidence": "mean confidence minus share right on fresh images, in percentage points",
    "ece_null": "mean ECE of a calibrated classifier with the same confidences: labels drawn from its probabilities",
    "ece_excess": "ECE minus the mean that a calibrated classifier with the same confidences shows, split by split",
    "temperature": "that fits best on held-out images; 1 if the confidence needs no correction",
}


@dataclass(frozen=True)
class Judged:
    """Hold one method's probabilities on images that nothing was fitted to.

    Args:
        logs: logarithms of the probabilities, shape (seed, n, class).
        labels: shape (seed, n).
        temperatures: fitted on other images, shape (seed,).
    """

    logs: np.ndarray
    labels: np.ndarray
    temperatures: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """Return the probability of the class that is answered, shape (seed, n)."""
        return np.exp(self.logs.max(2)).clip(max=1)

    @property
    def right(self) -> np.ndarray:
        """Return whether the answer is right, shape (seed, n)."""
        return self.logs.argmax(2) == self.labels


def compute(settings: Calibration) -> Result:
    """Train on few labels and on many; judge every method on fresh images, and the plain net with a temperature too."""
    few, about = judge_few(settings)
    many, many_fitted = judge_many(settings)
    found = {name: measure(settings, one) for name, one in few.items()}
    found_many = {name: measure(settings, one) for name, one in many.items()}
    values = measured_values(found | found_many)
    values |= {
        "overconfidence": values["plain_overconfidence"],
        "overconfidence_many": values["plain_many_overconfidence"],
        "ece_excess": values["plain_ece_excess"],
    }
    values |= change_values(found) | tempered_values(settings, few, found[TEMPERED])
    values |= count_values(settings, few, many, found | found_many) | fitted_values(about | {"plain_many": many_fitted})
    arrays = {
        f"{key}_{name}": found[name][key] for name in found for key in ("ece", "ece_null", "null_low", "null_high")
    }
    return Result(
        values, arrays | diagram(settings, few["plain"], "plain") | diagram(settings, few[TEMPERED], TEMPERED)
    )


def judge_few(settings: Calibration) -> tuple[dict[str, Judged], dict[str, np.ndarray]]:
    """Return what every method says on fresh images after few labels, and what was found on the way.

    Returns:
        Answers by method, and shares of training images fitted by the plain nets and with dropout (`plain`, `dropout`),
        precisions of the prior by marginal likelihood and by held-out images (`precision`, `precision_tuned`).
    """
    digits, held = draw_digits(settings.points, settings.seed_block, f"{STREAM}.split"), settings.held_out
    nets = fit_nets(settings, digits.inputs, digits.labels, STREAM)
    found = predict(nets, digits.fresh)
    found[LOW] = predict_low_dropout(settings, digits.inputs, digits.labels, digits.fresh, STREAM)
    precision = np.array([float(one.prior_precision) for one in nets.approximations])
    tuned = tune_laplace(
        nets.approximations, digits.fresh[:, :held], digits.fresh_labels[:, :held], settings.precisions
    )
    found[TUNED] = predict_laplace(nets.approximations, digits.fresh)
    judged = {name: judge(settings, digits, each.logs.numpy()) for name, each in found.items()}
    plain, passes = (each.numpy() for each in nets.fitted)
    about = {"plain": plain, "dropout": passes, "precision": precision, "precision_tuned": tuned.numpy()}
    plain_tempered = {TEMPERED: with_temperature(judged["plain"])}
    return {"plain": judged.pop("plain")} | plain_tempered | judged, about


def judge_many(settings: Calibration) -> tuple[dict[str, Judged], np.ndarray]:
    """Return what the plain net says after many labels, without and with temperature, and what share it fitted."""
    digits = draw_digits(settings.many_points, settings.seed_block, f"{STREAM}.split")
    longer = settings.model_copy(update={"epochs": settings.many_epochs})
    net = train_plain(longer, digits.inputs, digits.labels, f"{STREAM}.many")
    with torch.no_grad():
        logs = net(digits.fresh).log_softmax(2).numpy()
        fitted = accuracy(net(digits.inputs), digits.labels).numpy()
    plain = judge(settings, digits, logs)
    return {"plain_many": plain, f"{TEMPERED}_many": with_temperature(plain)}, fitted


def judge(settings: Calibration, digits: Digits, logs: np.ndarray) -> Judged:
    """Fit a temperature to each split's first fresh images, and keep the others to judge on."""
    held, labels = settings.held_out, digits.fresh_labels.numpy()
    temperatures = [fit_temperature(*pair) for pair in zip(logs[:, :held], labels[:, :held], strict=True)]
    return Judged(logs[:, held:], labels[:, held:], np.array(temperatures))


def with_temperature(judged: Judged) -> Judged:
    """Return a method as its temperature makes it."""
    return Judged(temper(judged.logs, judged.temperatures), judged.labels, np.ones_like(judged.temperatures))


def measure(settings: Calibration, judged: Judged) -> dict[str, np.ndarray]:
    """Return every measure of one method, each of shape (seed,).

    `null_low` and `null_high` bound the ECE that 95 % of calibrated classifiers with the same confidences show.
    """
    confidence, right = judged.confidence, judged.right
    errors = np.array([calibration_error(*pair, settings.bins) for pair in zip(confidence, right, strict=True)])
    null = np.stack(
        [
            null_errors(each, settings.bins, settings.draws, generator(seed, f"{STREAM}.null"))
            for seed, each in zip(settings.seed_block, confidence, strict=True)
        ]
    )
    low, high = np.quantile(null, BAND, axis=1)
    return {
        "accuracy": right.mean(1),
        "overconfidence": PER_CENT * (confidence.mean(1) - right.mean(1)),
        "ece": errors,
        "ece_null": null.mean(1),
        "ece_excess": errors - null.mean(1),
        "nll": negative_log_likelihood(judged.logs, judged.labels),
        "brier": brier_score(np.exp(judged.logs), judged.labels),
        "temperature": judged.temperatures,
        "null_low": low,
        "null_high": high,
    }


def diagram(settings: Calibration, judged: Judged, name: str) -> dict[str, np.ndarray]:
    """Return the reliability diagram of one method, all splits pooled, every array of shape (bin,).

    Bins without an answer hold NaN. The band holds 95 % of what a calibrated classifier shows.
    """
    count, sure, right, null = 0.0, 0.0, 0.0, 0.0
    for seed, confidence, hits in zip(settings.seed_block, judged.confidence, judged.right, strict=True):
        drawn = null_outcomes(confidence, settings.draws, generator(seed, f"{STREAM}.diagram"))
        counts, sums, found = bin_sums(confidence, np.concatenate([hits[None], drawn]), settings.bins)
        count, sure, right, null = count + counts, sure + sums, right + found[0], null + found[1:]
    total = np.where(count > 0, count, np.nan)
    low, high = np.quantile(null / total, BAND, axis=0)
    found = {"count": count, "confidence": sure / total, "right": right / total, "low": low, "high": high}
    return {f"diagram_{name}_{key}": rows for key, rows in found.items()}


def measured_values(found: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    """Return every measure of every method."""
    values = {}
    for name, each in found.items():
        for key, (digits, unit, lowest, highest) in MEASURES.items():
            if name.startswith(TEMPERED) and key == "temperature":
                continue  # 1 by construction
            estimate = bounded(mean_interval(each[key]), lowest, highest)
            values[f"{name}_{key}"] = Value.of(estimate, digits, unit=unit, note=NOTES.get(key, ""))
    return values


def change_values(found: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    """Return what every method changes against the plain net."""
    values = {}
    for name in (name for name in found if name != "plain"):
        for key in CHANGES:
            digits, unit = MEASURES[key][:2]
            change = mean_interval(found[name][key] - found["plain"][key])
            values[f"{name}_{key}_change"] = Value.of(change, digits, unit=unit, note=PAIRED)
    return values


def tempered_values(settings: Calibration, few: dict[str, Judged], plain: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return how the methods compare once each has a temperature of its own, fitted on the same held-out images."""
    values = {}
    for name in (*METHODS[1:], LOW):
        found = measure(settings, with_temperature(few[name]))
        for key in ("nll", "ece_excess"):
            digits, unit = MEASURES[key][:2]
            own = f"with a temperature of its own; {NOTES[key]}" if key in NOTES else "with a temperature of its own"
            values[f"{name}_tempered_{key}"] = Value.of(mean_interval(found[key]), digits, unit=unit, note=own)
            note = "minus that of the plain net, each with its temperature, paired by split"
            change = mean_interval(found[key] - plain[key])
            values[f"{name}_tempered_{key}_change"] = Value.of(change, digits, unit=unit, note=note)
    return values


def count_values(
    settings: Calibration, few: dict[str, Judged], many: dict[str, Judged], found: dict[str, dict[str, np.ndarray]]
) -> dict[str, Value]:
    """Return how many images were judged, and in how many splits the ECE lies above what chance explains."""
    values = {
        "fresh": Value(few["plain"].labels.shape[1], digits=0, note="images judged in a split, few labels"),
        "fresh_many": Value(many["plain_many"].labels.shape[1], digits=0, note="images judged in a split, many labels"),
    }
    note = f"splits out of {settings.seeds} whose ECE lies above 97.5 % of those of calibrated classifiers"
    for name, each in found.items():
        values[f"{name}_above_null"] = Value(int((each["ece"] > each["null_high"]).sum()), digits=0, note=note)
    return values


def fitted_values(about: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return the share of training images that get their label, and the precisions of Laplace's prior."""
    values = {
        f"{name}_fitted": Value(float(about[name].mean()), digits=4, note="mean share of training images, all nets")
        for name in ("plain", "dropout", "plain_many")
    }
    for name, words in (("precision", "largest marginal likelihood"), ("precision_tuned", "held-out images")):
        estimate = ratio_interval(about[name], np.ones_like(about[name]))
        values[f"laplace_{name}"] = Value.of(estimate, 2, note=f"of the prior, by {words}; geometric mean")
    return values
