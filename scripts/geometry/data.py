"""The two moons, one independent sample per seed and purpose."""

import numpy as np
from sklearn.datasets import make_moons

from scripts.maths.random import generator


def moons(points: int, noise: float, seed: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
    """Return two interleaving half circles with Gaussian noise.

    Args:
        points: how many in all.
        noise: standard deviation around the half circles.
        seed: of the repetition.
        purpose: "train" or "test"; the two are independent.

    Returns:
        Coordinates, shape (points, 2), and labels 0 or 1, shape (points,).
    """
    state = int(generator(seed, f"geometry.moons.{purpose}").integers(2**32))
    return make_moons(points, noise=noise, random_state=state)
