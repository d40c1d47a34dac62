"""The Gaussian orthogonal ensemble: random symmetric matrices, and the signs of their eigenvalues.

A matrix of the ensemble has normal entries, of variance 1 on the diagonal and ½ beside it. Its eigenvalues have the
distribution of those of a tridiagonal matrix with independent entries (Dumitriu & Edelman 2002): normal numbers on the
diagonal, and beside it chi_1/√2, chi_2/√2, … from one corner on. The corner blocks of one tridiagonal matrix are
matrices of the ensemble of every size, and the signs of the pivots, d ← a − b²/d, are those of the eigenvalues
(Sylvester). So one chain of pivots tells the signs for all sizes.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import log_ndtr, pbdv

REACH = 10.0  # standard deviations past which a positive pivot is never met
NARROWING = 2.0  # of variances in the proposal; 3 fits large matrices best, but from 2 on weights lose their variance
LOG_ROOT = 0.5 * math.log(2 * math.pi)
TINY = np.finfo(float).tiny


def draw_tridiagonal(size: int, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw tridiagonal matrices of the ensemble: diagonals (size, count), squares beside them (size − 1, count).

    Raises:
        ValueError: no size or no matrices.
    """
    if size < 1 or count < 1:
        raise ValueError(f"expected a positive size and count, got {size} and {count}")
    squares = [rng.gamma(order / 2, size=count) for order in range(1, size)]  # chi-squared / 2
    return rng.standard_normal((size, count)), np.array(squares).reshape(size - 1, count)


def count_below(diagonal: np.ndarray, squares: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Count the eigenvalues of tridiagonal matrices below some thresholds, shape (threshold, count).

    Args:
        diagonal: of the matrices, shape (size, count).
        squares: of the entries beside it, shape (size − 1, count).
        thresholds: shape (threshold,).
    """
    shifted = diagonal[:, None] - np.asarray(thresholds)[:, None]
    pivot = shifted[0]
    below = (pivot < 0).astype(int)
    for entry, square in zip(shifted[1:], squares, strict=True):
        pivot = entry - square / np.where(pivot == 0, TINY, pivot)
        below += pivot < 0
    return below


def sample_log_chances(largest: int, particles: int, rng: np.random.Generator) -> np.ndarray:
    """Estimate ln P that all eigenvalues are positive for the sizes 1 … `largest`, shape (largest,).

    With s = b²/d the chance is an integral over positive numbers of a product, one factor a size,
    ∏ dᵛ sᵛ⁻¹ exp(−d s) φ(d' + s) / Γ(v) with v = i/2, d' the next pivot. Sequential Monte Carlo (Del Moral 2004): a
    particle is a pivot d, drawn with s from chi distributions that have these powers, and a narrower scale, as in a
    matrix without negative eigenvalues; the rest of the factor is its weight. The estimates of P (not those of ln P)
    are without bias.

    Raises:
        ValueError: no size or no particles.
    """
    if largest < 1 or particles < 1:
        raise ValueError(f"expected a positive size and number of particles, got {largest} and {particles}")
    log_chances = [math.log(0.5)]
    pivots, log_weights = _draw_chi(1.5, particles, rng)
    log_weights = log_weights - 0.5 * pivots**2 - LOG_ROOT
    log_total = 0.0
    for order in range(1, largest):
        log_total += _log_mean(log_weights)
        pivots = pivots[_resample(log_weights, rng)]
        steps, log_factors = _draw_chi(order / 2, particles, rng)
        log_factors = log_factors - pivots * steps - math.lgamma(order / 2)
        log_chances.append(log_total + _log_mean(log_factors + log_ndtr(-steps)))
        following, log_weights = _draw_chi((order + 1) / 2 + 1, particles, rng)
        log_weights = log_weights + log_factors - 0.5 * (following + steps) ** 2 - LOG_ROOT
        pivots = following
    return np.array(log_chances)


def log_chances(largest: int, nodes: int = 80) -> np.ndarray:
    """Return ln P that all eigenvalues are positive for the sizes 1 … `largest` to eleven digits, shape (largest,).

    The density of the i-th pivot where all up to it are positive follows from the one before by an integral,
    f(y) = φ(y) ∫ f(x) xᵛ exp(z²/4) D₋ᵥ(z) dx with z = x + y, v = i/2 and Weber's parabolic cylinder function D, as
    b² is gamma distributed. With x = t² the integrand is smooth, as Gauss–Legendre quadrature needs it.

    Args:
        largest: up to about 100.
        nodes: of the quadrature.

    Raises:
        ValueError: no size, or fewer than two nodes.
    """
    if largest < 1 or nodes < 2:
        raise ValueError(f"expected a positive size and at least 2 nodes, got {largest} and {nodes}")
    places, weights = np.polynomial.legendre.leggauss(nodes)
    roots = (places + 1) / 2 * math.sqrt(REACH)
    pivots, weights = roots**2, weights * math.sqrt(REACH) * roots
    normal = np.exp(-(pivots**2) / 2) / math.sqrt(2 * math.pi)
    sums = pivots[:, None] + pivots
    density, logarithms = normal, [math.log(normal @ weights)]
    for order in range(1, largest):
        density = density / (density @ weights)
        kernel = np.exp(sums**2 / 4) * pbdv(-order / 2, sums)[0]
        density = normal * (kernel @ (density * weights * pivots ** (order / 2)))
        logarithms.append(math.log(density @ weights))
    return np.cumsum(logarithms)


def positive_chance(size: int) -> float:
    """Return the chance that all eigenvalues are positive in closed form: ½, (2 − √2)/4 or (π − 2√2)/(4π).

    Raises:
        ValueError: a size other than 1, 2 and 3.
    """
    known = {1: 0.5, 2: (2 - math.sqrt(2)) / 4, 3: (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)}
    if size not in known:
        raise ValueError(f"expected a size of 1, 2 or 3, got {size}")
    return known[size]


def semicircle_share(threshold: np.ndarray) -> np.ndarray:
    """Return the share of eigenvalues below a threshold, in units of the edge √(2N), in a very large matrix."""
    place = np.clip(threshold, -1, 1)
    return 0.5 + (place * np.sqrt(1 - place**2) + np.arcsin(place)) / np.pi


def _draw_chi(order: float, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw x from a narrowed chi distribution, and return ln of x^(order − 1) over its density with it."""
    halves = rng.gamma(order / 2, size=count)
    constant = (order / 2 - 1) * math.log(2) + math.lgamma(order / 2) - order / 2 * math.log(NARROWING)
    return np.sqrt(2 * halves / NARROWING), halves + constant


def _log_mean(logarithms: np.ndarray) -> float:
    largest = logarithms.max()
    return float(largest + math.log(np.exp(logarithms - largest).mean()))


def _resample(log_weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return places drawn by their weights, evenly spread (Kitagawa's systematic resampling, 1996)."""
    ends = np.cumsum(np.exp(log_weights - log_weights.max()))
    places = (np.arange(ends.size) + rng.uniform()) * ends[-1] / ends.size
    return np.minimum(np.searchsorted(ends, places), ends.size - 1)
