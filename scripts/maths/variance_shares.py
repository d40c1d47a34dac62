"""How the variance of a balanced table divides among its factors and their interactions (Fisher 1925)."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np


def variance_shares(table: np.ndarray) -> dict[tuple[int, ...], float]:
    """Return the share of the sum of squares (η²) that belongs to every effect; all shares add up to 1.

    An effect is what the means over some axes show beyond all effects of fewer of these axes. A table is balanced, so
    effects are orthogonal and the order of the axes does not matter.

    Args:
        table: one number a cell, one axis a factor; repetitions are an axis like the others.

    Returns:
        Shares by the axes of the effect: `(0,)` for the first factor alone, `(0, 2)` for what it and the third do
        together.

    Raises:
        ValueError: all numbers are equal, so there is nothing to divide.
    """
    axes = range(table.ndim)
    total = table.size * table.var()
    if not total > 0:
        raise ValueError(f"expected numbers that vary, got a table of variance {table.var()}")
    effects: dict[tuple[int, ...], np.ndarray] = {(): table.mean(keepdims=True)}
    for chosen in chain.from_iterable(combinations(axes, size) for size in range(1, table.ndim + 1)):
        others = tuple(axis for axis in axes if axis not in chosen)
        smaller = [effect for part, effect in effects.items() if set(part) < set(chosen)]
        effects[chosen] = table.mean(axis=others, keepdims=True) - sum(smaller)
    del effects[()]
    return {part: float((effect**2).mean() * table.size / total) for part, effect in effects.items()}
