"""Split conformal prediction."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.maths.conformal import conformal_coverage, conformal_radius


@given(st.lists(st.floats(0, 100), min_size=9, max_size=60), st.sampled_from([0.5, 0.8, 0.9]))
def test_the_radius_holds_just_enough_of_the_scores(scores, level):
    """Counts instead of sorting: the smallest score such that at least (n + 1) level scores lie within it."""
    wanted = ceil(round((len(scores) + 1) * level, 9))
    enough = [score for score in scores if sum(other <= score for other in scores) >= wanted]
    assert conformal_radius(np.array(scores), level) == min(enough)


@given(st.integers(1, 3000), st.floats(0.01, 0.99))
def test_the_exact_coverage_keeps_its_two_bounds(examples, level):
    if examples < ceil(level / (1 - level)) + 1:
        return
    found = conformal_coverage(examples, level)
    assert level - 1e-9 <= found <= level + 1 / (examples + 1) + 1e-9


@pytest.mark.parametrize(("examples", "level"), [(19, 0.95), (30, 0.9), (12, 0.8)])
def test_simulated_coverage_is_the_exact_one_whatever_the_law(examples, level):
    rng = np.random.default_rng(examples)
    draws = 40_000
    scores = np.abs(rng.standard_cauchy((draws, examples + 1)))
    inside = scores[:, -1] <= conformal_radius(scores[:, :-1], level)
    expected = conformal_coverage(examples, level)
    assert inside.mean() == pytest.approx(expected, abs=4 * (expected * (1 - expected) / draws) ** 0.5)


def test_whole_numbers_do_not_suffer_from_rounding():
    assert conformal_coverage(19, 0.95) == 0.95
    assert conformal_coverage(9, 0.9) == 0.9
    assert conformal_coverage(83, 0.95) == pytest.approx(80 / 84)


def test_every_row_has_its_own_radius():
    scores = np.random.default_rng(0).random((4, 3, 25))
    found = conformal_radius(scores, 0.9)
    assert found.shape == (4, 3)
    assert found == pytest.approx(np.sort(scores, axis=-1)[..., 23])


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="at least 19 examples, got 18"):
        conformal_radius(np.zeros(18), 0.95)
    for level in (0.0, 1.0):
        with pytest.raises(ValueError, match="expected it between 0 and 1"):
            conformal_coverage(30, level)
