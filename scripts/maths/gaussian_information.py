"""Mutual information of Gaussian variables, exactly, from correlations or covariances, in nats."""

from __future__ import annotations

import torch
from torch import Tensor


def correlation_information(rho: Tensor) -> Tensor:
    """Return −½ Σ ln(1 − ρ²) over the last axis: the information of two Gaussian vectors, shape (…,).

    Args:
        rho: their canonical correlations, each in (−1, 1), shape (…, k); for two numbers, their one correlation.
    """
    return -0.5 * torch.log1p(-(rho**2)).sum(-1)


def channel_information(weights: Tensor, noise: Tensor) -> Tensor:
    """Return what T = Xᵀ W + noise tells about a standard normal X, ½ ln det(I + WᵀW / σ²), shape (…,).

    Args:
        weights: W, shape (…, in, out).
        noise: standard deviation σ > 0 of the independent noise on every output, shape (…,).

    Raises:
        ValueError: no noise, without which the information is infinite.
    """
    if not bool((noise > 0).all()):
        raise ValueError(f"expected noise > 0, got {noise.min()}")
    signal = weights.mT @ weights / noise[..., None, None] ** 2
    return 0.5 * torch.logdet(torch.eye(weights.shape[-1], dtype=weights.dtype) + signal)


def canonical_correlations(x: Tensor, y: Tensor, between: Tensor) -> Tensor:
    """Return the canonical correlations of two Gaussian vectors, largest first, shape (…, min(d_x, d_y)).

    Args:
        x: covariance, positive definite, shape (…, d_x, d_x).
        y: covariance, positive definite, shape (…, d_y, d_y).
        between: cross-covariance, shape (…, d_x, d_y).
    """
    left = torch.linalg.solve_triangular(torch.linalg.cholesky(x), between, upper=False)
    both = torch.linalg.solve_triangular(torch.linalg.cholesky(y), left.mT, upper=False)
    return torch.linalg.svdvals(both)
