"""Criteria: what makes a claim supported, qualified or refuted, as data.

A comparison looks at the whole interval of a value: it is true if all of the interval satisfies it, false if none of it
does, and otherwise unknown. All, any and not combine the three truth values as Kleene's strong logic does (Kleene
1952, section 64).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scripts.article.values import Value, decimal

Verdict = Literal["supported", "qualified", "refuted", "inconclusive", "untestable", "untested"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
MEANINGS = {
    "supported": "the criterion is met by the whole interval",
    "qualified": "it holds under conditions that the text names",
    "refuted": "the criterion fails by the whole interval",
    "inconclusive": "the interval is too wide to tell, or other seeds tell otherwise",
    "untestable": "no experiment here can decide it",
    "untested": "its experiments are still to come",
}
COMPARISONS = ("above", "below", "between")


class Data(BaseModel):
    """Check strictly what a claims file holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Expression(Data):
    """Hold one comparison, or several combined by all, any or not."""

    value: str | None = None
    above: float | None = None
    below: float | None = None
    between: list[float] | None = Field(None, min_length=2, max_length=2)
    all_of: list[Expression] | None = Field(None, alias="all", min_length=1)
    any_of: list[Expression] | None = Field(None, alias="any", min_length=1)
    negated: Expression | None = Field(None, alias="not")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Expression:
        comparisons = [name for name in COMPARISONS if getattr(self, name) is not None]
        combined = [name for name in ("all_of", "any_of", "negated") if getattr(self, name) is not None]
        if self.value is not None and (len(comparisons) != 1 or combined):
            raise ValueError("a comparison needs a value and exactly one of above, below, between")
        if self.value is None and (comparisons or len(combined) != 1):
            raise ValueError("expected a comparison (value and above, below or between), or one of all, any, not")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError(f"between is {self.between}, expected its lower end first")
        return self

    def value_ids(self) -> list[str]:
        """Return the ids of the values that the expression looks at, in order, each once."""
        if self.value is not None:
            return [self.value]
        parts = self.all_of or self.any_of or ([self.negated] if self.negated else [])
        return list(dict.fromkeys(name for part in parts for name in part.value_ids()))

    def truth(self, values: Mapping[str, Value]) -> bool | None:
        """Return whether the expression holds; None where the intervals leave it open."""
        if self.value is not None:
            return self._compare(values[self.value])
        if self.negated is not None:
            inner = self.negated.truth(values)
            return None if inner is None else not inner
        parts = [part.truth(values) for part in self.all_of or self.any_of or []]
        decisive = self.any_of is not None
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive

    def words(self) -> str:
        """Return the expression as words, with value ids in backquotes."""
        if self.value is not None:
            return f"`{self.value}` {self._comparison_words()}"
        if self.negated is not None:
            return f"not ({self.negated.words()})"
        parts = self.all_of or self.any_of or []
        joint = " and " if self.all_of else " or "
        return joint.join(part.words() if part.value is not None else f"({part.words()})" for part in parts)

    def _compare(self, value: Value) -> bool | None:
        low = value.value if value.low is None else value.low
        high = value.value if value.high is None else value.high
        if self.between is not None:
            floor, ceiling = self.between
            return True if floor <= low and high <= ceiling else False if high < floor or low > ceiling else None
        if self.above is not None:
            return True if low > self.above else False if high <= self.above else None
        assert self.below is not None
        return True if high < self.below else False if low >= self.below else None

    def _comparison_words(self) -> str:
        if self.between is not None:
            return f"lies between {_plain(self.between[0])} and {_plain(self.between[1])}"
        return f"is above {_plain(self.above)}" if self.above is not None else f"is below {_plain(self.below)}"


class Criterion(Data):
    """Hold what makes a claim supported, qualified or refuted.

    Args:
        supported: when the claim holds.
        qualified: when it holds under the claim's condition only; looked at if `supported` is not true.
        refuted: when it fails; by default, when `supported` is false and `qualified` is not open.
    """

    supported: Expression
    qualified: Expression | None = None
    refuted: Expression | None = None

    def value_ids(self) -> list[str]:
        """Return the ids of the values that decide, in order, each once."""
        parts = [part for part in (self.supported, self.qualified, self.refuted) if part is not None]
        return list(dict.fromkeys(name for part in parts for name in part.value_ids()))

    def decide(self, values: Mapping[str, Value]) -> Verdict:
        """Return the verdict."""
        supported = self.supported.truth(values)
        if supported:
            return "supported"
        qualified = self.qualified.truth(values) if self.qualified else False
        if qualified:
            return "qualified"
        if self.refuted is not None:
            return "refuted" if self.refuted.truth(values) else "inconclusive"
        return "refuted" if supported is False and qualified is False else "inconclusive"

    def words(self) -> str:
        """Return the criterion as one sentence, with value ids in backquotes."""
        sentence = f"Supported if {self.supported.words()}"
        if self.qualified is not None:
            sentence += f"; qualified if {self.qualified.words()}"
        if self.refuted is not None:
            sentence += f"; refuted if {self.refuted.words()}"
        return sentence + "."


def _plain(number: float | None) -> str:
    assert number is not None
    text = f"{number:.10f}".rstrip("0").rstrip(".")
    return decimal(number, len(text.partition(".")[2]))
