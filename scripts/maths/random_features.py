"""Random ReLU features: a network with one hidden layer whose first layer stays as it was drawn."""

from __future__ import annotations

import numpy as np

from scripts.maths.ntk import limit_kernels


def relu_features(rng: np.random.Generator, inputs: np.ndarray, count: int) -> np.ndarray:
    """Return √2 relu(w·x) for standard normal w, shape (n, count).

    The inner product of two points' features over `count` tends to `feature_limit`. That division is left to the
    caller, so that the first columns are the features of a smaller model.

    Args:
        rng: draws the features.
        inputs: shape (n, d).
        count: how many.
    """
    drawn = rng.normal(size=(count, inputs.shape[1]))  # a row a feature, so that more of them change none
    features = inputs @ (np.sqrt(2) * drawn.T)
    return np.maximum(features, 0, out=features)


def feature_limit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the kernel of infinitely many features, 2 E[relu relu], shape (n, m) (Cho and Saul 2009)."""
    return limit_kernels(x, y, hidden=1)[0]
