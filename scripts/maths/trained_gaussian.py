"""The exact law of what infinitely wide networks compute after training: a Gaussian process."""

from __future__ import annotations

import numpy as np

from scripts.maths.kernel_descent import descent_response


def trained_gaussian(
    covariance: np.ndarray, tangent: np.ndarray, targets: np.ndarray, *, rate: float, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean, shape (n + m,), and covariance, shape (n + m, n + m), of the outputs after gradient descent.

    With a tangent kernel Θ that stays what it is, outputs after t steps are linear in those before
    (`descent_response`), whose law is normal with mean 0 and the covariance K of outputs at random weights. So they
    have a normal law too (Lee et al. 2019, equations 14 and 15, there for continuous time). What is trained from
    f − f_0 instead ends, without any spread, at the mean.

    Args:
        covariance: K of the n training points followed by m others, shape (n + m, n + m).
        tangent: Θ of the same points.
        targets: y, shape (n,).
        rate: η.
        steps: t.

    Raises:
        ValueError: shapes do not fit, or descent diverges at this rate.
    """
    seen, total = len(targets), len(covariance)
    if covariance.shape != tangent.shape or covariance.shape != (total, total) or seen > total:
        raise ValueError(f"expected kernels of one square shape, got {covariance.shape} and {tangent.shape}")
    largest = np.linalg.eigvalsh(tangent[:seen, :seen])[-1]
    if not 0 < rate * largest < 2:
        raise ValueError(f"rate is {rate}, expected between 0 and 2/{largest:.3g}")
    response = descent_response(tangent, seen, rate=rate, steps=steps)
    kept = np.eye(total)
    kept[:, :seen] -= response
    return response @ targets, kept @ covariance @ kept.T
