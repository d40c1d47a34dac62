import numpy as np
import pytest

from scripts.geometry.dimension import draw_ball
from scripts.maths.statistics import mean_interval
from scripts.maths.two_nn import intrinsic_dimension
from scripts.maths.two_nn_ball import ball_share, expected_ball_dimension, ratio_survival, shell_share


def lens(radius: float, place: float) -> float:
    """Return the area that two discs share, of radius 1 and `radius`, as a share of the first (Weisstein)."""
    first = np.arccos((place**2 + 1 - radius**2) / (2 * place))
    second = np.arccos((place**2 + radius**2 - 1) / (2 * place * radius))
    root = np.sqrt((1 + radius - place) * (place + radius - 1) * (place - radius + 1) * (place + radius + 1))
    return (first + radius**2 * second - root / 2) / np.pi


@pytest.mark.parametrize(("radius", "place"), [(0.7, 0.6), (0.4, 0.9), (1.2, 0.5)])
def test_the_share_of_a_disc_is_the_lens(radius, place):
    assert ball_share(np.array(radius), np.array(place), 2) == pytest.approx(lens(radius, place))


@pytest.mark.parametrize("dimensions", [1, 2, 3, 6])
def test_the_share_grows_by_its_derivative_from_the_whole_small_ball_to_one(dimensions):
    radii, place = np.linspace(0.05, 1.9, 38), 0.437  # away from kinks
    step = 1e-6
    slope = (ball_share(radii + step, place, dimensions) - ball_share(radii - step, place, dimensions)) / (2 * step)
    np.testing.assert_allclose(shell_share(radii, np.array(place), dimensions), slope, atol=1e-5)
    assert ball_share(np.array(0.5), np.array(place), dimensions) == pytest.approx(0.5**dimensions)  # all inside
    assert ball_share(np.array(1.5), np.array(place), dimensions) == pytest.approx(1)  # all covered


def test_the_survival_of_a_ratio_starts_at_one_and_is_that_of_simulated_points():
    assert ratio_survival(1.0, 50, 3) == pytest.approx(1, abs=1e-3)
    rng = np.random.default_rng(9)
    count = 8000
    points = np.stack([draw_ball(rng, 30, 3) for _ in range(count)])
    distances = np.sort(np.linalg.norm(points[:, 1:] - points[:, :1], axis=2), axis=1)
    share = (distances[:, 1] > 1.3 * distances[:, 0]).mean()
    error = np.sqrt(share * (1 - share) / count)
    assert ratio_survival(1.3, 30, 3) == pytest.approx(share, abs=3.5 * error)


@pytest.mark.parametrize(("dimensions", "points", "samples"), [(3, 300, 150), (8, 500, 40)])
def test_simulated_balls_show_the_expected_bias(dimensions, points, samples):
    rng = np.random.default_rng(10)
    found = [intrinsic_dimension(draw_ball(rng, points, dimensions)) for _ in range(samples)]
    _, low, high, _ = mean_interval(found, level=0.999)
    exact = expected_ball_dimension(points, dimensions)
    assert low < exact < high
    assert exact < dimensions


def test_the_bias_is_downwards_and_falls_with_more_points():
    few, many, most = (expected_ball_dimension(points, 4) for points in (100, 1000, 100_000))
    assert few < many < most < 4
    assert most == pytest.approx(4, abs=0.06)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((2, 3, 0.1), "at least 3 points"), ((9, 0, 0.1), "1 dimension"), ((9, 3, 0.0), "discarded is 0.0")],
)
def test_bad_arguments_are_refused(arguments, message):
    points, dimensions, discarded = arguments
    with pytest.raises(ValueError, match=message):
        expected_ball_dimension(points, dimensions, discarded=discarded)
