"""Intrinsic dimension from the two nearest neighbours of every point (Facco et al. 2017)."""

from __future__ import annotations

import numpy as np

DISCARDED = 0.1  # share of the largest ratios that only count as large: Facco et al. 2017, section "Model"


def intrinsic_dimension(points: np.ndarray, *, discarded: float = DISCARDED) -> float:
    """Return the TwoNN estimate of the dimension of the surface that points lie on.

    Points that coincide count once, since the distance between them tells nothing about the surface.

    Args:
        points: shape (n, d), at least 3 of them different.
        discarded: see `ratio_dimension`.

    Raises:
        ValueError: fewer than 3 different points, or all ratios are 1.
    """
    return ratio_dimension(neighbour_ratios(np.unique(points, axis=0)), discarded=discarded)


def neighbour_ratios(points: np.ndarray) -> np.ndarray:
    """Return each point's distance to its second neighbour over that to its first, shape (n,), all at least 1.

    Args:
        points: shape (n, d), all different.

    Raises:
        ValueError: fewer than 3 points, or two that coincide.
    """
    from sklearn.neighbors import NearestNeighbors  # here, as it takes longer to import than most figures to draw

    if len(points) < 3:
        raise ValueError(f"expected at least 3 different points, got {len(points)}")
    chosen = NearestNeighbors(n_neighbors=2).fit(points).kneighbors(return_distance=False)
    distances = np.sort(np.linalg.norm(points[chosen] - points[:, None], axis=2), axis=1)  # exact, unlike the search's
    if (distances[:, 0] == 0).any():
        raise ValueError("expected different points, got two that coincide")
    return distances[:, 1] / distances[:, 0]


def ratio_dimension(ratios: np.ndarray, *, discarded: float = DISCARDED) -> float:
    """Return the dimension under which the ratios are most likely, corrected to have no bias.

    Where the density is constant over two neighbours, the ratio μ follows Pareto's law P(μ > t) = t^(−d), so ln μ is
    exponential with rate d. Large ratios break the law first, on real data, so the largest are only counted as "larger
    than the others": with r of n kept, the total time on test T = Σ_{i≤r} ln μ_i + (n − r) ln μ_r has a gamma law with
    shape r and rate d (Epstein & Sobel 1953), and d̂ = (r − 1) / T has mean d and standard deviation d / √(r − 2).
    Facco et al. discard the same share and fit a line through the origin instead, which wastes some of the data.

    Args:
        ratios: shape (n,), all at least 1.
        discarded: share of the largest ratios, in [0, 1).

    Raises:
        ValueError: a share outside [0, 1), fewer than 3 ratios kept, a ratio below 1 or not finite, or all kept are 1.
    """
    if not 0 <= discarded < 1:
        raise ValueError(f"discarded is {discarded}, expected a share in [0, 1)")
    if not (np.isfinite(ratios).all() and (ratios >= 1).all()):
        raise ValueError("expected finite ratios of at least 1")
    ordered = np.sort(np.log(ratios))
    kept = len(ordered) - round(discarded * len(ordered))
    if kept < 3:
        raise ValueError(f"expected at least 3 ratios to be kept, got {kept}")
    total = ordered[:kept].sum() + (len(ordered) - kept) * ordered[kept - 1]
    if total == 0:
        raise ValueError("expected ratios above 1, got only ties")
    return float((kept - 1) / total)
