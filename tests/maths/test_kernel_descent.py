"""Descent with a constant kernel against the same steps taken one by one."""

import numpy as np
import pytest

from scripts.maths.kernel_descent import descent_response
from scripts.maths.random import generator


def _kernels(stack=3, points=7):
    factors = generator(0, "test").normal(size=(stack, points, 2 * points))
    return factors @ factors.swapaxes(1, 2)


@pytest.mark.parametrize("steps", [0, 1, 13])
def test_every_step_moves_outputs_along_the_kernel(steps):
    kernels, seen, rate = _kernels(), 4, 0.02
    outputs = start = generator(1, "test").normal(size=(3, 7))
    targets = generator(2, "test").normal(size=(3, 4))
    for _ in range(steps):
        residuals = outputs[:, :seen] - targets
        outputs = outputs - rate * np.einsum("sij,sj->si", kernels[:, :, :seen], residuals)
    response = descent_response(kernels, seen, rate=rate, steps=steps)
    found = start + np.einsum("sij,sj->si", response, targets - start[:, :seen])
    np.testing.assert_allclose(found, outputs, rtol=1e-9, atol=1e-12)


def test_long_descent_is_kernel_regression():
    kernel = _kernels(1)[0]
    found = descent_response(kernel, 4, rate=1 / np.linalg.eigvalsh(kernel[:4, :4])[-1], steps=100_000)
    np.testing.assert_allclose(found, kernel[:, :4] @ np.linalg.inv(kernel[:4, :4]), rtol=1e-8, atol=1e-10)


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="positive rate and eigenvalues"):
        descent_response(_kernels(), 4, rate=0.0, steps=1)
    with pytest.raises(ValueError, match="positive rate and eigenvalues"):
        descent_response(-np.eye(3), 2, rate=0.1, steps=1)
