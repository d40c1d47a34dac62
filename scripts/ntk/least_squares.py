"""The risk of least squares that fits its data exactly, over dimensions, beside the closed forms."""

from __future__ import annotations

import numpy as np

from scripts.article.values import Value
from scripts.maths.random import generator
from scripts.maths.ridgeless import from_features, isotropic_risk, normal_risk
from scripts.maths.statistics import LEVEL, Estimate, mean_interval
from scripts.ntk.settings import Predictable

PER_CENT = 100.0
LARGEST = "largest over γ, noise taken off; the interval holds for all γ at once"
GAPS = (
    ("hastie_gap", "limit", "mean risk against the limit of large n and d"),
    ("finite_gap", "finite", "mean risk against the exact mean at these n and d"),
)


def dimensions(settings: Predictable) -> np.ndarray:
    """Return d of every ratio d/n."""
    return np.round(np.array(settings.ratios) * settings.ridgeless_points).astype(int)


def ridgeless_risks(settings: Predictable) -> np.ndarray:
    """Return the risk of minimum-norm least squares in every draw, shape (draw, ratio)."""
    n, sizes, risks = settings.ridgeless_points, dimensions(settings), []
    for seed in settings.draw_block:
        rng = generator(seed, "ntk.predictable.ridgeless")
        inputs, direction = rng.normal(size=(n, sizes.max())), rng.normal(size=sizes.max())
        noise = np.sqrt(settings.noise) * rng.normal(size=n)
        for d in sizes:
            truth = np.sqrt(settings.signal) * direction[:d] / np.linalg.norm(direction[:d])
            seen = inputs[:, :d]
            model = from_features(seen, np.eye(d))  # what it predicts at the unit vectors are its coefficients
            found = model.predict((seen @ truth + noise)[:, None])[:, 0]
            risks.append(((found - truth) ** 2).sum())
    return np.array(risks).reshape(settings.draws, len(sizes))


def ridgeless_theory(settings: Predictable) -> dict[str, np.ndarray]:
    """Return the exact risks: in the limit (`limit`) and at these n and d (`finite`), each of shape (ratio,)."""
    sizes, n = dimensions(settings), settings.ridgeless_points
    power = {"signal": settings.signal, "noise": settings.noise}
    return {"limit": isotropic_risk(sizes / n, **power), "finite": normal_risk(sizes, n, **power)}


def largest_gap(relative: np.ndarray) -> Estimate:
    """Return the largest distance from 0 that the mean of any column has, of an array of shape (draw, column).

    The largest of several noisy distances is biased upwards. So each squared distance is reduced by its squared
    standard error, and each column's interval is made wide enough for all of them to hold together (Bonferroni).
    """
    count, columns = relative.shape
    found = [mean_interval(column, level=1 - (1 - LEVEL) / columns) for column in relative.T]
    squares = relative.mean(0) ** 2 - relative.var(0, ddof=1) / count
    low = max(max(each.low, -each.high, 0.0) for each in found)
    high = max(max(each.high, -each.low) for each in found)
    return Estimate(float(np.sqrt(max(squares.max(), 0.0))), low, high, count)


def ridgeless_values(settings: Predictable, risks: np.ndarray) -> dict[str, Value]:
    """Return how far the risks lie from the closed forms."""
    theory = ridgeless_theory(settings)
    values = {
        name: Value.of(largest_gap(PER_CENT * (risks / theory[kind] - 1)), 1, unit="%", note=f"{LARGEST}; {words}")
        for name, kind, words in GAPS
    }
    gap = PER_CENT * np.abs(theory["finite"] / theory["limit"] - 1).max()
    return values | {"hastie_gap_exact": Value(float(gap), digits=1, unit="%", note="of the two closed forms, exactly")}
