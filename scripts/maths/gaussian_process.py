"""Exact Bayesian regression with a Gaussian process prior."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve


def gaussian_posterior(
    gram: np.ndarray, cross: np.ndarray, prior: np.ndarray, targets: np.ndarray, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the function at new places, each of shape (m,).

    Rasmussen and Williams 2006, equations 2.25 and 2.26. The noise of a new observation is not included.

    Args:
        gram: prior covariance of the seen places, shape (n, n).
        cross: prior covariance of seen and new places, shape (n, m).
        prior: prior variance at the new places, shape (m,).
        targets: observations, shape (n,).
        noise: standard deviation of the observations' noise, above 0.

    Raises:
        ValueError: the noise is not positive.
    """
    if noise <= 0:
        raise ValueError(f"noise is {noise}, expected a positive standard deviation")
    factor = cho_factor(gram + noise**2 * np.eye(len(gram)), lower=True)
    mean = cross.T @ cho_solve(factor, targets)
    variance = prior - (cross * cho_solve(factor, cross)).sum(0)
    return mean, np.sqrt(np.maximum(variance, 0))
