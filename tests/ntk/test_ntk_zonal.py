"""Eigenvalues on the sphere against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import comb

from scripts.maths.ntk import propagate
from scripts.ntk.zonal import eigenvalues_by_degree, first_index, multiplicity, rbf_eigenvalues

RANGES = np.arange(40, 81), np.arange(80, 161)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.2, 3), st.integers(3, 6))
def test_quadrature_equals_the_closed_form_of_the_rbf_kernel(gamma, dimension):
    found = eigenvalues_by_degree(lambda u: np.exp(-gamma * (2 - 2 * u)), 8, dimension)
    assert found == pytest.approx(rbf_eigenvalues(gamma, 8, dimension), abs=1e-13)


@pytest.mark.parametrize("dimension", [3, 4, 5, 6])
def test_the_linear_kernel_lives_in_degree_one(dimension):
    assert eigenvalues_by_degree(lambda u: u, 3, dimension) == pytest.approx([0, 1 / dimension, 0, 0], abs=1e-13)


@pytest.mark.parametrize("dimension", [3, 4, 5, 6])
def test_eigenvalues_sum_to_the_diagonal(dimension):
    found = eigenvalues_by_degree(lambda u: np.exp(u), 25, dimension)
    total = sum(value * multiplicity(degree, dimension) for degree, value in enumerate(found))
    assert total == pytest.approx(np.e)


@pytest.mark.parametrize("dimension", [3, 4, 5])
def test_the_tangent_kernel_falls_like_degree_to_minus_dimension(dimension):
    """Bietti and Bach 2021, corollary 3: k to the power -d on the sphere in d dimensions."""
    found = eigenvalues_by_degree(
        lambda u: propagate(u, np.ones(()), np.ones(()), hidden=2, bias_variance=0.3)[1], 160, dimension
    )
    shift = np.array([np.polyfit(np.log(part), np.log(found[part]), 1)[0] + dimension for part in RANGES])
    assert shift[-1] == pytest.approx(0, abs=0.08)
    assert abs(shift[1]) < 0.75 * abs(shift[0])


def test_without_biases_one_hidden_layer_has_no_odd_degrees():
    found = eigenvalues_by_degree(lambda u: propagate(u, np.ones(()), np.ones(()), hidden=1)[1], 9, 3)
    assert found[[3, 5, 7, 9]] == pytest.approx(0, abs=1e-9)
    assert (found[[0, 1, 2, 4, 6, 8]] > 1e-4).all()


@given(st.integers(0, 20))
def test_multiplicities_are_those_of_the_textbook(degree):
    assert multiplicity(degree, 3) == 2 * degree + 1
    assert multiplicity(degree, 4) == (degree + 1) ** 2
    assert first_index(degree, 3) == degree**2
    polynomials = comb(degree + 4, 4, exact=True) + (comb(degree + 3, 4, exact=True) if degree else 0)
    assert first_index(degree + 1, 5) == polynomials


def test_the_circle_is_refused():
    with pytest.raises(ValueError, match="at least 3"):
        eigenvalues_by_degree(np.cos, 3, 2)
