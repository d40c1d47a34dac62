import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.criteria import Criterion, Expression
from scripts.article.deciding import deciding, leaves, margin, seeds_needed, thresholds
from scripts.article.intervals import gap, rescaled
from scripts.article.values import Value

NAMES = ("a.b.x", "a.b.y", "a.b.z")
numbers = st.integers(-8, 8).map(float)
ends = st.lists(numbers, min_size=3, max_size=3).map(sorted)


@st.composite
def some_values(draw):
    return {name: Value(middle, low, high, 20) for name, (low, middle, high) in ((each, draw(ends)) for each in NAMES)}


def _comparison(name, kind, one, other):
    bound = sorted((one, other)) if kind == "between" else one
    return {"value": name, kind: bound}


comparisons = st.builds(
    _comparison, st.sampled_from(NAMES), st.sampled_from(("above", "below", "between")), numbers, numbers
)
expressions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)


def criterion(supported, **others):
    return Criterion.model_validate({"supported": supported, **others})


@given(expressions, some_values())
def test_the_deciding_comparison_is_one_of_the_criterion_seen_from_itself(supported, values):
    given_ = criterion(supported)
    found = deciding(given_, values)
    assert found.expression in list(leaves(given_))
    assert found.value == found.expression.value
    assert found.truth is found.expression.truth(values)


@given(expressions, some_values())
def test_what_decides_would_leave_the_claim_undecided_if_it_were_open_where_one_comparison_stands_alone(
    supported, values
):
    given_ = criterion(supported)
    verdict, found = given_.decide(values), deciding(given_, values)
    if verdict == "inconclusive":
        assert found.truth is None
        return
    shared = [leaf for leaf in leaves(given_) if leaf.value == found.value]
    others = [leaf for leaf in leaves(given_) if leaf.truth(values) is not None and leaf is not found.expression]
    if len(shared) == 1 and not others:
        opened = {**values, found.value: Value(thresholds(found.expression)[0], -math.inf, math.inf)}
        assert given_.decide(opened) == "inconclusive"


@given(st.lists(comparisons, min_size=2, max_size=4), some_values())
def test_all_rests_on_its_weakest_part_and_falls_with_its_clearest_failure(parts, values):
    truths = [Expression.model_validate(part).truth(values) for part in parts]
    found = deciding(criterion({"all": parts}), values)
    overall = False if False in truths else None if None in truths else True
    same = [Expression.model_validate(part) for part, truth in zip(parts, truths, strict=True) if truth is overall]
    margins = [margin(leaf, values) for leaf in same]
    assert found.truth is overall
    assert margin(found.expression, values) == (max(margins) if overall is False else min(margins))


@given(st.lists(comparisons, min_size=2, max_size=4), some_values())
def test_any_mirrors_all(parts, values):
    """By De Morgan, any of some comparisons is not all of their negations, so the same comparison decides both."""
    one = deciding(criterion({"any": parts}), values)
    other = deciding(criterion({"not": {"all": [{"not": part} for part in parts]}}), values)
    assert one == other


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ({"above": 1.0}, Value(3.0, 2.0, 4.0), 1.0),  # one half-width of distance between interval and threshold
        ({"above": 1.0}, Value(3.0, 2.0, 30.0), 1.0),  # the half that looks away does not count
        ({"below": 1.0}, Value(3.0, 2.0, 4.0), 1.0),
        ({"above": 2.5}, Value(3.0, 2.0, 4.0), -0.5),  # open
        ({"between": [0.0, 6.0]}, Value(2.0, 1.0, 3.5), 1.0),  # lower end: 2/1 − 1, upper end: 4/1.5 − 1
        ({"between": [0.0, 4.25]}, Value(2.0, 1.0, 3.5), 0.5),
        ({"above": 1.0}, Value(8.0, 4.0, 16.0), 2.0),  # a ratio, in logarithms to the base 2: (3 − 0)/1 − 1
    ],
)
def test_margins_by_hand(comparison, value, expected):
    certain, found = margin(Expression.model_validate({"value": "v", **comparison}), {"v": value})
    assert not certain
    assert found == pytest.approx(expected)


def test_an_exact_comparison_is_firmer_than_any_with_an_interval():
    leaf = Expression.model_validate({"value": "v", "above": 1.0})
    assert margin(leaf, {"v": Value(1.001)}) > margin(leaf, {"v": Value(1e6, 1e6 - 1, 1e6 + 1)})
    assert margin(leaf, {"v": Value(3.0)}) > margin(leaf, {"v": Value(2.0)})


X, Y = {"value": "x", "above": 0.0}, {"value": "y", "above": 0.0}
YES, NO, OPEN = Value(2.0, 1.0, 3.0), Value(-2.0, -3.0, -1.0), Value(0.5, -0.5, 1.5)


@pytest.mark.parametrize(
    ("data", "x", "y", "expected"),
    [
        ({"supported": X, "qualified": Y}, NO, YES, ("x", False)),  # qualified: why it is not supported
        ({"supported": X, "qualified": Y}, OPEN, YES, ("x", None)),
        ({"supported": X, "qualified": Y}, NO, OPEN, ("y", None)),  # inconclusive: what is open
        ({"supported": X, "qualified": Y}, NO, NO, ("x", False)),
        ({"supported": X, "refuted": Y}, NO, YES, ("y", True)),  # refuted by what the criterion says itself
        ({"supported": X, "refuted": Y}, NO, OPEN, ("y", None)),
        ({"supported": X, "refuted": Y}, NO, NO, ("x", False)),  # between the thresholds
        ({"supported": {"not": X}}, NO, NO, ("x", False)),  # supported, and the comparison itself is false
    ],
)
def test_where_the_deciding_comparison_is_taken_from(data, x, y, expected):
    found = deciding(Criterion.model_validate(data), {"x": x, "y": y})
    assert (found.value, found.truth) == expected


