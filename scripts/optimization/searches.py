"""Searches for critical points of a small tanh net: many at once, each on a data set of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from scripts.maths.ensembles import initialise
from scripts.maths.hessian import count_signs
from scripts.maths.random import generators
from scripts.maths.tanh_net import derivatives, loss
from scripts.maths.training import mean_squared_error, train
from scripts.optimization.paths import flatten
from scripts.optimization.settings import Critical

DAMPING = 1e-2  # of Levenberg and Marquardt's first step, in squares of eigenvalues
SOFTER, HARDER = 4.0, 3.0  # factors by which damping falls after a step that helps, and rises after one that does not
LEAST_DAMPING = 1e-30
LEAST_CURVATURE = 1e-6  # eigenvalues nearer to zero count as this much in a Newton step
AT_REST = 1e-13  # gradient norm that rounding leaves


@dataclass(frozen=True)
class Places:
    """Hold where searches stand, and on what data.

    Args:
        weights: all parameters of a net, shape (search, p).
        inputs: shape (search, n, d).
        targets: shape (search, n).
    """

    weights: Tensor
    inputs: Tensor
    targets: Tensor

    def part(self, chosen: Tensor) -> Places:
        """Return some of the searches."""
        return Places(self.weights[chosen], self.inputs[chosen], self.targets[chosen])


@dataclass(frozen=True)
class Ends:
    """Hold where searches ended, each array of shape (search,).

    Args:
        losses: there, weight decay included.
        gradients: norm of the gradient.
        newton: length of the Newton step from there, about the distance to a critical point if one is near.
        residuals: ‖Hg‖ / (‖H‖ ‖g‖), zero where the gradient lies in the kernel of the Hessian.
        negative: eigenvalues of the Hessian clearly below zero.
        zero: eigenvalues as good as zero.
        farthest: largest absolute weight.
    """

    losses: np.ndarray
    gradients: np.ndarray
    newton: np.ndarray
    residuals: np.ndarray
    negative: np.ndarray
    zero: np.ndarray
    farthest: np.ndarray


def slopes_and_bends(places: Places, weights: Tensor, decay: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return gradients, eigenvalues and eigenvectors of the Hessians of nets with weights (search, p)."""
    gradients, hessians = derivatives(weights, places.inputs, places.targets)
    hessians.diagonal(dim1=1, dim2=2).add_(decay)
    return gradients + decay * weights, *torch.linalg.eigh(hessians)


def draw_places(settings: Critical, decay: float) -> Places:
    """Train one net a seed on targets that are noise; return a place on its path, at an epoch drawn evenly.

    The targets are standard normal, then brought to mean 0 and variance 1, so that a constant has a loss of ½.
    """
    rngs = {
        name: generators(settings.seed_block, f"optimization.critical.{name}") for name in ("data", "weights", "epochs")
    }
    count = settings.net_points
    inputs = np.stack([rng.standard_normal((count, settings.net_inputs)) for rng in rngs["data"]])
    noise = np.stack([rng.standard_normal((count, 1)) for rng in rngs["data"]])
    targets = (noise - noise.mean(1, keepdims=True)) / noise.std(1, keepdims=True)
    examples, wanted = torch.as_tensor(inputs), torch.as_tensor(targets)
    net = initialise([settings.net_inputs, settings.net_hidden, 1], rngs["weights"], activation="tanh")
    path = [flatten(net)]
    train(
        net.parameters,
        lambda batch, goal: (
            0.5 * mean_squared_error(net(batch), goal)
            + 0.5 * decay * sum((part**2).flatten(1).sum(1) for part in net.parameters)
        ),
        examples,
        wanted,
        epochs=settings.net_epochs,
        learning_rate=settings.net_learning_rate,
        after_epoch=lambda _: path.append(flatten(net)),
    )
    epochs = torch.tensor([int(rng.integers(settings.net_epochs + 1)) for rng in rngs["epochs"]])
    weights = torch.stack(path)[epochs, torch.arange(len(epochs))]
    return Places(weights, examples, wanted[..., 0])


