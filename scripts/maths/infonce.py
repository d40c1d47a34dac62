"""The variational lower bound InfoNCE on mutual information (van den Oord, Li & Vinyals 2018)."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp


def infonce(critic: np.ndarray) -> np.ndarray:
    """Return ln N + mean_i [f(x_i, y_i) − ln Σ_j exp f(x_i, y_j)] in nats, shape (…,).

    Its mean over batches is at most the mutual information, whatever the critic; and no batch can bring it above ln N.

    Args:
        critic: f of every x (row) with every y (column) of a batch of N pairs, shape (…, N, N).

    Raises:
        ValueError: no square batches.
    """
    if critic.ndim < 2 or critic.shape[-1] != critic.shape[-2]:
        raise ValueError(f"expected a critic of shape (…, N, N), got {critic.shape}")
    own = np.diagonal(critic, axis1=-2, axis2=-1)
    return np.log(critic.shape[-1]) + (own - logsumexp(critic, axis=-1)).mean(-1)


def gaussian_log_ratio(x: np.ndarray, y: np.ndarray, spare: float) -> np.ndarray:
    """Return ln p(y_j | x_i) / p(y_j) for every x with every y, the best critic there is, shape (…, N, N).

    Args:
        x: standard normal, shape (…, N).
        y: standard normal with correlation ρ = √(1 − spare) to x, shape (…, N).
        spare: 1 − ρ², in (0, 1]; given instead of ρ, which is 1 to rounding before the information is large.

    Raises:
        ValueError: spare outside (0, 1].
    """
    if not 0 < spare <= 1:
        raise ValueError(f"expected 1 - rho^2 in (0, 1], got {spare}")
    residual = y[..., None, :] - np.sqrt(1 - spare) * x[..., :, None]
    return -0.5 * (np.log(spare) + residual**2 / spare) + 0.5 * y[..., None, :] ** 2
