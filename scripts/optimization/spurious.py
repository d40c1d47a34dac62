"""Bad local minima exist: a ReLU network learns from another one, and sometimes gets stuck (Safran & Shamir 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generator
from scripts.maths.relu_population_loss import gradient, hessian, loss
from scripts.maths.statistics import mean_interval, share_interval
from scripts.optimization.settings import Spurious

END_VALUES = ("bad_loss", "bad_loss_least", "bad_loss_most", "least_curvature", "largest_gradient")
CHECKED = 100  # steps from one look at which runs have ended to the next
HESSIANS = 64  # matrices taken at once, so that memory stays small


@dataclass(frozen=True)
class Ends:
    """Hold where the runs of one case ended, each array of shape (run,).

    Args:
        losses: at the end.
        gradients: norm of the gradient there.
        curvatures: smallest eigenvalue of the Hessian there; NaN where the run found the teacher.
        solved: the loss is as good as zero, its least value.
        minima: the gradient is as good as zero, the loss is not, and the Hessian is positive definite.
    """

    losses: np.ndarray
    gradients: np.ndarray
    curvatures: np.ndarray
    solved: np.ndarray
    minima: np.ndarray

    @property
    def stuck(self) -> np.ndarray:
        """Return which runs arrived where the gradient, but not the loss, is as good as zero."""
        return ~np.isnan(self.curvatures)

    @property
    def undecided(self) -> np.ndarray:
        """Return which runs neither found the teacher nor ended in a local minimum."""
        return ~self.solved & ~self.minima


def compute(settings: Spurious) -> Result:
    """Run gradient descent from random starts for each size of the teacher and each number of units more than its."""
    cases = {
        (size, extra): follow(settings, size, size + extra) for size in settings.sizes for extra in settings.extras
    }
    shares = [[_share(cases[size, extra].minima) for extra in settings.extras] for size in settings.sizes]
    values = _share_values(settings, cases) | _end_values(settings, cases)
    arrays = {"sizes": np.array(settings.sizes), "extras": np.array(settings.extras), "shares": np.array(shares)}
    largest = settings.sizes[-1]
    arrays["losses"] = np.array([cases[largest, extra].losses for extra in settings.extras])
    arrays["bad"] = np.array([cases[largest, extra].minima for extra in settings.extras])
    arrays["solved"] = np.array([cases[largest, extra].solved for extra in settings.extras])
    return Result(values, arrays)


def follow(settings: Spurious, size: int, units: int) -> Ends:
    """Return the ends of runs with as many units; the teacher has `size` orthonormal ones in as many dimensions."""
    teacher = torch.eye(size, dtype=torch.float64)
    student = descend(draw_starts(settings, size, units), teacher, settings)
    return judge(student, teacher, settings)


def draw_starts(settings: Spurious, size: int, units: int) -> Tensor:
    """Draw one start a seed, normal with variance 2/(n + d) (Glorot & Bengio 2010), shape (run, n, d)."""
    stream = f"optimization.spurious.start.{size}.{units}"
    drawn = [generator(seed, stream).standard_normal((units, size)) for seed in settings.seed_block]
    return torch.as_tensor(np.stack(drawn)) * (2 / (units + size)) ** 0.5


def descend(student: Tensor, teacher: Tensor, settings: Spurious) -> Tensor:
    """Return where gradient descent takes each run, shape (run, n, d); runs that have ended are left alone."""
    student, running = student.clone(), torch.arange(student.shape[0])
    for step in range(settings.steps):
        if step % CHECKED == 0:
            running = running[~_ended(student[running], teacher, settings)]
            if not running.numel():
                break
            moving = student[running]
        moving = moving - settings.learning_rate * gradient(moving, teacher)
        if (step + 1) % CHECKED == 0 or step + 1 == settings.steps:
            student[running] = moving
    return student


def judge(student: Tensor, teacher: Tensor, settings: Spurious) -> Ends:
    """Tell for each run whether it found the teacher, is stuck in a local minimum, or has not ended."""
    losses, gradients = loss(student, teacher), gradient(student, teacher).flatten(1).norm(dim=1)
    solved = losses < settings.solved
    stuck = ~solved & (gradients < settings.tolerance)
    curvatures = torch.full_like(losses, torch.nan)
    for part in torch.nonzero(stuck)[:, 0].split(HESSIANS):
        curvatures[part] = torch.linalg.eigvalsh(hessian(student[part], teacher))[:, 0]
    minima = stuck & (curvatures > settings.curvature)
    return Ends(*(each.numpy() for each in (losses, gradients, curvatures, solved, minima)))


def _ended(student: Tensor, teacher: Tensor, settings: Spurious) -> Tensor:
    at_rest = gradient(student, teacher).flatten(1).norm(dim=1) < settings.tolerance
    return at_rest | (loss(student, teacher) < settings.solved)


def _share(chosen: np.ndarray) -> tuple[float, float, float, int]:
    return share_interval(int(chosen.sum()), chosen.size)


def _share_values(settings: Spurious, cases: dict[tuple[int, int], Ends]) -> dict[str, Value]:
    largest, smallest = settings.sizes[-1], settings.sizes[0]
    named = {
        "bad_matched": cases[largest, settings.extras[0]],
        "bad_one_more": cases[largest, settings.extras[min(1, len(settings.extras) - 1)]],
        "bad_wider": cases[largest, settings.extras[-1]],
        "bad_smallest": cases[smallest, settings.extras[0]],
        "bad_smallest_wider": cases[smallest, settings.extras[-1]],
    }
    note = "share of runs that end in a local minimum that is not global, Wilson's interval"
    values = {name: Value.of(_share(case.minima), 3, note=note) for name, case in named.items()}
    with_bad = [size for size in settings.sizes if cases[size, settings.extras[0]].minima.any()]
    note = "smallest teacher with a bad end at the least number of units; zero where there is none"
    values["first_bad_size"] = Value(min(with_bad, default=0), digits=0, note=note)
    note = "share of all runs that had not ended, or not in a minimum"
    values["undecided"] = Value.of(_share(np.concatenate([case.undecided for case in cases.values()])), 4, note=note)
    note = "as undecided, at the size of bad_matched"
    return values | {"undecided_matched": Value.of(_share(named["bad_matched"].undecided), 3, note=note)}


def _end_values(settings: Spurious, cases: dict[tuple[int, int], Ends]) -> dict[str, Value]:
    losses, gradients, curvatures, minima = (
        np.concatenate([getattr(case, name)[case.stuck] for case in cases.values()])
        for name in ("losses", "gradients", "curvatures", "minima")
    )
    starts = draw_starts(settings, settings.sizes[-1], settings.sizes[-1] + settings.extras[0])
    start = loss(starts, torch.eye(settings.sizes[-1], dtype=torch.float64)).numpy()
    matched = cases[settings.sizes[-1], settings.extras[0]]
    bad = matched.losses[matched.minima]
    values = {
        "stuck": Value(losses.size, digits=0, note="runs of all cases at rest above a loss of zero"),
        "certified": Value(int(minima.sum()), digits=0, note="of these, with a positive definite Hessian"),
        "start_loss": Value.of(mean_interval(start), 2, note="at the size of bad_matched"),
    }
    if bad.size < 2:
        return values | {name: Value(0.0, note="fewer than two bad ends") for name in END_VALUES}
    return values | {
        "bad_loss": Value.of(mean_interval(bad), 4, note="mean over the bad ends of bad_matched"),
        "bad_loss_least": Value(float(bad.min()), digits=4, note="over the bad ends of bad_matched"),
        "bad_loss_most": Value(float(bad.max()), digits=4, note="over the bad ends of bad_matched"),
        "least_curvature": Value(float(curvatures[minima].min()), digits=4, note="smallest eigenvalue at any bad end"),
        "largest_gradient": Value(float(gradients[minima].max()), digits=3, note="norm at any bad end"),
    }
