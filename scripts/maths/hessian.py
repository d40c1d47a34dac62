"""Gradients and whole Hessians of many small functions at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def derivatives(function: Callable[[Tensor], Tensor], places: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients (run, p) and the Hessians (run, p, p) of many functions, each at a place of its own.

    No run's number depends on another run's place, so one backward pass gives a row of every Hessian.

    Args:
        function: from places, shape (run, p), to one number a run, shape (run,); twice differentiable by autograd.
        places: shape (run, p).

    Raises:
        ValueError: not one number a run.
    """
    places = places.detach().requires_grad_(True)
    numbers = function(places)
    if numbers.shape != places.shape[:1]:
        raise ValueError(f"expected one number for each of {places.shape[0]} runs, got shape {tuple(numbers.shape)}")
    (gradients,) = torch.autograd.grad(numbers.sum(), places, create_graph=True)
    rows = [torch.autograd.grad(column.sum(), places, retain_graph=True)[0] for column in gradients.unbind(1)]
    return gradients.detach(), torch.stack(rows, dim=1)


def count_signs(spectra: Tensor, tolerance: float) -> tuple[Tensor, Tensor]:
    """Return how many eigenvalues are negative and how many are as good as zero, each of shape (run,).

    Args:
        spectra: eigenvalues, shape (run, p).
        tolerance: share of the largest absolute eigenvalue of a run up to which one counts as zero.
    """
    floor = tolerance * spectra.abs().amax(dim=1, keepdim=True)
    return (spectra < -floor).sum(1), (spectra.abs() <= floor).sum(1)
