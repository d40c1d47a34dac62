"""What the experiments on wide networks share."""

import numpy as np
import pytest
from pydantic import ValidationError

from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generator
from scripts.ntk.settings import Width
from scripts.ntk.sphere import draw_networks, draw_task, empirical_kernels, rms, slope

SMALL = Width(seeds=3, widths=[8, 12, 16], points=5, test_points=4, dimension=4, hidden=3, bias_variance=0.3, steps=7)


def test_points_lie_on_the_sphere_with_their_targets_and_kernels():
    task = draw_task(SMALL)
    assert task.points.norm(dim=2).numpy() == pytest.approx(np.ones((3, 9)))
    first = task.training[1, 2].numpy()
    assert task.targets[1, 2].item() == pytest.approx((2 * first[0] + 4 * first[1] * first[2]) / np.sqrt(2))
    expected = limit_kernels(task.points[2].numpy(), task.points[2].numpy(), hidden=3, bias_variance=0.3)[1]
    np.testing.assert_allclose(task.kernels[2], expected)
    top = [np.linalg.norm(kernel[:5, :5], 2) for kernel in task.kernels]
    assert task.rate * max(top) == pytest.approx(SMALL.step)


def test_targets_have_a_mean_of_0_and_a_variance_of_about_1():
    """On the sphere E[z²] = 1 and E[z₂² z₃²] = d/(d + 2), and their product with z₁ averages to 0."""
    targets = draw_task(Width(seeds=400, points=20, test_points=1, dimension=6)).targets.numpy().ravel()
    assert targets.mean() == pytest.approx(0, abs=5 * targets.std() / np.sqrt(targets.size))
    squares = targets**2
    assert squares.mean() == pytest.approx((1 + 6 / 8) / 2, abs=5 * squares.std() / np.sqrt(targets.size))


def test_more_seeds_leave_a_seed_alone():
    few, many = (draw_task(SMALL.model_copy(update={"seeds": seeds})) for seeds in (3, 5))
    assert np.array_equal(few.points, many.points[:3])


def test_wide_networks_have_nearly_their_limit_kernel():
    task = draw_task(SMALL)
    net = draw_networks(SMALL, 800, output_scale=0.5)
    np.testing.assert_allclose(empirical_kernels(net, task), 0.25 * task.kernels, rtol=0.5)


def test_a_power_law_has_its_power_as_slope():
    widths = [10, 30, 90, 200]
    rows = np.outer(np.array(widths) ** -0.7, [1.0, 2.0, 5.0, 0.1])
    found = slope(rows, widths)
    assert found[:3] == pytest.approx((-0.7, -0.7, -0.7))
    assert found.n == 4


def test_the_interval_of_a_slope_covers_it():
    widths, covered = [16, 64, 256], 0
    for trial in range(100):
        noise = generator(trial, "test.slope").gamma(2.0, size=(3, 12))
        _, low, high, _ = slope(np.array(widths)[:, None] ** -0.5 * noise, widths)
        covered += low <= -0.5 <= high
    assert covered >= 86  # 95 are expected, with a standard error of 2.2


def test_rms_is_along_the_last_axis():
    assert rms(np.array([[3.0, 4.0], [1.0, 1.0]])) == pytest.approx([np.sqrt(12.5), 1])


def test_widths_that_do_not_rise_are_refused():
    with pytest.raises(ValidationError, match="rising positive widths"):
        Width(widths=[16, 8, 32])
