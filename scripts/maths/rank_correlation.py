"""Spearman's rank correlation, for many samples at once."""

import numpy as np


def average_ranks(numbers: np.ndarray) -> np.ndarray:
    """Return ranks from 1 along the last axis; equal numbers share the mean of their ranks."""
    left, right = numbers[..., :, None], numbers[..., None, :]
    return (right < left).sum(-1) + ((right == left).sum(-1) + 1) / 2


def rank_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return Spearman's ρ along the last axis: the correlation of the ranks (Spearman 1904).

    Args:
        first: finite, shape (…, n), n at least 2.
        second: of the same shape.

    Returns:
        Shape (…,), between −1 and 1.

    Raises:
        ValueError: shapes that differ, fewer than 2 numbers, numbers that are not finite, or a row of equal numbers,
            whose ranks say nothing.
    """
    if first.shape != second.shape or first.ndim == 0 or first.shape[-1] < 2:
        raise ValueError(f"expected two arrays of one shape (…, n), n at least 2, got {first.shape} and {second.shape}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("expected finite numbers, got NaN or infinity")
    ranks = [average_ranks(rows) for rows in (first, second)]
    centred = [rows - rows.mean(-1, keepdims=True) for rows in ranks]
    norms = [np.sqrt((rows**2).sum(-1)) for rows in centred]
    if any((norm == 0).any() for norm in norms):
        raise ValueError("expected rows that are not constant, as all ranks of equal numbers are equal")
    return (centred[0] * centred[1]).sum(-1) / (norms[0] * norms[1])
