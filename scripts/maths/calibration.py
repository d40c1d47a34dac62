"""Whether a classifier's confidence is the share it gets right: calibration error, proper scores, temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax

TEMPERATURES = (0.02, 50.0)  # between these a temperature is looked for


def bin_sums(confidence: ArrayLike, right: ArrayLike, bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sum up what falls into each of some bins of equal width, (b/B, (b + 1)/B].

    Args:
        confidence: probability of the class that is answered, shape (n,), in [0, 1].
        right: whether the answer is right, shape (…, n); leading axes hold several outcomes for the same confidences.
        bins: how many.

    Returns:
        Answers, shape (bins,); their confidence, shape (bins,); right answers among them, shape (…, bins).

    Raises:
        ValueError: no bin, a confidence outside [0, 1], or shapes that do not fit.
    """
    chance, outcomes = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if bins < 1:
        raise ValueError(f"expected at least 1 bin, got {bins}")
    if chance.ndim != 1 or not chance.size or outcomes.shape[-1:] != chance.shape:
        raise ValueError(f"expected confidence (n,) and right (…, n), got {chance.shape} and {outcomes.shape}")
    if not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError(f"expected confidences in [0, 1], got {chance.min()} to {chance.max()}")
    bin_of = np.clip(np.ceil(chance * bins).astype(int) - 1, 0, bins - 1)
    member = np.eye(bins)[bin_of]
    return member.sum(0), chance @ member, outcomes @ member


def calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int) -> np.ndarray:
    """Return the expected calibration error (Naeini et al. 2015, Guo et al. 2017), shape (…,).

    Σ_b (n_b / n) |share right in bin b − mean confidence in bin b|. It is above 0 for a calibrated classifier too, as
    shares of finitely many answers scatter: compare it with `null_errors`.

    Args:
        confidence: probability of the class that is answered, shape (n,).
        right: whether the answer is right, shape (…, n).
        bins: of equal width.
    """
    _, expected, found = bin_sums(confidence, right, bins)
    return np.abs(found - expected).sum(-1) / np.size(confidence)


def null_outcomes(confidence: ArrayLike, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw which answers are right if every confidence is the true chance, shape (draws, n)."""
    return rng.random((draws, np.size(confidence))) < np.asarray(confidence)


def null_errors(confidence: ArrayLike, bins: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return calibration errors that a calibrated classifier with these confidences shows by chance, shape (draws,)."""
    return calibration_error(confidence, null_outcomes(confidence, draws, rng), bins)


def brier_score(probabilities: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Return the mean squared distance of the probabilities from the outcome (Brier 1950), from 0 to 2, shape (…,).

    Args:
        probabilities: shape (…, n, class).
        labels: whole numbers from 0, shape (…, n).
    """
    chance = np.asarray(probabilities, dtype=float)
    outcome = np.eye(chance.shape[-1])[np.asarray(labels)]
    return ((chance - outcome) ** 2).sum(-1).mean(-1)


def negative_log_likelihood(log_probabilities: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Return the mean of minus the logarithm of the right class's probability, in nats, shape (…,).

    Args:
        log_probabilities: shape (…, n, class).
        labels: whole numbers from 0, shape (…, n).
    """
    own = np.take_along_axis(np.asarray(log_probabilities, dtype=float), np.asarray(labels)[..., None], axis=-1)
    return -own[..., 0].mean(-1)


def temper(logits: ArrayLike, temperature: ArrayLike) -> np.ndarray:
    """Return the log-probabilities log softmax(z/T) (Guo et al. 2017), shape (…, n, class).

    Args:
        logits: shape (…, n, class); log-probabilities do as well, as a constant does not matter.
        temperature: T > 0, shape (…,).
    """
    return log_softmax(np.asarray(logits, dtype=float) / np.asarray(temperature)[..., None, None], axis=-1)


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Return the temperature at which log softmax(z/T) makes the labels most likely.

    The negative log-likelihood is convex in 1/T, so the one minimum is found. Where no finite T is best (every answer
    right, or labels no better than chance), an end of the range `TEMPERATURES` comes back.

    Args:
        logits: on images that the classifier was not trained on, shape (n, class).
        labels: whole numbers from 0, shape (n,).
    """
    from scipy.optimize import minimize_scalar  # here, as it takes longer to import than most figures to draw

    lowest, highest = TEMPERATURES
    found = minimize_scalar(
        lambda inverse: float(negative_log_likelihood(temper(logits, 1 / inverse), labels)),
        bounds=(1 / highest, 1 / lowest),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(1 / found.x)
