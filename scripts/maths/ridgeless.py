"""Least squares with a ridge that may go to zero, where it interpolates; and its exact risk on isotropic data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LeastSquares:
    """Hold a least-squares problem solved for every ridge at once.

    In the coordinates of the Gram matrix's eigenvectors, with eigenvalues λ_i, a ridge ρ divides targets by λ_i + ρ. At
    ρ = 0 this is the solution of minimum norm.

    Args:
        vectors: eigenvectors of eigenvalues above rounding, shape (n, rank).
        eigenvalues: largest first, shape (rank,).
        fresh: inner products of fresh points with the seen ones, times the eigenvectors, shape (m, rank).
    """

    vectors: np.ndarray
    eigenvalues: np.ndarray
    fresh: np.ndarray

    @property
    def scale(self) -> float:
        """Return the mean diagonal entry of the Gram matrix, a natural unit of the ridge."""
        return float(self.eigenvalues.sum() / len(self.vectors))

    def predict(self, targets: np.ndarray, ridge: float = 0.0) -> np.ndarray:
        """Return the predictions at the fresh points, shape (m, k); targets have shape (n, k).

        Raises:
            ValueError: the ridge is negative.
        """
        if ridge < 0:
            raise ValueError(f"ridge is {ridge}, expected at least 0")
        return self.fresh @ ((self.vectors.T @ targets) / (self.eigenvalues + ridge)[:, None])


def from_features(features: np.ndarray, fresh: np.ndarray) -> LeastSquares:
    """Solve for a linear model on features, shape (n, N); fresh features have shape (m, N).

    By singular values, whose squares are the eigenvalues. To square the matrix would double the digits that are lost
    where N is close to n.
    """
    left, singular, right = np.linalg.svd(features, full_matrices=False)
    kept = singular > max(features.shape) * np.finfo(float).eps * singular[0]
    singular = singular[kept]
    return LeastSquares(left[:, kept], singular**2, fresh @ right[kept].T * singular)


def from_kernel(gram: np.ndarray, cross: np.ndarray) -> LeastSquares:
    """Solve for a kernel's functions: `gram` of the seen points, shape (n, n), `cross` of fresh and seen, (m, n)."""
    eigenvalues, vectors = (part[..., ::-1] for part in np.linalg.eigh(gram))
    kept = eigenvalues > len(gram) * np.finfo(float).eps * eigenvalues[0]
    return LeastSquares(vectors[:, kept], eigenvalues[kept], cross @ vectors[:, kept])


def isotropic_risk(ratio: np.ndarray, *, signal: float, noise: float) -> np.ndarray:
    """Return the risk of minimum-norm least squares as n and d go to infinity with d/n fixed.

    The risk is the mean of (x·β̂ − x·β)² over fresh x with uncorrelated entries of variance 1: with γ = d/n it is
    σ²γ/(1 − γ) below γ = 1 and r²(1 − 1/γ) + σ²/(γ − 1) above (Hastie et al. 2022, theorem 1).

    Args:
        ratio: γ, above 0 and not 1.
        signal: r², the squared length of β.
        noise: σ², variance of the targets' noise.

    Raises:
        ValueError: a ratio that is 1 or not positive.
    """
    ratio = np.asarray(ratio, dtype=float)
    if (ratio <= 0).any() or (ratio == 1).any():
        raise ValueError(f"expected ratios above 0 and not 1, where the risk is infinite, got {ratio}")
    return np.where(ratio < 1, noise * ratio / np.abs(1 - ratio), signal * (1 - 1 / ratio) + noise / np.abs(ratio - 1))


def normal_risk(dimension: np.ndarray, points: int, *, signal: float, noise: float) -> np.ndarray:
    """Return the same mean risk at finite n and d, for independent standard normal entries, exactly.

    σ²d/(n − d − 1) for d < n − 1, and r²(1 − n/d) + σ²n/(d − n − 1) for d > n + 1: the mean of an inverse
    Wishart matrix, and the share of β that n random directions do not span.

    Raises:
        ValueError: |d − n| below 2, where the mean is infinite.
    """
    dimension = np.asarray(dimension)
    apart = np.abs(dimension - points)
    if (apart < 2).any():
        raise ValueError(f"expected |dimension − points| >= 2, got {dimension} and {points}")
    fewer = np.minimum(dimension, points)
    return signal * (1 - fewer / dimension) + noise * fewer / (apart - 1)
