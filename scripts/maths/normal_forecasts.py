"""Forecasts by a normal law, and by a mixture of such: moments, likelihood, intervals and what these are worth."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from scripts.maths.statistics import LEVEL

NOISE_LEVELS = 400  # standard deviations tried, equally far apart


def normal_reach(variance: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return how far a normal law's central interval reaches from its mean, on either side."""
    return ndtri((1 + level) / 2) * np.sqrt(variance)


def normal_loss(mean: np.ndarray, variance: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return −ln of the normal density at the outcome, in nats."""
    return 0.5 * (np.log(2 * np.pi * variance) + (outcome - mean) ** 2 / variance)


def mixture_moments(means: np.ndarray, variances: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, variance between and mean variance within of an equal mixture along an axis; they add up."""
    return means.mean(axis), means.var(axis), variances.mean(axis)


def interval_score(low: np.ndarray, high: np.ndarray, outcome: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return the width plus 2/(1 − level) times the distance of an outcome outside; the smaller, the better.

    Gneiting and Raftery 2007, equation 43. On average no interval scores better than the true quantiles.
    """
    missed = np.maximum(low - outcome, 0) + np.maximum(outcome - high, 0)
    return high - low + 2 / (1 - level) * missed


def likeliest_noise(residuals: np.ndarray, scatter: np.ndarray) -> np.ndarray:
    """Return the variance v that makes residuals most likely under normal laws of variance scatter + v.

    No v above the largest squared residual can be best, as there the likelihood falls in v at every example. Standard
    deviations up to that bound are tried on an even grid.

    Args:
        residuals: outcome minus mean, shape (…, n).
        scatter: variance of the mean, shape (…, n).

    Returns:
        v, shape (…,).
    """
    grid = np.arange(1, NOISE_LEVELS + 1) / NOISE_LEVELS
    levels = (np.abs(residuals).max(-1)[..., None] * grid) ** 2
    losses = [normal_loss(0.0, scatter + levels[..., one, None], residuals).mean(-1) for one in range(NOISE_LEVELS)]
    best = np.argmin(losses, axis=0)
    return np.take_along_axis(levels, best[..., None], axis=-1)[..., 0]
