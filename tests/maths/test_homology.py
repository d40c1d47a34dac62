import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ripser import ripser
from scipy.spatial.distance import cdist

from scripts.maths.disc_and_ring import mesh_gap, polar_mesh
from scripts.maths.homology import (
    circle_bar,
    count_betti,
    farthest_points,
    longest_loop,
    persistence,
    winding_number,
)


def circle(points, radius=1.0, centre=(0.0, 0.0)):
    angle = np.arange(points) * 2 * np.pi / points
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + centre


def filled(sides, count, seed):
    """Return random points that fill a box, with the distance within which every point of the box has one of them."""
    points = np.random.default_rng(seed).uniform(size=(count, 2)) * sides
    every = np.stack(np.meshgrid(*(np.linspace(0, side, 120) for side in sides)), axis=-1).reshape(-1, 2)
    to_the_grid = np.hypot(*sides) / 119 / 2  # no point of the box is farther from one of these
    return points, float(cdist(every, points).min(1).max() + to_the_grid)


@pytest.mark.parametrize(("points", "radius"), [(4, 1.0), (9, 0.5), (25, 2.0), (50, 3.7), (61, 0.1)])
def test_the_loop_of_a_circle_is_born_and_dies_as_the_closed_form_says(points, radius):
    found = persistence(circle(points, radius))
    np.testing.assert_allclose(found.loops, [circle_bar(points, radius)], rtol=1e-6)
    joined = found.parts[np.isfinite(found.parts[:, 1]), 1]
    np.testing.assert_allclose(joined, np.full(points - 1, circle_bar(points, radius)[0]), rtol=1e-6)


def test_shapes_have_their_betti_numbers():
    step = 2 * np.pi / 60  # a point of the circle has one of 60 within half of this
    eight = np.concatenate([circle(60), circle(60, centre=(2.0, 0.0))])
    apart = np.concatenate([circle(60), circle(60, centre=(5.0, 0.0)), circle(60, 0.02, (0.0, 9.0))])
    assert count_betti(persistence(circle(60), step / 2)) == (1, 1)
    assert count_betti(persistence(eight, step / 2)) == (1, 2)
    assert count_betti(persistence(apart, step / 2)) == (3, 2)  # the third circle is finer than the resolution
    assert count_betti(persistence(np.stack([np.linspace(0, 1, 40), np.zeros(40)], axis=1), 0.02)) == (1, 0)


@given(st.integers(0, 10_000), st.floats(0.05, 1), st.integers(20, 60))
def test_a_filled_box_has_one_part_and_no_loop_however_its_points_lie(seed, height, count):
    points, cover = filled((1.0, height), count, seed)
    bars = persistence(points, cover)
    assert count_betti(bars) == (1, 0)
    assert longest_loop(bars) <= 2


def test_a_hole_wider_than_the_resolution_counts_and_a_narrower_one_does_not():
    mesh = polar_mesh(0.5, 1.0, 20, 200)
    for landmarks, loops in ((80, 1), (6, 0)):
        points = mesh.reshape(-1, 2)
        chosen, cover = farthest_points(points, landmarks)
        bars = persistence(points[chosen], cover + mesh_gap(mesh))
        assert count_betti(bars) == (1, loops)
    assert longest_loop(persistence(circle(4), 1.0)) == pytest.approx(2 - np.sqrt(2), rel=1e-6)
    assert longest_loop(persistence(np.eye(3)[:, :2], 1.0)) == 0


@pytest.mark.parametrize(("dimension", "count"), [(1, 5), (2, 30), (3, 77)])
def test_farthest_points_are_ripsers_and_cover_the_cloud(dimension, count):
    points = np.random.default_rng(dimension).normal(size=(80, dimension))
    chosen, cover = farthest_points(points, count)
    reference = ripser(points, n_perm=count)
    assert chosen.tolist() == reference["idx_perm"].tolist()
    assert cover == pytest.approx(cdist(points, points[chosen]).min(1).max(), rel=1e-12)


@given(st.integers(-3, 3), st.floats(-0.3, 0.3), st.floats(0.5, 4))
def test_a_path_winds_as_often_as_it_turns(turns, shift, stretch):
    angle = np.arange(100) * 2 * np.pi / 100
    path = np.stack([stretch * np.cos(turns * angle), np.sin(turns * angle)], axis=1)
    inside = np.array([shift * stretch, shift])
    assert winding_number(path, inside) == turns
    assert winding_number(path, np.array([2 * stretch, 0.0])) == 0


def test_bad_clouds_are_refused():
    with pytest.raises(ValueError, match=r"at least two points \(n, d\) and cover >= 0"):
        persistence(np.zeros((1, 2)))
    with pytest.raises(ValueError, match="cover -1"):
        persistence(np.zeros((3, 2)), -1.0)
    with pytest.raises(ValueError, match="1 <= count <= n"):
        farthest_points(np.zeros((3, 2)), 4)
    with pytest.raises(ValueError, match="at least 4 points and a positive radius"):
        circle_bar(3, 1.0)
