"""The two moons: what their coordinates tell about their label, exactly."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy
from sklearn.datasets import make_moons

STEPS = 8  # quadrature points a standard deviation; converged to 1e-10, as the integrand is analytic
REACH = 8  # standard deviations past the outermost centre


def moons_information(points: int, noise: float) -> tuple[float, float, float]:
    """Return I(X₁; Y), I(X₂; Y) and I(X₁, X₂; Y) of the moons, in nats.

    scikit-learn's moons are a mixture of Gaussians at fixed centres, so the densities are known. The integral
    I = Σ_y p(y) ∫ p(x|y) log(p(x|y)/p(x)) dx is taken by the trapezoid rule, which is exact to rounding here.

    Args:
        points: how many in all, which sets the centres.
        noise: standard deviation around the centres.

    Raises:
        ValueError: no noise, so no density.
    """
    if noise <= 0:
        raise ValueError(f"expected noise > 0, got {noise}")
    centres, labels = make_moons(points, noise=None, shuffle=False)
    axes = [np.arange(row.min() - REACH * noise, row.max() + REACH * noise, noise / STEPS) for row in centres.T]
    profiles = [
        _normal(axis[:, None] - row, noise) * (noise / STEPS) for axis, row in zip(axes, centres.T, strict=True)
    ]
    masks = [labels == label for label in np.unique(labels)]
    joint = np.stack([profiles[0][:, mask] @ profiles[1][:, mask].T / points for mask in masks])
    first, second = joint.sum(2), joint.sum(1)
    return tuple(table_information(table.reshape(len(masks), -1)) for table in (first, second, joint))  # type: ignore[return-value]


def table_information(joint: np.ndarray) -> float:
    """Return the mutual information of a joint distribution, shape (rows, columns), summing to 1, in nats."""
    independent = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return float(xlogy(joint, joint).sum() - xlogy(joint, independent).sum())


def _normal(difference: np.ndarray, scale: float) -> np.ndarray:
    return np.exp(-0.5 * (difference / scale) ** 2) / (scale * np.sqrt(2 * np.pi))
