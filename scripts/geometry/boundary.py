"""The article's demo made whole: decision regions of a small net on two moons, with fresh data, over seeds."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Boundary
from scripts.maths.moons import draw_moons
from scripts.maths.statistics import mean_interval, share_interval

TRAIN, TEST = "geometry.moons.train", "geometry.moons.test"
WINDOW = ((-2.0, 3.0), (-2.0, 2.0))  # the article's, in both coordinates


def compute(settings: Boundary) -> Result:
    """Fit the article's net once a seed; score it on what it saw and on fresh points; map the first net's regions."""
    fits = [fit(seed, settings) for seed in settings.seed_block]
    train, test, stopped = (np.array(column) for column in zip(*(scores for _, scores in fits), strict=True))
    inputs, labels = draw_moons(settings.points, settings.noise, settings.first_seed, TRAIN)
    axes, regions = decision_regions(fits[0][0], settings.grid)
    values = {
        "train_accuracy": Value.of(mean_interval(train), 3),
        "test_accuracy": Value.of(mean_interval(test), 3),
        "gap": Value.of(mean_interval(train - test), 3, note="training minus test accuracy, paired by seed"),
        "unconverged": Value.of(share_interval(int(stopped.sum()), stopped.size), 2, note="share of fits cut short"),
        "test_accuracy_first": Value(float(test[0]), digits=3, note="the one net that is drawn"),
    }
    arrays = {"inputs": inputs, "labels": labels, "x": axes[0], "y": axes[1], "regions": regions, "test": test}
    return Result(values, arrays)


def fit(seed: int, settings: Boundary) -> tuple[MLPClassifier, tuple[float, float, bool]]:
    """Fit one net and return it with (training accuracy, test accuracy, whether the fit was cut short)."""
    net = MLPClassifier(tuple(settings.widths), max_iter=settings.iterations, random_state=seed)
    inputs, labels = draw_moons(settings.points, settings.noise, seed, TRAIN)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.fit(inputs, labels)
    stopped = any(issubclass(entry.category, ConvergenceWarning) for entry in caught)
    fresh = draw_moons(settings.test_points, settings.noise, seed, TEST)
    return net, (float(net.score(inputs, labels)), float(net.score(*fresh)), stopped)


def decision_regions(net: MLPClassifier, grid: int) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Return the grid's two axes, each of shape (grid,), and the probability of class 1 on it, shape (grid, grid)."""
    x, y = (np.linspace(low, high, grid) for low, high in WINDOW)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return (x, y), net.predict_proba(points)[:, 1].reshape(grid, grid)
