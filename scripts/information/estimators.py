"""Estimators of mutual information against the exact value: two correlated normal numbers, where it is known."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from scripts.article.artifacts import Result
from scripts.article.errors import ArticleError
from scripts.article.values import Value
from scripts.information.settings import Estimators
from scripts.maths.binned_pairs import binned_pair_information
from scripts.maths.infonce import gaussian_log_ratio, infonce
from scripts.maths.kraskov import kraskov_ceiling, kraskov_information
from scripts.maths.random import generators
from scripts.maths.statistics import LEVEL, Estimate, mean_interval

# in the order of `estimate_all`; how many bins, and pairs in a batch, is a matter of the settings
NAMES = ("neighbours", "bins_few", "bins_some", "bins_many", "infonce_few", "infonce_some", "infonce_many")
SPREAD_NOTE = "standard deviation over samples; its interval takes the estimates as normal"
EXPONENT_NOTE = "slope of log standard deviation over log sample size"


def compute(settings: Estimators) -> Result:
    """Estimate every information from samples of one size, and one information from samples of every size.

    Raises:
        ArticleError: a batch that does not fit into every sample, or a headline that is not in its list.
    """
    _check(settings)
    by_truth = np.stack([estimate_all(settings, truth, settings.size) for truth in settings.informations], axis=1)
    by_size = np.stack([estimate_all(settings, settings.information, size) for size in settings.sizes], axis=1)
    values = _ceiling_values(settings, by_truth)
    for name, truths, sizes in zip(NAMES, by_truth, by_size, strict=True):
        found = _headline_values(settings, truths) | _size_values(settings, sizes)
        values |= {f"{key}_{name}": value for key, value in found.items()}
    arrays = {"names": np.array(NAMES), "by_truth": by_truth, "by_size": by_size}
    arrays |= {"informations": np.array(settings.informations), "sizes": np.array(settings.sizes)}
    arrays["ceilings"] = np.array([values[f"ceiling_{name}"].value for name in NAMES])
    return Result(values, arrays)


def draw_pairs(settings: Estimators, truth: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw standard normal x and y with I(x; y) = truth nats, each of shape (seed, size).

    −½ ln(1 − ρ²) is the information, so 1 − ρ² = exp(−2 · truth). A seed's sample starts with the numbers of its
    smaller ones, and differs between the informations in ρ alone.
    """
    rngs = generators(settings.seed_block, "information.estimators.pairs")
    x, other = np.stack([rng.standard_normal((size, 2)) for rng in rngs]).transpose(2, 0, 1)
    spare = np.exp(-2 * truth)
    return x, np.sqrt(1 - spare) * x + np.sqrt(spare) * other


def estimate_all(settings: Estimators, truth: float, size: int) -> np.ndarray:
    """Return every estimator's result on samples with a known information, in nats, shape (estimator, seed)."""
    x, y = draw_pairs(settings, truth, size)
    near = [kraskov_information(*pair, neighbours=settings.neighbours) for pair in zip(x, y, strict=True)]
    binned = [binned_pair_information(x, y, bins) for bins in settings.bins]
    bounds = [contrast(x, y, np.exp(-2 * truth), batch) for batch in settings.batches]
    return np.stack([np.array(near), *binned, *bounds])


def contrast(x: np.ndarray, y: np.ndarray, spare: float, batch: int) -> np.ndarray:
    """Return InfoNCE with the best critic, mean over the batches of a sample, in nats, shape (seed,).

    Args:
        x: shape (seed, n), n a multiple of the batch.
        y: shape (seed, n).
        spare: 1 − ρ².
        batch: pairs in each batch.
    """
    rows = zip(x.reshape(len(x), -1, batch), y.reshape(len(y), -1, batch), strict=True)
    return np.array([infonce(gaussian_log_ratio(one, other, spare)).mean() for one, other in rows])


def spread_interval(samples: np.ndarray) -> Estimate:
    """Return the standard deviation of normal samples of shape (n,) with its χ² interval."""
    freedom = samples.size - 1
    spread = float(samples.std(ddof=1))
    low, high = (spread * np.sqrt(freedom / chdtri(freedom, 0.5 + side * LEVEL / 2)) for side in (-1, 1))
    return Estimate(spread, float(low), float(high), samples.size)


