"""Linear probes: how well a straight cut through a layer tells the classes apart (Alain & Bengio 2016)."""

import torch
from torch import Tensor
from torch.nn import functional


def least_squares_accuracy(
    features: Tensor, labels: Tensor, fresh: Tensor, fresh_labels: Tensor, *, ridge: float = 1e-6
) -> Tensor:
    """Fit a least-squares classifier to one layer and return its accuracy on fresh examples, shape (seed,).

    Each class gets the linear function that is closest, in least squares, to 1 on the class and 0 elsewhere; the
    largest wins. A closed form: no step size, nothing to converge.

    Args:
        features: the layer on the fitted examples, shape (seed, n, d).
        labels: whole numbers from 0, shape (seed, n).
        fresh: the layer on fresh examples, shape (seed, m, d).
        fresh_labels: shape (seed, m).
        ridge: added to the diagonal of the Gram matrix, relative to its mean; hand-tuned, only for units that are dead.
    """
    classes = int(labels.max()) + 1
    wanted = functional.one_hot(labels, classes).to(features.dtype)
    design, test = _with_constant(features), _with_constant(fresh)
    gram = design.transpose(1, 2) @ design
    scale = gram.diagonal(dim1=1, dim2=2).mean(1)[:, None, None]
    eye = torch.eye(gram.shape[-1], dtype=gram.dtype)
    weights = torch.linalg.solve(gram + ridge * scale * eye, design.transpose(1, 2) @ wanted)
    return ((test @ weights).argmax(2) == fresh_labels).double().mean(1)


def _with_constant(features: Tensor) -> Tensor:
    return torch.cat([features, torch.ones_like(features[..., :1])], dim=-1)
