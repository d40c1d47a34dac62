from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from scripts.maths.selective_risk import area_under_risk, least_area, risk_at, risk_curve, separation

SCORES = st.lists(st.integers(-3, 3), min_size=1, max_size=25)


def naive_curve(scores, wrong):
    """Return the shares of wrong answers, one threshold after the other; no two scores are equal."""
    order = sorted(range(len(scores)), key=lambda k: -scores[k])
    return [np.mean([wrong[k] for k in order[: count + 1]]) for count in range(len(order))]


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_the_curve_is_the_naive_loop(seed, count):
    rng = np.random.default_rng(seed)
    scores, wrong = rng.random(count), rng.random(count) < 0.3
    assert risk_curve(scores, wrong) == pytest.approx(naive_curve(scores, wrong))
    assert risk_curve(scores, wrong)[-1] == pytest.approx(wrong.mean())
    assert area_under_risk(scores, wrong) == pytest.approx(np.mean(naive_curve(scores, wrong)))


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6))
def test_ties_give_the_mean_over_all_orders(answers):
    scores, wrong = np.array([s for s, _ in answers]), np.array([w for _, w in answers])
    curves = []
    for order in permutations(range(len(scores))):
        if all(scores[a] >= scores[b] for a, b in pairwise(order)):
            curves.append(wrong[list(order)].cumsum() / np.arange(1, len(scores) + 1))
    assert risk_curve(scores, wrong) == pytest.approx(np.mean(curves, axis=0))


def test_no_order_beats_the_best():
    rng = np.random.default_rng(0)
    wrong = rng.random(7) < 0.4
    areas = [area_under_risk(np.array(order), wrong) for order in permutations(range(7))]
    assert least_area(wrong) == pytest.approx(min(areas))
    assert np.mean(areas) == pytest.approx(wrong.mean())  # a random order gains nothing


def test_best_area_nears_its_limit_for_many_answers():
    """Geifman, Uziel & El-Yaniv 2019: r + (1 − r) ln(1 − r)."""
    wrong = np.arange(40000) < 6000
    assert least_area(wrong) == pytest.approx(0.15 + 0.85 * np.log(0.85), rel=1e-3)
    assert least_area(np.arange(9) == 4) == pytest.approx(1 / 81)
    assert least_area(np.zeros(5, bool)) == 0


def test_risk_at_a_coverage_counts_whole_answers():
    curve = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    assert [risk_at(curve, share) for share in (1.0, 0.9, 0.3, 0.31, 0.01)] == [0.9, 0.8, 0.2, 0.3, 0.0]


@given(SCORES, SCORES)
def test_separation_is_scikit_learns(higher, lower):
    labels = [1] * len(higher) + [0] * len(lower)
    assert separation(higher, lower) == pytest.approx(roc_auc_score(labels, higher + lower))
    assert separation(lower, higher) == pytest.approx(1 - separation(higher, lower))


def test_bad_inputs_are_refused():
    with pytest.raises(ValueError, match=r"one shape \(n,\)"):
        risk_curve([0.1, 0.2], [True])
    with pytest.raises(ValueError, match=r"one shape \(n,\)"):
        risk_curve([], [])
    with pytest.raises(ValueError, match="finite scores"):
        risk_curve([0.1, np.nan], [True, False])
    with pytest.raises(ValueError, match=r"coverage is 0, expected a share in \(0, 1\]"):
        risk_at(np.ones(3), 0)
    with pytest.raises(ValueError, match="scores in both groups, got 0 and 1"):
        separation([], [1.0])
    with pytest.raises(ValueError, match="got NaN"):
        separation([np.nan], [1.0])
