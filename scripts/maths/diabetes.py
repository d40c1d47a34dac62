"""The diabetes study of Efron et al. (2004), put in a new order for every seed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from scripts.maths.random import generators

PATIENTS = 442
MEASUREMENTS = 10


def shuffled_patients(seeds: Iterable[int], stream: str) -> tuple[Tensor, Tensor]:
    """Return the 442 patients in random order, once a seed, so that any cut divides them at random.

    Args:
        seeds: of the orders.
        stream: names the purpose; orders of two streams are independent.

    Returns:
        Ten measurements of each patient, shape (seed, 442, 10), and the progression of the disease a year later, shape
        (seed, 442); both in the units of the study.
    """
    from sklearn.datasets import load_diabetes  # here, as it takes longer to import than most figures to draw

    measured, outcomes = load_diabetes(return_X_y=True, scaled=False)
    order = np.stack([rng.permutation(PATIENTS) for rng in generators(seeds, stream)])
    return torch.as_tensor(measured[order]), torch.as_tensor(outcomes[order])
