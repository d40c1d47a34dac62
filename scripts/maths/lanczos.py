"""The largest eigenvalue of each of many symmetric matrices that are known by their products with vectors alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

BREAKDOWN = 1e-10  # a new direction this short, relative to the matrix, is rounding: all reachable directions are found


class Largest(NamedTuple):
    """Hold what Lanczos found for each of N matrices.

    Args:
        values: largest Ritz value, shape (N,); never above the largest eigenvalue.
        vectors: its unit vector, shape (N, d).
        residuals: norm of A x − θ x, shape (N,); some eigenvalue lies no further than this from θ.
        basis: orthonormal directions searched, shape (N, k, d); zeros where there are no more.
        ritz: sum of all Ritz values, shape (N,): the trace of A on the basis.
    """

    values: Tensor
    vectors: Tensor
    residuals: Tensor
    basis: Tensor
    ritz: Tensor


def largest_eigenvalue(
    product: Callable[[Tensor], Tensor], start: Tensor, *, steps: int, tolerance: float = 1e-3
) -> Largest:
    """Return each matrix's largest eigenvalue, in the algebraic sense: a more negative one does not count.

    Lanczos (1950) with full reorthogonalisation, for N matrices side by side; stops when every residual is below
    `tolerance` times its eigenvalue. A residual r bounds the error by r, and by r²/gap where the next eigenvalue lies
    a gap away. A start with no part along the wanted direction never finds it: start at random, or add a random part.

    Args:
        product: from vectors, shape (N, d), to A times each, shape (N, d).
        start: shape (N, d), nonzero.
        steps: most products.
        tolerance: of the residual, relative to the eigenvalue's size.

    Raises:
        ValueError: fewer than one step, or a start of length zero or not finite.
    """
    lengths = start.norm(dim=1, keepdim=True)
    if steps < 1 or not (torch.isfinite(lengths) & (lengths > 0)).all():
        raise ValueError(f"expected steps of at least 1 and finite, nonzero starts, got steps={steps}")
    room = start.new_zeros(len(start), steps, start.shape[1])
    room[:, 0] = start / lengths
    diagonal: list[Tensor] = []
    beside: list[Tensor] = []
    while True:
        basis = room[:, : len(diagonal) + 1]
        image = product(basis[:, -1])
        diagonal.append((image * basis[:, -1]).sum(1))
        for _ in range(2):  # once leaves rounding behind, twice is enough (Giraud et al. 2005)
            image = image - (basis.transpose(1, 2) @ (basis @ image[:, :, None]))[:, :, 0]
        length = image.norm(dim=1)
        values, combinations = torch.linalg.eigh(_tridiagonal(diagonal, beside, basis))
        residuals = length * combinations[:, -1, -1].abs()
        size = values.abs().max(1).values
        left = length > BREAKDOWN * size
        if len(diagonal) >= steps or not (left & (residuals > tolerance * values[:, -1].abs())).any():
            break
        length = torch.where(left, length, 0)
        beside.append(length)
        room[:, len(diagonal)] = image / torch.where(left, length, torch.inf)[:, None]
    vectors = (combinations[:, None, :, -1] @ basis)[:, 0]
    return Largest(values[:, -1], vectors, residuals, basis, torch.stack(diagonal).sum(0))


def _tridiagonal(diagonal: list[Tensor], beside: list[Tensor], basis: Tensor) -> Tensor:
    """Return the matrices in their bases, (N, k, k); where a basis ends early, entries too low to be the largest."""
    entries = torch.stack(diagonal, dim=1)
    ended = (basis == 0).all(2)
    low = entries.min(1, keepdim=True).values - entries.abs().max(1, keepdim=True).values - 1
    matrix = torch.diag_embed(torch.where(ended, low, entries))
    if beside:
        edge = torch.stack(beside, dim=1)
        matrix = matrix + torch.diag_embed(edge, 1) + torch.diag_embed(edge, -1)
    return matrix
