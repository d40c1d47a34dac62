import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.claims import load_claims
from scripts.article.criteria import Criterion, Expression
from scripts.article.errors import ArticleError
from scripts.article.values import Value

thresholds = st.floats(-10, 10)
intervals = st.lists(thresholds, min_size=3, max_size=3).map(sorted)


def expression(**data):
    return Expression.model_validate(data)


@given(intervals, thresholds)
def test_above_holds_for_the_whole_interval_or_is_open(interval, threshold):
    low, middle, high = interval
    truth = expression(value="a.b.c", above=threshold).truth({"a.b.c": Value(middle, low, high)})
    points = [low, middle, high]
    expected = all(point > threshold for point in points)
    assert truth is (True if expected else None if any(point > threshold for point in points) else False)


@given(intervals, thresholds)
def test_above_and_below_mirror_each_other(interval, threshold):
    low, middle, high = interval
    above = expression(value="v", above=threshold).truth({"v": Value(middle, low, high)})
    below = expression(value="v", below=-threshold).truth({"v": Value(-middle, -high, -low)})
    assert above is below


@given(intervals, thresholds, thresholds)
def test_between_is_above_and_below_but_for_its_ends(interval, one, other):
    low, middle, high = interval
    floor, ceiling = sorted((one, other))
    if {floor, ceiling} & {low, high}:
        return
    values = {"v": Value(middle, low, high)}
    between = expression(value="v", between=[floor, ceiling]).truth(values)
    both = expression(all=[{"value": "v", "above": floor}, {"value": "v", "below": ceiling}]).truth(values)
    if both is not None:
        assert between is both
    else:
        assert between is None


def _constant(name):
    return {"value": name, "above": 0}


TRUTHS = {True: Value(1.0), False: Value(-1.0), None: Value(0.0, -1.0, 1.0)}


@pytest.mark.parametrize(("one", "other"), list(itertools.product(TRUTHS, repeat=2)))
def test_all_and_any_follow_kleene(one, other):
    values = {"x": TRUTHS[one], "y": TRUTHS[other]}
    order = {False: 0, None: 1, True: 2}
    conjunction = expression(all=[_constant("x"), _constant("y")]).truth(values)
    disjunction = expression(any=[_constant("x"), _constant("y")]).truth(values)
    assert order[conjunction] == min(order[one], order[other])
    assert order[disjunction] == max(order[one], order[other])
    negation = expression(**{"not": _constant("x")}).truth(values)
    assert order[negation] == 2 - order[one]


@pytest.mark.parametrize(
    ("supported", "qualified", "verdict"),
    [
        (True, None, "supported"),
        (False, True, "qualified"),
        (None, True, "qualified"),
        (False, False, "refuted"),
        (False, None, "inconclusive"),
        (None, False, "inconclusive"),
        (True, True, "supported"),
    ],
)
def test_verdicts_with_a_condition(supported, qualified, verdict):
    criterion = Criterion.model_validate({"supported": _constant("x"), "qualified": _constant("y")})
    assert criterion.decide({"x": TRUTHS[supported], "y": TRUTHS[qualified]}) == verdict


@pytest.mark.parametrize(
    ("supported", "refuted", "verdict"),
    [(False, True, "refuted"), (False, False, "inconclusive"), (None, None, "inconclusive")],
)
def test_a_criterion_may_say_itself_what_refutes(supported, refuted, verdict):
    criterion = Criterion.model_validate({"supported": _constant("x"), "refuted": _constant("y")})
    assert criterion.decide({"x": TRUTHS[supported], "y": TRUTHS[refuted]}) == verdict


def test_words():
    criterion = {
        "supported": {"all": [{"value": "a.b", "above": 0.5}, {"not": {"value": "a.c", "between": [-1, 2.25]}}]},
        "refuted": {"any": [{"value": "a.b", "below": 1e-6}, {"value": "a.d", "above": 3}]},
    }
    assert Criterion.model_validate(criterion).words() == (
        "Supported if `a.b` is above 0.5 and (not (`a.c` lies between −1 and 2.25)); "
        "refuted if `a.b` is below 0.000001 or `a.d` is above 3."
    )


FAIR = "supported: {value: alpha.coin.heads, between: [0.3, 0.7]}"


def test_a_criterion_may_stand_before_its_experiment(small):
    criterion = "criterion:\n    supported: {value: alpha.dice.six, above: 0.1}\n"
    words = "  for: A share above a tenth.\n  against: Any lower share.\n"
    small.edit(
        "templates/claims/alpha.yaml", "untested: [alpha.dice]\n", f"untested: [alpha.dice]\n{words}  {criterion}"
    )
    _, _, claim = load_claims(["alpha"])[1]
    assert claim.verdict({}) == "untested"
    assert claim.value_ids() == []
    assert claim.criterion_words() == (
        "Untested until these experiments are in place: `alpha.dice`. Supported if `alpha.dice.six` is above 0.1."
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f"  criterion:\n    {FAIR}\n", "", r"yaml:1: claim alpha\.fair: expected a criterion, untested"),
        (
            "untested: [alpha.dice]",
            "untested: []",
            r"yaml:8: claim alpha\.later: untested: List should have at least 1",
        ),
        (
            "untested: [alpha.dice]",
            "untestable: no way to do it\n  untested: [a.b]",
            "yaml:8: .*got untested and untestable",
        ),
        (FAIR, "supported: {value: alpha.coin.heads}", r"yaml:1: .*supported: .*exactly one of above, below, between"),
        (FAIR, "supported: {value: a.b.c, above: 1, below: 2}", "yaml:1: .*exactly one of above, below, between"),
        (FAIR, "supported: {above: 1}", "yaml:1: .*expected a comparison"),
        (FAIR, "supported: {all: []}", "yaml:1: .*at least 1 item"),
        (FAIR, "supported: {value: a.b.c, between: [2, 1]}", "yaml:1: .*expected its lower end first"),
        (FAIR, "suported: {value: a.b.c, above: 1}", "yaml:1: .*criterion.supported: Field required"),
        (FAIR, f"{FAIR}\n    qualified: {{value: alpha.coin.heads, above: 0}}", "yaml:1: .*needs `condition`"),
        ("  for: A share near one half.\n", "", "yaml:1: .*what would count `for` it"),
        ("- id: alpha.later", "- id: alpha.fair", r"yaml:\d+: id 'alpha\.fair' is used before, at .*yaml:1"),
        ("- id: alpha.later", "- id: beta.later", r"yaml:8: id is 'beta\.later', expected it to begin with 'alpha\.'"),
        ("  untested: [alpha.dice]", "  untested: [alpha.dice]\n  colour: red", "yaml:8: .*colour: Extra inputs"),
        ("- id: alpha.fair", "- id: [", r"yaml:\d+: no valid YAML"),
        (
            "  for: A share",
            "  for: A share\n  for: A share",
            r"yaml:4: no valid YAML: key 'for' is used before, at line 3",
        ),
    ],
)
def test_claims_that_are_not_whole_are_named(small, old, new, message):
    small.edit("templates/claims/alpha.yaml", old, new)
    with pytest.raises(ArticleError, match=f"templates/claims/alpha\\.{message}"):
        load_claims(["alpha"])


def test_a_section_without_claims_has_none(small):
    (small.folder / "templates/claims/alpha.yaml").unlink()
    assert load_claims(["alpha"]) == []
