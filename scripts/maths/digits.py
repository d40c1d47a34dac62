"""Scikit-learn's handwritten digits, split anew for every seed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.maths.random import generators

CLASSES = 10
PIXELS = 64
IMAGES = 1797
BRIGHTEST = 16.0  # the largest value of a pixel


@dataclass(frozen=True)
class Digits:
    """Hold one split of the images a seed; pixels lie between 0 and 1.

    Args:
        inputs: shape (seed, n, 64).
        labels: whole numbers from 0 to 9, shape (seed, n).
        fresh: the images that are left, shape (seed, 1797 - n, 64).
        fresh_labels: shape (seed, 1797 - n).
    """

    inputs: Tensor
    labels: Tensor
    fresh: Tensor
    fresh_labels: Tensor


def draw_digits(points: int, seeds: Iterable[int], stream: str, dtype: torch.dtype = torch.float64) -> Digits:
    """Split the 1797 images of 8 × 8 pixels (Alpaydin & Kaynak 1998) at random, once a seed.

    Args:
        points: images to train on; the others are fresh.
        seeds: of the splits.
        stream: names the purpose; splits of two streams are independent.
        dtype: of the pixels.

    Raises:
        ValueError: points outside 1 … 1796.
    """
    from sklearn.datasets import load_digits  # here, as it takes longer to import than most figures to draw

    if not 1 <= points < IMAGES:
        raise ValueError(f"points is {points}, expected between 1 and {IMAGES - 1}, so that some images are fresh")
    pixels, labels = load_digits(return_X_y=True)
    order = np.stack([rng.permutation(IMAGES) for rng in generators(seeds, stream)])
    images = torch.as_tensor(pixels[order] / BRIGHTEST, dtype=dtype)
    named = torch.as_tensor(labels[order])
    return Digits(images[:, :points], named[:, :points], images[:, points:], named[:, points:])
