"""Compare two reports in brief: verdicts that flipped, numbers that moved, figures that differ, what came and went."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.article.snapshot import PARTS, Judgement, Snapshot
from scripts.article.values import Value, decimal

SETTINGS = {"title": "title", "preset": "preset", "first_seed": "first seed", "sections": "list of sections"}
# How much a verdict says for its claim, so that the widest flips come first.
FAVOUR = {"refuted": -2, "inconclusive": 0, "untested": 0, "untestable": 0, "qualified": 1, "supported": 2}


@dataclass(frozen=True)
class Moved:
    """Hold a value of both reports."""

    identifier: str
    before: Value
    after: Value

    @property
    def beyond(self) -> bool:
        """Return whether one of the two lies outside of the other's interval, and is printed otherwise."""
        unlike = self.before.text != self.after.text
        return unlike and (_outside(self.after, self.before) or _outside(self.before, self.after))

    @property
    def distance(self) -> float:
        """Return how far it moved, in half-widths of both intervals; infinite where both are exact."""
        widths = [
            (value.high - value.low) / 2 for value in (self.before, self.after) if None not in (value.low, value.high)
        ]
        return abs(self.after.value - self.before.value) / sum(widths) if sum(widths) else math.inf


@dataclass(frozen=True)
class Judged:
    """Hold a claim of both reports.

    Args:
        numbers: the values that decided it then and now, as (id, before, after); None where a report lacks it.
    """

    identifier: str
    before: Judgement
    after: Judgement
    numbers: list[tuple[str, Value | None, Value | None]]

    @property
    def flipped(self) -> bool:
        """Return whether its verdict is another one."""
        return self.before.verdict != self.after.verdict

    @property
    def recast(self) -> bool:
        """Return whether it is decided in another way."""
        return self.before.criterion != self.after.criterion


@dataclass(frozen=True)
class Changes:
    """Hold what differs between two reports, the most important first.

    Args:
        settings: before and after, by name.
        flips: claims whose verdict flipped.
        recast: claims whose criterion changed, and whose verdict did not.
        beyond: values that moved beyond their intervals.
        within: how many moved, or have another interval, but not beyond.
        figures: ids of those that look otherwise.
        stages: names of those made by other code, settings or packages.
        added: ids by part (claims, values, figures, stages).
        removed: ids by part.
    """

    settings: dict[str, tuple[str, str]]
    flips: list[Judged]
    recast: list[Judged]
    beyond: list[Moved]
    within: int
    figures: list[str]
    stages: list[str]
    added: dict[str, list[str]]
    removed: dict[str, list[str]]

    @property
    def none(self) -> bool:
        """Return whether nothing differs."""
        return not any(vars(self).values())


def compare(before: Snapshot, after: Snapshot) -> Changes:
    """Return what differs between two reports."""
    judged = [_judged(name, before, after) for name in before.claims if name in after.claims]
    flips = sorted((claim for claim in judged if claim.flipped), key=_narrowness)
    moved = [Moved(name, old, after.values[name]) for name, old in before.values.items() if name in after.values]
    moved = [value for value in moved if value.before != value.after]
    beyond = [value for value in moved if value.beyond]
    weights = _weights(judged)
    return Changes(
        settings=_settings(before, after),
        flips=flips,
        recast=[claim for claim in judged if claim.recast and not claim.flipped],
        beyond=sorted(beyond, key=lambda value: (weights.get(value.identifier, 2), -value.distance, value.identifier)),
        within=len(moved) - len(beyond),
        figures=[
            name for name in _common(before.figures, after.figures) if before.figures[name] != after.figures[name]
        ],
        stages=[name for name in _common(before.stages, after.stages) if before.stages[name] != after.stages[name]],
        added=_missing(after, before),
        removed=_missing(before, after),
    )


def _outside(one: Value, other: Value) -> bool:
    """Return whether a value lies outside of another's interval; for an exact one, whether it is printed otherwise."""
    if one.unit != other.unit:
        return True
    if other.low is not None and other.high is not None:
        return not other.low <= one.value <= other.high
    digits = min(one.digits, other.digits)
    return decimal(one.value, digits) != decimal(other.value, digits)


def _judged(name: str, before: Snapshot, after: Snapshot) -> Judged:
    then, now = before.claims[name], after.claims[name]
    ids = [value for value in dict.fromkeys([then.decided_by, now.decided_by]) if value]
    return Judged(name, then, now, [(value, before.values.get(value), after.values.get(value)) for value in ids])


def _narrowness(claim: Judged) -> tuple[int, str]:
    return -abs(FAVOUR[claim.after.verdict] - FAVOUR[claim.before.verdict]), claim.identifier


def _weights(judged: list[Judged]) -> dict[str, int]:
    """Return 0 for values that decide a flipped claim and 1 for those that decide another one, by id."""
    found: dict[str, int] = {}
    for claim in judged:
        for name, _, _ in claim.numbers:
            found[name] = min(found.get(name, 1), 0 if claim.flipped else 1)
    return found


def _settings(before: Snapshot, after: Snapshot) -> dict[str, tuple[str, str]]:
    pairs = {name: (_words(getattr(before, key)), _words(getattr(after, key))) for key, name in SETTINGS.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _words(setting: object) -> str:
    return ", ".join(setting) if isinstance(setting, list) else str(setting)


def _common(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [name for name in one if name in other]


def _missing(one: Snapshot, other: Snapshot) -> dict[str, list[str]]:
    """Return what one report has and the other lacks, by part; parts without any are left out."""
    found = {part: [name for name in getattr(one, part) if name not in getattr(other, part)] for part in PARTS}
    return {part: names for part, names in found.items() if names}
