"""What changes with width: the kernel at the start, and how far training leads away from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.kernel_descent import descent_response
from scripts.maths.statistics import mean_interval
from scripts.maths.tangent_kernel import tangent_kernel
from scripts.maths.wide_networks import WideNet, descend
from scripts.ntk.settings import Width
from scripts.ntk.sphere import SLOPE, Task, draw_networks, draw_task, empirical_kernels, outputs, rms, slope

MEASURES = {
    "init": "distance of the tangent kernel at the start from its limit, relative, in Frobenius norm",
    "kernel": "change of the tangent kernel in training, relative to the start, in Frobenius norm",
    "linearised": "distance of the trained network from its linearisation on test points over that from its start",
    "weight": "largest change of a weight matrix in training, relative to the start, in Frobenius norm",
    "hidden_weight": "largest such change of a matrix between two hidden layers",
    "distance": "length of the change of all parameters over the root of the width, as bounded by Lee et al. 2019",
    "left": "residual on training points at the end over that at the start, root mean squares",
}
MEAN_FIELD = "meanfield_"
CHECKED = 3  # networks whose kernels are taken by automatic differentiation too, which is slow
CACHE = 2**19  # numbers of single precision that a processor's core reaches fast, 2 MiB


def compute(settings: Width) -> Result:
    """Train networks of many widths on the same points for the same time, in the usual and in mean-field scaling."""
    task = draw_task(settings)
    few = settings.model_copy(update={"seeds": min(settings.seeds, settings.meanfield_seeds)})
    measures: dict[str, np.ndarray] = {}  # each (width, seed)
    for prefix, group in (("", settings), (MEAN_FIELD, few)):
        rows = [measure_all(group, task, width, width**-0.5 if prefix else 1.0) for width in settings.widths]
        measures |= {prefix + name: np.stack([row[name] for row in rows]) for name in MEASURES}
    values = {}
    for name, rows in measures.items():
        if name != f"{MEAN_FIELD}init":  # the same as init
            values |= width_values(name, rows, settings.widths)
    largest = float(max(measures["left"].max(), measures[f"{MEAN_FIELD}left"].max()))
    return Result(
        values
        | {
            "left_largest": Value(largest, digits=3, note="of all networks; " + MEASURES["left"]),
            "autodiff_gap": Value(
                autodiff_gap(settings, task),
                digits=3,
                note=f"largest difference of {CHECKED} of the narrowest networks' kernels by automatic differentiation "
                "and in closed form, over the largest entry",
            ),
        },
        measures | {"widths": np.array(settings.widths)},
    )


def measure_all(settings: Width, task: Task, width: int, scale: float) -> dict[str, np.ndarray]:
    """Return every quantity of `MEASURES` for the first seeds of the task, each of shape (seed,)."""
    parts = blocks(settings, task, width)
    found = [measure(block, part, draw_networks(block, width, scale)) for block, part in parts]
    return {name: np.concatenate([each[name] for each in found]) for name in MEASURES}


def blocks(settings: Width, task: Task, width: int) -> Iterator[tuple[Width, Task]]:
    """Yield settings of some seeds and their part of the task, until all had their turn.

    Training is fastest where the networks of a block fit the cache.
    """
    numbers = width * (width * (settings.hidden - 1) + settings.points * settings.hidden)
    size = max(1, CACHE // numbers)
    for begin in range(0, settings.seeds, size):
        end = min(begin + size, settings.seeds)
        part = {name: getattr(task, name)[begin:end] for name in ("points", "targets", "kernels")}
        block = {"first_seed": settings.first_seed + begin, "seeds": end - begin}
        yield settings.model_copy(update=block), replace(task, **part)


def measure(settings: Width, task: Task, net: WideNet, precision: torch.dtype = torch.float32) -> dict[str, np.ndarray]:
    """Train the networks and return every quantity of `MEASURES`, each of shape (seed,).

    The step size grows as the output's scale squared falls, so that all scalings train for the same time. Only
    descent itself is of the given precision. What it changes is far above the rounding of single precision.
    """
    rate = task.rate / net.output_scale**2
    start_kernels = empirical_kernels(net, task)
    moving = net.with_parameters([tensor.to(precision) for tensor in net.parameters()])
    places, targets = task.training.to(precision), task.targets.to(precision)
    looks = descend(moving, places, targets, rate=rate, steps=settings.steps, looks=[settings.steps])
    end = net.with_parameters([tensor.double() for tensor in dict(looks)[settings.steps].parameters()])
    start_outputs, end_outputs = (outputs(each, task.points) for each in (net, end))
    response = descent_response(start_kernels, task.seen, rate=rate, steps=settings.steps)
    residuals = task.targets[..., 0].numpy() - start_outputs[:, : task.seen]
    linearised = start_outputs + (response @ residuals[..., None])[..., 0]
    moved, stayed = (each[:, task.seen :] for each in (end_outputs - start_outputs, end_outputs - linearised))
    left = task.targets[..., 0].numpy() - end_outputs[:, : task.seen]
    changes = [_size(after - before) for before, after in zip(net.parameters(), end.parameters(), strict=True)]
    weights = [change / _size(before) for change, before in zip(changes[::2], net.weights, strict=True)]
    return {
        "init": _gap(start_kernels / net.output_scale**2, task.kernels),
        "kernel": _gap(empirical_kernels(end, task), start_kernels),
        "linearised": rms(stayed) / rms(moved),
        "weight": np.max(weights, 0),
        "hidden_weight": np.max(weights[1:-1], 0),
        "distance": np.linalg.norm(changes, axis=0) / np.sqrt(net.weights[-1].shape[1]),
        "left": rms(left) / rms(residuals),
    }


def autodiff_gap(settings: Width, task: Task) -> float:
    """Return how far automatic differentiation and the closed form differ for some narrowest networks, relative.

    The experiment uses the closed form, which is many times faster where a network has one output.
    """
    some = replace(task, points=task.points[:CHECKED])
    net = draw_networks(settings.model_copy(update={"seeds": len(some.points)}), settings.widths[0])
    pairs = zip(empirical_kernels(net, some), some.points, strict=True)
    gaps = []
    for seed, (closed, points) in enumerate(pairs):
        single = net.with_parameters([tensor[seed : seed + 1] for tensor in net.parameters()])
        automatic = tangent_kernel(single, points, points)[0, :, 0, :, 0].numpy()
        gaps.append(np.abs(automatic - closed).max() / np.abs(closed).max())
    return float(max(gaps))


def width_values(name: str, rows: np.ndarray, widths: list[int]) -> dict[str, Value]:
    """Return a quantity's slope over width, and its mean at the narrowest and the widest; rows (width, seed)."""
    note = MEASURES[name.removeprefix(MEAN_FIELD)]
    return {
        f"{name}_slope": Value.of(slope(rows, widths), 2, note=f"{SLOPE}; {note}"),
        f"{name}_narrowest": Value.of(mean_interval(rows[0]), 4, note=note),
        f"{name}_widest": Value.of(mean_interval(rows[-1]), 4, note=note),
    }


def _size(tensor: torch.Tensor) -> np.ndarray:
    """Return the Frobenius norm of each seed's tensor, shape (seed,)."""
    return tensor.flatten(1).norm(dim=1).numpy()


def _gap(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the distance of each seed's matrices over the size of the latter, in Frobenius norm, shape (seed,)."""
    return np.linalg.norm(found - wanted, axis=(1, 2)) / np.linalg.norm(wanted, axis=(1, 2))
