"""Independent random streams, one per seed and purpose."""

from collections.abc import Iterable
from zlib import crc32

import numpy as np


def generator(seed: int, stream: str) -> np.random.Generator:
    """Return the generator of one seed for one purpose, independent of all others.

    A seed's draws depend on the seed and the stream's name alone, so that more seeds, or another experiment, never
    change them (numpy's SeedSequence spreads the pair into independent states).
    """
    return np.random.default_rng(np.random.SeedSequence([seed, crc32(stream.encode())]))


def generators(seeds: Iterable[int], stream: str) -> list[np.random.Generator]:
    """Return one generator per seed for one purpose."""
    return [generator(seed, stream) for seed in seeds]
