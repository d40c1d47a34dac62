"""What the two experiments on wide networks share: a smooth function on the sphere, and slopes over widths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.jackknife import jackknife_interval
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generators
from scripts.maths.statistics import Estimate
from scripts.maths.wide_networks import WideNet, draw_wide
from scripts.ntk.settings import Widths

OUTPUTS = 1
SLOPE = "slope over width, both in logarithms, of the mean over seeds; jackknife"


@dataclass(frozen=True)
class Task:
    """Hold every seed's own points, those to train on first, and their limit kernel.

    Args:
        points: on the unit sphere, shape (seed, n + m, d).
        targets: of the first n points, shape (seed, n, 1).
        kernels: the limit's tangent kernel, shape (seed, n + m, n + m).
        rate: step size η of the limit kernel.
    """

    points: Tensor
    targets: Tensor
    kernels: np.ndarray
    rate: float

    @property
    def seen(self) -> int:
        """Return how many points there are to train on."""
        return self.targets.shape[1]

    @property
    def training(self) -> Tensor:
        """Return the points to train on, shape (seed, n, d)."""
        return self.points[:, : self.seen]


def draw_task(settings: Widths) -> Task:
    """Draw points uniformly on the sphere, and the step size that suits the limit kernels of all seeds.

    The target is (z₁ + z₂ z₃)/√2 with z = √d x, of mean 0 and a variance of about 1.
    """
    count, dimension = settings.points + settings.test_points, settings.dimension
    rngs = generators(settings.seed_block, "ntk.sphere.points")
    places = np.stack([rng.standard_normal((count, dimension)) for rng in rngs])
    places /= np.linalg.norm(places, axis=2, keepdims=True)
    scaled = np.sqrt(dimension) * places[:, : settings.points]
    targets = (scaled[..., :1] + scaled[..., 1:2] * scaled[..., 2:3]) / np.sqrt(2)
    options = {"hidden": settings.hidden, "bias_variance": settings.bias_variance}
    kernels = np.stack([limit_kernels(each, each, **options)[1] for each in places])
    largest = np.linalg.eigvalsh(kernels[:, : settings.points, : settings.points])[:, -1].max()
    return Task(torch.as_tensor(places), torch.as_tensor(targets), kernels, settings.step / float(largest))


def draw_networks(settings: Widths, width: int, output_scale: float = 1.0) -> WideNet:
    """Draw one network a seed, all hidden layers of one width."""
    rngs = generators(settings.seed_block, f"ntk.sphere.weights.{width}")
    widths = [settings.dimension, *[width] * settings.hidden, OUTPUTS]
    return draw_wide(rngs, widths, bias_variance=settings.bias_variance, output_scale=output_scale)


def outputs(net: WideNet, points: Tensor) -> np.ndarray:
    """Return the networks' outputs, shape (seed, point)."""
    return net(points)[..., 0].numpy()


def empirical_kernels(net: WideNet, task: Task) -> np.ndarray:
    """Return each network's own tangent kernel at the points of its seed, shape (seed, n + m, n + m)."""
    grams = []
    for seed, points in enumerate(task.points):
        weights, biases = ([tensor[seed].numpy() for tensor in kind] for kind in (net.weights, net.biases))
        grams.append(tangent_gram(weights, biases, points.numpy(), bias_variance=net.bias_variance))
    return net.output_scale**2 * np.stack(grams)


def rms(numbers: np.ndarray) -> np.ndarray:
    """Return the root mean square along the last axis."""
    return np.sqrt((numbers**2).mean(-1))


def slope(rows: np.ndarray, widths: list[int]) -> Estimate:
    """Return the slope of a mean's logarithm over the width's, by least squares, with its jackknife interval.

    Args:
        rows: positive samples, shape (width, seed).
        widths: as many as there are rows.
    """
    return jackknife_interval(lambda samples: np.polyfit(np.log(widths), np.log(samples.mean(0)), 1)[0], rows.T)
