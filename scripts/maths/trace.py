"""The trace of each of many symmetric matrices that are known by their products with vectors alone."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def traces(
    product: Callable[[Tensor], Tensor], probes: Tensor, basis: Tensor | None = None, on_basis: Tensor | None = None
) -> Tensor:
    """Return one unbiased estimate of the trace a probe, shape (probe, N); their mean estimates it better.

    For entries ±1, E vᵀA v = tr A with variance 2 Σ_{i≠j} A_ij² (Hutchinson 1990). Directions with a known share of
    the trace may be taken out of the probes first, which leaves the estimate unbiased and its variance to the rest of
    the spectrum, as in Hutch++ (Meyer et al. 2021).

    Args:
        product: from vectors, shape (N, d), to A times each, shape (N, d).
        probes: independent entries ±1, shape (probe, N, d).
        basis: orthonormal directions drawn independently of the probes, shape (N, k, d); unused ones are zero.
        on_basis: trace of A on these, shape (N,).

    Raises:
        ValueError: a basis without its trace, or the other way round.
    """
    if (basis is None) != (on_basis is None):
        raise ValueError("expected a basis and its trace, or neither")
    if basis is None or on_basis is None:
        return torch.stack([(probe * product(probe)).sum(1) for probe in probes])
    rest = [probe - (basis.transpose(1, 2) @ (basis @ probe[:, :, None]))[:, :, 0] for probe in probes]
    return torch.stack([on_basis + (probe * product(probe)).sum(1) for probe in rest])
