"""A ReLU network that learns from another on normal inputs: expected loss, gradient and Hessian in closed form.

Student and teacher are sums of ReLU units, x ↦ Σᵢ max(0, wᵢ·x), with x standard normal. With θ the angle between two
weight vectors, E max(0, w·x) max(0, v·x) = ‖w‖‖v‖ (sin θ + (π − θ) cos θ) / 2π (Cho & Saul 2009). So the loss, half the
mean squared difference of student and teacher, needs no data (Safran & Shamir 2018).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def loss(student: Tensor, teacher: Tensor) -> Tensor:
    """Return half the mean squared difference of the two networks, shape (run,).

    Args:
        student: weight vectors, none of them zero, shape (run, n, d).
        teacher: weight vectors, none of them zero, shape (k, d).
    """
    units, signs = _units(student, teacher)
    return 0.5 * torch.einsum("rij,i,j->r", _expectation(units, units), signs, signs).clamp(min=0)


def gradient(student: Tensor, teacher: Tensor) -> Tensor:
    """Return the gradient of the loss by the student's weights, shape (run, n, d); arguments as of `loss`."""
    units, signs = _units(student, teacher)
    lengths, others = student.norm(dim=2), units.norm(dim=2)
    cosines, sines = _angles(student, units)
    along = torch.einsum("rij,rj,j->ri", sines, others, signs) / lengths
    across = (math.pi - torch.acos(cosines)) * signs
    return (along[..., None] * student + across @ units) / (2 * math.pi)


def hessian(student: Tensor, teacher: Tensor) -> Tensor:
    """Return the Hessian of the loss by the student's weights, shape (run, n·d, n·d); arguments as of `loss`.

    Where a unit has a weight vector parallel to that of another one, the limit is taken.
    """
    units, signs = _units(student, teacher)
    runs, count, dimension = student.shape
    directions, others = student / student.norm(dim=2, keepdim=True), units / units.norm(dim=2, keepdim=True)
    cosines, sines = _angles(student, units)
    parallel = sines < PARALLEL
    inverse = torch.where(parallel, 0.0, 1 / sines.clamp(min=PARALLEL))[..., None]
    normals = (others[:, None] - cosines[..., None] * directions[:, :, None]) * inverse  # across wᵢ, towards the other
    pull = sines * signs * units.norm(dim=2)[:, None] / student.norm(dim=2)[..., None]
    identity = torch.eye(dimension, dtype=student.dtype)
    own = pull.sum(2)[..., None, None] * (identity - directions[..., None] * directions[..., None, :])
    own = own + torch.einsum("rij,rija,rijb->riab", pull, normals, normals)
    own = own + math.pi * identity  # a unit with itself
    inner = normals[:, :, :count]  # normals[:, j, i] stands across wⱼ, towards wᵢ
    mixed = (math.pi - torch.acos(cosines[..., :count]))[..., None, None] * identity
    mixed = mixed + directions[:, :, None, :, None] * inner[..., None, :]
    mixed = mixed + directions[:, None, :, :, None] * inner.transpose(1, 2)[..., None, :]
    places = torch.arange(count)
    mixed[:, places, places] = own
    return mixed.permute(0, 1, 3, 2, 4).reshape(runs, count * dimension, count * dimension) / (2 * math.pi)


PARALLEL = 1e-7  # sine below which two weight vectors count as parallel: what rounding leaves of an angle of zero


def _units(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Return the weight vectors of both networks, (run, n + k, d), and the signs with which they count, (n + k,)."""
    if student.dim() != 3 or teacher.dim() != 2 or student.shape[2] != teacher.shape[1]:
        shapes = f"{tuple(student.shape)} and {tuple(teacher.shape)}"
        raise ValueError(f"expected a student (run, n, d) and a teacher (k, d), got {shapes}")
    units = torch.cat([student, teacher.expand(student.shape[0], *teacher.shape)], dim=1)
    signs = units.new_ones(units.shape[1])
    signs[student.shape[1] :] = -1
    return units, signs


def _angles(some: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosines and sines of the angles between weight vectors, shape (run, some, other)."""
    lengths = some.norm(dim=2)[..., None] * others.norm(dim=2)[:, None]
    cosines = (some @ others.mT / lengths).clamp(-1, 1)
    return cosines, torch.sqrt((1 - cosines) * (1 + cosines))


def _expectation(some: Tensor, others: Tensor) -> Tensor:
    cosines, sines = _angles(some, others)
    lengths = some.norm(dim=2)[..., None] * others.norm(dim=2)[:, None]
    return lengths * (sines + (math.pi - torch.acos(cosines)) * cosines) / (2 * math.pi)
