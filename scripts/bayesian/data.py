"""A curve seen on two stretches, with a gap between them and nothing beyond."""

from __future__ import annotations

import numpy as np

from scripts.maths.random import generator


def curve(x: np.ndarray) -> np.ndarray:
    """Return the true function, sin 2x."""
    return np.sin(2 * x)


def gap_sample(points: int, inner: float, outer: float, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return places uniform on inner ≤ |x| ≤ outer, half on either side, and noisy observations of the curve there.

    Args:
        points: how many in all; an odd one goes to the right.
        inner: where the data begin.
        outer: where they end.
        noise: standard deviation of the observations.
        seed: of the repetition.

    Returns:
        Places and observations, each of shape (points,).

    Raises:
        ValueError: the stretch is empty.
    """
    if not 0 < inner < outer:
        raise ValueError(f"expected 0 < inner < outer, got inner={inner}, outer={outer}")
    rng = generator(seed, "bayesian.dropout.data")
    side = np.where(np.arange(points) < points // 2, -1.0, 1.0)
    x = side * rng.uniform(inner, outer, points)
    return x, curve(x) + rng.normal(0, noise, points)
