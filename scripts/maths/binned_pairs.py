"""Mutual information of two numbers by cutting both into bins and counting."""

from __future__ import annotations

import numpy as np

from scripts.maths.entropy import plugin_entropy


def binned_pair_information(x: np.ndarray, y: np.ndarray, bins: int) -> np.ndarray:
    """Return the plug-in mutual information of x and y in bins of equal width, in nats, shape (sample,), 0 … ln bins.

    Args:
        x: shape (sample, n); each sample's bins reach from its least to its largest number.
        y: shape (sample, n).
        bins: of each of the two, at least 1.

    Raises:
        ValueError: x and y do not fit each other, or no bins.
    """
    if x.ndim != 2 or x.shape != y.shape:
        raise ValueError(f"expected x and y of one shape (sample, n), got {x.shape} and {y.shape}")
    if bins < 1:
        raise ValueError(f"expected at least 1 bin, got {bins}")
    cells = _bin_numbers(x, bins) * bins + _bin_numbers(y, bins)
    offsets = bins**2 * np.arange(len(x))[:, None]
    counts = np.bincount((cells + offsets).ravel(), minlength=bins**2 * len(x)).reshape(-1, bins, bins)
    joint = plugin_entropy(counts.reshape(len(x), -1))
    return plugin_entropy(counts.sum(2)) + plugin_entropy(counts.sum(1)) - joint


def _bin_numbers(values: np.ndarray, bins: int) -> np.ndarray:
    low = values.min(1, keepdims=True)
    width = np.maximum(values.max(1, keepdims=True) - low, np.finfo(float).tiny) / bins
    return np.minimum(((values - low) / width).astype(int), bins - 1)
