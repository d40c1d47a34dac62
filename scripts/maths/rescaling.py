"""Other weights for the same function: the scale of one layer moved to the next (Dinh et al. 2017)."""

from __future__ import annotations

from scripts.maths.ensembles import Ensemble


def rescale(net: Ensemble, factor: float, layer: int = 0) -> Ensemble:
    """Return ReLU nets that compute the same: a layer's weights and biases times α, the next layer's weights over α.

    For α > 0, relu(α z) = α relu(z). The Hessian changes by the same change of variables: a block of two weights of the
    layer by 1/α², one of two weights of the next layer by α² (Dinh et al. 2017, section 3).

    Args:
        net: with at least one hidden layer; it stays as it is.
        factor: α, positive.
        layer: which layer is multiplied, 0 for the first; not the last one.

    Raises:
        ValueError: another activation, a factor that is not positive, or no such hidden layer.
    """
    if net.activation != "relu":
        raise ValueError(f"activation is {net.activation!r}, expected 'relu', which lets positive factors through")
    if not factor > 0:
        raise ValueError(f"factor is {factor}, expected a positive number")
    if not 0 <= layer < len(net.weights) - 1:
        raise ValueError(f"layer is {layer}, expected a hidden layer, 0 to {len(net.weights) - 2}")
    weights, biases = ([tensor.detach().clone() for tensor in kind] for kind in (net.weights, net.biases))
    weights[layer] *= factor
    biases[layer] *= factor
    weights[layer + 1] /= factor
    for tensor in (*weights, *biases):
        tensor.requires_grad_(True)
    return Ensemble(weights, biases, net.activation)
