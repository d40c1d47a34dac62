"""The comparison of Gram matrices."""

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics.pairwise import laplacian_kernel, rbf_kernel

from scripts.article.settings import preset_values
from scripts.maths.ntk import limit_kernels
from scripts.ntk import rbf as experiment
from scripts.ntk.settings import Rbf, Settings

SMALL = Rbf(seeds=3, points=220, dimension=4, hidden=1, width=64, first_degree=2, last_degree=4, shown=12)


def test_kernels_of_a_cosine_equal_those_of_points():
    points = experiment.sphere_points(SMALL, 5)
    cosine = points @ points.T
    tangent = limit_kernels(points, points, hidden=1, bias_variance=SMALL.bias_variance)[1]
    assert experiment.tangent(cosine, SMALL) == pytest.approx(tangent, abs=1e-6)
    assert experiment.rbf(cosine, 0.7) == pytest.approx(rbf_kernel(points, gamma=0.7))
    assert np.linalg.norm(points, axis=1) == pytest.approx(1)
    pair = points[:2]
    distance = np.linalg.norm(pair[0] - pair[1])
    assert experiment.laplace(pair @ pair.T, 0.7)[0, 1] == pytest.approx(np.exp(-0.7 * distance))
    line = np.array([[0.0], [distance]])
    assert experiment.laplace(pair @ pair.T, 0.7)[0, 1] == pytest.approx(laplacian_kernel(line, gamma=0.7)[0, 1])


def test_the_chosen_scale_correlates_best_on_real_points():
    points = experiment.sphere_points(Rbf(points=800), 1)
    cosine = points @ points.T
    tangent, best = experiment.tangent(cosine, Rbf()), experiment.closest_scale(experiment.rbf, Rbf())
    at_best, *others = (
        experiment.correlation(tangent, experiment.rbf(cosine, factor * best)) for factor in (1, 0.3, 3)
    )
    assert at_best > max(others)


def test_correlation_ignores_the_diagonal():
    rng = np.random.default_rng(0)
    one, two = (part + part.T for part in rng.normal(size=(2, 9, 9)))
    above = np.triu_indices(9, 1)
    assert experiment.correlation(one + 50 * np.eye(9), two) == pytest.approx(np.corrcoef(one[above], two[above])[0, 1])


def test_the_exponent_of_a_power_law_is_its_power():
    spectrum = 3.0 * np.arange(1, 400.0) ** np.array([[-1.5], [-4.0]])
    assert experiment.decay_exponent(spectrum, Rbf()) == pytest.approx([-1.5, -4.0])


def test_eigenvalues_of_a_draw_approach_the_exact_ones():
    settings = Rbf(points=900)
    points = experiment.sphere_points(settings, 2)
    kernels = experiment.choose_kernels(settings)
    exact = experiment.exact_spectra(kernels, settings)
    for name, kernel in kernels.items():
        found = experiment.eigenvalues(kernel(points @ points.T))
        for start, stop in ((0, 1), (1, 4), (4, 9), (9, 16)):
            assert found[start:stop].mean() == pytest.approx(exact[name][start:stop].mean(), rel=0.1)


def test_theory_holds_for_the_exact_tangent_kernel_far_out():
    settings = Rbf(first_degree=20, last_degree=40, points=4000)
    line = experiment.exact_spectra(experiment.choose_kernels(settings), settings)["ntk"]
    assert experiment.decay_exponent(line, settings) == pytest.approx(-1.5, abs=0.02)


def test_more_seeds_leave_a_seed_alone():
    one = experiment.sphere_points(SMALL, 1)
    assert np.array_equal(one, experiment.sphere_points(SMALL.model_copy(update={"seeds": 9}), 1))


def test_a_range_without_width_is_refused():
    with pytest.raises(ValidationError, match="first_degree < last_degree"):
        Rbf(first_degree=4, last_degree=4)


@pytest.mark.parametrize("settings", [SMALL, Rbf(**preset_values(Settings, "quick")["rbf"])])
def test_compute_returns_the_fixed_values(settings):
    result = experiment.compute(settings)
    assert result.values["exponent_theory"].value == -settings.dimension / (settings.dimension - 1)
    assert {"ntk_exponent", "rbf_gap", "correlation"} <= set(result.values)
    assert all(np.isfinite(value.value) for value in result.values.values())
    assert result.values["ntk_exponent"].n == settings.seeds
    assert all(np.isfinite(array).all() for array in result.arrays.values())
