"""Parities, on which a trained network and the tangent kernel of its architecture part ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.ntk import limit_kernels
from scripts.maths.parity import draw_corners, parity
from scripts.maths.random import generators
from scripts.maths.ridgeless import from_kernel
from scripts.maths.statistics import bounded, mean_interval
from scripts.maths.training import mean_squared_error, train
from scripts.maths.wide_networks import WideNet, draw_wide
from scripts.ntk.settings import Limits

TRAINING = torch.float32
PER_CENT = 100.0
DEGREES = {"linear": 1, "pair": 2, "parity": 3}
PAIRED = "in percentage points, paired by seed"
EXPLAINED = (  # n functions cannot hold more of all the parities together, and to such a kernel all are alike
    "the most that a kernel which treats all signs alike explains of the variance of a parity of three signs, on "
    "average over draws of examples: their number over that of such parities"
)
NOTES = {
    "net": "share of unseen inputs that the trained network names right",
    "kernel": "share of unseen inputs that the tangent kernel names right; its ridge chosen on further examples",
    "lazy": "share of unseen inputs that the same network names right, trained in lazy scaling",
    "own_start": "share of unseen inputs that the network's own tangent kernel at its start names right",
    "kernel_fitted": "share of the training examples",
    "net_fitted": "share of the training examples",
    "lazy_fitted": "share of the training examples",
    "net_moved": "change of the first layer's weights over their length at the start",
    "lazy_moved": "change of the first layer's weights over their length at the start",
}


@dataclass(frozen=True)
class Cube:
    """Hold the corners of the cube that a seed's models see, scaled to length 1.

    Args:
        inputs: to train on, shape (seed, n, d).
        held: to choose the ridge on, shape (seed, v, d).
        fresh: to judge on, shape (seed, m, d).
    """

    inputs: np.ndarray
    held: np.ndarray
    fresh: np.ndarray


def compute(settings: Limits) -> Result:
    """Learn parities of one, two and three signs from the same examples, by networks and by their tangent kernels."""
    cube, degrees = draw_cube(settings), list(DEGREES.values())
    start = draw_start(settings)
    limits, own = fit_kernel(settings, cube, degrees), fit_kernel(settings, cube, degrees, start)
    found = {}
    for name, limit, at_start in zip(DEGREES, limits, own, strict=True):
        found[name] = limit | {"own_start": at_start["kernel"]}
        ends = {way: train_net(settings, cube, DEGREES[name], way) for way in ("net", "lazy")}
        for way, end in ends.items():
            found[name] |= judge_net(cube, DEGREES[name], start, end, way)
    at_end = fit_kernel(settings, cube, [DEGREES["parity"]], ends["net"])[0]
    curves = {f"{way}_curve": rows for way, rows in learning_curves(settings, cube, found["parity"]).items()}
    arrays = {f"{name}_{key}": rows for name, each in found.items() for key, rows in each.items()}
    arrays |= {"parity_own_end": at_end["kernel"], "points": np.array([*settings.fewer_points, settings.points])}
    return Result(values_of(settings, found, at_end["kernel"]), arrays | curves)


def draw_cube(settings: Limits) -> Cube:
    """Draw different corners for every purpose, so that none that is judged on was seen."""
    ends = np.cumsum([settings.points, settings.held_out, settings.fresh_points])
    corners = np.stack(
        [
            draw_corners(rng, int(ends[-1]), settings.dimension)
            for rng in generators(settings.seed_block, "ntk.limits.corners")
        ]
    )
    return Cube(*np.split(corners / np.sqrt(settings.dimension), ends[:-1], axis=1))


def signs(points: np.ndarray, degree: int) -> np.ndarray:
    """Return the parity of corners that were scaled, shape (seed, n, 1)."""
    return parity(np.sign(points), degree)[..., None]


def draw_start(settings: Limits, scale: float = 1.0) -> WideNet:
    """Return the networks before training, one a seed, with a factor in front of their outputs."""
    rngs = generators(settings.seed_block, "ntk.limits.weights")
    widths = [settings.dimension, settings.width, 1]
    net = draw_wide(rngs, widths, bias_variance=settings.bias_variance, output_scale=scale)
    return net.with_parameters([tensor.to(TRAINING) for tensor in net.parameters()])


def train_net(settings: Limits, cube: Cube, degree: int, way: str) -> WideNet:
    """Train the networks of all seeds on a parity, the answer being f − f₀ with f₀ the network at its start.

    The factor in front of the outputs is 1/√m, that of mean-field theory, or a large one, which makes training lazy.
    The step size is divided by the square of the output's scale. So the first step moves a network's answers equally
    far, whatever the scale (Chizat et al. 2019).
    """
    scale = {"net": 1 / np.sqrt(settings.width), "lazy": settings.laziness}[way]
    start = draw_start(settings, scale)
    net = start.with_parameters([tensor.clone().requires_grad_(True) for tensor in start.parameters()])
    inputs = torch.as_tensor(cube.inputs, dtype=TRAINING)
    train(
        net.parameters(),
        lambda points, targets: mean_squared_error(net(points), targets) / 2,
        inputs,
        torch.as_tensor(signs(cube.inputs, degree), dtype=TRAINING) + start(inputs),
        epochs=-(-settings.steps * settings.batch_size // inputs.shape[1]),
        optimiser="sgd",
        learning_rate=settings.rate / scale**2,
        batch_size=settings.batch_size,
        generators=generators(settings.seed_block, "ntk.limits.batches"),
        after_step=lambda done: done == settings.steps,
    )
    return net.with_parameters([tensor.detach() for tensor in net.parameters()])


def judge_net(cube: Cube, degree: int, start: WideNet, end: WideNet, way: str) -> dict[str, np.ndarray]:
    """Return how often f − f₀ has the right sign, and how far the weights of the first layer went, each by seed."""
    found = {}
    for key, points in ((way, cube.fresh), (f"{way}_fitted", cube.inputs)):
        seen = torch.as_tensor(points, dtype=TRAINING)
        answers = end(seen) / end.output_scale - start(seen)
        found[key] = PER_CENT * (answers.numpy() * signs(points, degree) > 0).mean((1, 2))
    begun, gone = (net.weights[0].flatten(1).double() for net in (start, end))
    return found | {f"{way}_moved": ((gone - begun).norm(dim=1) / begun.norm(dim=1)).numpy()}


def fit_kernel(
    settings: Limits, cube: Cube, degrees: Sequence[int], nets: WideNet | None = None
) -> list[dict[str, np.ndarray]]:
    """Fit each parity by kernel regression, with the ridge that names most of the held-out examples right.

    Args:
        settings: of the experiment.
        cube: examples.
        degrees: of the parities.
        nets: one a seed, whose tangent kernels are to be used as they are now; the limit's kernel when None.

    Returns:
        Shares of right answers to unseen inputs (`kernel`) and to the examples (`kernel_fitted`), for each degree.
    """
    rows = []
    for seed, parts in enumerate(zip(cube.inputs, cube.held, cube.fresh, strict=True)):
        points, count = np.concatenate(parts), len(parts[0])
        if nets is None:
            cross = limit_kernels(points, parts[0], hidden=1, bias_variance=settings.bias_variance)[1]
        else:
            weights, biases = ([part[seed].double().numpy() for part in kind] for kind in (nets.weights, nets.biases))
            flat = [bias[0] for bias in biases]
            cross = tangent_gram(weights, flat, points, bias_variance=settings.bias_variance)[:, :count]
        solved = from_kernel(cross[:count], cross)
        wanted = np.concatenate([signs(points, degree) for degree in degrees], axis=1)
        ridges = [solved.scale * ridge for ridge in sorted(settings.ridges, reverse=True)]
        hits = np.stack([solved.predict(wanted[:count], ridge) * wanted > 0 for ridge in ridges])
        shares = np.split(hits, [count, count + len(parts[1])], axis=1)
        fitted, chosen, judged = (PER_CENT * part.mean(1) for part in shares)  # of shape (ridge, degree)
        best = chosen.argmax(0), np.arange(len(degrees))  # the largest of equals
        rows.append((judged[best], fitted[best]))
    judged, fitted = np.array(rows).transpose(1, 2, 0)
    return [{"kernel": each, "kernel_fitted": share} for each, share in zip(judged, fitted, strict=True)]


def learning_curves(settings: Limits, cube: Cube, most: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the accuracy of net and kernel on parities of three signs by number of examples, shape (seed, size)."""
    start, degree, columns = draw_start(settings), DEGREES["parity"], []
    for points in settings.fewer_points:
        part = Cube(cube.inputs[:, :points], cube.held, cube.fresh)
        net = judge_net(part, degree, start, train_net(settings, part, degree, "net"), "net")
        columns.append(net | fit_kernel(settings, part, [degree])[0])
    return {way: np.stack([each[way] for each in (*columns, most)], axis=1) for way in ("net", "kernel")}


