"""The tangent kernel of a finite network, exactly, without automatic differentiation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def tangent_gram(
    weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], inputs: np.ndarray, *, bias_variance: float
) -> np.ndarray:
    """Return the inner products of the parameter gradients of a ReLU network, shape (n, n).

    The network is that of `scripts.maths.ntk.limit_kernels` with c = 2: h₀ = W₀ᵀx + √β b₀ and
    h_l = √(2/m) W_lᵀ relu(h_{l−1}) + √β b_l. The gradient for W_l is the outer product of the layer's input and the
    gradient for its output, so its Gram matrix is the elementwise product of two Gram matrices (Jacot et al. 2018).

    Args:
        weights: W_l, shape (in, out), one a layer; the last has one output. Standard normal at initialisation.
        biases: b_l, shape (out,), one a layer. Standard normal at initialisation.
        inputs: shape (n, d).
        bias_variance: β.

    Raises:
        ValueError: the last layer has more than one output, or two layers do not fit.
    """
    shapes = [weight.shape for weight in weights]
    if shapes[-1][1] != 1 or any(one[1] != two[0] for one, two in pairwise(shapes)):
        raise ValueError(f"expected weights that chain to one output, got shapes {shapes}")
    scales = [1.0, *(np.sqrt(2 / weight.shape[0]) for weight in weights[1:])]
    entering, slopes = [inputs], []
    for weight, bias, scale in zip(weights[:-1], biases, scales, strict=False):
        affine = scale * entering[-1] @ weight + np.sqrt(bias_variance) * bias
        slopes.append(affine > 0)
        entering.append(np.maximum(affine, 0))
    backward = np.ones((len(inputs), 1))
    gram = np.zeros((len(inputs), len(inputs)))
    for depth in reversed(range(len(weights))):
        scaled = scales[depth] * entering[depth]
        gram += (scaled @ scaled.T + bias_variance) * (backward @ backward.T)
        if depth:
            backward = scales[depth] * (backward @ weights[depth].T) * slopes[depth - 1]
    return gram
