"""What the templates may speak of: values, figures, claims, settings and references, all checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.artifacts import Artifact, artifact_path, load_artifact
from scripts.article.claims import DecidedClaim, decide_claims, load_claims
from scripts.article.errors import ArticleError
from scripts.article.figure import Drawing, load_drawing
from scripts.article.plan import Plan, Stage
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
    artifacts = {name: load_artifact(artifact_path(name)) for name in plan.experiments}
    figures = {name: load_drawing(name) for name in plan.figures}
    for name, artifact in artifacts.items():
        _check_digest(artifact.path, artifact.digest, plan.experiments[name])
    for name, drawing in figures.items():
        _check_digest(drawing.path.with_suffix(".json"), drawing.digest, plan.figures[name])
        _check_inputs(drawing.path, drawing.inputs, artifacts)
    values = {f"{name}.{key}": value for name, artifact in artifacts.items() for key, value in artifact.values.items()}
    references = read_reference_keys(REFERENCES)
    claims = decide_claims(load_claims(plan.sections), values, references)
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


def _check_digest(path: Path, digest: str, stage: Stage) -> None:
    if digest != stage.digest:
        raise ArticleError(
            f"{path}: stale: made by {stage.module} as it was, digest {digest[:12]}; today's is {stage.digest[:12]}. "
            f"Delete it and run snakemake again"
        )


def _check_inputs(path: Path, inputs: Mapping[str, str], artifacts: Mapping[str, Artifact]) -> None:
    today = {str(artifact.path): artifact.sha256 for artifact in artifacts.values()}
    for name, digest in inputs.items():
        if today.get(name) != digest:
            raise ArticleError(f"{path}: drawn from another {name} than today's; delete it and run snakemake again")
