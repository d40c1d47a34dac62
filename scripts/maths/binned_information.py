"""Information of a code that is cut into bins, for deterministic maps of finitely many, equally likely inputs; in bits.

A map without noise loses information only where it sends two inputs to the same place. To make that a matter of degree,
its values are cut into bins (Shwartz-Ziv & Tishby 2017): inputs in the same bins count as one.
All entropies are then exact sums over the inputs; nothing is estimated but the bins are chosen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LARGEST_BINS = 2**40  # a bin's number times the width of a bin must not lose digits of a double
STEP = np.uint64(0x9E3779B97F4A7C15)  # of the hash, as are the next two
STIRS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
LAST_SHIFT = np.uint64(31)
TINY = np.finfo(float).tiny  # in place of 0 in a logarithm that is multiplied by 0


class Information(NamedTuple):
    """Hold what a code tells, in bits; each of shape (…,).

    Args:
        inputs: I(T; X), the entropy of the code, as the map is deterministic.
        label: I(T; Y).
    """

    inputs: np.ndarray
    label: np.ndarray


def bin_codes(activations: np.ndarray, bins: int, *, low: ArrayLike = 0.0, high: ArrayLike = 1.0) -> np.ndarray:
    """Return one number for each vector of activations, equal where all of its units lie in the same bins.

    Bins are of equal width. The numbers of a vector's bins are hashed to 64 bits: that any two of n different vectors
    get the same number has a chance of n^2 / 2^65, or 5e-13 for n = 4096.

    Args:
        activations: finite, shape (…, x, unit).
        bins: for each unit, from 1 to 2^40.
        low: lower end of the first bin, broadcast against the activations.
        high: upper end of the last bin, likewise; where it equals `low`, all lies in the first bin.

    Returns:
        Unsigned integers, shape (…, x).

    Raises:
        ValueError: too few or too many bins, or an activation outside of them.
    """
    if not 1 <= bins <= LARGEST_BINS:
        raise ValueError(f"expected 1 to 2^40 bins, got {bins}")
    bottom, top = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if not ((activations >= bottom) & (activations <= top)).all():  # false for NaN too
        raise ValueError(f"expected activations between {bottom.min()} and {top.max()}, found some outside")
    span = top - bottom
    scale = np.divide(bins, span, out=np.zeros_like(span), where=span > 0)
    return _hash(np.minimum((activations - bottom) * scale, bins - 1).astype(np.uint64))


def exact_codes(activations: np.ndarray) -> np.ndarray:
    """Return one number for each vector of activations, equal only where all of its 64-bit numbers are equal.

    Args:
        activations: of type float64, shape (…, x, unit).
    """
    return _hash(np.ascontiguousarray(activations + 0.0).view(np.uint64))  # −0 becomes 0, its equal


def _hash(numbers: np.ndarray) -> np.ndarray:
    """Return one number for each vector (…, unit), unit after unit added and stirred by SplitMix64 (Steele 2014)."""
    code = np.zeros(numbers.shape[:-1], dtype=np.uint64)
    for unit in range(numbers.shape[-1]):
        code += numbers[..., unit] + STEP
        for shift, multiplier in STIRS:
            code ^= code >> shift
            code *= multiplier
        code ^= code >> LAST_SHIFT
    return code


def code_information(codes: np.ndarray, chances: np.ndarray) -> Information:
    """Return what codes tell about equally likely inputs and about a binary label.

    With n inputs, of which c share a code, the code's entropy is log n − Σ c log c / n, and the label is 1 within
    that code with the mean of the c inputs' chances.

    Args:
        codes: the code of each input, any integers, shape (…, x).
        chances: p(y = 1 | x), shape (x,).

    Raises:
        ValueError: shapes that do not fit, or a chance outside of 0…1.
    """
    count = codes.shape[-1]
    if chances.shape != (count,):
        raise ValueError(f"expected one chance for each of the {count} inputs, got shape {chances.shape}")
    if not ((chances >= 0) & (chances <= 1)).all():
        raise ValueError(f"expected chances between 0 and 1, got {chances.min()} to {chances.max()}")
    rows = codes.reshape(-1, count)
    order = rows.argsort(axis=1)
    ordered = np.take_along_axis(rows, order, axis=1)
    first = np.ones(rows.shape, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=rows.size)
    ones = np.add.reduceat(chances[order].ravel(), starts)
    own = starts // count
    told = np.log2(count) - np.bincount(own, sizes * np.log2(sizes)) / count
    left = np.bincount(own, sizes * binary_entropy(np.clip(ones / sizes, 0, 1))) / count
    shape = codes.shape[:-1]
    return Information(told.reshape(shape), (binary_entropy(chances.mean()) - left).reshape(shape))


def binary_entropy(chance: ArrayLike) -> np.ndarray:
    """Return the entropy of a binary variable in bits, elementwise; `chance` lies between 0 and 1."""
    p = np.asarray(chance, dtype=float)
    return -p * np.log2(np.maximum(p, TINY)) - (1 - p) * np.log2(np.maximum(1 - p, TINY))
