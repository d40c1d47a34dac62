"""The edge of stability: descent on all data goes where the curvature is the largest that its steps can stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.hessian_vector import hessian_product, scaled_product
from scripts.maths.lanczos import largest_eigenvalue
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.maths.training import accuracy
from scripts.optimization.settings import Stability

PRECISION = torch.float32  # moves an eigenvalue by about 1e-6 of itself, far less than the tolerance
TOLERANCE = 3e-3  # of an eigenvalue, relative
MOST_PRODUCTS = 60  # for one eigenvalue; about ten are needed
BETAS = (0.9, 0.999)  # Adam's, and the addend of its denominator: the defaults of Kingma & Ba 2015
EPSILON = 1e-8


@dataclass(frozen=True)
class Track:
    """Hold what was measured along one way of training.

    Args:
        steps: before which the curvature was measured, shape (m,).
        sharpness: largest eigenvalue of the Hessian, with Adam of the preconditioned one, shape (m, seed).
        losses: before every step and after the last, shape (1 + step, seed).
        accuracy: on fresh images at the end, shape (seed,).
        rate: step size.
        momentum: share of the last step's direction that is kept.
    """

    steps: np.ndarray
    sharpness: np.ndarray
    losses: np.ndarray
    accuracy: np.ndarray
    rate: float
    momentum: float = 0.0

    @property
    def ratios(self) -> np.ndarray:
        """Return the curvature over the largest that is stable, shape (m, seed)."""
        return self.sharpness / threshold(self.rate, self.momentum)


def compute(settings: Stability) -> Result:
    """Train from the same weights at two step sizes that reach the edge, at one that does not, and with Adam."""
    digits = draw_digits(settings.points, settings.seed_block, "optimization.stability.digits", PRECISION)
    rates = {"main": settings.rate, "other": settings.other_rate, "small": settings.small_rate}
    tracks = {name: follow(settings, digits, rate) for name, rate in rates.items()}
    tracks["adam"] = follow(settings, digits, settings.adam_rate, adam=True)
    late = settings.steps - round(settings.late * settings.steps)
    values = (
        _ratio_values(tracks, late)
        | _threshold_values(tracks)
        | _progress_values(tracks, late)
        | _loss_values(tracks, late)
    )
    arrays: dict[str, np.ndarray] = {"late": np.array(late)}
    for name, track in tracks.items():
        kept = {"steps": track.steps, "sharpness": track.sharpness, "losses": track.losses}
        arrays |= {f"{name}_{kind}": rows for kind, rows in kept.items()}
    return Result(values, arrays)


def threshold(rate: float, momentum: float = 0.0) -> float:
    """Return the curvature from which on steps of size η overshoot more and more: (2 + 2β) / ((1 − β) η).

    Along an eigenvector with eigenvalue λ, steps −η m with m ← β m + (1 − β) g follow
    x_{t+1} = (1 + β − η (1 − β) λ) x_t − β x_{t−1}, with the characteristic polynomial
    z² − (1 + β − η (1 − β) λ) z + β. The product of its roots is β < 1, so a root leaves the unit circle through
    z = −1, where 2 + 2β = η (1 − β) λ. For β = 0, gradient descent, this is 2/η (Cohen et al. 2021); Adam's β = 0.9
    gives 38/η, for the Hessian as Adam's denominators precondition it (Cohen et al. 2022).

    Raises:
        ValueError: a rate that is not positive, or momentum outside [0, 1).
    """
    if not rate > 0 or not 0 <= momentum < 1:
        raise ValueError(f"expected rate > 0 and 0 <= momentum < 1, got {rate} and {momentum}")
    return (2 + 2 * momentum) / ((1 - momentum) * rate)


def follow(settings: Stability, digits: Digits, rate: float, *, adam: bool = False) -> Track:
    """Take full-batch steps; measure the curvature before every `settings.every`-th step and after the last.

    Raises:
        ValueError: training diverges.
    """
    net = initialise(
        [PIXELS, *settings.widths, CLASSES],
        generators(settings.seed_block, "optimization.stability.weights"),
        activation="tanh",
        dtype=PRECISION,
    )
    wanted = functional.one_hot(digits.labels, CLASSES).to(PRECISION)
    options = {"betas": BETAS, "eps": EPSILON} if adam else {}
    stepper = (torch.optim.Adam if adam else torch.optim.SGD)(net.parameters, lr=rate, **options)
    rngs = generators(settings.seed_block, f"optimization.stability.starts.{'adam' if adam else rate}")
    steps, sharpness, losses = [], [], []
    direction: Tensor | float = 0.0
    for step in range(settings.steps + 1):
        loss = halved_squares(net(digits.inputs), wanted)
        losses.append(loss.detach())
        if not torch.isfinite(loss).all():
            raise ValueError(f"training diverges at step size {rate}, expected one below 2/λ at the start")
        if step % settings.every == 0 or step == settings.steps:
            product = hessian_product(loss, net.parameters)
            if adam:
                product = scaled_product(product, preconditioner(net, stepper, step) ** -0.5)
            # a random part, so that a direction that has become the sharpest is found
            found = largest_eigenvalue(
                product, direction + _unit_vectors(rngs, net), steps=MOST_PRODUCTS, tolerance=TOLERANCE
            )
            direction = found.vectors
            steps.append(step)
            sharpness.append(found.values)
        if step < settings.steps:
            stepper.zero_grad(set_to_none=True)
            loss.sum().backward()
            stepper.step()
    with torch.no_grad():
        right = accuracy(net(digits.fresh), digits.fresh_labels).numpy()
    measured = [torch.stack(rows).numpy() for rows in (sharpness, losses)]
    return Track(np.array(steps), *measured, right, rate, BETAS[0] if adam else 0.0)


def halved_squares(outputs: Tensor, wanted: Tensor) -> Tensor:
    """Return half the squared distance to the targets, mean over n, shape (seed,); both have shape (seed, n, k)."""
    return ((outputs - wanted) ** 2).sum(2).mean(1) / 2


def preconditioner(net: Ensemble, stepper: torch.optim.Optimizer, step: int) -> Tensor:
    """Return what Adam divided its last step by, √v̂ + ε, shape (seed, parameter); ones before the first step."""
    if step == 0:
        return torch.ones_like(torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], dim=1))
    squares = torch.cat([stepper.state[tensor]["exp_avg_sq"].flatten(1) for tensor in net.parameters], dim=1)
    return (squares / (1 - BETAS[1] ** step)).sqrt() + EPSILON


def _unit_vectors(rngs: list[np.random.Generator], net: Ensemble) -> Tensor:
    count = sum(tensor[0].numel() for tensor in net.parameters)
    return functional.normalize(torch.as_tensor(np.stack([rng.standard_normal(count) for rng in rngs])), dim=1).to(
        PRECISION
    )


def late_mean(track: Track, late: int) -> np.ndarray:
    """Return each seed's mean ratio over the measurements from step `late` on, shape (seed,)."""
    return track.ratios[track.steps >= late].mean(0)