def values_of(settings: Limits, found: dict[str, dict[str, np.ndarray]], at_end: np.ndarray) -> dict[str, Value]:
    """Return the numbers of the report; `found` by target, then by what was measured, each of shape (seed,).

    `at_end` holds the accuracy of the trained networks' own kernels on parities of three signs.
    """
    own = bounded(mean_interval(at_end), 0, PER_CENT)
    functions = comb(settings.dimension, DEGREES["parity"])
    values = {
        "functions": Value(functions, digits=0, note="parities of three signs"),
        "explained": Value(PER_CENT * min(1, settings.points / functions), digits=1, unit="%", note=EXPLAINED),
        "parity_own_end": Value.of(own, 1, unit="%", note=f"{NOTES['own_start']}, but after training"),
    }
    for name, each in found.items():
        for key, note in NOTES.items():
            percent = not key.endswith("moved")
            estimate = bounded(mean_interval(each[key]), 0, PER_CENT if percent else np.inf)
            values[f"{name}_{key}"] = Value.of(estimate, 1 if percent else 3, unit="%" if percent else "", note=note)
        for key, other in (("gap", "kernel"), ("lazy_gap", "lazy")):
            values[f"{name}_{key}"] = Value.of(mean_interval(each["net"] - each[other]), 1, note=PAIRED)
        values[f"{name}_lazy_kernel_gap"] = Value.of(mean_interval(each["lazy"] - each["kernel"]), 1, note=PAIRED)
    return values
