"""What the report says of the table of architectures, and of the searches on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scripts.article.values import Value
from scripts.functions.searches import Found
from scripts.functions.settings import Search
from scripts.maths.architectures import Architecture
from scripts.maths.random import generator
from scripts.maths.rank_correlation import rank_correlation
from scripts.maths.statistics import LEVEL, Estimate, bounded, mean_interval, share_interval

STREAM = "functions.search"
PER_CENT = 100.0
DECILES = (0.1, 0.9)
METHODS = ("random", "tpe", "halving")
POINTS = "percentage points"
BLOCKS = "repeated searches of one training of the table averaged first"


@dataclass(frozen=True)
class Trained:
    """Hold the errors of every training, in %.

    Args:
        validation: shape (architecture, seed, look).
        test: at the end, shape (architecture, seed).
    """

    validation: np.ndarray
    test: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Return every architecture's mean validation error at the end, shape (architecture,)."""
        return self.validation[..., -1].mean(1)


def gain_values(trained: Trained, found: dict[str, list[list[Found]]]) -> dict[str, Value]:
    """Return the errors of what each search found, and by how much less than random drawing's they are."""
    values = {}
    for kind, errors in (("", trained.mean), ("_test", trained.test.mean(1))):
        answers = {
            name: np.array([[errors[each.answer] for each in row] for row in rows]).mean(1)
            for name, rows in found.items()
        }
        for name, each in answers.items():
            values[f"{name}_found{kind}"] = Value.of(mean_interval(each), 2, unit="%", note=BLOCKS)
            regret = mean_interval(each - errors.min())
            note = f"percentage points above the best of the table; {BLOCKS}"
            values[f"{name}_regret{kind}"] = Value.of(regret, 2, unit=POINTS, note=note)
        for name in METHODS[1:]:
            gain = mean_interval(PER_CENT * (1 - answers[name] / answers["random"]))
            note = f"less error than random drawing finds at equal cost; {BLOCKS}"
            values[f"{name}_gain{kind}"] = Value.of(gain, 2, unit="%", note=note)
    for name in METHODS:
        tried = np.array([[each.tried for each in row] for row in found[name]])
        values[f"{name}_tried"] = Value(float(tried.mean()), digits=0, note="architectures tried in a search, mean")
    return values


def chance_values(settings: Search, trained: Trained, found: dict[str, list[list[Found]]]) -> dict[str, Value]:
    """Return the chance that random draws hold an architecture of the best ones, and that the search answers with one.

    The best ones are the share `top` of the table with the smallest mean validation error.
    """
    count, trials = len(trained.mean), settings.trials
    best = np.argsort(trained.mean, kind="stable")[: round(settings.top * count)]
    rng = generator(settings.first_seed, f"{STREAM}.chance")
    hits = np.isin(rng.integers(count, size=(settings.draws, trials)), best).any(1)
    note = f"chance that the best of {trials} draws is among the best {PER_CENT * settings.top:g} %"
    values = {
        "random_top_exact": Value(1 - (1 - settings.top) ** trials, digits=4, note=f"{note}; exact"),
        "random_top_table": Value(1 - (1 - best.size / count) ** trials, digits=4, note=f"{note} of the table; exact"),
        "random_top": Value.of(share_interval(int(hits.sum()), settings.draws), 4, note=f"{note} of the table; drawn"),
    }
    for name, rows in found.items():
        shares = np.array([np.isin([each.answer for each in row], best).mean() for row in rows])
        note = f"share of searches that answer with one of the best {PER_CENT * settings.top:g} %; {BLOCKS}"
        values[f"{name}_answer_top"] = Value.of(bounded(mean_interval(shares), 0, 1), 2, note=note)
    return values


