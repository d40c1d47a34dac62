"""Nested cross-validation: what a method is tuned by never meets what it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

LARGEST_SEED = 2**31


@dataclass(frozen=True)
class Split:
    """Hold one division of a task's examples, all by number.

    Args:
        training: examples to choose and to fit with, shape (n,).
        fresh: all others, to judge on.
        folds: to which inner fold each training example belongs, shape (n,).
        seeds: for the randomness of a method, one for each fold and one for all of the training examples.
    """

    training: np.ndarray
    fresh: np.ndarray
    folds: np.ndarray
    seeds: np.ndarray


@dataclass(frozen=True)
class Part:
    """Hold what a method may see: examples with labels, and inputs to name, scaled by those examples alone.

    Args:
        inputs: shape (n, d); each column has mean 0 and variance 1, or is 0 where it does not vary.
        labels: whole numbers from 0, shape (n,).
        fresh: shape (m, d), scaled as `inputs` are.
        seed: of the method's own randomness.
    """

    inputs: np.ndarray
    labels: np.ndarray
    fresh: np.ndarray
    seed: int


Candidate = TypeVar("Candidate")
Method = Callable[[Sequence[Part], Sequence[Candidate]], np.ndarray]  # labels of shape (part, candidate, m)


def draw_split(labels: np.ndarray, training: int, folds: int, rng: np.random.Generator) -> Split:
    """Divide examples at random into training and fresh ones, and the former into folds, each class evenly.

    Raises:
        ValueError: folds of different sizes, or no example left over.
    """
    from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit  # here, as they are slow to import

    if training % folds or not 0 < training < len(labels):
        raise ValueError(
            f"expected training examples in {folds} equal folds, fewer than {len(labels)}, got {training} of them"
        )
    first, second, *seeds = rng.integers(LARGEST_SEED, size=folds + 3)
    outer = StratifiedShuffleSplit(1, train_size=training, test_size=len(labels) - training, random_state=int(first))
    chosen, fresh = next(outer.split(labels, labels))
    inner = StratifiedKFold(folds, shuffle=True, random_state=int(second))
    numbers = np.zeros(training, int)
    for fold, (_, held) in enumerate(inner.split(labels[chosen], labels[chosen])):
        numbers[held] = fold
    return Split(chosen, fresh, numbers, np.array(seeds))


def make_part(inputs: np.ndarray, labels: np.ndarray, fitted: np.ndarray, fresh: np.ndarray, seed: int) -> Part:
    """Return some examples to fit and some to name, standardised with the former's mean and spread."""
    mean, spread = inputs[fitted].mean(0), inputs[fitted].std(0)
    varied = spread > 0
    scaled = np.divide(inputs - mean, spread, out=np.zeros_like(inputs), where=varied)
    return Part(scaled[fitted], labels[fitted], scaled[fresh], int(seed))


def nested_accuracy(
    method: Method, candidates: Sequence[Candidate], inputs: np.ndarray, labels: np.ndarray, splits: Sequence[Split]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of fresh examples that a tuned method names right, split by split.

    In each split the inner folds choose a candidate: the first of those that name most of the held-out examples right.
    It is then fitted to all training examples, and only then meets the fresh ones.

    Args:
        method: names the fresh inputs of each part with each candidate.
        candidates: values of the method's parameters, the plainest first.
        inputs: of the task, shape (n, d).
        labels: of the task, shape (n,).
        splits: of its examples.

    Returns:
        The accuracies, and the number of the candidate that was chosen, each of shape (split,).
    """
    chosen = np.zeros(len(splits), int)
    if len(candidates) > 1:
        held = [(part, truth) for split in splits for part, truth in _inner_parts(inputs, labels, split)]
        named = method([part for part, _ in held], candidates)
        right = np.stack([(each == truth).sum(1) for each, (_, truth) in zip(named, held, strict=True)])
        chosen = right.reshape(len(splits), -1, len(candidates)).sum(1).argmax(1)
    accuracy = np.zeros(len(splits))
    for candidate in np.unique(chosen):
        members = np.flatnonzero(chosen == candidate)
        parts = [
            make_part(inputs, labels, splits[one].training, splits[one].fresh, splits[one].seeds[-1]) for one in members
        ]
        for one, named in zip(members, method(parts, [candidates[candidate]]), strict=True):
            accuracy[one] = (named[0] == labels[splits[one].fresh]).mean()
    return accuracy, chosen


def _inner_parts(inputs: np.ndarray, labels: np.ndarray, split: Split) -> Iterator[tuple[Part, np.ndarray]]:
    """Yield each fold's part, with the labels of the examples held out of it."""
    for fold in range(split.folds.max() + 1):
        fitted, held = split.training[split.folds != fold], split.training[split.folds == fold]
        yield make_part(inputs, labels, fitted, held, split.seeds[fold]), labels[held]
