"""Input–output Jacobians of an ensemble, exactly, as products of its layers, and what they say about stretching."""

from __future__ import annotations

import torch
from torch import Tensor

from scripts.maths.ensembles import Ensemble

SLOPES = {"relu": lambda after: (after > 0).to(after.dtype), "tanh": lambda after: 1 - after**2}  # σ′ from σ's output


def jacobians(net: Ensemble, inputs: Tensor) -> Tensor:
    """Return the derivative of every output by every input at each point, shape (seed, n, out, in).

    J = W_Lᵀ D_{L−1} W_{L−1}ᵀ … D₁ W₁ᵀ, with the slopes of the activations on the diagonals D.

    Args:
        net: L layers.
        inputs: shape (seed, n, d), or (n, d) when all nets see the same.
    """
    slope = SLOPES[net.activation]
    with torch.no_grad():
        layers = net.layers(inputs)
        seeds, count = layers[-1].shape[:2]
        product = net.weights[-1].transpose(1, 2)[:, None].expand(seeds, count, -1, -1)
        for weight, after in zip(net.weights[-2::-1], layers[-2:0:-1], strict=True):
            scaled = product * slope(after)[:, :, None, :]
            product = (scaled.flatten(1, 2) @ weight.transpose(1, 2)).unflatten(1, (count, -1))
    return product


def softmax_jacobians(logits: Tensor, jacobian: Tensor) -> Tensor:
    """Return the derivative of the class probabilities by the inputs, (diag p − p pᵀ) J, shape (…, class, in).

    Args:
        logits: shape (…, class).
        jacobian: of the logits, shape (…, class, in).
    """
    chance = torch.softmax(logits, dim=-1)[..., None]
    return chance * (jacobian - (chance * jacobian).sum(-2, keepdim=True))


def mean_log_stretch(jacobian: Tensor, tolerance: float = 1e-6) -> Tensor:
    """Return the mean logarithm of the nonzero singular values of each matrix, shape (…,); NaN for a zero matrix.

    With rank r this is ½ log pdet(JᵀJ) / r: the logarithm by which the map changes a length on average over the
    directions that it does not flatten, r of which make the local change of volume (the pull-back metric is JᵀJ).

    Args:
        jacobian: shape (…, out, in), out at most in.
        tolerance: singular values below this share of the largest count as zero.

    Raises:
        ValueError: more outputs than inputs.
    """
    if jacobian.shape[-2] > jacobian.shape[-1]:
        raise ValueError(f"expected at most as many outputs as inputs, got shape {tuple(jacobian.shape)}")
    exact = jacobian.double()
    squared = torch.linalg.eigvalsh(exact @ exact.transpose(-1, -2))
    kept = squared > (tolerance**2 * squared[..., -1:]).clamp(min=torch.finfo(torch.float64).tiny)
    logs = torch.where(kept, squared.clamp(min=torch.finfo(torch.float64).tiny).log() / 2, 0.0)
    return logs.sum(-1) / kept.sum(-1)
