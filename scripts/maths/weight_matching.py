"""Put the neurons of one net in the order that brings its weights nearest to another's (Ainsworth et al. 2023)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from scripts.maths.ensembles import Ensemble

IMPROVEMENT = 1e-9  # of the inner product, relative; a smaller gain is rounding


def match_neurons(one: Ensemble, other: Ensemble, rngs: Sequence[np.random.Generator]) -> list[np.ndarray]:
    """Return which neuron of the other net belongs in each place of the first, pair by pair.

    The order sought has the largest inner product of all weights and biases, which is the smallest distance. With one
    hidden layer a single linear assignment problem solves this exactly. With several, each layer in turn is solved with
    the others held, in random order, until no layer gains: a local optimum (Ainsworth et al. 2023, algorithm 1).

    Args:
        one: nets whose order stays; the seed axis counts pairs.
        other: as many nets of the same shape.
        rngs: one a pair, for the order of the layers.

    Returns:
        One array a hidden layer, shape (pair, width); a row is a permutation.

    Raises:
        ValueError: the nets differ in shape.
    """
    shapes = [[tuple(weight.shape) for weight in net.weights] for net in (one, other)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"expected nets of one shape, got {shapes[0]} and {shapes[1]}")
    first, second = (_with_biases(net) for net in (one, other))
    orders = [
        _match_pair([layer[pair] for layer in first], [layer[pair] for layer in second], rng)
        for pair, rng in enumerate(rngs)
    ]
    return [np.stack(layer) for layer in zip(*orders, strict=True)]


def permute(net: Ensemble, orders: Sequence[np.ndarray]) -> Ensemble:
    """Return nets that compute the same, their hidden neurons in another order.

    Args:
        net: stays as it is.
        orders: one array a hidden layer, shape (net, width): which neuron comes to stand in each place.
    """
    nets, outer = len(net.weights[0]), (net.weights[0].shape[1], net.weights[-1].shape[2])
    ends = [np.tile(np.arange(width), (nets, 1)) for width in outer]
    places = [torch.as_tensor(order) for order in (ends[0], *orders, ends[1])]
    rows = torch.arange(nets)[:, None, None]
    weights, biases = [], []
    for depth, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        leaving = places[depth + 1][:, None, :]
        weights.append(weight.detach()[rows, places[depth][:, :, None], leaving])
        biases.append(bias.detach()[rows, torch.zeros_like(leaving), leaving])
    return Ensemble(weights, biases, net.activation)


def cosine(one: Ensemble, other: Ensemble) -> np.ndarray:
    """Return the cosine of the angle between all parameters of two nets, pair by pair, shape (pair,)."""
    first, second = (
        torch.cat([tensor.detach().double().flatten(1) for tensor in net.parameters], dim=1) for net in (one, other)
    )
    return torch.cosine_similarity(first, second, dim=1).numpy()


def _with_biases(net: Ensemble) -> list[np.ndarray]:
    """Return each layer's weights with its biases as a last row, shape (seed, in + 1, out)."""
    return [torch.cat(pair, dim=1).detach().double().numpy() for pair in zip(net.weights, net.biases, strict=True)]


def _match_pair(one: list[np.ndarray], other: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Return the order of each hidden layer's neurons for one pair; layers (in + 1, out), biases in the last row."""
    from scipy.optimize import linear_sum_assignment  # here, as it takes longer to import than most figures to draw

    hidden = len(one) - 1
    orders = [np.arange(layer.shape[1]) for layer in one[:-1]]
    gained = True
    while gained:
        gained = False
        for layer in rng.permutation(hidden):
            entering = other[layer] if layer == 0 else other[layer][np.append(orders[layer - 1], -1)]
            leaving = other[layer + 1] if layer == hidden - 1 else other[layer + 1][:, orders[layer + 1]]
            products = one[layer].T @ entering + one[layer + 1][:-1] @ leaving[:-1].T
            places, found = linear_sum_assignment(products, maximize=True)
            before = products[places, orders[layer]].sum()
            if products[places, found].sum() > before + IMPROVEMENT * abs(products).max():
                orders[layer], gained = found, hidden > 1
    return orders
