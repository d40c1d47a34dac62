"""Check the rule by counting out every toss, and what the printed formula sums to."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scripts.bayesian import rule
from scripts.bayesian.settings import Rule

chances = st.fractions(0, 1, max_denominator=50)


@st.composite
def cases(draw):
    """Draw likelihoods that are not all 0, and a prior that sums to 1."""
    weights = draw(st.lists(st.integers(1, 20), min_size=1, max_size=6))
    likelihood = [draw(chances) for _ in weights[1:]] + [draw(st.fractions(Fraction(1, 50), 1, max_denominator=50))]
    return likelihood, [Fraction(weight, sum(weights)) for weight in weights]


def counted(parts, tosses):
    """Return each coin's share of all equally likely ways to pick a coin and see heads only.

    A coin with chance i/parts is a die of that many sides, of which i are heads.
    """
    ways = [
        sum(all(side < heads for side in sides) for sides in product(range(parts), repeat=tosses))
        for heads in range(1, parts)
    ]
    return [Fraction(way, sum(ways)) for way in ways]


@pytest.mark.parametrize(("parts", "tosses"), [(3, 1), (4, 2), (5, 3), (7, 4)])
def test_the_rule_is_what_counting_gives(parts, tosses):
    coins = rule.heads_chances(parts)
    prior = [Fraction(1, len(coins))] * len(coins)
    assert rule.bayes([coin**tosses for coin in coins], prior) == counted(parts, tosses)


@given(cases())
def test_only_the_rule_sums_to_one(case):
    likelihood, prior = case
    evidence = rule.evidence(likelihood, prior)
    assert sum(rule.bayes(likelihood, prior)) == 1
    assert sum(rule.printed_product(likelihood, prior)) == evidence**2
    assert (rule.printed_product(likelihood, prior) == rule.bayes(likelihood, prior)) == (evidence == 1)


@given(cases())
def test_to_the_letter_both_sides_agree_only_where_nothing_is_unknown(case):
    likelihood, prior = case
    both = [left * right for left, right in zip(likelihood, prior, strict=True)]
    agree = rule.printed_letters(likelihood, prior) == both
    assert agree == (len(prior) == 1 and likelihood == [1])


def test_three_coins_by_hand():
    values = {name: value.value for name, value in rule.compute(Rule(parts=4, tosses=2)).values.items()}
    assert values == {
        "coins": 3,
        "evidence": float(Fraction(7, 24)),
        "sum": 1,
        "printed_sum": float(Fraction(49, 576)),
        "letters_sum": float(Fraction(49, 1728)),
        "last": float(Fraction(9, 14)),
        "printed_last": float(Fraction(7, 128)),
    }


def test_a_single_coin_is_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 3"):
        Rule(parts=2)
