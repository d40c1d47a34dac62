"""Check the matrix against plain loops over states and actions, and the critical discount against a root search."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from scripts.article.settings import preset_values
from scripts.reinforcement import divergence
from scripts.reinforcement.settings import Divergence


def naive_expected_update(weights, upper, discount, step):
    """Average the sampled update over all states, actions and next states, with importance weights."""
    states = upper + 1
    features = np.zeros((states, upper + 2))
    for state in range(upper):
        features[state, state], features[state, upper + 1] = 2, 1
    features[upper, upper], features[upper, upper + 1] = 1, 2
    change = np.zeros_like(weights)
    for state in range(states):
        for following in range(states):  # the acting policy reaches each equally often, the judged one only the last
            ratio = states if following == upper else 0
            surprise = discount * features[following] @ weights - features[state] @ weights
            change += step * ratio * surprise * features[state] / states**2
    return features, weights + change


@pytest.mark.parametrize(("upper", "discount", "step"), [(5, 0.9, 0.05), (6, 0.97, 0.02), (9, 0.6, 0.01)])
def test_expected_updates_equal_the_plain_average(upper, discount, step):
    one = Divergence(upper=upper, discount=discount, step=step, updates=100)
    case = divergence.predictions(upper, discount)["star"]
    errors = divergence.expected_errors(one, case)
    weights = np.array([1.0] * upper + [10.0, 1.0])
    for error in errors:
        features, following = naive_expected_update(weights, upper, discount, step)
        np.testing.assert_array_equal(features, case.features)
        assert error == pytest.approx(np.sqrt(((features @ weights) ** 2).mean()))
        values = features @ weights + step * case.drift() @ (features @ weights)
        np.testing.assert_allclose(features @ following, values, rtol=1e-12)
        weights = following


@settings(deadline=None, max_examples=30)
@given(st.integers(5, 12))
def test_critical_discount_is_where_small_steps_begin_to_grow(upper):
    def fastest(discount):
        return np.linalg.eigvals(divergence.predictions(upper, discount)["star"].drift()).real.max()

    assert divergence.critical_discount(upper) == pytest.approx(brentq(fastest, 0.3, 0.9999, xtol=1e-12), abs=1e-8)


@given(st.integers(5, 12), st.floats(0, 0.999), st.floats(1e-4, 0.02))
def test_without_one_of_its_three_ingredients_nothing_grows(upper, discount, step):
    for name, case in divergence.predictions(upper, discount).items():
        if name != "star":
            assert case.growth(step) <= 1 + 1e-12


def test_simulated_growth_is_the_spectral_radius():
    one = Divergence(upper=7, discount=0.995, step=0.02, updates=9000)
    case = divergence.predictions(7, 0.995)["star"]
    found = divergence.late_growth(divergence.expected_errors(one, case))
    assert found == pytest.approx(case.growth(0.02), abs=1e-6)
    assert found > 1


def test_sampled_updates_are_right_on_average():
    one = Divergence(seeds=4000, upper=5, discount=0.5, step=0.01, updates=100)
    case = divergence.predictions(5, 0.5)["star"]
    squares = divergence.sampled_errors(one, case)[1] ** 2
    weights, expected = divergence.first_weights(case), 0.0
    for state in range(6):  # the first update, drawn with chance 1/36 for each state where it does anything
        surprise = 0.5 * case.features[-1] @ weights - case.features[state] @ weights
        moved = weights + 0.01 * 6 * surprise * case.features[state]
        expected += ((case.features @ moved) ** 2).mean() / 36
    expected += ((case.features @ weights) ** 2).mean() * 30 / 36
    assert abs(squares.mean() - expected) < 4 * squares.std() / np.sqrt(4000)


def test_all_cases_start_from_the_same_values():
    cases = divergence.predictions(6, 0.99)
    starts = [case.features @ divergence.first_weights(case) for case in cases.values()]
    for start in starts:
        np.testing.assert_allclose(start, [3] * 6 + [12])


def test_growth_that_is_even_is_found():
    errors = 3 * 1.01 ** np.arange(200)[:, None] * np.array([1.0, 5.0])
    np.testing.assert_allclose(divergence.late_growth(errors), 1.01)


def test_compute_gives_finite_values_under_the_fixed_ids():
    small = preset_values(Divergence, "quick") | {"seeds": 3, "updates": 4000}
    values = divergence.compute(Divergence(**small)).values
    assert all(math.isfinite(value.value) for value in values.values())
    assert values["critical_discount"].value == pytest.approx(15 / 17)
    assert values["growth_simulated"].value == pytest.approx(values["growth_matrix"].value, abs=1e-5)
    assert values["growth_onpolicy"].value <= 1 < values["growth_matrix"].value
