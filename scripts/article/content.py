"""What the templates may speak of: values, figures, claims, settings and references, all checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.agreement import settled
from scripts.article.artifacts import Artifact, values_by_id
from scripts.article.claims import DecidedClaim, decide_claims, load_claims
from scripts.article.errors import ArticleError
from scripts.article.figure import Drawing
from scripts.article.fonts import FONTS
from scripts.article.freshness import check_record, load_fresh_artifact, load_fresh_drawing
from scripts.article.miniatures import RECORD
from scripts.article.plan import Plan
from scripts.article.values import Value

REFERENCES = Path("templates/references.bib")


@dataclass(frozen=True)
class Content:
    """Hold all that the report may print, by id."""

    plan: Plan
    artifacts: dict[str, Artifact]
    values: dict[str, Value]
    figures: dict[str, Drawing]
    claims: dict[str, DecidedClaim]
    references: list[str]

    @property
    def settings(self) -> dict[str, Any]:
        """Return every parameter's value, as `section.experiment.name`."""
        return {
            f"{experiment}.{name}": value
            for experiment, stage in self.plan.experiments.items()
            for name, value in stage.settings.items()
        }


def load_content(plan: Plan) -> Content:
    """Read everything that the report is assembled from and check that all of it is of today.

    Raises:
        ArticleError: an artifact or figure is missing, damaged or stale, or a claim is not whole.
    """
    artifacts = {name: load_fresh_artifact(stage) for name, stage in plan.experiments.items()}
    figures = {name: load_fresh_drawing(stage) for name, stage in plan.figures.items()}
    check_record(FONTS, plan.fonts)
    if plan.infographic:
        check_record(RECORD, plan.infographic.recipe)
    values = values_by_id(artifacts)
    references = read_reference_keys(REFERENCES)
    claims = settled(decide_claims(load_claims(plan.sections), values, references), plan.configuration.article.preset)
    return Content(plan, artifacts, values, figures, claims, references)


def read_reference_keys(path: Path) -> list[str]:
    """Return the keys of a BibTeX file, in order.

    Raises:
        ArticleError: the file is missing, or a key stands there twice.
    """
    if not path.is_file():
        raise ArticleError(f"{path}: no such file, expected the bibliography")
    keys: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = re.match(r"\s*@\w+\{\s*([^,\s]+)\s*,", line)
        if found and found[1] in keys:
            raise ArticleError(f"{path}:{number}: key {found[1]!r} is used before, at line {keys[found[1]]}")
        if found:
            keys[found[1]] = number
    return list(keys)
