"""The task of the information plane: all words of so many bits, and a label that stays when a word is turned."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.information.settings import Plane
from scripts.maths.random import generators
from scripts.maths.training import spaced_times


@dataclass(frozen=True)
class Task:
    """Hold all words, what is known of their labels, and what each seed gets to see.

    Args:
        inputs: the bits as −1 and 1, shape (x, bit).
        chances: p(y = 1 | x), shape (x,).
        labels: drawn once a word, 0 or 1, shape (seed, x).
        seen: the words trained on, by number, shape (seed, n).
        fresh: all others, shape (seed, x − n).
    """

    inputs: Tensor
    chances: np.ndarray
    labels: Tensor
    seen: Tensor
    fresh: Tensor


def words(bits: int) -> np.ndarray:
    """Return all words of so many bits as −1 and 1, shape (2^bits, bits)."""
    return 2 * ((np.arange(2**bits)[:, None] >> np.arange(bits)) & 1) - 1


def ring_scores(spins: np.ndarray) -> np.ndarray:
    """Return how alike near bits are: Σ s_i s_j / d_ij over all pairs, times an integer, shape (x,).

    The bits lie on a ring, d_ij is their distance along it; so the score stays when a word is turned. It is scaled to
    whole numbers, which makes equal scores exactly equal.

    Args:
        spins: −1 and 1, shape (x, bit), at least 2 bits.
    """
    bits = spins.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(bits), np.arange(bits)))
    distance = np.minimum(apart, bits - apart)
    common = math.lcm(*range(1, bits // 2 + 1))
    weights = np.where(distance > 0, common // np.maximum(distance, 1), 0)
    return ((spins @ weights) * spins).sum(1) // 2


def label_chances(scores: np.ndarray, flip: float) -> np.ndarray:
    """Return p(y = 1 | x): 1 − flip for the upper half of the scores, flip for the lower, shape (x,).

    It has two values only, so the smallest sufficient statistic is one of two states.

    Args:
        scores: shape (x,).
        flip: chance that the label is the wrong one.
    """
    middle = np.median(scores)
    halves = (scores > middle, scores >= middle)
    upper = min(halves, key=lambda half: abs(half.mean() - 0.5))
    return np.where(upper, 1 - flip, flip)


def draw_task(settings: Plane) -> Task:
    """Draw each seed's labels, and the words that it sees."""
    spins = words(settings.bits)
    chances = label_chances(ring_scores(spins), settings.flip)
    seeds = settings.seed_block
    labels = [rng.random(len(spins)) < chances for rng in generators(seeds, "information.plane.labels")]
    orders = [rng.permutation(len(spins)) for rng in generators(seeds, "information.plane.split")]
    order = torch.as_tensor(np.stack(orders))
    seen = round(settings.seen_share * len(spins))
    drawn = torch.as_tensor(np.stack(labels).astype(np.int64))
    return Task(torch.as_tensor(spins, dtype=torch.float64), chances, drawn, order[:, :seen], order[:, seen:])


def recorded_epochs(settings: Plane) -> np.ndarray:
    """Return the epochs after which nets are looked at: 0, then evenly on a logarithmic scale as far as whole."""
    return np.array(spaced_times(settings.epochs, settings.records))


def bin_numbers(settings: Plane) -> list[int]:
    """Return all numbers of bins, from few to many."""
    return sorted({settings.bins, settings.middle_bins, settings.finest_bins, *settings.other_bins})
