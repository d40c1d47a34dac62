"""Two reports compared: what flipped, what moved and how far, what came and went."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.changes import describe
from scripts.article.comparison import Moved, compare
from scripts.article.snapshot import Snapshot, rounded
from scripts.article.values import Value, decimal

NUMBERS = st.floats(-1e9, 1e9, allow_subnormal=False)


def value(number, low=None, high=None, **more):
    return Value(number, low, high, **{"digits": 2} | more)


def snapshot(claims=None, values=None, figures=None, stages=None, **about):
    """Return a report in brief; figures and stages by id with a digest of one digit."""
    about = {"schema": 1, "title": "T", "preset": "standard", "first_seed": 0, "sections": ["a"]} | about
    pictures, made = ({name: digit * 16 for name, digit in (part or {}).items()} for part in (figures, stages))
    return Snapshot(**about, claims=claims or {}, values=values or {}, figures=pictures, stages=made)


def judged(verdict, decided_by="a.b.c", criterion="Supported if it is."):
    return {"verdict": verdict, "criterion": criterion, "decided_by": decided_by}


@st.composite
def values(draw):
    low, middle, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    exact = draw(st.booleans())
    return Value(middle, None if exact else low, None if exact else high, digits=draw(st.integers(0, 6)))


IDS = st.sampled_from(["a.b.c", "a.b.d", "a.e.f", "b.a.a"])
VERDICT = st.sampled_from(["supported", "qualified", "refuted", "inconclusive", "untested"])
DIGIT = st.sampled_from("abc")
SNAPSHOTS = st.builds(
    snapshot,
    st.dictionaries(IDS, st.builds(judged, VERDICT, IDS, st.sampled_from(["One.", "Two."]))),
    st.dictionaries(IDS, values()),
    st.dictionaries(IDS, DIGIT),
    st.dictionaries(IDS, DIGIT),
    preset=st.sampled_from(["standard", "quick"]),
)


@settings(deadline=None)
@given(SNAPSHOTS)
def test_a_report_does_not_differ_from_itself(one):
    assert compare(one, one).none
    assert describe(compare(one, one)) == "Nothing has changed since the accepted report."


@settings(deadline=None)
@given(SNAPSHOTS, SNAPSHOTS)
def test_what_came_one_way_went_the_other_way(one, other):
    there, back = compare(one, other), compare(other, one)
    assert there.none == back.none == (one == other)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert [(flip.identifier, flip.before, flip.after) for flip in there.flips] == [
        (flip.identifier, flip.after, flip.before) for flip in back.flips
    ]
    assert {move.identifier for move in there.beyond} == {move.identifier for move in back.beyond}
    assert there.within == back.within
    assert set(there.figures) == set(back.figures)
    assert there.settings == {name: (before, after) for name, (after, before) in back.settings.items()}


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        (value(0.5, 0.4, 0.6), value(0.55, 0.45, 0.65), False),
        (value(0.5, 0.4, 0.6), value(0.61, 0.5, 0.7), True),  # the new one outside of the old interval alone
        (value(0.5, 0.4, 0.6), value(0.55, 0.51, 0.6), True),  # the old one outside of the new interval alone
        (value(0.5, 0.4, 0.6), value(0.5, 0.45, 0.55), False),
        (value(0.5, 0.4, 0.6), value(0.5, 0.4, 0.6, n=9), False),
        (value(0.5), value(0.5004), False),  # printed alike
        (value(0.5), value(0.51), True),
        (value(0.5), value(0.5, digits=3), False),
        (value(0.5), value(0.5, unit="%"), True),
        (value(0.5, 0.4, 0.6), value(0.55), True),  # 0.50 is not 0.55, though that lies in the old interval
        (value(0.5, 0.4, 0.6), value(0.5), False),
        (value(0.5, 0.5, 0.5), value(0.5001, 0.5001, 0.5001), False),  # no width, but printed alike
    ],
)
def test_a_number_moves_within_or_beyond_the_intervals(before, after, beyond):
    assert Moved("a.b.c", before, after).beyond is beyond
    found = compare(snapshot(values={"a.b.c": before}), snapshot(values={"a.b.c": after}))
    assert (len(found.beyond), found.within) == ((1, 0) if beyond else (0, 1))


def test_what_decides_a_flip_comes_first_then_what_decides_then_the_widest_move():
    low, high = value(0.1, 0.09, 0.11), value(0.9, 0.89, 0.91)
    far = value(0.95, 0.94, 0.96)
    ids = ["a.x.flip", "a.x.decides", "a.x.exact", "a.x.far", "a.x.near"]
    then = snapshot(
        {"a.f": judged("supported", ids[0]), "a.g": judged("supported", ids[1])},
        dict.fromkeys(ids, low) | {"a.x.exact": value(1)},
    )
    now = snapshot(
        {"a.f": judged("refuted", ids[0]), "a.g": judged("supported", ids[1])},
        dict.fromkeys(ids, high) | {"a.x.exact": value(2), "a.x.far": far},
    )
    assert [move.identifier for move in compare(then, now).beyond] == ids


def test_the_widest_flips_come_first_and_a_claim_that_came_is_none():
    before = {"a.b": judged("inconclusive"), "a.c": judged("supported"), "a.d": judged("supported")}
    after = {"a.b": judged("qualified"), "a.c": judged("supported"), "a.d": judged("refuted"), "a.e": judged("refuted")}
    found = compare(snapshot(before), snapshot(after))
    assert [flip.identifier for flip in found.flips] == ["a.d", "a.b"]
    assert found.added == {"claims": ["a.e"]}


def test_another_criterion_is_told_even_where_the_verdict_stays():
    found = compare(snapshot({"a.b": judged("supported")}), snapshot({"a.b": judged("supported", criterion="Else.")}))
    assert [claim.identifier for claim in found.recast] == ["a.b"]
    assert not found.flips
    assert "1 criterion changed without a flip" in describe(found)


def test_the_table_is_short_however_much_changed():
    names = [f"a.b.{number:02}" for number in range(40)]
    found = compare(
        snapshot(values=dict.fromkeys(names, value(1))),
        snapshot(values=dict.fromkeys(names, value(2))),
    )
    told = describe(found)
    assert "40 numbers moved beyond their intervals" in told
    assert "    a.b.09  1.00 → 2.00\n    and 30 more" in told


@settings(deadline=None)
@given(NUMBERS | st.floats(-1e-3, 1e-3), NUMBERS | st.floats(-1e-3, 1e-3), st.integers(0, 8))
def test_rounding_keeps_what_is_printed_and_the_order(one, other, digits):
    low, high = sorted((one, other))
    assert rounded(low, digits) <= rounded(high, digits)
    assert decimal(rounded(one, digits), digits) == decimal(one, digits)
    assert len(repr(rounded(0.123456789, digits))) <= len("0.") + digits + 3
