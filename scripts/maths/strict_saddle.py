"""A saddle in two dimensions, f(x, y) = ½ a x² − ½ b y² + ¼ b y⁴, and how gradient descent with noise leaves it.

Along y, near the saddle at the origin, y_{t+1} = (1 + ηb) y_t + ησ ξ_t with standard normal ξ, so that all of it has
a closed form. Without the noise, whoever stands on the line y = 0 comes down to the saddle and stays; all others leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

MEAN_LOG_NORMAL = -(np.euler_gamma + np.log(2)) / 2  # E ln |Z| of a standard normal Z


@dataclass(frozen=True)
class StrictSaddle:
    """Hold the saddle and the step size.

    Args:
        stable: curvature a along x, positive.
        unstable: b, positive; the curvature along y is −b.
        rate: step size η of gradient descent.

    Raises:
        ValueError: one of them is not positive.
    """

    stable: float
    unstable: float
    rate: float

    def __post_init__(self) -> None:
        """Check the signs."""
        if min(self.stable, self.unstable, self.rate) <= 0:
            raise ValueError(f"expected positive curvatures and a positive step size, got {self}")

    @property
    def growth(self) -> float:
        """Return the factor by which a step multiplies y near the saddle, 1 + ηb."""
        return 1 + self.rate * self.unstable

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """Return the gradient at points (…, 2)."""
        x, y = points[..., 0], points[..., 1]
        return np.stack([self.stable * x, self.unstable * (y**3 - y)], axis=-1)

    def walk(
        self, start: np.ndarray, steps: int, noise: ArrayLike = 0.0, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """Return y before every step and after the last, shape (1 + steps, …), of walks from points (…, 2).

        Args:
            start: shape (…, 2).
            steps: of gradient descent.
            noise: standard deviation σ of the normal noise on each coordinate of the gradient, shape (…).
            rng: draws the noise; none is drawn when None.
        """
        points, spread = np.array(start, dtype=float), np.asarray(noise)[..., None]
        heights = [points[..., 1]]
        for _ in range(steps):
            slope = self.gradient(points)
            if rng is not None:
                slope = slope + spread * rng.standard_normal(points.shape)
            points = points - self.rate * slope
            heights.append(points[..., 1])
        return np.stack(heights)

    def variance(self, noise: float, steps: int) -> float:
        """Return the exact variance of y after some steps from y = 0 near the saddle: η²σ² (g^2t − 1) / (g² − 1)."""
        return (self.rate * noise) ** 2 * (self.growth ** (2 * steps) - 1) / (self.growth**2 - 1)

    def escape_time(self, noise: ArrayLike, threshold: float) -> np.ndarray:
        """Return the mean number of steps from y = 0 until |y| reaches a threshold, for noise that is small beside it.

        Then y_t → g^t ησ Z / √(g² − 1) with one standard normal Z. The time at which this reaches the threshold has
        the mean ln(threshold √(g² − 1) / ησ) − E ln |Z|, over ln g, and a step that is begun counts as a whole: on
        average one half more.
        """
        scale = self.rate * np.asarray(noise) / np.sqrt(self.growth**2 - 1)
        return (np.log(threshold / scale) - MEAN_LOG_NORMAL) / np.log(self.growth) + 0.5

    def departure_time(self, heights: ArrayLike, threshold: float) -> np.ndarray:
        """Return the first step at which |y| from given heights, below the threshold, reaches it; without noise."""
        return np.ceil(np.log(threshold / np.abs(heights)) / np.log(self.growth))


def first_passage(reached: np.ndarray) -> np.ndarray:
    """Return the first step at which something holds, or −1 where it never does; reached has shape (step, …)."""
    return np.where(reached.any(0), reached.argmax(0), -1)
