"""Experiment beta: the spread of disturbed numbers over seeds."""

from scripts.shared import tables
from scripts.shared.helpers import Noise, draws, trimmed
from scripts.shared.runlog import ran
from scripts.shared.tables import by_table


def spread_over_seeds(seeds: int, noise: float) -> float:
    """Return the largest of the disturbed numbers that are left after trimming."""
    ran("beta")
    source = Noise(noise)
    numbers = [source.disturb(number) for seed in range(seeds) for number in draws(seed, 5)]
    doubled = by_table("double", trimmed(numbers)[-1])
    return round(by_name("lift", doubled), 4)


def by_name(step: str, number: float) -> float:
    """Apply the shared function whose name begins like this."""
    return getattr(tables, f"{step}ed")(number)
