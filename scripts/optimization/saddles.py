"""How rarely a random symmetric matrix has positive eigenvalues only, and how many negative ones it has instead."""

from __future__ import annotations

import math

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.goe import (
    count_below,
    draw_tridiagonal,
    log_chances,
    positive_chance,
    sample_log_chances,
    semicircle_share,
)
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval, mean_intervals
from scripts.optimization.settings import Saddles

PRINTED = range(1, 6)  # sizes whose chance is a value of its own
LIMIT = math.log(3) / 2  # of the second difference of −ln P (Dean & Majumdar 2006)
BY_QUADRATURE = "by quadrature, to ten digits"


def compute(settings: Saddles) -> Result:
    """Sample the chance that all eigenvalues are positive by size; count the negative ones of shifted matrices."""
    rngs = generators(settings.seed_block, "optimization.saddles.pivots")
    sampled = np.array([sample_log_chances(settings.largest, settings.particles, rng) for rng in rngs])
    exact = log_chances(settings.exact_largest)
    differences = np.diff(-sampled, 2, axis=1)
    sizes = np.arange(1, settings.exact_largest + 1)
    leading = -LIMIT / 2 * sizes**2
    shifts, shares = index_shares(settings)
    values = _chance_values(sampled, exact) | _difference_values(differences, exact)
    values |= _leading_values(exact, leading) | _index_values(shifts, shares)
    arrays = {"sizes": sizes, "log_exact": exact, "log_leading": leading, "log_sampled": sampled}
    arrays |= {"difference": np.array(mean_intervals(differences.T)), "difference_exact": np.diff(-exact, 2)}
    return Result(values, arrays | {"shifts": shifts, "index": shares, "index_exact": semicircle_share(shifts)})


def index_shares(settings: Saddles) -> tuple[np.ndarray, np.ndarray]:
    """Return shifts in units of the spectrum's edge √(2N), and the mean share of eigenvalues below, (shift, seed)."""
    shifts = np.linspace(-settings.widest_shift, settings.widest_shift, settings.shifts)
    thresholds = shifts * math.sqrt(2 * settings.index_size)
    columns = []
    for seed in settings.seed_block:
        rng = generator(seed, "optimization.saddles.index")
        matrices = draw_tridiagonal(settings.index_size, settings.index_matrices, rng)
        columns.append(count_below(*matrices, thresholds).mean(1) / settings.index_size)
    return shifts, np.stack(columns, axis=1)


def _chance_values(sampled: np.ndarray, exact: np.ndarray) -> dict[str, Value]:
    values = {}
    for size in PRINTED:
        chances = np.exp(sampled[:, size - 1])
        digits = 3 + size
        if size == 1:
            values["p_positive_1"] = Value(float(chances[0]), digits=digits, note="one number, by symmetry")
        else:
            values[f"p_positive_{size}"] = Value.of(mean_interval(chances), digits)
        known = positive_chance(size) if size <= 3 else float(np.exp(exact[size - 1]))
        note = "" if size <= 3 else BY_QUADRATURE
        values[f"p_positive_{size}_exact"] = Value(known, digits=digits, note=note)
    last = np.exp(sampled[:, -1])
    values["p_positive_largest"] = Value.of(mean_interval(last), 3, note="at the largest size sampled")
    known = float(np.exp(exact[sampled.shape[1] - 1]))
    return values | {"p_positive_largest_exact": Value(known, digits=3, note=BY_QUADRATURE)}


def _difference_values(differences: np.ndarray, exact: np.ndarray) -> dict[str, Value]:
    known = np.diff(-exact, 2)
    note = "of −ln P, over the three largest sizes sampled"
    return {
        "second_difference": Value.of(mean_interval(differences[:, -1]), 4, note=note),
        "second_difference_finite": Value(float(known[differences.shape[1] - 1]), digits=4, note=BY_QUADRATURE),
        "second_difference_small": Value.of(
            mean_interval(differences[:, 0]), 4, note="of −ln P, over sizes 1, 2 and 3"
        ),
        "second_difference_small_exact": Value(float(known[0]), digits=4),
        "second_difference_large": Value(float(known[-1]), digits=5, note=f"of the largest sizes, {BY_QUADRATURE}"),
        "second_difference_exact": Value(LIMIT, digits=4, note="limit for large matrices, (ln 3)/2"),
    }


def _leading_values(exact: np.ndarray, leading: np.ndarray) -> dict[str, Value]:
    return {
        "leading_order_5": Value(float(np.exp(leading[4])), digits=5, note="3^(−N²/4) at N = 5"),
        "leading_order_ratio_5": Value(float(np.exp(leading[4] - exact[4])), digits=1, note="leading order over truth"),
        "leading_order_share": Value(
            float(leading[-1] / exact[-1]), digits=3, note="share of −ln P that is leading order, at the largest size"
        ),
    }


def _index_values(shifts: np.ndarray, shares: np.ndarray) -> dict[str, Value]:
    gap = np.abs(shares.mean(1) - semicircle_share(shifts)).max()
    middle = shares[np.argmin(np.abs(shifts))]
    return {
        "index_middle": Value.of(mean_interval(middle), 4, note="share of eigenvalues below zero"),
        "index_gap": Value(float(gap), digits=4, note="largest distance of the mean share from the semicircle law"),
    }
