"""Laplace's approximation of a last layer far out along rays of a ReLU net, in closed form (Kristiadi et al. 2020).

There the last hidden layer is slope · t + intercept. Mean and standard deviation of every output both grow like t, so
the probit approximation, which scales the mean by the deviation, has a limit that is below 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scripts.maths.relu_rays import Tail

if TYPE_CHECKING:
    from laplace import ParametricLaplace

LOGISTIC_NODES = 1000  # for the integral of the logistic function against a normal density


def output_covariance(approximation: ParametricLaplace, features: Tensor) -> Tensor:
    """Return the covariance of the outputs at given values of the last hidden layer, shape (n, out, out).

    Args:
        approximation: of a last layer.
        features: what the weights and, in the last place, the biases are multiplied by, shape (n, width + 1); at an
            input the last is 1, and for the rate of growth along a ray it is 0.
    """
    width = features.shape[1] - 1
    outputs = len(approximation.mean) // (width + 1)
    numbers = torch.arange(outputs * width).reshape(outputs, width)
    own = torch.cat([numbers, outputs * width + torch.arange(outputs)[:, None]], dim=1)
    blocks = approximation.posterior_covariance[own[:, None, :, None], own[None, :, None, :]]
    return torch.einsum("ni,ckij,nj->nck", features, blocks, features)


def multiclass_limit(approximation: ParametricLaplace, hidden: Tail, outputs: Tail) -> Tensor:
    """Return the limit of the multi-class probit approximation far out along rays, shape (ray, class).

    The softmax of sqrt(8/π) s_c / sqrt(aᵀ Σ_c a), with slopes s_c of the outputs and a of the hidden layer, and Σ_c the
    covariance of the weights of class c. It lies below 1, as Σ_c is positive definite. Where a = 0 it is the constant.

    Args:
        approximation: of one net's last layer.
        hidden: the net's last hidden layer along its rays, tensors (ray, width).
        outputs: its outputs, tensors (ray, class).
    """
    rate, rest = (covariance.diagonal(dim1=1, dim2=2) for covariance in _tail_covariances(approximation, hidden))
    return torch.softmax(_scaled_limit(outputs, rate, rest), dim=1)


def two_class_limits(approximation: ParametricLaplace, hidden: Tail, outputs: Tail) -> tuple[Tensor, Tensor]:
    """Return two limits of the confidence in the likelier of two classes far out along rays, each (ray,).

    Both are of the difference f of the two outputs, which is normal: the logistic function of sqrt(8/π) z, the probit
    approximation, and Φ(z), the exact mean of the logistic function; z is the slope of the mean over that of the
    standard deviation. Arguments as for `multiclass_limit`.
    """
    rate, rest = (_contrast(covariance) for covariance in _tail_covariances(approximation, hidden))
    difference = Tail(*(tail[:, 1] - tail[:, 0] for tail in outputs))
    probit = torch.sigmoid(_scaled_limit(difference, rate, rest).abs())
    still = logistic_mean(difference.intercept.abs(), rest)
    exact = torch.special.ndtr(difference.slope.abs() / rate.clamp(min=torch.finfo(rate.dtype).tiny).sqrt())
    return probit, torch.where(rate > 0, exact, still)


def two_class_moments(approximation: ParametricLaplace, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of the second output less the first at inputs (n, d), each of shape (n,)."""
    with torch.no_grad():
        mean, features = approximation.model.forward_with_features(inputs)
    covariance = output_covariance(approximation, _with_last(features, 1.0))
    return mean[:, 1] - mean[:, 0], _contrast(covariance)


def binary_probit(mean: Tensor, variance: Tensor) -> Tensor:
    """Return the probit approximation of the mean of the logistic function of a normal number (MacKay 1992)."""
    return torch.sigmoid(mean / torch.sqrt(1 + torch.pi / 8 * variance))


def logistic_mean(mean: Tensor, variance: Tensor) -> Tensor:
    """Return the mean of the logistic function of a normal number, as good as exact (error below 1e-3).

    A logistic number is added and the sign of the sum is asked for: the mean over its quantiles of Φ.
    """
    nodes = torch.logit((torch.arange(LOGISTIC_NODES, dtype=mean.dtype) + 0.5) / LOGISTIC_NODES)
    spread = variance.clamp(min=torch.finfo(variance.dtype).tiny).sqrt()
    return torch.special.ndtr((mean[:, None] + nodes) / spread[:, None]).mean(1)


def largest_limit(approximation: ParametricLaplace, width: int) -> Tensor:
    """Return the largest limit that the two-class probit approximation could have in any direction of the hidden layer.

    By the inequality of Cauchy and Schwarz, the logistic function of sqrt(8/π · wᵀ Σ⁻¹ w), with the difference w of the
    two classes' weights and its covariance Σ. Below 1, as Σ is positive definite.
    """
    covariance, weights = approximation.posterior_covariance, approximation.mean
    first, second = torch.arange(width), width + torch.arange(width)
    spread = sum(
        sign * covariance[one][:, other]
        for one, other, sign in ((first, first, 1), (second, second, 1), (first, second, -1), (second, first, -1))
    )
    difference = weights[second] - weights[first]
    return torch.sigmoid(torch.sqrt(8 / torch.pi * difference @ torch.linalg.solve(spread, difference)))


def _tail_covariances(approximation: ParametricLaplace, hidden: Tail) -> tuple[Tensor, Tensor]:
    """Return the outputs' covariance over t² as t grows, and what it is where the slope is 0."""
    slope, intercept = _with_last(hidden.slope, 0.0), _with_last(hidden.intercept, 1.0)
    return output_covariance(approximation, slope), output_covariance(approximation, intercept)


def _scaled_limit(mean: Tail, rate: Tensor, rest: Tensor) -> Tensor:
    """Return the limit of m / sqrt(1 + π v / 8) for m = s t + b and v growing like rate · t²; at rest, its value."""
    moving = (8 / torch.pi) ** 0.5 * mean.slope / rate.clamp(min=torch.finfo(rate.dtype).tiny).sqrt()
    return torch.where(rate > 0, moving, mean.intercept / torch.sqrt(1 + torch.pi / 8 * rest))


def _contrast(covariance: Tensor) -> Tensor:
    """Return the variance of the second number less the first, shape (n,), of covariances (n, 2, 2)."""
    return covariance[:, 0, 0] + covariance[:, 1, 1] - 2 * covariance[:, 0, 1]


def _with_last(features: Tensor, last: float) -> Tensor:
    return torch.cat([features, torch.full_like(features[:, :1], last)], dim=1)
