"""The report for programs: the shape of `report.json`, and its JSON Schema (`python -m scripts.article.summary`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scripts.article.artifacts import to_json, write_atomically
from scripts.article.content import Content
from scripts.article.criteria import Verdict
from scripts.article.errors import ArticleError
from scripts.article.making import VALUE_FACTS, account, stage_of
from scripts.article.settings import Preset

SCHEMA_FILE = Path("workflow/schemas/report.schema.json")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ValueRecord(_Record):
    """Describe one number of the report."""

    value: float
    low: float | None = Field(description="lower end of the interval; null for an exact value")
    high: float | None
    n: int | None = Field(description="independent repetitions behind the interval")
    unit: str
    note: str = Field(description="how the number or its interval was made, where that is not plain")
    text: str = Field(description="the number as the report prints it")
    stage: str
    artifact: str


class ClaimRecord(_Record):
    """Describe one claim and its verdict."""

    id: str
    section: str
    assertion: str
    verdict: Verdict
    by_criterion: Verdict = Field(description="the verdict that the values of this run give")
    shaken: str = Field(description="why that verdict is not firm; empty where it is")
    criterion: str = Field(description="how it is decided, in words")
    values: list[str]
    references: list[str]


class FigureRecord(_Record):
    """Describe one figure."""

    id: str
    path: str
    alt: str
    stage: str
    artifact: str = Field(description="the first artifact that it is drawn from")


class StageRecord(_Record):
    """Describe one stage: what ran, with which settings, and what it left."""

    title: str = Field(description="what it computes: the first line of its docstring")
    module: str
    script: str
    settings: dict[str, Any]
    units: dict[str, str] = Field(description="units of its settings, where they have one")
    artifact: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="of the artifact, a file")
    digest: str = Field(pattern="^[0-9a-f]{64}$", description="of its recipe: all that it depends on")
    command: str = Field(description="computes just this anew")


class ReportRecord(_Record):
    """Describe the whole report."""

    format: Literal[1] = Field(alias="schema")
    title: str
    preset: Preset
    values: dict[str, ValueRecord]
    claims: list[ClaimRecord]
    figures: list[FigureRecord]
    stages: dict[str, StageRecord]


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of `report.json`."""
    return ReportRecord.model_json_schema(by_alias=True)


def summarise(content: Content) -> dict[str, Any]:
    """Return the report as plain data, checked against the models that its schema is made from.

    Raises:
        ArticleError: the data do not satisfy them.
    """
    article = content.plan.configuration.article
    data = {
        "schema": 1,
        "title": article.title,
        "preset": article.preset,
        "values": _values(content),
        "claims": _claims(content),
        "figures": _figures(content),
        "stages": account(content),
    }
    try:
        ReportRecord.model_validate(data)
    except ValidationError as error:
        detail = error.errors()[0]
        raise ArticleError(f"report.json: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None
    return data


def _values(content: Content) -> dict[str, Any]:
    records = {}
    for name, value in content.values.items():
        stage = stage_of(name)
        record = {key: getattr(value, key) for key in VALUE_FACTS}
        records[name] = record | {"stage": stage, "artifact": content.artifacts[stage].path.as_posix()}
    return records


def _claims(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "section": decided.section,
            "assertion": decided.claim.assertion.strip(),
            "verdict": decided.verdict,
            "by_criterion": decided.by_criterion,
            "shaken": decided.shaken,
            "criterion": decided.claim.criterion_words(),
            "values": decided.claim.value_ids(),
            "references": list(decided.claim.references),
        }
        for name, decided in content.claims.items()
    ]


def _figures(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "path": drawing.path.as_posix(),
            "alt": drawing.alt,
            "stage": drawing.stage,
            "artifact": next(iter(drawing.inputs)),
        }
        for name, drawing in content.figures.items()
    ]


if __name__ == "__main__":
    write_atomically(SCHEMA_FILE, to_json(report_schema()))
