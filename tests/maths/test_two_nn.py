import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import KDTree

from scripts.maths.statistics import mean_interval
from scripts.maths.two_nn import intrinsic_dimension, neighbour_ratios, ratio_dimension


@pytest.mark.parametrize(("dimension", "discarded", "count"), [(3.0, 0.0, 12), (7.5, 0.25, 40), (1.0, 0.1, 400)])
def test_under_paretos_law_it_has_no_bias_and_the_known_spread(dimension, discarded, count):
    rng = np.random.default_rng(4)
    found = np.array([ratio_dimension(1 + rng.pareto(dimension, count), discarded=discarded) for _ in range(4000)])
    kept = count - round(discarded * count)
    _, low, high, _ = mean_interval(found, level=0.999)
    assert low < dimension < high
    assert found.std() == pytest.approx(dimension / np.sqrt(kept - 2), rel=0.1)
    assert high - low < 0.05 * dimension  # so a factor n / (n − 1), or the share forgotten, would show


def test_it_agrees_with_faccos_line_through_the_origin():
    rng = np.random.default_rng(5)
    ratios = 1 + rng.pareto(4, 20_000)
    ordered = np.sort(np.log(ratios))[:18_000]
    height = -np.log(1 - np.arange(1, 18_001) / 20_000)
    line = (ordered * height).sum() / (ordered**2).sum()
    assert ratio_dimension(ratios) == pytest.approx(line, rel=0.02)


@pytest.mark.parametrize("dimension", [2, 4])
def test_a_flat_torus_has_its_dimension(dimension):
    rng = np.random.default_rng(6)
    found = []
    for _ in range(40):
        points = rng.random((400, dimension))
        distances, _ = KDTree(points, boxsize=1).query(points, k=3)
        found.append(ratio_dimension(distances[:, 2] / distances[:, 1]))
    _, low, high, _ = mean_interval(found, level=0.999)
    assert low < dimension < high
    assert high - low < 0.1 * dimension


def test_a_curve_and_a_surface_keep_their_dimension_in_a_larger_space():
    rng = np.random.default_rng(7)
    place = rng.random((3000, 2))
    curve = np.column_stack([np.sin(place[:, 0]), np.cos(place[:, 0]), place[:, 0]])
    surface = np.column_stack([place, place[:, 0] * place[:, 1], np.sin(place[:, 0]), place[:, 1] ** 2])
    turned = surface @ np.linalg.qr(rng.normal(size=(5, 5)))[0]
    assert intrinsic_dimension(curve) == pytest.approx(1, abs=0.1)
    assert intrinsic_dimension(turned) == pytest.approx(2, abs=0.2)


@given(st.integers(0, 10_000), st.sampled_from([2, 20]))
def test_ratios_are_those_of_all_distances(seed, dimension):
    points = np.random.default_rng(seed).normal(size=(30, dimension))
    distances = np.sort(np.linalg.norm(points[:, None] - points[None], axis=2), axis=1)
    np.testing.assert_allclose(neighbour_ratios(points), distances[:, 2] / distances[:, 1])


def test_points_that_coincide_count_once():
    points = np.random.default_rng(8).normal(size=(50, 3))
    assert intrinsic_dimension(np.concatenate([points, points[:20]])) == intrinsic_dimension(np.unique(points, axis=0))
    with pytest.raises(ValueError, match="got two that coincide"):
        neighbour_ratios(np.concatenate([points, points[:1]]))


@pytest.mark.parametrize(
    ("ratios", "discarded", "message"),
    [
        (np.full(9, 2.0), 1.0, "discarded is 1.0, expected a share in"),
        (np.full(9, 0.5), 0.1, "finite ratios of at least 1"),
        (np.full(9, np.inf), 0.1, "finite ratios of at least 1"),
        (np.full(9, 1.0), 0.1, "got only ties"),
        (np.full(4, 2.0), 0.5, "at least 3 ratios to be kept, got 2"),
    ],
)
def test_bad_ratios_are_refused(ratios, discarded, message):
    with pytest.raises(ValueError, match=message):
        ratio_dimension(ratios, discarded=discarded)


def test_two_points_are_too_few():
    with pytest.raises(ValueError, match="at least 3 different points, got 2"):
        intrinsic_dimension(np.array([[0.0], [1.0], [1.0]]))
