"""Products of Hessians with vectors, exact and without the Hessians, for all nets of an ensemble at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]


def hessian_product(losses: Tensor, parameters: Sequence[Tensor]) -> Product:
    """Return the map from vectors to each net's Hessian times its own vector, both of shape (net, parameter).

    The gradient of gᵀv is H v (Pearlmutter 1994). The nets share no parameter, so one backward pass through the
    gradient of the sum of their losses serves all. The graph of the gradient is built once and kept for every product.

    Args:
        losses: one a net, shape (net,), with the graph that leads to the parameters.
        parameters: every tensor with the net as its leading axis; rows of vectors follow this order.
    """
    gradients = torch.autograd.grad(losses.sum(), parameters, create_graph=True)
    flat = torch.cat([gradient.flatten(1) for gradient in gradients], dim=1)

    def product(vectors: Tensor) -> Tensor:
        found = torch.autograd.grad(flat, parameters, vectors, retain_graph=True, materialize_grads=True)
        return torch.cat([part.flatten(1) for part in found], dim=1)

    return product


def scaled_product(product: Product, scale: Tensor) -> Product:
    """Return the map v ↦ S H S v for diagonal S; `scale` holds each net's diagonal, shape (net, parameter).

    With S = P^(−1/2) these are the eigenvalues of the preconditioned Hessian P⁻¹ H, in symmetric form; with zeros
    and ones, those of a block of H.
    """
    return lambda vectors: scale * product(scale * vectors)
