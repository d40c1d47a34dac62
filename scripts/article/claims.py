"""Claims: what the article asserts, how each is decided, and the verdict that the values give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from scripts.article.criteria import Criterion, Data, Verdict
from scripts.article.errors import ArticleError, nearest
from scripts.article.values import Value
from scripts.article.yaml import load_yaml


class Claim(Data):
    """Hold one claim as its file states it: decided by a criterion, still untested, or untestable.

    An untested claim may state its criterion already, so that it is fixed before its experiments first run. `short` and
    `test` are its assertion and its criterion in the few words that the ledger has room for.
    """

    id: str
    assertion: str = Field(min_length=20)
    short: str = Field("", max_length=60)
    test: str = Field("", max_length=80)
    in_favour: str = Field("", alias="for")
    against: str = ""
    condition: str = ""
    criterion: Criterion | None = None
    untested: list[str] | None = Field(None, min_length=1)
    untestable: str | None = Field(None, min_length=10)
    values: list[str] = Field(default_factory=list)
    references: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_decided_one_way(self) -> Claim:
        ways = [name for name in ("criterion", "untested", "untestable") if getattr(self, name) is not None]
        if len(ways) != 1 and ways != ["criterion", "untested"]:
            given = " and ".join(ways) or "none"
            raise ValueError(f"expected a criterion, untested (or both), or untestable; got {given}")
        if self.criterion is not None and not (self.in_favour and self.against):
            raise ValueError("a claim with a criterion says in words what would count `for` it and `against` it")
        if self.criterion is not None and self.criterion.qualified is not None and not self.condition:
            raise ValueError("a criterion with `qualified` needs `condition`, the conditions in words")
        return self

    @property
    def standing_criterion(self) -> Criterion | None:
        """Return the criterion that decides it; none while it is untested, or if it is untestable."""
        return self.criterion if self.untested is None else None

    def value_ids(self) -> list[str]:
        """Return the ids of the values that are its evidence, the deciding ones first; none while it is untested."""
        if self.untested is not None:
            return []
        deciding = self.criterion.value_ids() if self.criterion else []
        return list(dict.fromkeys([*deciding, *self.values]))

    def verdict(self, values: Mapping[str, Value]) -> Verdict:
        """Return the verdict that the values give."""
        if self.untestable is not None:
            return "untestable"
        return "untested" if self.standing_criterion is None else self.standing_criterion.decide(values)

    def criterion_words(self) -> str:
        """Return how the claim is decided, in words."""
        if self.untestable is not None:
            return f"Untestable here: {self.untestable}"
        criterion = self.criterion.words() if self.criterion is not None else ""
        if self.untested is None:
            return criterion
        names = ", ".join(f"`{name}`" for name in self.untested)
        return f"Untested until these experiments are in place: {names}. {criterion}".strip()


@dataclass(frozen=True)
class DecidedClaim:
    """Hold a claim that was decided.

    Args:
        claim: as its file states it.
        section: that it is of.
        where: file and line.
        by_criterion: the verdict that the values give.
        shaken: why that verdict is not firm, in words; empty where nothing speaks against it.
    """

    claim: Claim
    section: str
    where: str
    by_criterion: Verdict
    shaken: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict that the report prints."""
        return "inconclusive" if self.shaken else self.by_criterion


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
