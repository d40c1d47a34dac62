"""Data on which the sign of the gradient misleads: the construction of Wilson et al. (2017, section 3.3).

Example i with label y = ±1 has the features (y, 1, 1), and besides them coordinates that no other example has: one of
them is 1 if y = 1, five are 1 if y = −1. Only the first feature says anything about a fresh example. With more positive
than negative labels, sign(Xᵀy) = (1, 1, 1, y of each coordinate's example), and X sign(Xᵀy) = 4 y: the sign vector,
scaled, fits every label, while it gives a fresh example (y + 2)/4 > 0 whatever its label.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

SHARED = 3  # features that all examples have: the label, and two constants
OWN = {1: 1, -1: 5}  # coordinates of its own that an example with label 1, and one with label −1, has
SCALE = 4.0  # X sign(Xᵀy) = SCALE · y


@dataclass(frozen=True)
class WilsonData:
    """Hold several data sets.

    Args:
        labels: each 1 or −1, shape (set, n).
        own: 1 for each coordinate of its own that an example has, else 0, shape (set, n, 5).
    """

    labels: Tensor
    own: Tensor

    @classmethod
    def of(cls, labels: Tensor) -> WilsonData:
        """Return the data sets with given labels, shape (set, n).

        Raises:
            ValueError: a label that is neither 1 nor −1, or another number of axes.
        """
        if labels.dim() != 2 or not (labels.abs() == 1).all():
            raise ValueError(f"expected labels 1 or -1 of shape (set, n), got shape {tuple(labels.shape)}")
        counts = torch.where(labels > 0, OWN[1], OWN[-1])
        return cls(labels, (torch.arange(max(OWN.values())) < counts[..., None]).to(labels.dtype))

    def zeros(self) -> list[Tensor]:
        """Return weights zero: of the shared features, (set, 3), and of each example's own, (set, n, 5)."""
        sets = self.labels.shape[0]
        return [torch.zeros(sets, SHARED, dtype=self.own.dtype), torch.zeros_like(self.own)]

    def scores(self, weights: list[Tensor], rows: Tensor | None = None) -> Tensor:
        """Return w·x of training examples: all, shape (set, n), or those numbered by rows of shape (set, b)."""
        labels, own, theirs = self.labels, self.own, weights[1]
        if rows is not None:
            sets = torch.arange(rows.shape[0])[:, None]
            labels, own, theirs = labels[sets, rows], own[sets, rows], theirs[sets, rows]
        return fresh_scores(weights, labels) + (theirs * own).sum(-1)

    def sign_vector(self) -> list[Tensor]:
        """Return sign(Xᵀy), as weights."""
        constant = torch.sign(self.labels.sum(1))
        shared = torch.stack([torch.ones_like(constant), constant, constant], dim=1)
        return [shared, self.labels[..., None] * self.own]

    def minimum_norm(self) -> list[Tensor]:
        """Return the weights of least norm that fit every label, in closed form.

        w = Xᵀa with X Xᵀ a = y. As x_i·x_j = y_i y_j + 2, and 1 or 5 more where i = j, a takes one value p on the
        positive examples and one value m on the negative ones: (3P + 1) p + N m = 1 and P p + (3N + 5) m = −1, for P
        positive and N negative examples.
        """
        positive = (self.labels > 0).sum(1).to(self.own.dtype)
        negative = self.labels.shape[1] - positive
        one, five = OWN[1], OWN[-1]
        determinant = (3 * positive + one) * (3 * negative + five) - positive * negative
        upper, lower = (4 * negative + five) / determinant, -(4 * positive + one) / determinant
        along_label = positive * upper - negative * lower
        constant = positive * upper + negative * lower
        each = torch.where(self.labels > 0, upper[:, None], lower[:, None])
        return [torch.stack([along_label, constant, constant], dim=1), each[..., None] * self.own]


def fresh_scores(weights: list[Tensor], labels: Tensor) -> Tensor:
    """Return w·x of fresh examples with given labels, shape (set, m).

    A fresh example's own coordinates were zero in all of training, and so are their weights.
    """
    shared = weights[0]
    return shared[:, :1] * labels + shared[:, 1:].sum(1, keepdim=True)


def cosine(one: list[Tensor], other: list[Tensor]) -> Tensor:
    """Return the cosine of the angle between two weight vectors, shape (set,)."""
    return _dot(one, other) / (norm(one) * norm(other))


def norm(weights: list[Tensor]) -> Tensor:
    """Return the Euclidean norm of weights, shape (set,)."""
    return _dot(weights, weights).sqrt()


def _dot(one: list[Tensor], other: list[Tensor]) -> Tensor:
    return sum((a.flatten(1) * b.flatten(1)).sum(1) for a, b in zip(one, other, strict=True))
