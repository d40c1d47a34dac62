"""Intervals for means and shares."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

LEVEL = 0.95
ROUNDING = 1e-9  # relative; a mean of numbers that lie at an end may come out beyond it by less


class Estimate(NamedTuple):
    """Hold a point estimate, its interval and the number of independent repetitions behind it."""

    value: float
    low: float
    high: float
    n: int


def mean_interval(samples: ArrayLike, level: float = LEVEL) -> Estimate:
    """Return the mean of independent samples with Student's t interval.

    Args:
        samples: shape (n,), n at least 2; paired differences for a paired comparison.
        level: coverage, in (0, 1).

    Raises:
        ValueError: fewer than two samples, not one-dimensional, or not finite.
    """
    array = np.asarray(samples, dtype=float)
    if array.ndim != 1 or array.size < 2:
        raise ValueError(f"expected at least 2 samples in one dimension, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("expected finite samples, got NaN or infinity")
    mean = float(array.mean())
    half = float(stdtrit(array.size - 1, 0.5 + level / 2) * array.std(ddof=1) / np.sqrt(array.size))
    return Estimate(mean, mean - half, mean + half, array.size)


def mean_intervals(samples: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return means with both ends of their intervals, row by row; samples (row, n), each result of shape (row,)."""
    value, low, high, _ = np.array([mean_interval(row, level) for row in samples]).T
    return value, low, high


def ratio_interval(above: np.ndarray, below: np.ndarray, level: float = LEVEL) -> Estimate:
    """Return the geometric mean of paired positive ratios, each of shape (n,), with its interval, t on logarithms."""
    estimate = mean_interval(np.log(above) - np.log(below), level)
    value, low, high = np.exp(estimate[:3])
    return Estimate(float(value), float(low), float(high), estimate.n)


def bounded(estimate: Estimate, lowest: float, highest: float) -> Estimate:
    """Return an estimate whose interval ends where the quantity does, as a share's at 0 and 1.

    Raises:
        ValueError: the estimate itself lies beyond an end, by more than rounding.
    """
    value, low, high, count = estimate
    inside = min(max(value, lowest), highest)
    if abs(value - inside) > ROUNDING * max(1, abs(inside)):
        raise ValueError(f"expected an estimate between {lowest} and {highest}, got {value}")
    return Estimate(inside, min(max(low, lowest), inside), max(min(high, highest), inside), count)


def share_interval(successes: int, trials: int, level: float = LEVEL) -> Estimate:
    """Return a share of successes with Wilson's score interval (Wilson 1927).

    Args:
        successes: how many of the trials succeeded.
        trials: how many independent trials there were, at least 1.
        level: coverage, in (0, 1).

    Raises:
        ValueError: no trials, or successes outside 0…trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"expected 0 <= successes <= trials and trials >= 1, got {successes} of {trials}")
    from scipy.stats import binomtest  # here, as it takes longer to import than most figures to draw

    interval = binomtest(int(successes), int(trials)).proportion_ci(level, method="wilson")
    share = successes / trials
    return Estimate(share, min(interval.low, share), max(interval.high, share), trials)
