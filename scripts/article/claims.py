"""Claims: what the article asserts, the criterion fixed beforehand, and the verdict that the values give.

A criterion is data. A comparison looks at the whole interval of a value: it is true if all of the interval satisfies
it, false if none of it does, and otherwise unknown. All, any and not combine the three truth values as Kleene's strong
logic does (Kleene 1952, section 64).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from scripts.article.errors import ArticleError
from scripts.article.settings import nearest
from scripts.article.values import Value, decimal
from scripts.article.yaml import load_yaml

Verdict = Literal["supported", "qualified", "refuted", "inconclusive", "untestable", "untested"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
COMPARISONS = ("above", "below", "between")
MEANINGS = {
    "supported": "the criterion is met by the whole interval",
    "qualified": "it holds under conditions that the text names",
    "refuted": "the criterion fails by the whole interval",
    "inconclusive": "the interval is too wide to tell",
    "untestable": "no experiment here can decide it",
    "untested": "its experiments are still to come",
}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Expression(_Data):
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


class Criterion(_Data):
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


class Claim(_Data):
    """Hold one claim as its file states it: decided by a criterion, still untested, or untestable."""

    id: str
    assertion: str = Field(min_length=20)
    in_favour: str = Field("", alias="for")
    against: str = ""
    condition: str = ""
    criterion: Criterion | None = None
    untested: list[str] | None = Field(None, min_length=1)
    untestable: str | None = Field(None, min_length=10)
    values: list[str] = []
    references: list[str] = []

    @model_validator(mode="after")
    def _is_decided_one_way(self) -> Claim:
        ways = [name for name in ("criterion", "untested", "untestable") if getattr(self, name) is not None]
        if len(ways) != 1:
            given = " and ".join(ways) or "none"
            raise ValueError(f"expected exactly one of criterion, untested, untestable; got {given}")
        if self.criterion is not None and not (self.in_favour and self.against):
            raise ValueError("a claim with a criterion says in words what would count `for` it and `against` it")
        if self.criterion is not None and self.criterion.qualified is not None and not self.condition:
            raise ValueError("a criterion with `qualified` needs `condition`, the conditions in words")
        return self

    def value_ids(self) -> list[str]:
        """Return the ids of the values that are its evidence, the deciding ones first."""
        deciding = self.criterion.value_ids() if self.criterion else []
        return list(dict.fromkeys([*deciding, *self.values]))

    def verdict(self, values: Mapping[str, Value]) -> Verdict:
        """Return the verdict that the values give."""
        if self.criterion is not None:
            return self.criterion.decide(values)
        return "untestable" if self.untestable is not None else "untested"

    def criterion_words(self) -> str:
        """Return how the claim is decided, in words."""
        if self.criterion is not None:
            return self.criterion.words()
        if self.untestable is not None:
            return f"Untestable here: {self.untestable}"
        names = ", ".join(f"`{name}`" for name in self.untested or [])
        return f"Untested until these experiments are in place: {names}."


@dataclass(frozen=True)
class DecidedClaim:
    """Hold a claim with its section, where it stands, and its verdict."""

    claim: Claim
    section: str
    where: str
    verdict: Verdict


def load_claims(sections: Sequence[str]) -> list[tuple[str, str, Claim]]:
    """Read the claims of all sections, as (section, file:line, claim).

    Raises:
        ArticleError: a file is no YAML list, or a claim is not whole, is of another section, or has an id used before.
    """
    found: list[tuple[str, str, Claim]] = []
    seen: dict[str, str] = {}
    for section in sections:
        path = Path("templates/claims", f"{section}.yaml")
        for where, claim in _read_claims(path) if path.is_file() else []:
            if claim.id.split(".")[0] != section:
                raise ArticleError(f"{where}: id is {claim.id!r}, expected it to begin with '{section}.'")
            if claim.id in seen:
                raise ArticleError(f"{where}: id {claim.id!r} is used before, at {seen[claim.id]}")
            seen[claim.id] = where
            found.append((section, where, claim))
    return found


def decide_claims(
    claims: Sequence[tuple[str, str, Claim]], values: Mapping[str, Value], references: Sequence[str]
) -> dict[str, DecidedClaim]:
    """Return every claim with its verdict, by id.

    Raises:
        ArticleError: a claim names a value or a reference that does not exist.
    """
    decided = {}
    for section, where, claim in claims:
        for name in claim.value_ids():
            if name not in values:
                raise ArticleError(f"{where}: claim {claim.id}: unknown value {name!r}{nearest(name, list(values))}")
        for key in claim.references:
            if key not in references:
                known = nearest(key, list(references))
                raise ArticleError(f"{where}: claim {claim.id}: {key!r} is not in templates/references.bib{known}")
        decided[claim.id] = DecidedClaim(claim, section, where, claim.verdict(values))
    return decided


def _read_claims(path: Path) -> list[tuple[str, Claim]]:
    data = load_yaml(path)
    if not isinstance(data, list):
        raise ArticleError(f"{path}: expected a YAML list of claims, got {type(data).__name__}")
    text = path.read_text(encoding="utf-8")
    return [_check_claim(entry, path, text) for entry in data]


def _check_claim(entry: Any, path: Path, text: str) -> tuple[str, Claim]:
    name = entry.get("id") if isinstance(entry, dict) else None
    where = f"{path}:{_line_of(name, text)}"
    try:
        return where, TypeAdapter(Claim).validate_python(entry)
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        message = detail["msg"].removeprefix("Value error, ")
        raise ArticleError(f"{where}: claim {name}{': ' + key if key else ''}: {message}") from None


def _line_of(name: Any, text: str) -> int:
    found = re.search(rf"^\s*-?\s*id:\s*['\"]?{re.escape(str(name))}['\"]?\s*$", text, flags=re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _plain(number: float | None) -> str:
    assert number is not None
    text = f"{number:.10f}".rstrip("0").rstrip(".")
    return decimal(number, len(text.partition(".")[2]))
