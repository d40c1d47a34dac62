import numpy as np
import pytest
import torch
from scipy.stats import kstest

from scripts.article.settings import preset_values
from scripts.geometry.dimension import ball_dimensions, compute, draw_ball, layer_dimensions, layer_values
from scripts.geometry.settings import Dimension
from scripts.maths.ensembles import initialise
from scripts.maths.random import generators
from scripts.maths.two_nn import intrinsic_dimension


def test_points_fill_the_ball_evenly():
    points = draw_ball(np.random.default_rng(0), 4000, 3)
    radii = np.linalg.norm(points, axis=1)
    assert kstest(radii**3, "uniform").pvalue > 1e-3
    assert kstest((points[:, 0] / radii + 1) / 2, "uniform").pvalue > 1e-3  # Archimedes: even along any axis


def test_a_layer_two_units_wide_has_two_dimensions_whatever_comes_in():
    net = initialise([6, 2, 6, 1], generators(range(3), "test"), activation="tanh")
    inputs = torch.as_tensor(np.random.default_rng(1).normal(size=(3, 500, 6)))
    found = layer_dimensions(net, inputs, 0.1)
    assert found.shape == (3, 3)
    assert (found[:, 0] > 4).all()
    assert found[:, 1:] == pytest.approx(2, abs=0.4)  # the third layer only bends the second's plane
    assert found[1, 0] == intrinsic_dimension(inputs[1].numpy(), discarded=0.1)


def test_each_ball_has_its_own_seed():
    settings = Dimension(**preset_values(Dimension, "quick") | {"ball_seeds": 4, "ball_dimension": 2})
    found = ball_dimensions(settings, 100)
    shifted = ball_dimensions(settings.model_copy(update={"first_seed": 2}), 100)
    assert len(set(found)) == 4
    np.testing.assert_array_equal(found[2:], shifted[:2])


def test_values_compare_the_last_layer_with_the_images_and_with_its_twin():
    found, control = np.tile([[8.0, 10.0, 4.0]], (5, 1)), np.tile([[8.0, 9.0, 5.0]], (5, 1))
    values = layer_values(found, control)
    expected = {"input": 8, "first": 10, "last": 4, "peak": 10, "peak_untrained": 9, "last_untrained": 5}
    expected |= {"last_to_input": 0.5, "last_to_untrained": 0.8, "last_to_first": 0.4, "untrained_to_input": 0.625}
    for name, number in expected.items():
        assert values[name].value == pytest.approx(number)


def test_the_experiment_meets_the_exact_ball_and_keeps_its_parts_apart():
    changes = {"seeds": 3, "widths": [20, 12], "epochs": 2, "ball_dimension": 3, "ball_points": [50, 150, 300]}
    result = compute(Dimension(**preset_values(Dimension, "quick") | changes | {"ball_seeds": 40}))
    assert result.arrays["trained"].shape == result.arrays["untrained"].shape == (3, 3)
    np.testing.assert_array_equal(result.arrays["trained"][:, 0], result.arrays["untrained"][:, 0])
    for size in ("_few", "", "_many"):
        ball, exact = result.values[f"ball{size}"], result.values[f"ball_exact{size}"]
        error = (ball.high - ball.low) / 4
        assert ball.value == pytest.approx(exact.value, abs=3.5 * error)
        assert exact.low is None
        assert result.values[f"ball_bias{size}"].value == pytest.approx(ball.value - 3)
    assert result.values["ball_exact_few"].value < result.values["ball_exact_many"].value < 3
