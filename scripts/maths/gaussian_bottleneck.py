"""The information bottleneck of Gaussian variables, solved in closed form (Chechik, Globerson, Tishby & Weiss 2005).

A code T of X minimises I(T; X) − β I(T; Y). For Gaussian X and Y the best code is T = A X + noise with standard normal
noise. The rows of A lie along the canonical directions of X; the i-th, with canonical correlation ρ_i, switches on at
β = 1/ρ_i².
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def critical_betas(correlations: np.ndarray) -> np.ndarray:
    """Return 1/ρ² for every canonical correlation, shape (k,): the weight β from which its direction is coded.

    Raises:
        ValueError: a correlation outside (0, 1).
    """
    rho = np.asarray(correlations, dtype=float)
    if not ((rho > 0) & (rho < 1)).all():
        raise ValueError(f"expected correlations in (0, 1), got {rho.tolist()}")
    return rho**-2


def signals(correlations: np.ndarray, betas: np.ndarray) -> np.ndarray:
    """Return the variance of each coded direction over that of the noise, shape (β, k): (βρ² − 1)/(1 − ρ²), or 0."""
    rho = np.asarray(correlations, dtype=float)
    return np.maximum(np.asarray(betas)[:, None] / critical_betas(rho) - 1, 0) / (1 - rho**2)


def bottleneck_points(correlations: np.ndarray, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rate I(T; X) and relevance I(T; Y) of the best code in nats, each of shape (β,)."""
    snr = signals(correlations, betas)
    rate = 0.5 * np.log1p(snr)
    rest = 0.5 * np.log1p(snr * (1 - np.asarray(correlations) ** 2))  # I(T; X | Y)
    return rate.sum(1), (rate - rest).sum(1)


def best_relevance(correlations: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the largest I(T; Y) that a code with I(T; X) = rate can have, in nats, in the shape of `rates`.

    With the m largest correlations coded, Σ ½ ln((β − 1) ρ²/(1 − ρ²)) is the rate; that gives β, and β the relevance.

    Args:
        correlations: canonical correlations, shape (k,).
        rates: at least 0, any shape.
    """
    rho = np.sort(np.asarray(correlations, dtype=float))[::-1]
    starts = np.append(bottleneck_points(rho, critical_betas(rho))[0], np.inf)  # rate at which each direction sets in
    flat = np.asarray(rates, dtype=float).ravel()
    coded = np.searchsorted(starts[1:], flat, side="left") + 1
    odds = np.cumsum(np.log(rho**2 / (1 - rho**2)))[coded - 1]
    betas = 1 + np.exp((2 * flat - odds) / coded)
    return bottleneck_points(rho, betas)[1].reshape(np.shape(rates))


def code_information(encoder: Tensor, covariance: Tensor, conditional: Tensor) -> tuple[Tensor, Tensor]:
    """Return I(T; X) and I(T; Y) of T = A X + standard normal noise in nats, each of shape (…,).

    ½ ln det(I + A Σ Aᵀ), and that less ½ ln det(I + A Σ_{x|y} Aᵀ).

    Args:
        encoder: A, shape (…, codes, d).
        covariance: Σ of X, shape (d, d).
        conditional: Σ_{x|y}, covariance of X once Y is known, shape (d, d).
    """
    unit = torch.eye(encoder.shape[-2], dtype=encoder.dtype)
    rate, rest = (0.5 * torch.logdet(unit + encoder @ known @ encoder.mT) for known in (covariance, conditional))
    return rate, rate - rest


def settling_rates(correlation: float, betas: np.ndarray) -> np.ndarray:
    """Return how fast gradient flow on a code of one number comes to rest, per unit of time, shape (β,).

    The second derivative of I(T; X) − β I(T; Y) by A at the best A, for X of variance 1: the distance from it falls as
    exp(−rate · time) at the end. It is 1 − βρ² below the transition and touches 0 at β = 1/ρ².
    """
    rest = 1 - correlation**2
    square = signals(np.array([correlation]), betas)[:, 0]
    beta = np.asarray(betas, dtype=float)
    return (1 - beta) * (1 - square) / (1 + square) ** 2 + beta * rest * (1 - rest * square) / (1 + rest * square) ** 2
