"""Bayes' rule and what is left of it without bar and fraction, on coins that can be counted: no chance, no rounding."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.settings import Rule

Chances = list[Fraction]


def compute(settings: Rule) -> Result:
    """Evaluate the rule and both readings of the printed formula for coins of which one has shown heads every time."""
    coins = heads_chances(settings.parts)
    prior = [Fraction(1, len(coins))] * len(coins)
    likelihood = [chance**settings.tosses for chance in coins]
    posterior, printed, letters = (rule(likelihood, prior) for rule in (bayes, printed_product, printed_letters))
    values = {
        "coins": Value(len(coins), digits=0),
        "evidence": exact(evidence(likelihood, prior), "chance of the data"),
        "sum": Value(float(sum(posterior)), digits=0, note="of Bayes' rule over all coins, exact"),
        "printed_sum": exact(sum(printed), "of the printed product over all coins"),
        "letters_sum": exact(sum(letters), "the same, with the likelihood's bar lost too"),
        "last": exact(posterior[-1], "the coin with the most heads"),
        "printed_last": exact(printed[-1], "the same coin by the printed product"),
    }
    arrays = {"chances": coins, "posterior": posterior, "printed": printed, "letters": letters}
    return Result(values, {name: np.array(entries, dtype=float) for name, entries in arrays.items()})


def exact(chance: Fraction | int, note: str) -> Value:
    """Return a fraction as a value of the report."""
    return Value(float(chance), digits=3, note=f"{note}, exact")


def heads_chances(parts: int) -> Chances:
    """Return the chance of heads of each coin: 1/parts, 2/parts, … up to but without 1."""
    return [Fraction(part, parts) for part in range(1, parts)]


def times(*factors: Chances) -> Chances:
    """Return the products, entry by entry."""
    return [prod(entries, start=Fraction(1)) for entries in zip(*factors, strict=True)]


def evidence(likelihood: Chances, prior: Chances) -> Fraction:
    """Return the chance of the data, P(D) = Σ P(D|θ) P(θ)."""
    return sum(times(likelihood, prior), start=Fraction(0))


def bayes(likelihood: Chances, prior: Chances) -> Chances:
    """Return P(θ|D) = P(D|θ) P(θ) / P(D) for every θ.

    Args:
        likelihood: P(D|θ).
        prior: P(θ), summing to 1.
    """
    data = evidence(likelihood, prior)
    return [both / data for both in times(likelihood, prior)]


def printed_product(likelihood: Chances, prior: Chances) -> Chances:
    """Return P(D|θ) P(θ) P(D): the printed formula if its bars are put back, but not its fraction; it sums to P(D)²."""
    data = evidence(likelihood, prior)
    return [both * data for both in times(likelihood, prior)]


def printed_letters(likelihood: Chances, prior: Chances) -> Chances:
    """Return P(Dθ) P(θ) P(D): the printed formula to the letter, P(Dθ) without its bar being the chance of both.

    Its left side P(θD) is then the chance of both as well, which sums to P(D).
    """
    data = evidence(likelihood, prior)
    return [both * data for both in times(likelihood, prior, prior)]
