"""Dropout as a random mask: drawn once a pass, for many nets and passes, with its variance in closed form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import ACTIVATIONS, Ensemble


def draw_uniform(rngs: Sequence[np.random.Generator], rows: int, widths: Sequence[int]) -> list[Tensor]:
    """Return uniform numbers that decide which units stay, one tensor a hidden layer of shape (seed, rows, width)."""
    drawn = [[rng.random((rows, width)) for width in widths] for rng in rngs]
    return [torch.as_tensor(np.stack(layer)) for layer in zip(*drawn, strict=True)]


def keep_masks(uniform: Sequence[Tensor], rates: Tensor) -> list[Tensor]:
    """Return the factor of every unit: 0 with chance p, else 1/(1 − p), so that its mean is 1 (inverted dropout).

    Args:
        uniform: one tensor a hidden layer, shape (seed, rows, width), numbers in [0, 1).
        rates: p of every net, shape (net,); the nets are blocks of all seeds, one block a rate.

    Returns:
        One tensor a hidden layer, shape (net, rows, width); nets of the same seed share their uniform numbers.

    Raises:
        ValueError: a rate outside [0, 1), or nets that are no whole number of blocks of seeds.
    """
    if bool(((rates < 0) | (rates >= 1)).any()):
        raise ValueError(f"expected dropout rates in [0, 1), got {rates.tolist()}")
    blocks, rest = divmod(len(rates), len(uniform[0]))
    if rest:
        raise ValueError(f"expected blocks of {len(uniform[0])} nets, one block a rate, got {len(rates)} nets")
    chance = rates[:, None, None]
    return [(layer.repeat(blocks, 1, 1) >= chance) / (1 - chance) for layer in uniform]


def forward(net: Ensemble, inputs: Tensor, masks: Sequence[Tensor]) -> Tensor:
    """Return the outputs with every hidden layer multiplied by its mask, shape (net, n, out).

    Args:
        net: S nets.
        inputs: shape (net, n, d), or (n, d) when all see the same.
        masks: one tensor a hidden layer, shape (net, n, width), or (net, 1, width) for one mask at all inputs.

    Raises:
        ValueError: a mask is not as wide as its layer.
    """
    widths, given = [weight.shape[2] for weight in net.weights[:-1]], [mask.shape[-1] for mask in masks]
    if given != widths:
        raise ValueError(f"expected masks of widths {widths}, one a hidden layer, got {given}")
    sigma = ACTIVATIONS[net.activation]
    found = inputs if inputs.dim() == 3 else inputs.expand(len(net.weights[0]), *inputs.shape)
    for weight, bias, mask in zip(net.weights[:-1], net.biases[:-1], masks, strict=True):
        found = sigma(torch.baddbmm(bias, found, weight)) * mask
    return torch.baddbmm(net.biases[-1], found, net.weights[-1])


def sample_passes(net: Ensemble, inputs: Tensor, masks: Sequence[Tensor]) -> Tensor:
    """Return one function a pass, shape (net, pass, n): each pass holds one mask at all inputs.

    Args:
        net: S nets with one output.
        inputs: shape (n, d) or (net, n, d).
        masks: one tensor a hidden layer, shape (net, pass, width).
    """
    passes = range(masks[0].shape[1])
    with torch.no_grad():
        drawn = [forward(net, inputs, [layer[:, one : one + 1] for layer in masks])[..., 0] for one in passes]
    return torch.stack(drawn, dim=1)


def sample_last_layer(net: Ensemble, inputs: Tensor, mask: Tensor) -> Tensor:
    """Return one function a pass, shape (net, pass, n), with dropout in front of the last layer alone.

    Args:
        net: S nets with one output.
        inputs: shape (n, d) or (net, n, d).
        mask: of the last hidden layer, shape (net, pass, width).
    """
    with torch.no_grad():
        hidden = net.layers(inputs)[-2]
        return (mask * net.weights[-1].transpose(1, 2)) @ hidden.transpose(1, 2) + net.biases[-1]


def last_layer_variance(net: Ensemble, inputs: Tensor, rates: Tensor) -> Tensor:
    """Return the variance of the output under dropout in front of the last layer, shape (net, n).

    p/(1−p) Σ_j w_j² h_j²: the masks are independent with mean 1 and variance p/(1−p) each. Exact for any activation;
    with one hidden layer it is the whole of the band.

    Args:
        net: S nets with one output.
        inputs: shape (n, d) or (net, n, d).
        rates: p of every net, shape (net,).
    """
    with torch.no_grad():
        hidden = net.layers(inputs)[-2]
        return (rates / (1 - rates))[:, None] * ((hidden**2) @ (net.weights[-1] ** 2))[..., 0]
