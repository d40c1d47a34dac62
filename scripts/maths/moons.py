"""The two moons, one independent sample per seed and stream."""

import numpy as np
from sklearn.datasets import make_moons

from scripts.maths.random import generator


def draw_moons(points: int, noise: float, seed: int, stream: str) -> tuple[np.ndarray, np.ndarray]:
    """Return two interleaving half circles with Gaussian noise.

    Args:
        points: how many in all.
        noise: standard deviation around the half circles.
        seed: of the repetition.
        stream: names the purpose; samples of two streams are independent.

    Returns:
        Coordinates, shape (points, 2), and labels 0 or 1, shape (points,).
    """
    return make_moons(points, noise=noise, random_state=int(generator(seed, stream).integers(2**32)))
