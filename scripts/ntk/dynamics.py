"""The course of training against the prediction of the limit kernel, in closed form, from each network's own start."""

from __future__ import annotations

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.jackknife import jackknife_interval
from scripts.maths.kernel_descent import descent_response
from scripts.maths.statistics import mean_interval
from scripts.maths.training import spaced_times
from scripts.maths.wide_networks import descend
from scripts.ntk.settings import Dynamics
from scripts.ntk.sphere import SLOPE, Task, draw_networks, draw_task, empirical_kernels, outputs, rms, slope

KERNELS = {"": "the limit kernel", "own_": "the network's own kernel at its start"}
PLACES = {"train": "training", "test": "test"}
FALLEN = np.exp(-1)  # share of a residual at which its decay is measured
GAP = (
    "rms distance of outputs from what {} predicts, over {} points, largest in training, over the first residual's rms"
)
RATE = (
    "share of a residual's part along an eigenvector of the limit kernel that has decayed when a share of 1/e should "
    "be left, over the predicted share; regression over seeds, jackknife"
)


def compute(settings: Dynamics) -> Result:
    """Follow training at many widths and predict it, by the limit kernel and by the network's own at its start."""
    task = draw_task(settings)
    looks = np.array(spaced_times(settings.steps, settings.looks))
    curves: dict[str, list[np.ndarray]] = {f"{kernel}{place}": [] for kernel in KERNELS for place in PLACES}
    courses = []
    for width in settings.widths:
        net = draw_networks(settings, width)
        steps = descend(net, task.training, task.targets, rate=task.rate, steps=settings.steps, looks=looks.tolist())
        paths = np.stack([outputs(there, task.points) for _, there in steps])  # (look, seed, point)
        for kernel, kernels in (("", task.kernels), ("own_", empirical_kernels(net, task))):
            predicted = predict(task, kernels, paths[0], looks)
            for place, column in gaps(task, paths, predicted).items():
                curves[kernel + place].append(column)
        courses.append(paths)
    found = {name: np.stack(rows) for name, rows in curves.items()}  # each (width, look, seed)
    values = {}
    for name, rows in found.items():
        values |= gap_values(name, rows.max(1), settings.widths)
    directions = chosen_directions(settings, task)
    # of the narrowest and the widest networks, shape (net, look, seed, direction)
    parts = np.stack([amplitudes(task, courses[place]) for place in (0, -1)])
    values |= rate_values(task, looks, parts[1], directions)
    exact = decays(task, looks)
    arrays = {f"curve_{name}": rows.mean(2) for name, rows in found.items()}
    arrays |= {f"gap_{name}": rows.max(1) for name, rows in found.items()}
    arrays |= {"directions": np.array(list(directions.values())), "looks": looks, "widths": np.array(settings.widths)}
    arrays |= {"parts": pooled(parts, parts[:, :1]), "exact_parts": pooled(exact * parts[:, :1], parts[:, :1])}
    return Result(values, arrays)


def predict(task: Task, kernels: np.ndarray, start: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """Return the outputs at every look, shape (look, seed, n + m), if the kernels stayed; start (seed, n + m)."""
    residuals = (task.targets[..., 0].numpy() - start[:, : task.seen])[..., None]
    responses = [descent_response(kernels, task.seen, rate=task.rate, steps=int(look)) for look in looks]
    return np.stack([start + (response @ residuals)[..., 0] for response in responses])


def gaps(task: Task, paths: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rms distance of outputs from their prediction over the first residual's, each (look, seed)."""
    size = rms(paths[0][:, : task.seen] - task.targets[..., 0].numpy())
    apart = paths - predicted
    return {"train": rms(apart[..., : task.seen]) / size, "test": rms(apart[..., task.seen :]) / size}


def eigenvectors(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Return the limit kernels' eigenvalues (seed, n) and eigenvectors (seed, n, n), the largest first."""
    eigenvalues, vectors = np.linalg.eigh(task.kernels[:, : task.seen, : task.seen])
    return eigenvalues[:, ::-1], vectors[:, :, ::-1]


def amplitudes(task: Task, paths: np.ndarray) -> np.ndarray:
    """Return the residuals' parts along the eigenvectors of the limit kernels, shape (look, seed, direction)."""
    residuals = paths[..., : task.seen] - task.targets[..., 0].numpy()
    return np.einsum("lsn,snk->lsk", residuals, eigenvectors(task)[1])


def decays(task: Task, looks: np.ndarray) -> np.ndarray:
    """Return what the limit kernels leave of each part, (1 − ηλ)^t, shape (look, seed, direction)."""
    return (1 - task.rate * eigenvectors(task)[0]) ** looks[:, None, None]


def chosen_directions(settings: Dynamics, task: Task) -> dict[str, int]:
    """Return the first eigenvector, the last one whose part falls to 1/e in every seed's training, and the middle one.

    Raises:
        ValueError: training is too short for two of them.
    """
    left = decays(task, np.array([settings.steps]))[0].max(0)
    last = int((left < FALLEN).sum()) - 1
    if last < 1:
        raise ValueError(f"expected steps for a second part of the residual to fall to 1/e, got {settings.steps}")
    return {"first": 0, "middle": last // 2, "last": last}


def rate_values(task: Task, looks: np.ndarray, parts: np.ndarray, directions: dict[str, int]) -> dict[str, Value]:
    """Return measured over predicted decay rates, at the look where 1/e is predicted; parts (look, seed, direction).

    A part's own ratio to its start would be all noise where the start happens to be small. So shares come from
    regressing parts on starts over the seeds.
    """
    exact = decays(task, looks)
    seeds = np.arange(parts.shape[1])
    values = {}
    for name, direction in directions.items():
        nearest = np.abs(np.log(exact[..., direction] / FALLEN)).argmin(0)  # one look a seed
        start = parts[0, :, direction]
        rows = np.column_stack([start, exact[nearest, seeds, direction] * start, parts[nearest, seeds, direction]])
        values[f"rate_{name}"] = Value.of(jackknife_interval(decay_ratio, rows), 3, note=RATE)
        values[f"direction_{name}"] = Value(direction + 1, digits=0, note="place of the eigenvalue, the largest first")
    return values


def decay_ratio(rows: np.ndarray) -> float:
    """Return what has decayed over what should have; rows (seed, part at the start, predicted later, found later)."""
    start, predicted, found = rows.T
    return float(start @ (start - found) / (start @ (start - predicted)))


def pooled(parts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the slope of parts on starts over seeds, shape (…, look, direction); both (…, look, seed, direction)."""
    return (parts * starts).sum(-2) / (starts**2).sum(-2)


def gap_values(name: str, rows: np.ndarray, widths: list[int]) -> dict[str, Value]:
    """Return the slope of a prediction's error over width, and its mean at both ends; rows (width, seed)."""
    place = name.split("_")[-1]
    note = GAP.format(KERNELS[name.removesuffix(place)], PLACES[place])
    ends = {"narrowest": rows[0], "widest": rows[-1]}
    values = {f"{name}_gap_{end}": Value.of(mean_interval(row), 4, note=note) for end, row in ends.items()}
    return values | {f"{name}_slope": Value.of(slope(rows, widths), 2, note=f"{SLOPE}; {note}")}
