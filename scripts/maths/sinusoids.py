"""Sinusoids as tasks to learn from few examples (Finn et al. 2017, section 5.1), and the best single answer to all.

A task is a function y = A sin(x − φ) whose amplitude A, phase φ and inputs x are independent and uniform. With
v(x) = (sin x, −cos x) and u(φ) = (cos φ, sin φ) it is y = A u·v: linear in two unknown numbers, so two examples without
noise already tell all of it (where their v are independent).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Sinusoids:
    """Hold the bounds between which amplitudes, phases (radians) and inputs are drawn."""

    amplitudes: Bounds
    phases: Bounds
    inputs: Bounds

    def __post_init__(self) -> None:
        """Refuse bounds that hold nothing between them."""
        for name, (low, high) in vars(self).items():
            if not low < high:
                raise ValueError(f"{name}: expected a lower bound below the upper one, got {low} and {high}")

    def draw(self, count: int, points: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw tasks with examples.

        Args:
            count: of tasks.
            points: examples of each.
            rng: source of the draws.

        Returns:
            Tasks as rows (amplitude, phase), shape (count, 2); inputs and answers, each of shape (count, points).
        """
        tasks = rng.uniform(*np.transpose([self.amplitudes, self.phases]), (count, 2))
        inputs = rng.uniform(*self.inputs, (count, points))
        return tasks, inputs, answers(tasks, inputs)

    def grid(self, points: int) -> np.ndarray:
        """Return the midpoints of equal parts of the inputs' range, shape (points,)."""
        low, high = self.inputs
        return low + (high - low) * (np.arange(points) + 0.5) / points

    def best_single(self, inputs: np.ndarray) -> np.ndarray:
        """Return the mean over tasks at inputs of any shape: E A (E u · v(x)), best of all functions by squares."""
        cosine, sine = self._mean_direction()
        return np.mean(self.amplitudes) * (cosine * np.sin(inputs) - sine * np.cos(inputs))

    def single_risk(self) -> float:
        """Return the mean square by which the best single function misses a task; exact.

        It is the variance over tasks, E A² tr(E vvᵀ E uuᵀ) − (E A)² E uᵀ E vvᵀ E u.
        """
        low, high = self.amplitudes
        square = (low * low + low * high + high * high) / 3
        mean = self._mean_direction()
        # −cos x = sin(x − π/2) and sin x = cos(x − π/2): v is u, a quarter turn behind
        quarter = np.pi / 2
        among_inputs = _second_moments(self.inputs[0] - quarter, self.inputs[1] - quarter)
        spread = square * np.trace(among_inputs @ _second_moments(*self.phases))
        return float(spread - np.mean(self.amplitudes) ** 2 * (mean @ among_inputs @ mean))

    def _mean_direction(self) -> np.ndarray:
        low, high = self.phases
        return np.array([np.sin(high) - np.sin(low), np.cos(low) - np.cos(high)]) / (high - low)


def answers(tasks: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the tasks' answers, shape (task, point); tasks (task, 2), inputs (task, point) or (point,)."""
    amplitude, phase = tasks[:, :1], tasks[:, 1:]
    return amplitude * np.sin(inputs - phase)


def _second_moments(low: float, high: float) -> np.ndarray:
    """Return E uuᵀ of u = (cos t, sin t), t uniform."""
    double = 2 * (high - low)
    cosine, sine = (np.sin(2 * high) - np.sin(2 * low)) / double, (np.cos(2 * low) - np.cos(2 * high)) / double
    return np.array([[1 + cosine, sine], [sine, 1 - cosine]]) / 2
