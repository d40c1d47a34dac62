"""Kernels of infinitely wide ReLU networks: of their outputs at random weights (NNGP) and of training (NTK)."""

from __future__ import annotations

import numpy as np


def limit_kernels(
    x: np.ndarray, y: np.ndarray, *, hidden: int, weight_variance: float = 2.0, bias_variance: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernels of a fully connected ReLU network, its widths sent to infinity, each of shape (n, m).

    The network reads h₀ = W₀ᵀx + b₀ and h_l = √(c/m) W_lᵀ relu(h_{l−1}) + b_l, with standard normal weights, normal
    biases of variance β and c the weight variance (c = 2 keeps the scale from layer to layer). All parameters train,
    the biases as √β times a standard normal number (Jacot et al. 2018; Lee et al. 2019, section 2.2).

    Args:
        x: shape (n, d).
        y: shape (m, d).
        hidden: number of hidden layers, at least 0 (a linear model).
        weight_variance: c, of the layers after the first.
        bias_variance: β.

    Returns:
        The covariance of the outputs over random weights, and the tangent kernel.
    """
    squares = (x**2).sum(1)[:, None], (y**2).sum(1)[None, :]
    return propagate(x @ y.T, *squares, hidden=hidden, weight_variance=weight_variance, bias_variance=bias_variance)


def propagate(
    cross: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    *,
    hidden: int,
    weight_variance: float = 2.0,
    bias_variance: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the two kernels from inner products, layer by layer.

    Recursion of Jacot et al. (2018), theorem 1: with Σ the covariance of a layer and Σ̇ that of its slopes,
    Σ ← c E[relu relu] + β and Θ ← Σ + Θ Σ̇.

    Args:
        cross: inner products x·y, of any shape.
        left: squared lengths x·x, broadcast against `cross`.
        right: squared lengths y·y, broadcast against `cross`.
        hidden: number of hidden layers.
        weight_variance: c in `limit_kernels`.
        bias_variance: β in `limit_kernels`.

    Raises:
        ValueError: a negative number of layers, or a variance that is negative.
    """
    if hidden < 0 or weight_variance <= 0 or bias_variance < 0:
        raise ValueError(
            f"expected hidden >= 0, weight_variance > 0, bias_variance >= 0, got {hidden}, {weight_variance}, "
            f"{bias_variance}"
        )
    covariance, left, right = (np.asarray(part, dtype=float) + bias_variance for part in (cross, left, right))
    tangent = covariance
    for _ in range(hidden):
        values, slopes = relu_expectations(covariance, left, right)
        covariance = weight_variance * values + bias_variance
        left, right = (weight_variance * part / 2 + bias_variance for part in (left, right))
        tangent = covariance + tangent * weight_variance * slopes
    return covariance, tangent


def relu_expectations(covariance: np.ndarray, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return E[relu(u) relu(v)] and E[relu'(u) relu'(v)] for centred normal u, v.

    The arc-cosine kernels of degree 1 and 0, halved (Cho and Saul 2009, equations 3-6).

    Args:
        covariance: of u and v.
        left: variance of u, broadcast against `covariance`.
        right: variance of v, broadcast against `covariance`.
    """
    scale = np.sqrt(left * right)
    cosine = np.clip(np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0), -1, 1)
    angle = np.arccos(cosine)
    values = scale * (np.sqrt(1 - cosine**2) + (np.pi - angle) * cosine) / (2 * np.pi)
    return values, (np.pi - angle) / (2 * np.pi)