def rising_share(track: Track, late: int) -> np.ndarray:
    """Return the share of the steps from step `late` on that raised the loss, shape (seed,)."""
    return (np.diff(track.losses[late:], axis=0) > 0).mean(0)


def first_crossing(track: Track) -> np.ndarray:
    """Return the first measured step at which the ratio is 1 or more, shape (seed,); the last one if it never is."""
    above = track.ratios >= 1
    above[-1] = True
    return track.steps[above.argmax(0)]


def _ratio_values(tracks: dict[str, Track], late: int) -> dict[str, Value]:
    note = "η λ / 2, mean over the last part of training, over seeds"
    adam = "η λ / 38 of the preconditioned Hessian, mean over the last part of training, over seeds"
    values = {
        "ratio": Value.of(mean_interval(late_mean(tracks["main"], late)), 3, note=note),
        "ratio_other": Value.of(mean_interval(late_mean(tracks["other"], late)), 3, note=note),
        "ratio_small_step": Value.of(mean_interval(late_mean(tracks["small"], late)), 3, note=note),
        "adam_ratio": Value.of(mean_interval(late_mean(tracks["adam"], late)), 3, note=adam),
        "ratio_start": Value.of(mean_interval(tracks["main"].ratios[0]), 3, note="η λ / 2 before training"),
    }
    for name in ("main", "other", "adam"):
        highest = mean_interval(tracks[name].ratios.max(0))
        values[f"highest_{name}"] = Value.of(highest, 2, note="largest ratio on the way, mean over seeds")
    return values


def _threshold_values(tracks: dict[str, Track]) -> dict[str, Value]:
    names = {"main": "threshold", "other": "threshold_other", "small": "threshold_small_step", "adam": "adam_threshold"}
    values = {
        name: Value(threshold(tracks[key].rate, tracks[key].momentum), digits=0, note="exact")
        for key, name in names.items()
    }
    factor = threshold(1.0, BETAS[0])
    return values | {"adam_factor": Value(factor, digits=0, note="exact: (2 + 2β) / (1 − β)")}


def _progress_values(tracks: dict[str, Track], late: int) -> dict[str, Value]:
    small = tracks["small"]
    from_late = small.sharpness[small.steps >= late]
    growth = ratio_interval(from_late[-1], from_late[0])
    values = {
        "sharpness_start": Value.of(mean_interval(tracks["main"].sharpness[0]), 1),
        "small_step_growth": Value.of(growth, 2, note="λ at the end over λ where the last part begins"),
    }
    for name, track in tracks.items():
        if name != "small":
            crossing = Value.of(mean_interval(first_crossing(track)), 0, note="first measured step with a ratio of 1")
            values[f"edge_step_{name}"] = crossing
            reached = float((track.ratios >= 1).any(0).mean())
            values[f"edge_share_{name}"] = Value(reached, digits=2, note="share of nets whose ratio ever reaches 1")
        values[f"sharpness_{name}"] = Value.of(mean_interval(track.sharpness[track.steps >= late].mean(0)), 1)
    return values


def _loss_values(tracks: dict[str, Track], late: int) -> dict[str, Value]:
    values = {}
    for name, track in tracks.items():
        values[f"loss_{name}"] = Value.of(mean_interval(track.losses[-1]), 4)
        rising = bounded(mean_interval(rising_share(track, late)), 0, 1)
        values[f"rising_{name}"] = Value.of(rising, 3, note="share of the steps in the last part that raise the loss")
        fall = ratio_interval(track.losses[-1], track.losses[late])
        values[f"fall_{name}"] = Value.of(fall, 3, note="loss at the end over loss where the last part begins")
        values[f"accuracy_{name}"] = Value.of(
            bounded(mean_interval(track.accuracy), 0, 1), 3, note="on fresh images at the end"
        )
    return values