def spread_values(settings: Search, trained: Trained) -> dict[str, Value]:
    """Return how far apart the architectures' test errors are, and how much of that is chance of training."""
    test = trained.test
    count, seeds = test.shape
    rng = generator(settings.first_seed, f"{STREAM}.bootstrap")
    drawn = test.mean(1)[rng.integers(count, size=(settings.resamples, count))]
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(decile_ratio(drawn), [tail, 1 - tail])
    value = float(decile_ratio(test.mean(1)))
    note = "9th decile over 1st decile of the test errors, each the mean over trainings; bootstrap over architectures"
    low_decile, high_decile = np.quantile(test.mean(1), DECILES)
    noise = (test - test.mean(0)).var(1, ddof=1).mean() / seeds
    between = test.mean(1).var(ddof=1)
    told = "share of the variance of the architectures' mean test errors that is chance of training"
    early = rank_correlation(*(trained.validation[..., look].T for look in (0, -1)))
    order = "Spearman's, of the validation errors at the first look and at the end, over architectures"
    return {
        "spread": Value.of(Estimate(value, min(low, value), max(high, value), count), 3, note=note),
        "decile_low": Value(float(low_decile), digits=2, unit="%", note="1st decile of the test errors"),
        "decile_high": Value(float(high_decile), digits=2, unit="%", note="9th decile of the test errors"),
        "noise_share": Value(float(noise / between), digits=3, note=told),
        "early_rank": Value.of(bounded(mean_interval(early), -1, 1), 3, note=order),
    }


def decile_ratio(errors: np.ndarray) -> np.ndarray:
    """Return the 9th decile over the 1st along the last axis."""
    low, high = np.quantile(errors, DECILES, axis=-1)
    return high / low


def choice_values(space: Sequence[Architecture], trained: Trained) -> dict[str, Value]:
    """Return what each choice does to the test error, other choices equal or over all of them; intervals over seeds."""
    numbers = {each: number for number, each in enumerate(space)}

    def saved(change: Callable[[Architecture], Architecture]) -> np.ndarray:
        pairs = [(number, numbers[change(each)]) for each, number in numbers.items() if change(each) in numbers]
        return np.array([trained.test[one] - trained.test[other] for one, other in pairs if one != other]).mean(0)

    values = {}
    changes: dict[str, Callable[[Architecture], Architecture]] = {
        "skip_gain": lambda each: replace(each, skip=True),
        "relu_gain": lambda each: replace(each, activation="relu"),
    }
    for name, change in changes.items():
        note = "less test error, all other choices equal, mean over the pairs within the budget"
        values[name] = Value.of(mean_interval(saved(change)), 2, unit=POINTS, note=note)
    depths = np.array([len(each.widths) for each in space])
    for name, depth in (("one_layer_error", 1), ("deepest_error", depths.max())):
        note = f"mean test error of all {int((depths == depth).sum())} architectures of {depth} hidden layers"
        values[name] = Value.of(mean_interval(trained.test[depths == depth].mean(0)), 2, unit="%", note=note)
    return values


def front_values(sizes: np.ndarray, trained: Trained, front: np.ndarray) -> dict[str, Value]:
    """Return the size of the table and both ends of its Pareto front, chosen by validation error."""
    values = {
        "architectures": Value(sizes.size, digits=0, note="within the budget"),
        "trainings": Value(trained.test.size, digits=0, note="nets trained for the table"),
        "front_size": Value(front.size, digits=0, note="architectures on the Pareto front"),
        "table_best": Value(float(trained.mean.min()), digits=2, unit="%", note="lowest mean validation error"),
        "table_median": Value(float(np.median(trained.mean)), digits=2, unit="%", note="of the mean validation errors"),
    }
    for name, number in (("smallest", front[0]), ("best", front[-1])):
        note = "test error of that end of the Pareto front, which validation errors choose"
        values[f"{name}_parameters"] = Value(int(sizes[number]), digits=0, note="of that end of the Pareto front")
        values[f"{name}_error"] = Value.of(mean_interval(trained.test[number]), 2, unit="%", note=note)
    return values
