"""Gradient descent where the tangent kernel stays what it is, solved in closed form."""

from __future__ import annotations

import numpy as np


def descent_response(tangent: np.ndarray, seen: int, *, rate: float, steps: int) -> np.ndarray:
    """Return how far descent has carried all outputs towards the targets' residuals, shape (…, n + m, n).

    Full-batch descent on ½ Σ (f(x_i) − y_i)² with a constant kernel Θ gives, for every x,
    f_t(x) = f_0(x) + Θ(x, X) Θ⁻¹ (1 − (1 − ηΘ)^t) (y − f_0(X)), exactly (Lee et al. 2019, equations 10 and 11, in
    continuous time). This is the matrix in front of y − f_0(X).

    Args:
        tangent: Θ of the n points to train on followed by m others, shape (…, n + m, n + m).
        seen: n.
        rate: η.
        steps: t.

    Raises:
        ValueError: the kernel of the points to train on is singular, or the rate is not positive.
    """
    eigenvalues, vectors = np.linalg.eigh(tangent[..., :seen, :seen])
    if not (rate > 0 and (eigenvalues > 0).all()):
        raise ValueError(f"expected a positive rate and eigenvalues, got {rate} and {eigenvalues.min():.3g}")
    learned = (1 - (1 - rate * eigenvalues) ** steps) / eigenvalues
    return tangent[..., :, :seen] @ (vectors * learned[..., None, :]) @ vectors.swapaxes(-1, -2)
