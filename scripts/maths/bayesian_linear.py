"""Exact Bayesian linear regression: a normal prior on the weights, observations with normal noise of known size."""

from __future__ import annotations

import numpy as np


def linear_posterior(
    inputs: np.ndarray, targets: np.ndarray, *, noise: float, prior_precision: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the weights given the data, shapes (…, d) and (…, d, d).

    Bishop 2006, equations 3.53 and 3.54: covariance (α I + XᵀX/σ²)⁻¹, mean that times Xᵀy/σ². There is no intercept
    unless a column of ones is among the inputs; its weight then has the same prior.

    Args:
        inputs: X, shape (…, n, d); n may be 0, which returns the prior.
        targets: y, shape (…, n).
        noise: σ, standard deviation of the observations, above 0.
        prior_precision: α, inverse variance of every weight before the data, above 0.

    Raises:
        ValueError: noise or precision are not positive, or inputs and targets do not fit together.
    """
    if not (noise > 0 and prior_precision > 0):
        raise ValueError(f"expected positive noise and prior_precision, got {noise} and {prior_precision}")
    if inputs.ndim < 2 or inputs.shape[:-1] != targets.shape:
        raise ValueError(f"expected inputs (…, n, d) and targets (…, n), got {inputs.shape} and {targets.shape}")
    scaled = np.swapaxes(inputs, -1, -2) / noise**2
    precision = scaled @ inputs + prior_precision * np.eye(inputs.shape[-1])
    root = np.linalg.inv(np.linalg.cholesky(precision))
    covariance = np.swapaxes(root, -1, -2) @ root  # by its root, so that it is symmetric to the last digit
    return (covariance @ (scaled @ targets[..., None]))[..., 0], covariance


def linear_predictive(inputs: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of the function xᵀw at new places, without the noise, each of shape (…, m).

    Args:
        inputs: new places, shape (…, m, d), or (m, d) for all posteriors.
        mean: of the weights, shape (…, d).
        covariance: of the weights, shape (…, d, d).
    """
    return (inputs @ mean[..., None])[..., 0], ((inputs @ covariance) * inputs).sum(-1)
