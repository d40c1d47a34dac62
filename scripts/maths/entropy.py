"""Entropy of discrete variables, exact and from counts, in nats."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy


def entropy(probabilities: ArrayLike) -> float:
    """Return H = −Σ p log p of a distribution (Shannon 1948), in nats; 0 log 0 counts as 0.

    Args:
        probabilities: of all outcomes, any shape, summing to 1.

    Raises:
        ValueError: a negative probability, or a sum other than 1.
    """
    p = np.asarray(probabilities, dtype=float)
    if not (p >= 0).all() or not np.isclose(p.sum(), 1):
        raise ValueError(f"expected probabilities >= 0 that sum to 1, got a sum of {p.sum()} and a least of {p.min()}")
    return float(-xlogy(p, p).sum())


def plugin_entropy(counts: ArrayLike) -> np.ndarray:
    """Return the entropy of the observed shares, in nats, shape (…,).

    Biased low for small samples: its mean is H − (K − 1)/(2n) to first order, with K possible outcomes (Miller 1955).

    Args:
        counts: of the outcomes, shape (…, K), each row with a sum of at least 1.

    Raises:
        ValueError: a negative count, or a row without any.
    """
    found = np.asarray(counts, dtype=float)
    total = found.sum(-1, keepdims=True)
    if not (found >= 0).all() or not (total >= 1).all():
        raise ValueError("expected counts >= 0 with at least one observation a row")
    shares = found / total
    return -xlogy(shares, shares).sum(-1)


def miller_madow_entropy(counts: ArrayLike) -> np.ndarray:
    """Return the plug-in entropy plus (observed outcomes − 1)/(2n) (Miller 1955), in nats, shape (…,).

    Args:
        counts: of the outcomes, shape (…, K), each row with a sum of at least 1.
    """
    found = np.asarray(counts, dtype=float)
    return plugin_entropy(found) + ((found > 0).sum(-1) - 1) / (2 * found.sum(-1))
