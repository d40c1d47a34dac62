import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.statistics import mean_interval
from scripts.maths.strict_saddle import MEAN_LOG_NORMAL, StrictSaddle, first_passage

positive = st.floats(0.05, 2.0)


@given(positive, positive, st.integers(0, 40))
def test_variance_is_that_of_the_recursion(unstable, rate, steps):
    saddle, noise, variance = StrictSaddle(1.0, unstable, rate), 0.3, 0.0
    for _ in range(steps):
        variance = (1 + rate * unstable) ** 2 * variance + (rate * noise) ** 2
    assert saddle.variance(noise, steps) == pytest.approx(variance, rel=1e-9)


def test_variance_covers_simulation_near_the_saddle():
    saddle, noise, steps = StrictSaddle(0.7, 0.5, 0.2), 1e-5, 30
    start = np.broadcast_to([2.0, 0.0], (4000, 2))
    last = saddle.walk(start, steps, noise, np.random.default_rng(0))[-1]
    found = mean_interval(last**2 / saddle.variance(noise, steps), level=0.9999)
    assert found.low <= 1 <= found.high


@given(positive, positive, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_gradient_is_the_slope_of_the_function(stable, unstable, x, y):
    def height(x, y):
        return stable * x**2 / 2 - unstable * y**2 / 2 + unstable * y**4 / 4

    found, h = StrictSaddle(stable, unstable, 0.1).gradient(np.array([x, y])), 1e-5
    expected = [(height(x + h, y) - height(x - h, y)) / (2 * h), (height(x, y + h) - height(x, y - h)) / (2 * h)]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_noise_has_its_own_size_in_every_row():
    start = np.zeros((2, 3000, 2))
    heights = StrictSaddle(1.0, 1.0, 0.5).walk(start, 1, np.array([[0.1], [2.0]]), np.random.default_rng(1))
    np.testing.assert_allclose(heights[1].std(1), [0.05, 1.0], rtol=0.05)


def test_escape_time_covers_simulation():
    saddle, noise, threshold = StrictSaddle(1.0, 0.8, 0.15), 1e-6, 0.05
    heights = saddle.walk(np.zeros((4000, 2)), 250, noise, np.random.default_rng(2))
    times = first_passage(np.abs(heights) >= threshold)
    found = mean_interval(times, level=0.9999)
    assert (times > 0).all()
    assert found.low <= saddle.escape_time(noise, threshold) <= found.high
    assert found.high - found.low < 2


def test_mean_log_of_a_normal():
    found = mean_interval(np.log(np.abs(np.random.default_rng(3).standard_normal(100_000))), level=0.9999)
    assert found.low <= MEAN_LOG_NORMAL <= found.high


@given(st.floats(1e-8, 1e-3))
def test_departure_without_noise(height):
    saddle = StrictSaddle(1.0, 0.6, 0.1)
    heights = saddle.walk(np.array([[1.0, height], [1.0, -height], [1.0, 0.0]]), 400)
    times = first_passage(np.abs(heights) >= 0.02)
    assert abs(times[0] - saddle.departure_time(height, 0.02)) <= 1
    assert times[0] == times[1]
    assert times[2] == -1
    assert heights[-1, 2] == 0


def test_walks_end_in_the_minima():
    start = np.array([[0.4, 0.1], [0.4, -0.1]])
    np.testing.assert_allclose(StrictSaddle(1.0, 1.0, 0.2).walk(start, 300)[-1], [1, -1], atol=1e-9)


def test_first_passage_where_there_is_one():
    reached = np.array([[False, False, True], [True, False, False], [False, False, True]])
    assert first_passage(reached).tolist() == [1, -1, 0]


@pytest.mark.parametrize("wrong", [(0.0, 1.0, 0.1), (1.0, -1.0, 0.1), (1.0, 1.0, 0.0)])
def test_refuses_what_is_no_saddle(wrong):
    with pytest.raises(ValueError, match="expected positive curvatures"):
        StrictSaddle(*wrong)