def spread_exponent(estimates: np.ndarray, sizes: list[int], groups: int) -> Estimate:
    """Return the slope of log standard deviation over log sample size, one slope a group of seeds.

    Args:
        estimates: shape (size, seed).
        sizes: shape (size,).
        groups: of seeds, at least 2 of at least 2 seeds each.
    """
    parts = np.array_split(estimates, groups, axis=1)
    logs = np.stack([np.log(part.std(1, ddof=1)) for part in parts], axis=1)
    return mean_interval(np.polyfit(np.log(sizes), logs, 1)[0])


def _bias(estimates: np.ndarray, truth: float) -> Value:
    return Value.of(mean_interval(estimates - truth), 3, unit="nats", note="mean estimate less the exact value")


def _check(settings: Estimators) -> None:
    if settings.information not in settings.informations:
        raise ArticleError(
            f"information.estimators.information is {settings.information}, expected one of informations "
            f"{settings.informations}"
        )
    for batch in settings.batches:
        for size in (settings.size, *settings.sizes):
            if size % batch:
                raise ArticleError(
                    f"information.estimators.batches: {batch} pairs a batch do not fill a sample of {size}, expected "
                    f"a divisor of every sample size"
                )
    if settings.seeds < 2 * settings.groups:
        raise ArticleError(
            f"information.estimators.groups is {settings.groups}, expected at most half of seeds, {settings.seeds}"
        )


def _headline_values(settings: Estimators, estimates: np.ndarray) -> dict[str, Value]:
    """Return one estimator's values at the headline, the weakest and the strongest pair; estimates (truth, seed)."""
    at = settings.informations.index(settings.information)
    weak, strong = int(np.argmin(settings.informations)), int(np.argmax(settings.informations))
    error = np.sqrt(((estimates[at] - settings.information) ** 2).mean())
    return {
        "bias": _bias(estimates[at], settings.information),
        "spread": Value.of(spread_interval(estimates[at]), 3, unit="nats", note=SPREAD_NOTE),
        "error": Value(float(error), digits=3, unit="nats", note="root mean square of bias and spread together"),
        "weak_bias": _bias(estimates[weak], settings.informations[weak]),
        "strong": Value.of(mean_interval(estimates[strong]), 3, unit="nats"),
        "strong_bias": _bias(estimates[strong], settings.informations[strong]),
    }


def _size_values(settings: Estimators, estimates: np.ndarray) -> dict[str, Value]:
    """Return how one estimator fares over the sample size; estimates (size, seed)."""
    small, large = int(np.argmin(settings.sizes)), int(np.argmax(settings.sizes))
    exponent = spread_exponent(estimates, settings.sizes, settings.groups)
    return {
        "bias_small": _bias(estimates[small], settings.information),
        "bias_large": _bias(estimates[large], settings.information),
        "spread_exponent": Value.of(exponent, 2, note=EXPONENT_NOTE),
    }


def _ceiling_values(settings: Estimators, by_truth: np.ndarray) -> dict[str, Value]:
    """Return the exact values, with what no sample can bring an estimate above, and how near the estimates come."""
    strong = int(np.argmax(settings.informations))
    truth = settings.informations[strong]
    near = kraskov_ceiling(settings.size, settings.neighbours)
    ceilings = [near, *np.log(settings.bins), *np.log(settings.batches)]
    values = {
        "truth": Value(settings.information, digits=2, unit="nats"),
        "rho": Value(float(np.sqrt(-np.expm1(-2 * settings.information))), digits=3, note="correlation at the truth"),
        "strong_truth": Value(truth, digits=2, unit="nats"),
        "strong_spare": Value(float(np.exp(-2 * truth)), digits=7, note="1 − ρ² at the largest information"),
        "strong_batch": Value(float(np.exp(truth)), digits=0, note="batch whose logarithm is the largest information"),
    }
    for name, ceiling, estimates in zip(NAMES, ceilings, by_truth, strict=True):
        note = "no sample of any pair brings the estimate above it"
        values[f"ceiling_{name}"] = Value(float(ceiling), digits=3, unit="nats", note=note)
        below = mean_interval(ceiling - estimates[strong])
        values[f"below_ceiling_{name}"] = Value.of(below, 3, unit="nats", note="at the largest information")
    bounds = by_truth[1 + len(settings.bins) :] - np.log(settings.batches)[:, None, None]
    return values | {
        "largest_excess": Value(float(bounds.max()), digits=5, unit="nats", note="of all InfoNCE estimates over ln N"),
        "largest_excess_neighbours": Value(float(by_truth[0].max() - near), digits=3, unit="nats"),
    }
