import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths import linear_attention


@given(st.integers(1, 60), st.integers(1, 12), st.floats(0.01, 2))
def test_best_step_has_the_smallest_risk(length, dimension, other):
    best = linear_attention.best_step(length, dimension)
    smallest = linear_attention.step_risk(best, length, dimension)
    assert smallest == pytest.approx(linear_attention.best_risk(length, dimension))
    assert smallest <= linear_attention.step_risk(other, length, dimension) + 1e-12


def test_exact_optimum_is_that_of_the_article():
    assert linear_attention.best_risk(20, 5) == pytest.approx(6 / 26)