@pytest.mark.parametrize(
    ("comparison", "text"),
    [
        ({"above": 0.95}, "> 0.95"),
        ({"below": -0.4}, "< −0.4"),
        ({"above": 0.0}, "> 0"),
        ({"between": [-0.25, 0.25]}, "in [−0.25, 0.25]"),
        ({"between": [0.5, 0.5]}, "exactly 0.5"),
    ],
)
def test_thresholds_in_symbols(comparison, text):
    assert deciding(criterion({"value": "v", **comparison}), {"v": Value(0.5)}).threshold == text


def _by_counting(given_, values, most):
    """Return the first number of seeds that decides, by trying each."""
    for n in range(21, most):
        shrunken = {name: rescaled(value, math.sqrt(value.n / n)) for name, value in values.items()}
        if given_.decide(shrunken) != "inconclusive":
            return n
    return None


@settings(deadline=None, max_examples=60)
@given(expressions, st.none() | expressions, some_values())
def test_seeds_needed_is_the_first_number_that_decides(supported, qualified, values):
    others = {} if qualified is None else {"qualified": qualified}
    given_ = criterion(supported, **others)
    found = seeds_needed(given_, values)
    if given_.decide(values) != "inconclusive":
        assert found is None
        return
    most = 1200
    expected = _by_counting(given_, values, most)
    if expected is None:
        assert found.needed is None or found.needed >= most
    else:
        assert found.needed == pytest.approx(expected, abs=1)  # one, where an end falls on a threshold exactly
        assert found.now == 20


@given(st.floats(0.5, 3.0), st.floats(0.01, 0.49), st.integers(2, 500))
def test_seeds_needed_of_one_comparison_in_closed_form(half_width, distance, n):
    value = Value(0.0, -half_width, 2 * half_width, n)
    found = seeds_needed(criterion({"value": "v", "above": -distance}), {"v": value})
    factor = (half_width / distance) ** 2
    if factor > 10_000:
        assert found.needed is None
    else:
        assert found.needed == pytest.approx(n * factor, abs=1.01, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value(1.0, 0.5, 1.5, 20), "about 23 seeds in place of 20, if the value stays where it is"),
        (Value(1.0, -0.25, 2.25, 20), "about 150 seeds in place of 20, if the value stays where it is"),
        (
            Value(0.5333, -50, 51, 20),
            "no number of seeds that anyone could pay for: 10\u202f000 times as many would not do",
        ),
        (Value(0.53, 0.03, 1.03, None), "has no number of seeds"),
        (Value(0.531, 0.53, 0.532, 20), "about 21 seeds in place of 20, if the value stays where it is"),
        (Value(0.532, 0.531, 0.533, 20), None),
    ],
)
def test_seeds_needed_in_words(value, words):
    found = seeds_needed(criterion({"value": "v", "above": 0.53}), {"v": value})
    assert (found is None) if words is None else str(found).endswith(words)


def test_no_number_of_seeds_decides_what_lies_on_or_between_the_thresholds():
    on = seeds_needed(criterion({"value": "v", "above": 0.5}), {"v": Value(0.5, 0.4, 0.6, 20)})
    assert "a value lies on its threshold" in on.words
    between = {"supported": {"value": "v", "above": 1.0}, "refuted": {"value": "v", "below": 0.0}}
    for value in (Value(0.5, 0.4, 0.6, 20), Value(0.5, -0.4, 1.6, 20)):
        told = seeds_needed(Criterion.model_validate(between), {"v": value})
        assert told.needed is None
        assert "between the thresholds" in told.words


def test_all_intervals_shrink_together():
    """Two open parts of `all` need the larger number, of `any` the smaller."""
    values = {"x": Value(1.0, -1.0, 3.0, 10), "y": Value(1.0, -3.0, 5.0, 30)}
    for kind, (name, factor) in itertools.product(("all", "any"), [("x", 4), ("y", 16)]):
        found = seeds_needed(criterion({kind: [{"value": n, "above": 0.0} for n in values]}), values)
        if (kind, name) in (("all", "y"), ("any", "x")):
            assert (found.value, found.now) == (name, values[name].n)
            assert found.needed == pytest.approx(factor * values[name].n, abs=1)


@given(ends, st.floats(0.1, 10))
def test_rescaled_multiplies_both_halves(ends_, factor):
    low, middle, high = ends_
    if low > 0 and low * high == middle**2:
        return
    found = rescaled(Value(middle, low, high), factor)
    assert found.low == pytest.approx(middle - factor * (middle - low))
    assert found.high == pytest.approx(middle + factor * (high - middle))


def test_ratios_are_rescaled_in_logarithms_and_exact_values_not_at_all():
    assert rescaled(Value(4.0, 2.0, 8.0), 2) == replace(Value(4.0), low=pytest.approx(1.0), high=pytest.approx(16.0))
    assert rescaled(Value(4.0), 2) == Value(4.0)
    assert gap(Value(4.0, 2.0, 8.0), 1.0) == (pytest.approx(math.log(4)), pytest.approx(math.log(2)))
    assert gap(Value(4.0, 2.0, 8.0), -1.0)[0] == math.inf
