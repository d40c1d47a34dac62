"""Linear autoencoders, whose critical points are all known (Baldi & Hornik 1989)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import torch
from torch import Tensor


def loss(encoder: Tensor, decoder: Tensor, covariance: Tensor) -> Tensor:
    """Return half the mean squared error of reconstructing x as A B x, ½ tr (I − AB) Σ (I − AB)ᵀ.

    Args:
        encoder: B, shape (…, p, n).
        decoder: A, shape (…, n, p).
        covariance: Σ of the inputs, shape (n, n) or (…, n, n); `torch.diag(eigenvalues)` in the inputs' own axes.

    Returns:
        Shape (…,).
    """
    residual = _residual(encoder, decoder)
    return 0.5 * (residual @ covariance * residual).sum((-2, -1))


def gradient(encoder: Tensor, decoder: Tensor, covariance: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient of the loss by encoder, −Aᵀ(I − AB)Σ, and by decoder, −(I − AB)ΣBᵀ; shapes as `loss`."""
    spread = _residual(encoder, decoder) @ covariance
    return -decoder.mT @ spread, -spread @ encoder.mT


def critical_point(
    chosen: Sequence[int], inputs: int, hidden: int, *, vectors: Tensor | None = None, gauge: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the encoder (…, p, n) and the decoder (…, n, p) of the critical point that keeps chosen eigenvectors.

    With the chosen eigenvectors in the columns of U, of which there are r ≤ p, the point is A = (U 0) C and
    B = C⁻¹ (U 0)ᵀ. Every critical point is of this form, if no two eigenvalues are equal and none is zero.

    Args:
        chosen: which eigenvectors, each 0 … n − 1.
        inputs: n.
        hidden: p.
        vectors: eigenvectors of the covariance in columns, shape (…, n, n); those of a diagonal one when None.
        gauge: C, invertible, shape (…, p, p); it changes neither the loss nor the index; the identity when None.

    Raises:
        ValueError: more eigenvectors than hidden units, one twice, or one that does not exist.
    """
    _check(chosen, inputs, hidden)
    vectors = torch.eye(inputs, dtype=torch.float64) if vectors is None else vectors
    gauge = torch.eye(hidden, dtype=vectors.dtype) if gauge is None else gauge
    kept = vectors[..., :, list(chosen)]
    empty = kept.new_zeros(*kept.shape[:-1], hidden - len(chosen))
    basis = torch.cat([kept, empty], dim=-1)
    return torch.linalg.solve(gauge, basis.mT), basis @ gauge


def index_sets(inputs: int, hidden: int) -> list[tuple[int, ...]]:
    """Return every set of at most `hidden` eigenvectors out of `inputs`, the smaller sets first."""
    return [chosen for size in range(min(hidden, inputs) + 1) for chosen in combinations(range(inputs), size)]


def exact_loss(eigenvalues: Sequence[float], chosen: Collection[int]) -> float:
    """Return the loss of a critical point: half the sum of the eigenvalues that it does not keep."""
    return 0.5 * sum(value for place, value in enumerate(eigenvalues) if place not in chosen)


def exact_index(eigenvalues: Sequence[float], chosen: Collection[int], hidden: int) -> int:
    """Return how many directions lead down from a critical point.

    One for every kept eigenvector and every left out one with a larger eigenvalue, and one for every idle hidden unit
    and every left out eigenvector. Eigenvalues distinct and positive.
    """
    left = [place for place in range(len(eigenvalues)) if place not in chosen]
    swaps = sum(eigenvalues[other] > eigenvalues[kept] for kept in chosen for other in left)
    return swaps + (hidden - len(chosen)) * len(left)


def exact_nullity(chosen: Collection[int], hidden: int) -> int:
    """Return how many directions at a critical point are flat: p² − (p − r)², those along which C changes the point."""
    return hidden**2 - (hidden - len(chosen)) ** 2


def _residual(encoder: Tensor, decoder: Tensor) -> Tensor:
    product = decoder @ encoder
    return torch.eye(product.shape[-1], dtype=product.dtype) - product


def _check(chosen: Sequence[int], inputs: int, hidden: int) -> None:
    if len(chosen) > hidden:
        raise ValueError(f"expected at most {hidden} eigenvectors for {hidden} hidden units, got {len(chosen)}")
    if len(set(chosen)) < len(chosen) or not all(0 <= place < inputs for place in chosen):
        raise ValueError(f"expected different eigenvectors from 0 to {inputs - 1}, got {list(chosen)}")
