"""What decides a verdict: the one comparison that the ledger shows, and how many seeds would settle an open one.

How firmly a comparison stands is its margin: the distance of the nearest end of the interval from the threshold, in
half-widths of the interval, below 0 where the comparison is open. `all` is as firm as its weakest part where it holds
and as its clearest failure where it fails, `any` the other way round (after the robustness of temporal logic: Fainekos
and Pappas 2009).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.article.criteria import Criterion, Expression
from scripts.article.intervals import gap, rescaled
from scripts.article.values import Value, brief, grouped

LARGEST_FACTOR = 10_000  # times as many seeds: beyond what anyone would pay for


@dataclass(frozen=True)
class Deciding:
    """Hold the comparison that decides a verdict.

    Args:
        value: id of the value that it looks at.
        expression: the comparison.
        truth: whether the comparison itself holds, under a `not` too; None where it is open.
    """

    value: str
    expression: Expression
    truth: bool | None

    @property
    def threshold(self) -> str:
        """Return the comparison in symbols: `> 0.95`, `< −0.4`, `in [−0.25, 0.25]` or `exactly 0.5`."""
        if self.expression.between is not None:
            ends = [brief(end) for end in self.expression.between]
            return f"exactly {ends[0]}" if ends[0] == ends[1] else f"in [{', '.join(ends)}]"
        sign = ">" if self.expression.above is not None else "<"
        return f"{sign} {brief(thresholds(self.expression)[0])}"


@dataclass(frozen=True)
class SeedsNeeded:
    """Hold how many seeds would decide an inconclusive claim, if its values stayed where they are.

    Args:
        value: id of the value that needs the most of them; None where no number of seeds decides.
        now: seeds behind it now.
        needed: seeds that it needs.
        words: all of it for the report, the end of a sentence.
    """

    value: str | None
    now: int | None
    needed: int | None
    words: str

    def __str__(self) -> str:
        """Return the words."""
        return self.words


def deciding(criterion: Criterion, values: Mapping[str, Value]) -> Deciding | None:
    """Return the comparison that decides a verdict; None only if a combination has no parts.

    It is taken from `supported`: the weakest of what must hold, or the clearest of what fails. Where `supported` is
    false and something else decides, it comes from there: `refuted` if the criterion states it, or `qualified` if
    that is what leaves the claim inconclusive.
    """
    verdict, part = criterion.decide(values), criterion.supported
    if verdict == "refuted" and criterion.refuted is not None:
        part = criterion.refuted
    if verdict == "inconclusive" and part.truth(values) is not None:
        others = [other for other in (criterion.qualified, criterion.refuted) if other is not None]
        part = next((other for other in others if other.truth(values) is None), part)
    leaf = _deciding_leaf(part, values)
    return Deciding(str(leaf.value), leaf, leaf.truth(values)) if leaf is not None else None


def seeds_needed(criterion: Criterion, values: Mapping[str, Value]) -> SeedsNeeded | None:
    """Return how many seeds would decide an inconclusive claim; None for any other.

    All intervals shrink with the root of the number of seeds, about values that stay where they are; the claim is
    decided again at each factor at which a comparison stops being open. As no comparison opens again, the first
    factor that decides is the smallest.
    """
    if criterion.decide(values) != "inconclusive":
        return None
    open_leaves = [leaf for leaf in leaves(criterion) if leaf.truth(values) is None]
    steps = sorted(step for leaf in open_leaves for step in _steps(leaf, values))
    for factor, name in steps:
        if criterion.decide(_shrunken(values, factor)) != "inconclusive":
            now = values[name].n
            assert now is not None
            return _affordable(name, now, factor)
    if not all(_steps(leaf, values) for leaf in open_leaves):
        return _hopeless("a value lies on its threshold, or has no number of seeds")
    return _hopeless("the values lie between the thresholds of the verdicts")


def leaves(criterion: Criterion) -> Iterator[Expression]:
    """Yield every comparison of a criterion, in order."""
    for part in (criterion.supported, criterion.qualified, criterion.refuted):
        if part is not None:
            yield from _leaves(part)


def thresholds(leaf: Expression) -> list[float]:
    """Return the numbers that a comparison compares with: one, or two for `between`."""
    return leaf.between or [bound for bound in (leaf.above, leaf.below) if bound is not None]


def margin(leaf: Expression, values: Mapping[str, Value]) -> tuple[bool, float]:
    """Return how firmly a comparison stands, for sorting: first whether it is beyond chance, then its margin.

    A value without spread is beyond chance; its margin is its distance from the threshold relative to that, if not 0.
    """
    assert leaf.value is not None
    value = values[leaf.value]
    gaps = [gap(value, threshold) for threshold in thresholds(leaf)]
    if all(half_width > 0 for _, half_width in gaps):
        return False, min(distance / half_width - 1 for distance, half_width in gaps)
    return True, min(abs(value.value - threshold) / (abs(threshold) or 1) for threshold in thresholds(leaf))


def _deciding_leaf(expression: Expression, values: Mapping[str, Value]) -> Expression | None:
    if expression.value is not None:
        return expression
    if expression.negated is not None:
        return _deciding_leaf(expression.negated, values)
    truth = expression.truth(values)
    parts = [part for part in expression.all_of or expression.any_of or [] if part.truth(values) is truth]
    candidates = [leaf for part in parts if (leaf := _deciding_leaf(part, values)) is not None]
    suffices = truth is (expression.any_of is not None)  # one part alone gives the whole its truth
    choose = max if suffices else min
    return choose(candidates, key=lambda leaf: margin(leaf, values), default=None)


def _leaves(expression: Expression) -> Iterator[Expression]:
    if expression.value is not None:
        yield expression
    for part in expression.all_of or expression.any_of or ([expression.negated] if expression.negated else []):
        yield from _leaves(part)


def _steps(leaf: Expression, values: Mapping[str, Value]) -> list[tuple[float, str]]:
    """Return the factors of the number of seeds at which the interval of an open comparison leaves a threshold."""
    assert leaf.value is not None
    value = values[leaf.value]
    if value.n is None:
        return []
    slack = 1 + 1e-9  # the end of the interval must pass the threshold, not touch it
    gaps = [gap(value, threshold) for threshold in thresholds(leaf)]
    return [((half / distance) ** 2 * slack, leaf.value) for distance, half in gaps if half >= distance > 0]


def _shrunken(values: Mapping[str, Value], factor: float) -> dict[str, Value]:
    """Return the values as they would be with a multiple of the seeds; those without a number of seeds stay."""
    share = 1 / math.sqrt(factor)
    return {name: value if value.n is None else rescaled(value, share) for name, value in values.items()}


def _affordable(name: str, now: int, factor: float) -> SeedsNeeded:
    """Return the seeds that a value needs, in words to two digits, rounded up."""
    if factor > LARGEST_FACTOR:
        return _hopeless(f"{grouped(str(LARGEST_FACTOR))} times as many would not do")
    needed = max(now + 1, math.ceil(now * factor))
    unit = 10 ** max(0, len(str(needed)) - 2)
    told = grouped(str(math.ceil(needed / unit) * unit))
    return SeedsNeeded(name, now, needed, f"about {told} seeds in place of {now}, if the value stays where it is")


def _hopeless(why: str) -> SeedsNeeded:
    return SeedsNeeded(None, None, None, f"no number of seeds that anyone could pay for: {why}")
