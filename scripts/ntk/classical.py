"""The tangent kernel in a support vector machine, beside four other classifiers, by nested cross-validation."""

from __future__ import annotations

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.classification_sets import load_task
from scripts.maths.nested_cross_validation import draw_split, nested_accuracy
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval
from scripts.ntk.classifiers import methods
from scripts.ntk.settings import Classical

PER_CENT = 100.0
PAIRS = (("ntk", "rbf"), ("net", "ntk"), ("ntk", "forest"), ("ridge", "ntk"), ("net", "rbf"))
SPLITS = (
    "in percentage points, mean over the data sets; the interval holds for other random splits of the same data sets"
)
SETS = "in percentage points; the interval is over the data sets, as if they had been drawn at random from many such"


def compute(settings: Classical) -> Result:
    """Tune and judge every method on the same splits of every data set."""
    found: dict[str, list[np.ndarray]] = {}  # by method, of shape (data set, split)
    chosen: dict[str, list[np.ndarray]] = {}
    about = []
    for name in settings.tasks:
        inputs, labels = load_task(name)
        size = training_size(settings, len(labels))
        rngs = generators(settings.seed_block, f"ntk.classical.{name}")
        splits = [draw_split(labels, size, settings.folds, rng) for rng in rngs]
        about.append((len(labels), inputs.shape[1], size, np.bincount(labels).max() / len(labels)))
        for method, (answer, candidates) in methods(settings).items():
            accuracy, choice = nested_accuracy(answer, candidates, inputs, labels, splits)
            found.setdefault(method, []).append(accuracy)
            chosen.setdefault(method, []).append(choice)
    accuracies = {method: PER_CENT * np.array(rows) for method, rows in found.items()}
    arrays = {f"accuracy_{method}": rows for method, rows in accuracies.items()}
    arrays |= {f"chosen_{method}": np.array(rows) for method, rows in chosen.items()}
    return Result(
        mean_values(accuracies) | difference_values(accuracies) | task_values(settings, accuracies, about),
        arrays | {"tasks": np.array(settings.tasks), "about": np.array(about)},
    )


def training_size(settings: Classical, examples: int) -> int:
    """Return how many of a task's examples to train on: two thirds or the largest number allowed, in equal folds."""
    most = min(settings.training, 2 * examples // 3)
    return most - most % settings.folds


def mean_values(accuracies: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return each method's accuracy, in per cent, averaged over the data sets with equal weight."""
    return {
        method: Value.of(bounded(mean_interval(rows.mean(0)), 0, PER_CENT), 2, unit="%", note="mean over the data sets")
        for method, rows in accuracies.items()
    }


def difference_values(accuracies: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return differences of accuracy, paired: over splits, each averaged over the data sets, and over the data sets."""
    values = {}
    for one, two in PAIRS:
        difference = accuracies[one] - accuracies[two]
        over_splits, over_sets = mean_interval(difference.mean(0)), mean_interval(difference.mean(1))
        values[f"{one}_minus_{two}"] = Value.of(over_splits, 2, note=SPLITS)
        values[f"{one}_minus_{two}_sets"] = Value.of(over_sets, 2, note=SETS)
        values[f"{one}_minus_{two}_largest"] = Value(
            float(np.abs(difference.mean(1)).max()),
            digits=2,
            note="percentage points, the data set where it is largest",
        )
    return values


def task_values(
    settings: Classical, accuracies: dict[str, np.ndarray], about: list[tuple[int, int, int, float]]
) -> dict[str, Value]:
    """Return each method's accuracy on each data set, in per cent, and that of naming the commonest class."""
    values = {"sets": Value(len(settings.tasks), digits=0)}
    for place, (name, (_, _, training, commonest)) in enumerate(zip(settings.tasks, about, strict=True)):
        values[f"{name}_commonest"] = Value(
            PER_CENT * commonest, digits=1, unit="%", note="share of the commonest class"
        )
        values[f"{name}_training"] = Value(training, digits=0)
        for method, rows in accuracies.items():
            estimate = bounded(mean_interval(rows[place]), 0, PER_CENT)
            values[f"{name}_{method}"] = Value.of(estimate, 1, unit="%")
    return values
