"""Check tasks against their formula, and the best single answer against quadrature and against other answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.sinusoids import Sinusoids, answers

FINN = Sinusoids((0.1, 5.0), (0.0, np.pi), (-5.0, 5.0))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def bounds(lowest: float, highest: float) -> st.SearchStrategy[tuple[float, float]]:
    """Return pairs of a lower bound and an upper one at least a tenth above it."""
    pairs = st.tuples(st.floats(lowest, highest), st.floats(0.1, 6))
    return pairs.map(lambda pair: (pair[0], pair[0] + pair[1]))


def nodes(low: float, high: float) -> np.ndarray:
    """Return where to look at a function for its mean between two bounds, by Gauss and Legendre's rule."""
    return (low + high) / 2 + (high - low) / 2 * NODES


def quadrature_risk(family: Sinusoids, answer: np.ndarray) -> float:
    """Return the mean square by which an answer, given at the nodes of the inputs, misses a task."""
    amplitude, phase, x = (
        nodes(*pair).reshape(shape)
        for pair, shape in zip(
            (family.amplitudes, family.phases, family.inputs), ((-1, 1, 1), (1, -1, 1), (1, 1, -1)), strict=True
        )
    )
    squares = (amplitude * np.sin(x - phase) - answer) ** 2
    return float(np.einsum("apx,a,p,x", squares, WEIGHTS, WEIGHTS, WEIGHTS) / 8)


@given(bounds(-2, 3), bounds(-4, 4), bounds(-6, 4))
def test_single_risk_is_that_of_the_best_single_function(amplitudes, phases, inputs):
    family = Sinusoids(amplitudes, phases, inputs)
    best = family.best_single(nodes(*inputs))
    assert family.single_risk() == pytest.approx(quadrature_risk(family, best), rel=1e-9, abs=1e-12)
    for other in (best + 0.01, 0.99 * best - 0.01 * np.sin(3 * nodes(*inputs)), np.zeros_like(best) + 1e-3):
        assert quadrature_risk(family, other) >= family.single_risk() - 1e-12


def test_single_risk_of_the_papers_tasks():
    assert FINN.single_risk() == pytest.approx(3.0057, abs=5e-5)


def test_best_single_function_is_the_mean_of_the_tasks():
    family = Sinusoids((0.5, 2.0), (0.3, 1.7), (-1.0, 2.0))
    inputs = np.array([-0.8, 0.2, 1.9])
    tasks, _, _ = family.draw(200_000, 1, np.random.default_rng(3))
    drawn = answers(tasks, inputs)
    standard_error = drawn.std(0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(0) - family.best_single(inputs)) < 4.5 * standard_error).all()


def test_tasks_lie_within_their_bounds_and_follow_their_formula():
    family = Sinusoids((2.0, 3.0), (-1.0, 0.5), (4.0, 9.0))
    tasks, inputs, found = family.draw(500, 7, np.random.default_rng(4))
    assert tasks.shape == (500, 2)
    assert inputs.shape == found.shape == (500, 7)
    for drawn, (low, high) in ((tasks[:, 0], (2, 3)), (tasks[:, 1], (-1, 0.5)), (inputs, (4, 9))):
        assert low <= drawn.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < drawn.max() <= high
    assert found[3, 2] == pytest.approx(tasks[3, 0] * np.sin(inputs[3, 2] - tasks[3, 1]))


def test_grid_holds_the_midpoints():
    np.testing.assert_allclose(Sinusoids((0, 1), (0, 1), (-1.0, 3.0)).grid(4), [-0.5, 0.5, 1.5, 2.5])


def test_empty_ranges_are_refused():
    with pytest.raises(ValueError, match=r"phases: expected a lower bound below the upper one, got 1.0 and 1.0"):
        Sinusoids((0.0, 1.0), (1.0, 1.0), (0.0, 1.0))
