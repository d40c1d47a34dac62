from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from scripts.maths.cover import half_chance_points, separable_chance


def separable(points: np.ndarray, signs: tuple[int, ...]) -> bool:
    """Tell by linear programming whether a hyperplane parts the two signs."""
    design = np.array(signs)[:, None] * np.column_stack([points, np.ones(len(points))])
    return linprog(np.zeros(design.shape[1]), -design, -np.ones(len(points)), bounds=(None, None)).status == 0


@pytest.mark.parametrize(("points", "dimensions"), [(5, 1), (6, 2), (6, 3), (4, 5)])
def test_every_labelling_of_some_points_is_tried(points, dimensions):
    places = np.random.default_rng(points).normal(size=(points, dimensions))
    found = [separable(places, signs) for signs in product((-1, 1), repeat=points)]
    assert separable_chance(points, dimensions) == Fraction(sum(found), len(found))


@given(st.integers(0, 60))
def test_the_chance_is_one_up_to_one_more_point_than_dimensions_and_half_at_the_capacity(dimensions):
    assert separable_chance(dimensions + 1, dimensions) == 1
    assert separable_chance(dimensions + 2, dimensions) < 1
    assert separable_chance(half_chance_points(dimensions), dimensions) == Fraction(1, 2)


@pytest.mark.parametrize(("points", "dimensions"), [(0, 2), (3, -1)])
def test_no_points_and_negative_dimensions_are_refused(points, dimensions):
    with pytest.raises(ValueError, match="expected at least 1 point and 0 dimensions"):
        separable_chance(points, dimensions)
