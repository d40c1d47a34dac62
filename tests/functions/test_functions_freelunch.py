"""Check the enumeration against plain loops, known counts and linear programming."""

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.neighbors import KNeighborsClassifier

from scripts.article.errors import ArticleError
from scripts.functions import freelunch
from scripts.functions.boolean import all_functions, all_inputs, parities, threshold_functions
from scripts.functions.learners import LEARNERS, logistic, majority, nearest, tree
from scripts.functions.settings import Freelunch

EVERYTHING = {"all": np.ones(16, dtype=bool)}


def separable(answers, inputs):
    signs = 2 * answers - 1
    rows = -signs[:, None] * np.column_stack([inputs, np.ones(len(inputs))])
    found = linprog(np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(inputs)), bounds=(None, None))
    return found.status == 0


def test_threshold_functions_are_those_that_linear_programming_separates():
    inputs = all_inputs(3)
    expected = [separable(answers, inputs) for answers in all_functions(3)]
    np.testing.assert_array_equal(threshold_functions(3), expected)
    assert threshold_functions(2).sum() == 14
    with pytest.raises(ValueError, match="at most 3"):
        threshold_functions(4)


def test_parities_count_and_change_with_every_bit_that_enters():
    assert parities(3, {1}).sum() == 6
    assert parities(3, {2, 3}).sum() == 8
    whole = all_functions(3)[parities(3, {3})]
    flipped = [i ^ 1 for i in range(8)]
    assert (whole != whole[:, flipped]).all()


def plain_accuracy(learner, bits, size):
    inputs, scores = all_inputs(bits), []
    for function in product((0, 1), repeat=2**bits):
        for seen in combinations(range(2**bits), size):
            rows = list(seen)
            answers = learner(inputs[rows], np.array(function)[rows], inputs)
            unseen = [i for i in range(2**bits) if i not in seen]
            scores.append(Fraction(sum(int(answers[i] == function[i]) for i in unseen), len(unseen)))
    return sum(scores) / len(scores)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("learner", [majority, nearest, tree])
def test_enumeration_equals_the_plain_loop_and_one_half(learner, size):
    found = freelunch.off_training_accuracy(learner, 2, size, EVERYTHING)["all"]
    assert found == plain_accuracy(learner, 2, size) == Fraction(1, 2)


@given(st.lists(st.integers(0, 1), min_size=16 * 4, max_size=16 * 4))
def test_any_learner_whatever_is_at_one_half(answers):
    book = np.array(answers).reshape(16, 4)

    def looked_up(inputs, labels, everywhere):
        return book[int(labels @ (1 << np.arange(labels.size)))]

    assert freelunch.off_training_accuracy(looked_up, 2, 2, EVERYTHING)["all"] == Fraction(1, 2)


def test_family_average_equals_the_average_over_its_members():
    members = {"thresholds": threshold_functions(2)}
    single = [
        freelunch.off_training_accuracy(nearest, 2, 2, {"one": np.arange(16) == number})["one"]
        for number in np.flatnonzero(members["thresholds"])
    ]
    found = freelunch.off_training_accuracy(nearest, 2, 2, members)["thresholds"]
    assert found == sum(single) / len(single)


def test_learners_fit_what_they_can():
    inputs = all_inputs(3)
    conjunction = inputs.min(1)
    np.testing.assert_array_equal(tree(inputs, conjunction, inputs), conjunction)
    np.testing.assert_array_equal(nearest(inputs, conjunction, inputs), conjunction)
    copied = logistic(inputs[:6], inputs[:6, 1], inputs)
    np.testing.assert_array_equal(copied, inputs[:, 1])
    np.testing.assert_array_equal(logistic(inputs[:2], np.array([1, 1]), inputs), np.ones(8))


def test_nearest_equals_scikit_learn_where_there_is_no_tie():
    inputs = all_inputs(3)
    seen, labels = inputs[[0, 7]], np.array([0, 1])
    oracle = KNeighborsClassifier(1, metric="hamming").fit(seen, labels)
    np.testing.assert_array_equal(nearest(seen, labels, inputs), oracle.predict(inputs))


def test_compute_gives_finite_values_under_the_fixed_ids():
    result = freelunch.compute(Freelunch(bits=2, sizes=[1, 2], size=2))
    assert result.values["off_training"].value == 0.5
    assert result.values["off_training_deviation"].value == 0
    assert result.values["learners"].value == len(LEARNERS)
    assert all(math.isfinite(value.value) for value in result.values.values())


def test_impossible_sizes_are_refused():
    with pytest.raises(ArticleError, match="sizes below 8"):
        freelunch.compute(Freelunch(sizes=[4, 8]))
    with pytest.raises(ArticleError, match="expected one of sizes"):
        freelunch.compute(Freelunch(sizes=[1, 2], size=4))
