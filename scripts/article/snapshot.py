"""The report in brief: what it prints and decides, small enough to be tracked and compared (`accepted/report.json`).

Each build leaves one beside its results; `make accept` takes it over as it is. One line an entry, sorted by id, so that
a difference between two versions can be read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from scripts.article.accepted import ACCEPTED
from scripts.article.content import Content
from scripts.article.criteria import Data, Verdict
from scripts.article.deciding import deciding
from scripts.article.errors import ArticleError
from scripts.article.values import Value, check_value, decimal, value_to_json

LENGTH = 16  # hexadecimal digits that are kept of a digest
PARTS = ("claims", "values", "figures", "stages")
Digest = Annotated[str, Field(pattern=f"^[0-9a-f]{{{LENGTH}}}$")]


class Judgement(Data):
    """Hold a claim's verdict, how it is decided, in words, and the value that decided it (empty if none)."""

    verdict: Verdict
    criterion: str
    decided_by: str


class Snapshot(Data):
    """Hold a report in brief; everything by id.

    Args:
        values: those that the article prints or that a claim depends on, without notes, rounded.
        figures: the first digits of the SHA-256 of each.
        stages: the first digits of the digest of each one's recipe.
    """

    format: Literal[1] = Field(alias="schema")
    title: str
    preset: str
    first_seed: int
    sections: list[str]
    claims: dict[str, Judgement]
    values: dict[str, Value]
    figures: dict[str, Digest]
    stages: dict[str, Digest]


def take_snapshot(content: Content, printed: Collection[str]) -> str:
    """Return the report in brief, as text.

    Args:
        content: all that it may print.
        printed: the ids of the values that it prints.
    """
    article = content.plan.configuration.article
    claims = content.claims.values()
    kept = sorted({*printed, *(name for decided in claims for name in decided.claim.value_ids())})
    stages = content.plan.experiments | {
        drawing.stage: content.plan.figures[name] for name, drawing in content.figures.items()
    }
    return _written(
        {key: getattr(article, key) for key in ("title", "preset", "first_seed", "sections")},
        {
            "claims": {decided.claim.id: _judgement(content, decided.claim.id) for decided in claims},
            "values": {name: _plain(content.values[name]) for name in kept},
            "figures": {name: drawing.sha256[:LENGTH] for name, drawing in content.figures.items()},
            "stages": {name: stage.digest[:LENGTH] for name, stage in stages.items()},
        },
    )


def load_snapshot(path: Path) -> Snapshot:
    """Read a snapshot and check that it is whole.

    Raises:
        ArticleError: the file is missing, no JSON, lacks a key, or has one of a wrong type or value.
    """
    remedy = (
        "; take it from git again, or delete it and run make accept" if path == ACCEPTED else "; run snakemake again"
    )
    try:
        snapshot = Snapshot.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise ArticleError(f"{path}: no such file; run snakemake to make it") from None
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(map(str, detail["loc"]))
        raise ArticleError(f"{path}: {key + ': ' if key else ''}{detail['msg']}{remedy}") from None
    for name, value in snapshot.values.items():
        check_value(value, where=f"{path}: values.{name}")
    return snapshot


def rounded(number: float, digits: int) -> float:
    """Return a number to two digits more than are printed, or as many more as it takes to be printed alike.

    >>> rounded(0.91181102, 4), rounded(3.20456e-9, 3), rounded(20, 0)
    (0.911811, 3.205e-09, 20)
    """
    text = decimal(number, digits)
    for more in range(2, 17):
        near = float(f"{number:.{1 + more}e}") if "×" in text else round(number, digits + more)
        if decimal(near, digits) == text:
            return near
    return number


def _judgement(content: Content, identifier: str) -> dict[str, str]:
    decided = content.claims[identifier]
    criterion = decided.claim.criterion if decided.claim.value_ids() else None
    found = deciding(criterion, content.values) if criterion else None
    words = decided.claim.criterion_words()
    return {"verdict": decided.verdict, "criterion": words, "decided_by": found.value if found else ""}


def _plain(value: Value) -> dict[str, Any]:
    """Return a rounded value as plain data, without what is empty."""
    plain = value_to_json(value) | {"note": ""}
    plain |= {key: rounded(plain[key], value.digits) for key in ("value", "low", "high") if plain[key] is not None}
    return {key: entry for key, entry in plain.items() if entry not in (None, "")}


def _written(about: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return JSON with one line for each entry of the parts."""
    lines = [f"{json.dumps(key)}: {_line(entry)}" for key, entry in {"schema": 1, **about}.items()]
    for part, entries in parts.items():
        inner = ",\n".join(f"{json.dumps(name)}: {_line(entries[name])}" for name in sorted(entries))
        lines.append(f"{json.dumps(part)}: {{\n{inner}\n}}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, allow_nan=False)
