"""All functions of a few bits, and families of them."""

from __future__ import annotations

from itertools import product

import numpy as np

WEIGHTS = range(-2, 3)  # enough for every threshold function of up to three bits (Muroga 1971)


def all_inputs(bits: int) -> np.ndarray:
    """Return every input, shape (2^bits, bits), as 0 and 1."""
    return np.array(list(product((0, 1), repeat=bits)))


def all_functions(bits: int) -> np.ndarray:
    """Return every function as its answers on all inputs, shape (2^(2^bits), 2^bits), as 0 and 1."""
    return np.array(list(product((0, 1), repeat=2**bits)))


def threshold_functions(bits: int) -> np.ndarray:
    """Return which functions one straight cut can compute, as a mask over `all_functions`.

    Raises:
        ValueError: more than three bits, for which the enumerated weights do not suffice.
    """
    if bits > 3:
        raise ValueError(f"bits is {bits}, expected at most 3")
    sums = all_inputs(bits) @ np.array(list(product(WEIGHTS, repeat=bits))).T
    cuts = np.arange(sums.min(), sums.max() + 2) - 0.5
    return _mask(bits, (sums[:, :, None] > cuts).reshape(2**bits, -1).T)


def parities(bits: int, arity: set[int]) -> np.ndarray:
    """Return the parities of so many bits and their negations, as a mask over `all_functions`.

    Args:
        bits: of an input.
        arity: how many bits enter; {1} gives the functions that copy or negate one bit.
    """
    chosen = [mask for mask in product((0, 1), repeat=bits) if sum(mask) in arity]
    odd = (all_inputs(bits) @ np.array(chosen).T % 2).T
    return _mask(bits, np.concatenate([odd, 1 - odd]))


def _mask(bits: int, members: np.ndarray) -> np.ndarray:
    numbers = members.astype(int) @ (1 << np.arange(2**bits)[::-1])
    return np.isin(np.arange(2 ** (2**bits)), numbers)
