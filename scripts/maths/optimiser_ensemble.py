"""Several optimisers at once, one for each net of an ensemble, each with a step size of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Rule:
    """Hold one optimiser as numbers, with torch's defaults.

    Every step moves by the step size times the mean gradient over the root of the mean square of gradients, m/(√v + ε),
    where m ← a m + b g and v ← c v + d g²; without scaling, by the step size times m.

    Args:
        keep: a, what stays of m.
        take: b, what a gradient adds to it.
        square_keep: c, what stays of v.
        square_take: d, what a squared gradient adds to it; 0 for no scaling.
        corrected: whether m and v are divided by 1 − aᵗ and 1 − cᵗ after t steps.
        floor: ε.
    """

    keep: float = 0.0
    take: float = 1.0
    square_keep: float = 1.0
    square_take: float = 0.0
    corrected: bool = False
    floor: float = 1.0


RULES = {
    "sgd": Rule(),
    "momentum": Rule(keep=0.9),
    "adagrad": Rule(square_take=1.0, floor=1e-10),  # Duchi et al. 2011
    "rmsprop": Rule(square_keep=0.99, square_take=0.01, floor=1e-8),  # Tieleman & Hinton 2012
    "adam": Rule(0.9, 0.1, 0.999, 0.001, corrected=True, floor=1e-8),  # Kingma & Ba 2015
}


class OptimiserEnsemble:
    """Step nets along the leading axis, each by its own rule."""

    def __init__(self, parameters: Sequence[Tensor], names: Sequence[str], rates: Sequence[float]) -> None:
        """Begin with nothing remembered.

        Args:
            parameters: tensors with the net as the first of three axes; changed in place.
            names: of the rule in `RULES`, one a net.
            rates: step sizes, one a net.

        Raises:
            ValueError: an unknown rule, or another number of rules or rates than of nets.
        """
        unknown = sorted(set(names) - set(RULES))
        if unknown:
            raise ValueError(f"optimiser is {unknown[0]!r}, expected one of {', '.join(RULES)}")
        if not len(names) == len(rates) == len(parameters[0]):
            raise ValueError(f"expected one rule and rate a net, got {len(names)}, {len(rates)}, {len(parameters[0])}")
        self.parameters = list(parameters)
        self.steps = 0
        columns = torch.tensor([astuple(RULES[name]) for name in names], dtype=parameters[0].dtype).T
        self.keep, self.take, self.square_keep, self.square_take, self.corrected, self.floor = columns[..., None, None]
        self.rates = torch.as_tensor(rates, dtype=parameters[0].dtype)[:, None, None]
        self.means, self.squares, self.spare = ([torch.zeros_like(one) for one in parameters] for _ in range(3))

    @torch.no_grad()
    def step(self) -> None:
        """Move all parameters by their gradients, and forget these; takes no new memory."""
        self.steps += 1
        rates = self.rates / (1 - self.corrected * self.keep**self.steps)
        growth = 1 / (1 - self.corrected * self.square_keep**self.steps)
        for tensor, mean, square, spare in zip(self.parameters, self.means, self.squares, self.spare, strict=True):
            slope = tensor.grad
            mean.mul_(self.keep).addcmul_(slope, self.take)
            torch.mul(slope, self.square_take, out=spare)
            square.mul_(self.square_keep).addcmul_(slope, spare)
            torch.mul(square, growth, out=spare).sqrt_().add_(self.floor)
            torch.div(mean, spare, out=spare)
            tensor.addcmul_(spare, rates, value=-1)
            tensor.grad = None