def shrink_gradients(places: Places, settings: Critical, decay: float) -> Places:
    """Look for critical points of any kind: make ½‖∇L‖² smaller, by Levenberg and Marquardt's steps.

    The Gauss–Newton matrix of the gradient map is H², so in the eigenvectors of H a step is −λ c / (λ² + μ). It
    ends where H ∇L = 0, at a critical point or where the gradient lies in the Hessian's kernel.
    """
    weights = places.weights.clone()
    damping = torch.full_like(weights[:, 0], DAMPING)
    gradients, values, vectors = slopes_and_bends(places, weights, decay)
    for _ in range(settings.net_steps):
        flat = _residuals(gradients, values, vectors) < settings.net_flat_residual**2  # long in the Hessian's kernel
        running = torch.nonzero((gradients.norm(dim=1) > AT_REST) & ~flat)[:, 0]
        if not running.numel():
            break
        slopes, spectrum = _project(gradients[running], vectors[running]), values[running]
        step = -slopes * spectrum / (spectrum**2 + damping[running, None])
        tried = weights[running] + (vectors[running] @ step[..., None])[..., 0]
        found = slopes_and_bends(places.part(running), tried, decay)
        better = found[0].norm(dim=1) < gradients[running].norm(dim=1)
        damping[running] = torch.where(
            better, (damping[running] / SOFTER).clamp(min=LEAST_DAMPING), damping[running] * HARDER
        )
        kept = running[better]
        weights[kept] = tried[better]
        gradients[kept], values[kept], vectors[kept] = (each[better] for each in found)
    return replace(places, weights=weights)


def follow_modes(places: Places, settings: Critical, decay: float) -> Places:
    """Look for critical points of a given index, that of the place where a search starts.

    Newton's step, with its sign set so as to go up along the lowest eigenvectors, as many as the Hessian at the start
    has negative eigenvalues, and down along all others (eigenvector following, Cerjan & Miller 1981). Only critical
    points of that index attract it.
    """
    weights = places.weights.clone()
    running = torch.arange(weights.shape[0])
    signs: Tensor | None = None
    for _ in range(settings.net_steps):
        gradients, values, vectors = slopes_and_bends(places.part(running), weights[running], decay)
        signs = torch.where(values < 0, -1.0, 1.0) if signs is None else signs
        slopes = _project(gradients, vectors)
        step = -slopes * signs[running] / values.abs().clamp(min=LEAST_CURVATURE)
        step = step * (settings.net_trust / step.norm(dim=1, keepdim=True).clamp(min=settings.net_trust))
        moving = gradients.norm(dim=1) > AT_REST
        weights[running] += torch.where(moving[:, None], (vectors @ step[..., None])[..., 0], 0.0)
        running = running[moving]
        if not running.numel():
            break
    return replace(places, weights=weights)


def judge(places: Places, settings: Critical, decay: float) -> Ends:
    """Measure where searches ended."""
    losses = loss(places.weights, places.inputs, places.targets) + 0.5 * decay * (places.weights**2).sum(1)
    gradients, values, vectors = slopes_and_bends(places, places.weights, decay)
    slopes = _project(gradients, vectors)
    newton = torch.where(slopes == 0, 0.0, slopes / values).norm(dim=1)
    negative, zero = count_signs(values, settings.zero)
    measured = (losses, gradients.norm(dim=1), newton, _residuals(gradients, values, vectors), negative, zero)
    return Ends(*(each.numpy() for each in (*measured, places.weights.abs().amax(1))))


def _residuals(gradients: Tensor, values: Tensor, vectors: Tensor) -> Tensor:
    pushed = (values * _project(gradients, vectors)).norm(dim=1)
    return pushed / (values.abs().amax(1) * gradients.norm(dim=1)).clamp(min=torch.finfo(values.dtype).tiny)


def _project(gradients: Tensor, vectors: Tensor) -> Tensor:
    return (vectors.mT @ gradients[..., None])[..., 0]
