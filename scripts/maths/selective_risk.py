"""What is gained by leaving out the answers that are least sure, and how well a score tells two groups apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def risk_curve(scores: ArrayLike, wrong: ArrayLike) -> np.ndarray:
    """Return the share of wrong answers among the k surest, for k = 1 … n, shape (n,) (Geifman & El-Yaniv 2017).

    Answers of equal score are taken in random order; the curve is the exact mean over these orders.

    Args:
        scores: how sure each answer is, shape (n,).
        wrong: whether it is wrong, shape (n,).

    Raises:
        ValueError: shapes that differ, no answers, or a score that is not finite.
    """
    sure, errors = np.asarray(scores, dtype=float), np.asarray(wrong, dtype=float)
    if sure.ndim != 1 or not sure.size or sure.shape != errors.shape:
        raise ValueError(f"expected scores and wrong of one shape (n,), got {sure.shape} and {errors.shape}")
    if not np.isfinite(sure).all():
        raise ValueError("expected finite scores, got NaN or infinity")
    _, group, sizes = np.unique(-sure, return_inverse=True, return_counts=True)  # the surest group first
    shares = np.bincount(group, errors) / sizes
    return np.cumsum(np.repeat(shares, sizes)) / np.arange(1, sure.size + 1)


def area_under_risk(scores: ArrayLike, wrong: ArrayLike) -> float:
    """Return the area under the risk–coverage curve: the mean of `risk_curve` over k."""
    return float(risk_curve(scores, wrong).mean())


def least_area(wrong: ArrayLike) -> float:
    """Return the area of the best order, in which every wrong answer comes last (Geifman, Uziel & El-Yaniv 2019).

    Args:
        wrong: whether each answer is wrong, shape (n,).
    """
    return area_under_risk(-np.asarray(wrong, dtype=float), wrong)


def risk_at(curve: np.ndarray, coverage: float) -> float:
    """Return the share of wrong answers when a share of all questions is answered, the surest first.

    Args:
        curve: of `risk_curve`, shape (n,).
        coverage: share that is answered, in (0, 1]; rounded up to a whole answer.

    Raises:
        ValueError: coverage outside (0, 1].
    """
    if not 0 < coverage <= 1:
        raise ValueError(f"coverage is {coverage}, expected a share in (0, 1]")
    return float(curve[int(np.ceil(round(coverage * len(curve), 9))) - 1])


def separation(higher: ArrayLike, lower: ArrayLike) -> float:
    """Return the area under the ROC curve: the chance that a member of one group scores above one of the other.

    Ties count half (Hanley & McNeil 1982): ½ if the score tells nothing, 1 if it parts the groups.

    Args:
        higher: scores of the group that should score high, shape (n,).
        lower: scores of the other, shape (m,).

    Raises:
        ValueError: an empty group, or a score that is not a number.
    """
    up, down = np.asarray(higher, dtype=float), np.sort(np.asarray(lower, dtype=float))
    if not up.size or not down.size:
        raise ValueError(f"expected scores in both groups, got {up.size} and {down.size}")
    if np.isnan(up).any() or np.isnan(down).any():
        raise ValueError("expected numbers as scores, got NaN")
    below, not_above = (np.searchsorted(down, up, side).mean() for side in ("left", "right"))
    return float((below + not_above) / 2 / down.size)
