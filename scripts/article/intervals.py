"""Intervals seen from a threshold, and made wider or narrower, each on the scale on which it is symmetric."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from scripts.article.values import Value

Scale = Callable[[float], float]
ROUNDING = 1e-6  # relative; of an interval that was made in logarithms and brought back


def gap(value: Value, threshold: float) -> tuple[float, float]:
    """Return the distance of a value from a threshold and how far its interval reaches that way, on its own scale."""
    scale, _ = _scales(value)
    end = value.low if value.value > threshold else value.high
    place = scale(value.value)
    return abs(place - scale(threshold)), abs(place - scale(value.value if end is None else end))


def rescaled(value: Value, factor: float) -> Value:
    """Return a value with both halves of its interval multiplied by a factor, on its own scale."""
    if value.low is None or value.high is None:
        return value
    scale, back = _scales(value)
    place = scale(value.value)
    low, high = (back(place + factor * (scale(end) - place)) for end in (value.low, value.high))
    return replace(value, low=min(low, value.value), high=max(high, value.value))


def _scales(value: Value) -> tuple[Scale, Scale]:
    """Return the scale on which an interval is symmetric, and its inverse: logarithms for ratios, else none."""
    low, high = value.low, value.high
    if low is None or high is None or low <= 0:
        return float, float
    symmetric = math.isclose(low * high, value.value**2, rel_tol=ROUNDING)
    return (_log, math.exp) if symmetric else (float, float)


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf
