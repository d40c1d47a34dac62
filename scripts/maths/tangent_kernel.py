"""The tangent kernel of finite networks by automatic differentiation, in the cheaper of two orders of multiplication.

For networks with one output, `scripts.maths.empirical_ntk` has a closed form that needs no gradient at all.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.func import jvp, vjp, vmap

from scripts.maths.wide_networks import WideNet

Contraction = Literal["jacobian", "vector"]
NUMBER_BYTES = 8
BLOCK_BYTES = 2**26  # for the gradients held at a time


def tangent_kernel(
    net: WideNet,
    left: Tensor,
    right: Tensor,
    *,
    contraction: Contraction | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Tensor:
    """Return the inner products of the parameter gradients of each network, shape (seed, n, out, m, out).

    Args:
        net: S networks, any number of outputs.
        left: shape (n, d).
        right: shape (m, d).
        contraction: "jacobian" multiplies the two Jacobians with each other, "vector" each gradient at `right` with the
            Jacobian at `left` without forming that (Novak et al. 2022, section 3); the cheaper one when None.
        block_bytes: memory for gradients; fewer points are worked on at a time where a network is large.
    """
    contractions = {"jacobian": _jacobian_product, "vector": _vector_products}
    outputs, parameters = net.weights[-1].shape[2], [tensor.detach() for tensor in net.parameters()]
    contract = contractions[contraction or cheaper(len(left), len(right), outputs)]
    block = max(1, block_bytes // (NUMBER_BYTES * outputs * sum(tensor[0].numel() for tensor in parameters)))
    kernels = []
    for one in range(len(parameters[0])):
        single = net.with_parameters([tensor[one : one + 1] for tensor in parameters])
        rows = [[contract(single, a, b) for b in right.split(block)] for a in left.split(block)]
        kernels.append(torch.cat([torch.cat(row, 2) for row in rows]))
    return torch.stack(kernels)


def cheaper(left: int, right: int, outputs: int) -> Contraction:
    """Return the contraction with fewer multiplications for fully connected networks.

    Counted per parameter: an output takes one, a gradient two more, a directional derivative two; the Jacobians'
    product one for each entry of the kernel. So the number of parameters, common to both, decides nothing.

    Args:
        left: number of points n.
        right: number of points m.
        outputs: of a network.
    """
    jacobian = 3 * (left + right) * outputs + left * right * outputs**2
    vector = right * outputs * (3 + 2 * left)
    return "jacobian" if jacobian <= vector else "vector"


def _jacobian_product(net: WideNet, left: Tensor, right: Tensor) -> Tensor:
    pairs = zip(_jacobian(net, left), _jacobian(net, right), strict=True)
    return torch.stack([torch.einsum("nop,mqp->nomq", a.flatten(2), b.flatten(2)) for a, b in pairs]).sum(0)


def _vector_products(net: WideNet, left: Tensor, right: Tensor) -> Tensor:
    def column(point: Tensor, weighting: Tensor) -> Tensor:
        along = (_gradient(net, point, weighting),)
        return jvp(lambda moved: net.with_parameters(moved)(left)[0], (net.parameters(),), along)[1]  # (n, out)

    return vmap(vmap(column, (None, 0)), (0, None))(right, _unit(net)).permute(2, 3, 0, 1)


def _jacobian(net: WideNet, points: Tensor) -> list[Tensor]:
    """Return the gradient of every output at every point, one tensor a parameter, shape (n, out, …)."""
    return vmap(vmap(lambda point, unit: _gradient(net, point, unit), (None, 0)), (0, None))(points, _unit(net))


def _gradient(net: WideNet, point: Tensor, weighting: Tensor) -> list[Tensor]:
    """Return the parameter gradient of a weighted sum of one network's outputs at one point, shape (d,)."""
    return vjp(lambda moved: net.with_parameters(moved)(point[None])[0, 0], net.parameters())[1](weighting)[0]


def _unit(net: WideNet) -> Tensor:
    return torch.eye(net.weights[-1].shape[2], dtype=net.weights[-1].dtype)
