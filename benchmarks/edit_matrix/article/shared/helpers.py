"""Helpers of both experiments."""

import functools
import random
from collections.abc import Callable

from scripts.shared.deeper import offset

SCALE = 2.0  # alpha


def draws(seed: int, count: int) -> list[float]:
    """Return numbers between 0 and 1; both experiments call it."""
    source = random.Random(seed)
    return [source.random() for _ in range(count)]


def widen(number: float) -> float:
    """Stretch a number; only alpha calls it."""
    return 1.5 * offset(number)


def unused(number: float) -> float:
    """Do what nobody asks for."""
    return number - 1.0


def rescaled(function: Callable[..., float]) -> Callable[..., float]:
    """Return a function with a larger result; only alpha is decorated with it."""

    @functools.wraps(function)
    def inner(*arguments: int) -> float:
        return 1.25 * function(*arguments)

    return inner


class Noise:
    """Disturb numbers; only beta makes one."""

    def __init__(self, size: float):
        self.size = size

    def disturb(self, number: float) -> float:
        """Return a number with the noise in it."""
        return number + 4.0 * self.size


def trimmed(numbers: list[float], share: float = 0.1) -> list[float]:
    """Leave out the smallest and the largest numbers; only beta calls it, without naming a share."""
    cut = int(share * len(numbers))
    return sorted(numbers)[cut : len(numbers) - cut]
