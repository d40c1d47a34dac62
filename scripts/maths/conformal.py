"""Split conformal prediction: an interval whose coverage needs no model, only examples in random order."""

from __future__ import annotations

from math import ceil

import numpy as np

from scripts.maths.statistics import LEVEL

ROUNDING = 1e-9  # of a product that should be a whole number


def conformal_radius(scores: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return how far an interval must reach from the prediction, on either side, shape (…).

    With the scores |y − f(x)| of n examples that the prediction f has not seen, the k-th smallest of them,
    k = ⌈(n + 1) level⌉, gives an interval f(x) ± radius that holds a fresh outcome with a chance of at least `level`,
    whatever f and the law of the data (Vovk et al. 2005; Lei et al. 2018).

    Args:
        scores: of the calibration examples, shape (…, n).
        level: wanted coverage, in (0, 1).

    Raises:
        ValueError: the level is outside (0, 1), or the examples are too few for it: then no finite radius will do.
    """
    place = _rank(scores.shape[-1], level) - 1
    return np.partition(scores, place, axis=-1)[..., place]


def conformal_coverage(examples: int, level: float = LEVEL) -> float:
    """Return the exact chance that the interval holds a fresh outcome, k/(n + 1), where no two scores can tie.

    The fresh score is equally likely to be at each of the n + 1 places among all scores.

    Args:
        examples: n, the calibration examples.
        level: wanted coverage, in (0, 1).

    Raises:
        ValueError: as for `conformal_radius`.
    """
    return _rank(examples, level) / (examples + 1)


def _rank(examples: int, level: float) -> int:
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected it between 0 and 1")
    rank = ceil((examples + 1) * level - ROUNDING)
    if rank > examples:
        raise ValueError(f"expected at least {ceil(level / (1 - level) - ROUNDING)} examples, got {examples}")
    return rank
