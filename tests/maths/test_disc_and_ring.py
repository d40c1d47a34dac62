import numpy as np
import pytest
from scipy.spatial import Delaunay
from scipy.spatial.distance import cdist

from scripts.maths.disc_and_ring import draw_disc_and_ring, mesh_gap, polar_mesh, spread_ring

RADII = (0.7, 1.1, 2.0)


def test_points_lie_in_their_shape_and_fill_it_evenly():
    points, labels = draw_disc_and_ring(20_001, RADII, np.random.default_rng(0))
    assert np.bincount(labels).tolist() == [10_000, 10_001]
    radius = np.linalg.norm(points, axis=1)
    assert radius[labels == 0].max() <= RADII[0]
    assert radius[labels == 1].min() >= RADII[1]
    assert radius[labels == 1].max() <= RADII[2]
    # the share of a shape's area within a radius; standard error below .005 at 10,000 points
    assert (radius[labels == 0] < 0.35).mean() == pytest.approx((0.35 / 0.7) ** 2, abs=0.02)
    assert (radius[labels == 1] < 1.5).mean() == pytest.approx((1.5**2 - 1.1**2) / (2.0**2 - 1.1**2), abs=0.02)
    assert (points[:, 1] > np.abs(points[:, 0])).mean() == pytest.approx(0.25, abs=0.02)


def test_spread_points_are_even():
    for inner, outer in ((0.0, 1.0), (1.0, 1.4)):
        points = spread_ring(500, inner, outer)
        radius = np.linalg.norm(points, axis=1)
        assert radius.min() >= inner
        assert radius.max() <= outer
        nearest = np.sort(cdist(points, points), axis=1)[:, 1]
        even = np.sqrt(np.pi * (outer**2 - inner**2) / 500)  # side of the square that each point has to itself
        assert nearest.min() > 0.5 * even
        assert nearest.max() < 1.3 * even


def test_the_mesh_reaches_both_edges():
    mesh = polar_mesh(0.4, 1.3, 4, 12)
    assert mesh.shape == (4, 12, 2)
    radius = np.linalg.norm(mesh, axis=2)
    np.testing.assert_allclose(radius, np.repeat(np.linspace(0.4, 1.3, 4)[:, None], 12, axis=1))
    np.testing.assert_allclose(mesh[:, 3], np.stack([np.zeros(4), radius[:, 0]], axis=1), atol=1e-12)


@pytest.mark.parametrize(("inner", "outer"), [(0.0, 1.0), (0.5, 0.9)])
def test_every_point_of_a_sheared_shape_is_within_the_gap_of_the_mesh(inner, outer):
    mesh = polar_mesh(inner, outer, 6, 40)
    shear = np.array([[1.0, 0.0, 2.0], [3.0, 0.2, -1.0]])
    points, _ = draw_disc_and_ring(2000, (outer, 2 * outer, 3 * outer), np.random.default_rng(1))
    radius = np.linalg.norm(points, axis=1)
    own = points[(radius >= inner) & (radius <= outer * np.cos(np.pi / 40))]  # a cell's outer side is straight
    assert len(own) > 300
    farthest = cdist(own @ shear, mesh.reshape(-1, 2) @ shear).min(1).max()
    gap = mesh_gap(mesh @ shear)
    assert 0.5 * gap < farthest <= gap


def test_the_gap_of_one_triangle_shape_is_its_longest_side_over_root_three():
    mesh = polar_mesh(0.0, 1.0, 2, 3)  # the centre and an equilateral triangle of side √3
    assert mesh_gap(mesh) == pytest.approx(1.0)
    assert len(Delaunay(mesh[1]).simplices) == 1


@pytest.mark.parametrize("radii", [(0.5, 0.4, 1.0), (0.0, 1.0, 2.0), (0.5, 1.0)])
def test_radii_must_rise(radii):
    with pytest.raises(ValueError, match="expected three that rise from above 0"):
        draw_disc_and_ring(10, radii, np.random.default_rng(0))


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="points is 1, expected at least 2"):
        draw_disc_and_ring(1, RADII, np.random.default_rng(0))
    with pytest.raises(ValueError, match="0 <= inner < outer"):
        spread_ring(10, 1.0, 1.0)
    with pytest.raises(ValueError, match="at least 2 circles, 3 angles"):
        polar_mesh(0.0, 1.0, 1, 12)
