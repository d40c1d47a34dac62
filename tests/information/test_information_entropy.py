from itertools import product
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scripts.article.errors import ArticleError
from scripts.article.settings import preset_values
from scripts.information.entropy import (
    compute,
    dice_information,
    entropy_estimates,
    expected_miller_madow,
    expected_plugin,
    printed_formula,
    zipf,
)
from scripts.information.settings import Entropy
from scripts.maths.entropy import miller_madow_entropy, plugin_entropy
from scripts.maths.statistics import mean_interval

QUICK = Entropy(**preset_values(Entropy, "quick"))
SMALL = Entropy(seeds=300, outcomes=7, exponent=0.5, sizes=[3, 30], size=30, sides=3)


def _by_enumeration(p, n, estimator):
    total = 0.0
    for counts in product(range(n + 1), repeat=len(p)):
        if sum(counts) == n:
            ways = factorial(n) / np.prod([factorial(count) for count in counts])
            total += ways * np.prod(np.power(p, counts)) * estimator(np.array(counts))
    return total


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize(
    ("expected", "estimator"), [(expected_plugin, plugin_entropy), (expected_miller_madow, miller_madow_entropy)]
)
def test_exact_mean_equals_enumeration_of_all_samples(n, expected, estimator):
    p = np.array([0.5, 0.3, 0.15, 0.05])
    assert expected(p, n) == pytest.approx(_by_enumeration(p, n, estimator), abs=1e-12)


def test_bias_approaches_its_first_order():
    p = zipf(12, 0.7)
    bias = [expected_plugin(p, n) - stats.entropy(p) for n in (1000, 4000)]
    first_order = np.array([-11 / 2000, -11 / 8000])
    error = np.abs(bias / first_order - 1)
    assert error[1] < error[0] / 3  # the next term falls as 1/n beside the first


@given(st.integers(2, 30), st.floats(0, 3))
@settings(max_examples=30)
def test_zipf_is_a_falling_distribution(outcomes, exponent):
    p = zipf(outcomes, exponent)
    assert p.sum() == pytest.approx(1)
    assert (np.diff(p) <= 0).all()


def test_printed_formula_is_negative_and_misses_the_entropy():
    assert printed_formula(0.25) == pytest.approx(-np.log(4) / 4)
    assert printed_formula(0.0) == 0


@pytest.mark.parametrize("estimates", [lambda given: entropy_estimates(given, zipf(7, 0.5)), dice_information])
def test_simulated_means_cover_the_exact_ones(estimates):
    drawn, exact = estimates(SMALL)
    for row, truth in zip(drawn.reshape(-1, SMALL.seeds), exact.ravel(), strict=True):
        found = mean_interval(row, level=0.9999)
        assert found.low <= truth <= found.high


def test_a_seeds_sample_does_not_depend_on_how_many_seeds_there_are():
    few, many = (SMALL.model_copy(update={"seeds": seeds}) for seeds in (3, 9))
    p = zipf(7, 0.5)
    np.testing.assert_array_equal(entropy_estimates(few, p)[0], entropy_estimates(many, p)[0][:, :, :3])


def test_quick_values_are_finite_and_complete():
    values = compute(QUICK).values
    assert {"printed_four", "entropy_four", "plugin_bias", "miller_madow_bias", "dice_plugin"} <= set(values)
    assert all(np.isfinite(value.value) for value in values.values())
    assert values["printed_four"].text == "−0.3466"
    assert values["entropy_four"].value == pytest.approx(np.log(4))


def test_refuses_to_quote_a_size_that_is_not_drawn():
    with pytest.raises(ArticleError, match="size is 77, expected one of sizes"):
        compute(QUICK.model_copy(update={"size": 77}))
