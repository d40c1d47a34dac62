"""Parities of some signs among many: functions that no input taken alone tells anything about."""

from __future__ import annotations

import numpy as np

MOST_SIGNS = 62  # so that a corner's number fits into 64 bits


def draw_corners(rng: np.random.Generator, count: int, dimension: int) -> np.ndarray:
    """Return different corners of the cube, entries −1 and 1, drawn uniformly, shape (count, dimension).

    Raises:
        ValueError: more corners than the cube has, or too many dimensions to number them.
    """
    if not 1 <= dimension <= MOST_SIGNS or not 0 < count <= 2**dimension:
        raise ValueError(
            f"expected 1 to {MOST_SIGNS} dimensions and up to 2**dimension corners, got {dimension} and {count}"
        )
    numbers = rng.choice(2**dimension, size=count, replace=False)
    return 1.0 - 2.0 * (numbers[:, None] >> np.arange(dimension) & 1)


def parity(corners: np.ndarray, degree: int) -> np.ndarray:
    """Return the product of the first `degree` signs, shape (…); corners have shape (…, d).

    Raises:
        ValueError: a degree that is below 1 or above d.
    """
    if not 1 <= degree <= corners.shape[-1]:
        raise ValueError(f"expected a degree between 1 and {corners.shape[-1]}, got {degree}")
    return corners[..., :degree].prod(-1)
