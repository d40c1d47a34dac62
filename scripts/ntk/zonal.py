"""Exact eigenvalues of kernels on the sphere that depend on the angle alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import comb, eval_gegenbauer, gammaln, ive

NODES = 600  # the integrands are smooth in the angle, so this is far more than double precision needs


def eigenvalues_by_degree(kernel: Callable[[np.ndarray], np.ndarray], degrees: int, dimension: int) -> np.ndarray:
    """Return the eigenvalue of every degree 0…degrees of a kernel κ(x·y) on the unit sphere, shape (degrees + 1,).

    Eigenfunctions of degree k are the spherical harmonics of degree k, and by the Funk–Hecke formula (Müller 1966)
    λ_k = (ω_{d−1}/ω_d) ∫ κ(cos θ) P_k(cos θ) sin^{d−2} θ dθ, with P_k(1) = 1, for points uniform on the sphere.

    Args:
        kernel: κ, from cosines to numbers.
        degrees: the largest degree.
        dimension: d, coordinates of a point, at least 3.

    Raises:
        ValueError: a dimension below 3.
    """
    if dimension < 3:
        raise ValueError(f"dimension is {dimension}, expected at least 3")
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    angle = (nodes + 1) * np.pi / 2
    measure = weights * np.pi / 2 * np.sin(angle) ** (dimension - 2)
    measure *= np.exp(gammaln(dimension / 2) - gammaln((dimension - 1) / 2)) / np.sqrt(np.pi)
    values = kernel(np.cos(angle)) * measure
    order = dimension / 2 - 1
    harmonics = [eval_gegenbauer(k, order, np.cos(angle)) / eval_gegenbauer(k, order, 1.0) for k in range(degrees + 1)]
    return np.array([float(values @ harmonic) for harmonic in harmonics])


def rbf_eigenvalues(gamma: float, degrees: int, dimension: int) -> np.ndarray:
    """Return the eigenvalues of exp(−γ‖x − y‖²) on the unit sphere in closed form, shape (degrees + 1,).

    λ_k = e^{−2γ} γ^{1−d/2} Γ(d/2) I_{k+d/2−1}(2γ), I the modified Bessel function (Minh, Niyogi and Yao 2006,
    theorem 2). They soon lie below what a quadrature can resolve, falling faster than any power of k.
    """
    order = dimension / 2 - 1
    bessel = ive(np.arange(degrees + 1) + order, 2 * gamma)  # scaled by exp(-2 gamma), so that nothing overflows
    return gamma**-order * np.exp(gammaln(dimension / 2)) * bessel


def multiplicity(degree: int, dimension: int) -> int:
    """Return how many independent spherical harmonics have this degree: 2k + 1 on the sphere in three dimensions."""
    below = comb(degree + dimension - 3, dimension - 1, exact=True) if degree >= 2 else 0
    return int(comb(degree + dimension - 1, dimension - 1, exact=True) - below)


def first_index(degree: int, dimension: int) -> int:
    """Return how many eigenvalues come before this degree's, when sorted by degree."""
    return sum(multiplicity(lower, dimension) for lower in range(degree))
