"""What is measured on a band: how it grows off the data, what it holds, how it follows the rate."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from scripts.article.values import Value
from scripts.bayesian.settings import Dropout
from scripts.maths.statistics import Estimate, mean_interval

NORMAL_95 = 1.96  # standard deviations on either side of a normal law's mean that hold 95 % of it


def regions(settings: Dropout, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which places lie on the data, in the middle half of the gap and in the outer half of the outside."""
    distance = np.abs(grid)
    on_data = (distance >= settings.inner) & (distance <= settings.outer)
    return on_data, distance <= settings.inner / 2, distance >= (settings.outer + settings.window) / 2


def growth(settings: Dropout, grid: np.ndarray, spreads: np.ndarray) -> tuple[Estimate, Estimate]:
    """Return the spread beyond the data, and in the gap, over that on the data: means over seeds of (seed, grid)."""
    on_data, gap, outside = (rms(spreads[:, part]) for part in regions(settings, grid))
    return mean_interval(outside / on_data), mean_interval(gap / on_data)


def growth_values(settings: Dropout, grid: np.ndarray, methods: list[np.ndarray]) -> dict[str, Value]:
    """Return how the spread grows off the data: one hidden layer, two, exact inference, ensemble; each (seed, grid)."""
    note = "root mean square spread over that on the data, paired by seed"
    values = {}
    for (start, end), spreads in zip(
        (("", ""), ("", "_deep"), ("exact_", ""), ("ensemble_", "")), methods, strict=True
    ):
        outside, gap = growth(settings, grid, spreads)
        values[f"{start}growth_outside{end}"] = Value.of(outside, 2, note=note)
        values[f"{start}growth_gap{end}"] = Value.of(gap, 2, note=note)
    return values


def check_values(counts: list[int], errors: np.ndarray, ratio: np.ndarray) -> dict[str, Value]:
    """Return how the Monte Carlo variance closes in on the exact one."""
    slopes = np.polyfit(np.log(counts), np.log(errors).T, 1)[0]
    return {
        "variance_ratio": Value.of(mean_interval(ratio), 3, note="Monte Carlo over exact variance, last layer"),
        "variance_slope": Value.of(mean_interval(slopes), 3, note="log error against log passes"),
        "variance_error": Value.of(mean_interval(100 * errors[:, int(np.argmin(counts))]), 0, unit="%"),
    }


def rate_values(levels: np.ndarray, inside: np.ndarray) -> dict[str, Value]:
    """Return what the rate does to the band on the data; levels and inside have shape (rate, seed), rates ascending."""
    return {
        "spread_low_rate": Value.of(mean_interval(levels[0]), 3),
        "spread_high_rate": Value.of(mean_interval(levels[-1]), 3),
        "rate_ratio": Value.of(mean_interval(levels[-1] / levels[0]), 2, note="paired by seed"),
        "inside_low_rate": Value.of(mean_interval(100 * inside[0]), 1, unit="%"),
        "inside_high_rate": Value.of(mean_interval(100 * inside[-1]), 1, unit="%"),
        "inside_change": Value.of(mean_interval(100 * (inside[-1] - inside[0])), 1, unit="%", note="paired by seed"),
    }


def inside_share(centres: np.ndarray, spreads: np.ndarray, truth: np.ndarray, noise: float) -> np.ndarray:
    """Return the exact share of fresh observations within 1.96 spreads of the mean, averaged over the last axis."""
    reach = NORMAL_95 * spreads
    share = norm.cdf((centres + reach - truth) / noise) - norm.cdf((centres - reach - truth) / noise)
    return share.mean(-1)


def relative_profiles(grid: np.ndarray, settings: Dropout, spreads: list[np.ndarray]) -> np.ndarray:
    """Return each method's spread over its level on the data, averaged over seeds, shape (method, grid)."""
    on_data = regions(settings, grid)[0]
    return np.stack([(one / rms(one[:, on_data])[:, None]).mean(0) for one in spreads])


def rms(array: np.ndarray) -> np.ndarray:
    """Return the root mean square over the last axis."""
    return np.sqrt((array**2).mean(-1))
