"""The kernels of wide ReLU networks against closed forms, quadrature and finite networks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.ntk import limit_kernels, propagate, relu_expectations
from scripts.maths.random import generator


@given(st.floats(-0.999, 0.999))
def test_one_hidden_layer_is_the_closed_form(cosine):
    angle = np.arccos(cosine)
    kappa0 = (np.pi - angle) / np.pi
    kappa1 = (np.sin(angle) + (np.pi - angle) * cosine) / np.pi
    covariance, tangent = propagate(np.array(cosine), np.ones(()), np.ones(()), hidden=1)
    assert covariance == pytest.approx(kappa1, abs=1e-12)
    assert tangent == pytest.approx(cosine * kappa0 + kappa1, abs=1e-12)


@given(st.integers(0, 8), st.floats(0.1, 10))
def test_the_diagonal_counts_the_layers(hidden, length):
    x = np.array([[length, 0.0]])
    covariance, tangent = limit_kernels(x, x, hidden=hidden)
    assert covariance[0, 0] == pytest.approx(length**2)
    assert tangent[0, 0] == pytest.approx((hidden + 1) * length**2)


def test_the_diagonal_with_biases_follows_its_scalar_recursion():
    x, c, beta = np.array([[0.3, -1.1, 0.4]]), 1.7, 0.6
    covariance = tangent = (x**2).sum() + beta
    for _ in range(3):
        covariance = c * covariance / 2 + beta
        tangent = covariance + c * tangent / 2
    found = limit_kernels(x, x, hidden=3, weight_variance=c, bias_variance=beta)
    assert found[0][0, 0] == pytest.approx(covariance)
    assert found[1][0, 0] == pytest.approx(tangent)


@given(st.floats(0.2, 3), st.floats(0.2, 3), st.floats(-0.95, 0.95))
def test_expectations_equal_an_integral_over_one_of_the_two(left, right, cosine):
    """Given u, v is normal, and E[relu(v)] of a normal law is m Φ(m/s) + s φ(m/s)."""
    scale = np.sqrt(right * (1 - cosine**2))

    def of_values(z):
        mean = cosine * np.sqrt(right) * z
        partial = mean * stats.norm.cdf(mean / scale) + scale * stats.norm.pdf(mean / scale)
        return np.sqrt(left) * z * partial * stats.norm.pdf(z)

    def of_slopes(z):
        return stats.norm.cdf(cosine * np.sqrt(right) * z / scale) * stats.norm.pdf(z)

    values, slopes = relu_expectations(np.array(cosine * np.sqrt(left * right)), np.array(left), np.array(right))
    nodes, weights = np.polynomial.legendre.leggauss(200)
    z, share = 6 * (nodes + 1), 6 * weights
    assert values == pytest.approx(share @ of_values(z), abs=1e-9)
    assert slopes == pytest.approx(share @ of_slopes(z), abs=1e-9)


def test_a_zero_vector_has_kernel_zero():
    covariance, tangent = limit_kernels(np.zeros((1, 2)), np.ones((1, 2)), hidden=2)
    assert covariance[0, 0] == tangent[0, 0] == 0


def test_gram_matrices_are_positive_semidefinite():
    x = generator(3, "test").normal(size=(40, 4))
    for kernel in limit_kernels(x, x, hidden=3, bias_variance=0.2):
        assert np.linalg.eigvalsh(kernel)[0] > -1e-9 * kernel.max()


@pytest.mark.parametrize(("hidden", "beta"), [(1, 0.0), (2, 0.5), (3, 0.0)])
def test_wide_networks_agree_within_monte_carlo_error(hidden, beta):
    """Biases of a finite width vanish as 1/width, so 24 nets of width 1024 test the mean to a few standard errors."""
    x = generator(0, "test.inputs").normal(size=(4, 3))
    found = np.stack([_network_gram(x, hidden, 1024, beta, seed) for seed in range(24)])
    error = found.std(0, ddof=1) / np.sqrt(len(found))
    expected = limit_kernels(x, x, hidden=hidden, bias_variance=beta)[1]
    assert (np.abs(found.mean(0) - expected) < 5 * error + 0.004 * np.abs(expected)).all()


def test_the_error_falls_as_one_over_the_root_of_the_width():
    x = generator(1, "test.inputs").normal(size=(4, 3))
    expected = limit_kernels(x, x, hidden=2)[1]
    widths = [32, 128, 512]
    errors = [
        np.mean([((_network_gram(x, 2, width, 0.0, seed) - expected) ** 2).mean() for seed in range(40)]) ** 0.5
        for width in widths
    ]
    assert np.polyfit(np.log(widths), np.log(errors), 1)[0] == pytest.approx(-0.5, abs=0.15)


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="hidden >= 0"):
        limit_kernels(np.ones((1, 1)), np.ones((1, 1)), hidden=-1)
    with pytest.raises(ValueError, match="bias_variance >= 0"):
        limit_kernels(np.ones((1, 1)), np.ones((1, 1)), hidden=1, bias_variance=-1.0)


def _network_gram(x, hidden, width, beta, seed):
    rng = generator(seed, f"test.{hidden}.{width}")
    shapes = list(pairwise([x.shape[1], *[width] * hidden, 1]))
    weights = [rng.normal(size=shape) for shape in shapes]
    biases = [rng.normal(size=out) for _, out in shapes]
    return tangent_gram(weights, biases, x, bias_variance=beta)
