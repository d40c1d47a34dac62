import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from scripts.article.claims import Claim, DecidedClaim
from scripts.article.correction import corrected_verdicts, correction_table, widening
from scripts.article.values import Value
from scripts.maths.statistics import mean_interval

ORDER = {"refuted": -1, "inconclusive": 0, "supported": 1}
bounds = st.integers(-8, 8).map(float)


def decided(values, **criteria):
    """Return claims by id, each decided by its criterion's data."""
    found = {}
    for name, data in criteria.items():
        claim = Claim.model_validate(
            {
                "id": f"a.{name}",
                "assertion": "Something that can be tested.",
                "for": "One thing.",
                "against": "Another.",
                "condition": "Sometimes.",
                **data,
            }
        )
        found[f"a.{name}"] = DecidedClaim(claim, "a", "here", claim.verdict(values))
    return found


class Content:
    """Stand for what the report may speak of."""

    def __init__(self, values, claims):
        self.values, self.claims = values, claims


def above(name, bound):
    return {"criterion": {"supported": {"value": name, "above": bound}}}


@pytest.mark.parametrize(("n", "tests"), [(3, 2), (10, 137), (20, 20), (250, 5)])
def test_the_factor_takes_a_t_interval_to_the_smaller_error(n, tests):
    samples = np.random.default_rng(0).standard_normal(n)
    plain, wide = mean_interval(samples), mean_interval(samples, 1 - 0.05 / tests)
    assert widening(n, tests) == pytest.approx((wide.high - wide.value) / (plain.high - plain.value))


def test_the_factor_without_a_number_is_that_of_the_normal_law_and_one_test_needs_none():
    assert widening(None, 20) == pytest.approx(t.ppf(1 - 0.00125, 10**7) / t.ppf(0.975, 10**7), rel=1e-5)
    assert widening(10, 1) == widening(None, 1) == 1


def test_widened_intervals_hold_all_at_once():
    """Simulate 25 means of 6 normal samples each, all true means 0, and ask how often all intervals hold 0."""
    rng, tests, n, rounds = np.random.default_rng(1), 25, 6, 1500
    samples = rng.standard_normal((rounds, tests, n))
    half = t.ppf(0.975, n - 1) * samples.std(axis=2, ddof=1) / np.sqrt(n)
    distance = abs(samples.mean(axis=2))
    assert (distance <= half).all(axis=1).mean() < 0.4
    assert 0.935 < (distance <= half * widening(n, tests)).all(axis=1).mean() < 0.97


@given(st.lists(st.tuples(bounds, bounds, bounds, bounds), min_size=1, max_size=4), st.booleans())
def test_widening_opens_verdicts_and_never_reverses_one(rows, joint):
    names = [f"a.b.v{number}" for number in range(len(rows))]
    sorted_rows = [(*sorted(row[:3]), row[3]) for row in rows]
    values = {
        name: Value(middle, low, high, 10) for name, (low, middle, high, _) in zip(names, sorted_rows, strict=True)
    }
    parts = [{"value": name, "above": row[3]} for name, row in zip(names, sorted_rows, strict=True)]
    claims = decided(values, one={"criterion": {"supported": {"all" if joint else "any": parts}}})
    found = corrected_verdicts(claims, values)
    before, after = ORDER[found.before["a.one"]], ORDER[found.after["a.one"]]
    assert after in (before, 0)
    assert found.reversed == []
    assert found.changed == found.opened
    assert set(found.kept) | set(found.changed) == {"a.one"}


def test_what_counts_and_what_changes():
    values = {
        "a.b.firm": Value(9.0, 8.0, 10.0, 20),
        "a.b.weak": Value(9.0, 8.0, 10.0, 20),
        "a.b.exact": Value(0.1),
        "a.b.aside": Value(1.0, 0.0, 2.0, 20),
    }
    both = {"all": [{"value": "a.b.weak", "above": 7.9}, {"value": "a.b.exact", "above": 0.0}]}
    claims = decided(
        values,
        firm=above("a.b.firm", 0.0),
        weak={"criterion": {"supported": both, "qualified": {"value": "a.b.exact", "above": 0.0}}},
        alone=above("a.b.weak", 7.9),
        exact=above("a.b.exact", 0.0999),
        later={"untested": ["a.c"], **above("a.b.firm", 8.5)},
        never={"untestable": "nobody can know that"},
    )
    found = corrected_verdicts(claims, values)
    assert found.tests == 2  # neither the exact value nor those that decide nothing
    assert found.changed == ["a.weak", "a.alone"]
    assert found.after == {
        "a.firm": "supported",
        "a.weak": "qualified",
        "a.alone": "inconclusive",
        "a.exact": "supported",
    }
    assert found.opened == ["a.alone"]
    assert found.level == "97.5\N{NO-BREAK SPACE}%"
    assert found.values["a.b.exact"] == values["a.b.exact"]
    assert found.values["a.b.aside"] == values["a.b.aside"]
    half = t.ppf(1 - 0.0125, 19) / t.ppf(0.975, 19)
    assert found.values["a.b.weak"].low == pytest.approx(9 - half)
    lines = correction_table(Content(values, claims)).splitlines()
    assert lines[3] == (
        "| [a.weak](#claim-a-weak) | supported | qualified | "
        "`a.b.weak`: 9.000\N{NO-BREAK SPACE}[7.837,\N{NO-BREAK SPACE}10.163] > 7.9 |"
    )
    assert lines[4].startswith("| [a.alone](#claim-a-alone) | supported | inconclusive | `a.b.weak`: ")
    assert len(lines) == 6


def test_nothing_to_change_is_said():
    values = {"a.b.firm": Value(9.0, 8.0, 10.0, 20)}
    assert correction_table(Content(values, decided(values, firm=above("a.b.firm", 0.0)))) == (
        "The correction changes no verdict.\n"
    )
    assert corrected_verdicts({}, {}).level == "95\N{NO-BREAK SPACE}%"
