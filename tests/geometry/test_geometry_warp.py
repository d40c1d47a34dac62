import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes

from scripts.article.settings import preset_values
from scripts.geometry import boundary, warp
from scripts.geometry.settings import Boundary, Settings, Warp
from scripts.maths.ensembles import initialise
from scripts.maths.moons import draw_moons
from scripts.maths.random import generators

QUICK = preset_values(Settings, "quick")


@given(st.integers(0, 10_000), st.floats(0.1, 5), st.floats(-3, 3))
def test_align_undoes_a_similarity(seed, scale, angle):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(12, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = scale * points @ turn + rng.normal(size=2)
    matrix, shift = warp.align(points, target)
    np.testing.assert_allclose(points @ matrix + shift, target, atol=1e-9)


def test_align_is_as_close_as_scipys_procrustes():
    rng = np.random.default_rng(0)
    points, target = rng.normal(size=(2, 30, 2))
    matrix, shift = warp.align(points, target)
    residual = ((points @ matrix + shift - target) ** 2).sum() / ((target - target.mean(0)) ** 2).sum()
    assert residual == pytest.approx(procrustes(target, points)[2], abs=1e-10)


def test_frames_pass_through_every_view():
    stops = tuple(np.random.default_rng(1).normal(size=(3, 5, 2)))
    path = warp.frames(stops, 4)
    assert len(path) == 9
    for index, stop in enumerate(stops):
        np.testing.assert_allclose(path[4 * index], stop, atol=1e-6)
    np.testing.assert_allclose(path[2], (stops[0] + stops[1]) / 2, atol=1e-6)


def test_the_first_view_is_the_input_itself_and_narrow_layers_keep_their_shape():
    net = initialise([2, 5, 2, 2], generators(range(3), "test"), activation="tanh")
    points, _ = draw_moons(40, 0.1, 0, "test.moons")
    grid = warp.grid_lines(points, 6)
    assert grid.shape == (12, warp.SAMPLES_PER_LINE, 2)
    views = warp.flatten_layers(net, torch.as_tensor(points), torch.as_tensor(grid))
    np.testing.assert_allclose(views[0][0], points)
    narrow = net.layers(torch.as_tensor(points))[2][0].detach().numpy()
    assert procrustes(narrow, views[2][0])[2] < 1e-12


def test_grid_lines_are_straight_and_reach_past_the_points():
    points = np.array([[0.0, 1.0], [2.0, 5.0]])
    grid = warp.grid_lines(points, 5)
    assert (grid.min((0, 1)) == points.min(0) - warp.MARGIN).all()
    assert (grid.max((0, 1)) == points.max(0) + warp.MARGIN).all()
    assert (np.ptp(grid[:5, :, 0], axis=1) == 0).all()
    assert (np.ptp(grid[5:, :, 1], axis=1) == 0).all()


def test_warp_has_its_values_and_a_probe_between_chance_and_one():
    result = warp.compute(Warp(**QUICK["warp"]))
    assert {"probe_input", "probe_last", "probe_last_untrained", "gain"} <= set(result.values)
    probes = result.arrays["probes"]
    assert probes.shape == (QUICK["warp"]["seeds"], 4)
    assert ((probes > 0.5) & (probes <= 1)).all()
    assert result.values["gain"].value == pytest.approx(probes[:, -1].mean() - probes[:, 0].mean())


def test_boundary_scores_fresh_points_and_maps_the_plane():
    settings = Boundary(**QUICK["boundary"] | {"seeds": 3, "iterations": 50, "grid": 20})
    result = boundary.compute(settings)
    assert result.arrays["regions"].shape == (20, 20)
    assert result.values["unconverged"].value == 1.0  # 50 passes are too few for every seed
    assert result.values["unconverged"].n == 3
    gap = result.values["train_accuracy"].value - result.values["test_accuracy"].value
    assert result.values["gap"].value == pytest.approx(gap)
