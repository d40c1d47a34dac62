"""Intervals for smooth functions of a whole sample, such as the logarithm of a standard deviation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scripts.maths.statistics import LEVEL, Estimate, mean_interval


def jackknife_interval(statistic: Callable[[np.ndarray], float], samples: np.ndarray, level: float = LEVEL) -> Estimate:
    """Return a statistic with its bias of order 1/n removed, and Student's t interval of its pseudo-values.

    The pseudo-value of a repetition is n times the statistic of all minus n − 1 times that of all others (Tukey 1958).

    Args:
        statistic: of samples of shape (any number, …), smooth in each of them.
        samples: independent repetitions along the first axis, at least 3.
        level: coverage, in (0, 1).

    Raises:
        ValueError: fewer than three repetitions.
    """
    count = len(samples)
    if count < 3:
        raise ValueError(f"expected at least 3 repetitions, got {count}")
    others = np.array([statistic(np.delete(samples, one, axis=0)) for one in range(count)])
    return mean_interval(count * statistic(samples) - (count - 1) * others, level)
