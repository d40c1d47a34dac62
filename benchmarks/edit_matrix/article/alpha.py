"""Experiment alpha: a mean over seeds."""

from scripts.shared.helpers import SCALE, draws, rescaled, widen
from scripts.shared.runlog import ran


@rescaled
def estimate(seed: int, width: int) -> float:
    """Return the estimate of one seed."""
    # the mean of a few draws
    total = sum(draws(seed, width))
    return widen(total / width)


def mean_over_seeds(seeds: int, width: int) -> float:
    """Return the mean of all estimates."""
    ran("alpha")
    return round(SCALE * sum(estimate(seed, width) for seed in range(seeds)) / seeds, 4)
