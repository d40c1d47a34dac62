"""What the article's demo promised: how a trained net warps its input plane, layer by layer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Warp
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.moons import draw_moons
from scripts.maths.probes import least_squares_accuracy
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval
from scripts.maths.training import accuracy, cross_entropy, train

MARGIN = 0.25  # how far the grid reaches past the points
SAMPLES_PER_LINE = 81


def compute(settings: Warp) -> Result:
    """Train one net a seed; follow the points, and a grid drawn through them, through every layer of the first net."""
    inputs, labels = _data(settings, "train")
    net = train_nets(settings, inputs, labels)
    fresh, fresh_labels = _data(settings, "test")
    untrained = _initial(settings)
    with torch.no_grad():
        test = accuracy(net(fresh), fresh_labels).numpy()
        probes = probe_layers(net, (inputs, labels), (fresh, fresh_labels))
        control = probe_layers(untrained, (inputs, labels), (fresh, fresh_labels))
    values = {
        "test_accuracy": Value.of(mean_interval(test), 3),
        "probe_input": Value.of(mean_interval(probes[:, 0]), 3),
        "probe_first": Value.of(mean_interval(probes[:, 1]), 3),
        "probe_first_untrained": Value.of(mean_interval(control[:, 1]), 3),
        "probe_last": Value.of(mean_interval(probes[:, -1]), 3),
        "probe_last_untrained": Value.of(mean_interval(control[:, -1]), 3),
        "gain": Value.of(mean_interval(probes[:, -1] - probes[:, 0]), 3, note="paired by seed"),
        "gain_over_untrained": Value.of(mean_interval(probes[:, -1] - control[:, -1]), 3, note="paired by seed"),
    }
    grid = grid_lines(inputs[0].numpy(), settings.lines)
    planes = flatten_layers(net, inputs[0], torch.as_tensor(grid))
    points, lines = zip(*planes, strict=True)
    views = {"points": frames(points, settings.frames), "grid": frames(lines, settings.frames)}
    layers = {"probes": probes, "control": control, "widths": np.array([2, *settings.widths])}
    return Result(values, {"labels": labels[0].numpy()} | views | layers)


def train_nets(settings: Warp, inputs: Tensor, labels: Tensor) -> Ensemble:
    """Return one trained net a seed; inputs (seed, n, 2), labels (seed, n)."""
    net = _initial(settings)
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        inputs,
        labels,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
    )
    return net


def probe_layers(net: Ensemble, train_set: tuple[Tensor, Tensor], test_set: tuple[Tensor, Tensor]) -> np.ndarray:
    """Return the test accuracy of a linear probe on the input and every hidden layer, shape (seed, 1 + hidden)."""
    seen, fresh = net.layers(train_set[0])[:-1], net.layers(test_set[0])[:-1]
    columns = [
        least_squares_accuracy(one.detach(), train_set[1], other.detach(), test_set[1])
        for one, other in zip(seen, fresh, strict=True)
    ]
    return np.stack([column.numpy() for column in columns], axis=1)


def grid_lines(points: np.ndarray, lines: int) -> np.ndarray:
    """Return a square grid around the points as polylines, shape (2 · lines, samples, 2)."""
    low, high = points.min(0) - MARGIN, points.max(0) + MARGIN
    along = np.linspace(low, high, SAMPLES_PER_LINE)
    across = np.linspace(low, high, lines)
    vertical = [np.column_stack([np.full(SAMPLES_PER_LINE, x), along[:, 1]]) for x in across[:, 0]]
    horizontal = [np.column_stack([along[:, 0], np.full(SAMPLES_PER_LINE, y)]) for y in across[:, 1]]
    return np.stack(vertical + horizontal)


def flatten_layers(net: Ensemble, points: Tensor, grid: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return points (n, 2) and grid (line, sample, 2) as the first net's input and hidden layers show them.

    A layer two units wide is shown as it is. A wider one is shown in the plane that holds most of the points' variance
    (PCA fitted to the points). Each view is turned and scaled to lie as close as possible to the view before it, which
    changes no shape and keeps the eye from losing its place.
    """
    first = pick(net, slice(1))
    with torch.no_grad():
        seen = [layer[0].numpy() for layer in first.layers(points)[:-1]]
        drawn = [layer[0].numpy() for layer in first.layers(grid.reshape(-1, 2))[:-1]]
    views: list[tuple[np.ndarray, np.ndarray]] = []
    for cloud, lines in zip(seen, drawn, strict=True):
        if cloud.shape[1] > 2:
            projection = PCA(2, svd_solver="full").fit(cloud)
            cloud, lines = projection.transform(cloud), projection.transform(lines)
        matched = align(cloud, views[-1][0]) if views else (np.eye(2), np.zeros(2))
        views.append((cloud @ matched[0] + matched[1], (lines @ matched[0] + matched[1]).reshape(grid.shape)))
    return views


def align(points: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the similarity (matrix, shift) that brings points (n, 2) closest to the target in least squares.

    Orthogonal Procrustes (Schönemann 1966) with scale: with the singular values S of PᵀT, the rotation is U Vᵀ and the
    scale tr S / ‖P‖².
    """
    centred, wanted = points - points.mean(0), target - target.mean(0)
    left, singular, right = np.linalg.svd(centred.T @ wanted)
    matrix = left @ right * (singular.sum() / (centred**2).sum())
    return matrix, target.mean(0) - points.mean(0) @ matrix


def frames(stops: tuple[np.ndarray, ...], count: int) -> np.ndarray:
    """Return `count` even steps from each view to the next, both ends included, shape (frame, …) in float32."""
    path = [stops[0]]
    for start, end in pairwise(stops):
        path += [start + (end - start) * step / count for step in range(1, count + 1)]
    return np.stack(path).astype(np.float32)


def _initial(settings: Warp) -> Ensemble:
    rngs = generators(settings.seed_block, "geometry.warp.weights")
    return initialise([2, *settings.widths, 2], rngs, activation=settings.activation)


def _data(settings: Warp, purpose: str) -> tuple[Tensor, Tensor]:
    samples = [
        draw_moons(settings.points, settings.noise, seed, f"geometry.moons.{purpose}") for seed in settings.seed_block
    ]
    inputs, labels = zip(*samples, strict=True)
    return torch.as_tensor(np.stack(inputs)), torch.as_tensor(np.stack(labels))
