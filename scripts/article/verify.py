"""Walk the chain report → values → artifacts → recipes → code, and name the first broken link (`make verify`).

It needs no settings: each result says in its recipe what it was made with, and is held against the code of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.article.artifacts import Artifact, artifact_path, load_artifact, read_json, sha256
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.figure import Drawing, figure_files, load_drawing
from scripts.article.fonts import FONTS
from scripts.article.freshness import CHANGES, REPORT, check_files, check_recipe, check_record
from scripts.article.introductions import introductions
from scripts.article.miniatures import RECORD, claims_sources, with_miniature
from scripts.article.plan import changes_inputs, report_sources
from scripts.article.recipe import Recipe
from scripts.article.recipes import Recipes
from scripts.article.records import read_record
from scripts.article.settings import experiment_class

SUMMARY = Path("report/report.json")
COMPARED = ("value", "low", "high", "n", "unit")


def verify() -> str:
    """Check every link from the printed report and the page of changes back to the code of today; say what was checked.

    Raises:
        ArticleError: names the first link that is broken.
    """
    told = verify_report()
    check_record(CHANGES, Recipes().of_changes(changes_inputs(read_record(REPORT)[0])))
    return told


def verify_report() -> str:
    """Check every link from the printed report back to the code of today; return in words what was checked.

    Raises:
        ArticleError: names the first link that is broken.
    """
    recipe, files = read_record(REPORT)
    check_files(REPORT, files)
    summary = read_json(SUMMARY)
    artifacts, drawings = _artifacts(summary), _drawings(summary)
    for name, record in summary["values"].items():
        _check_value(name, record, artifacts)
    for name, record in summary["stages"].items():
        if sha256(Path(record["artifact"]).read_bytes()) != record["sha256"]:
            raise ArticleError(f"{SUMMARY}: stage {name}: {record['artifact']} is not the file that the report read")
    _check_inputs(recipe, artifacts, drawings)
    _check_code(recipe, artifacts, drawings)
    return f"{len(summary['values'])} values, {len(artifacts)} artifacts and {len(drawings)} figures: every link holds."


def _artifacts(summary: Mapping[str, Any]) -> dict[str, Artifact]:
    names = {record["stage"] for record in summary["values"].values()}
    names |= {name for name in summary["stages"] if ".figures." not in name}
    found = {name: load_artifact(artifact_path(name)) for name in sorted(names)}
    for artifact in found.values():
        check_files(artifact.path, artifact.inputs)
    return found


def _drawings(summary: Mapping[str, Any]) -> dict[str, Drawing]:
    found = {record["id"]: load_drawing(record["id"]) for record in summary["figures"]}
    for drawing in found.values():
        check_files(drawing.path, drawing.inputs)
    return found


def _check_value(name: str, record: Mapping[str, Any], artifacts: Mapping[str, Artifact]) -> None:
    section, experiment, key = name.split(".", 2)
    artifact = artifacts[f"{section}.{experiment}"]
    value = artifact.values.get(key)
    if value is None:
        raise ArticleError(f"{SUMMARY}: value {name} is not in {artifact.path}")
    for part in COMPARED:
        if record[part] != getattr(value, part):
            raise ArticleError(
                f"{SUMMARY}: value {name}: {part} is {record[part]!r}, in {artifact.path} {getattr(value, part)!r}"
            )


def _check_inputs(report: Recipe, artifacts: Mapping[str, Artifact], drawings: Mapping[str, Drawing]) -> None:
    """Check that every result was made from the results that lie there now."""
    made = {name: artifact.recipe for name, artifact in artifacts.items()}
    for name, artifact in artifacts.items():
        _check_digests(artifact_path(name), artifact.recipe.inputs, made)
    for drawing in drawings.values():
        _check_digests(drawing.path, drawing.recipe.inputs, made)
    fonts, files = read_record(FONTS)
    check_files(FONTS, files)
    every = {artifact.path.as_posix(): artifact.recipe for artifact in artifacts.values()}
    every |= {figure_files(name)[-1].as_posix(): drawing.recipe for name, drawing in drawings.items()}
    every |= {FONTS.as_posix(): fonts}
    if RECORD.as_posix() in report.inputs:
        infographic, files = read_record(RECORD)
        check_files(RECORD, files)
        _check_digests(RECORD, {name: infographic.inputs[name] for name in made if name in infographic.inputs}, made)
        every |= {RECORD.as_posix(): infographic}
    _check_digests(SUMMARY, {name: report.inputs.get(name, "") for name in every}, every)


def _check_digests(path: Path, inputs: Mapping[str, str], made: Mapping[str, Recipe]) -> None:
    for name, digest in inputs.items():
        if name not in made or made[name].digest != digest:
            raise ArticleError(f"{path}: was made from another {name} than the one that lies there")


def _check_code(report: Recipe, artifacts: Mapping[str, Artifact], drawings: Mapping[str, Drawing]) -> None:
    """Check that today's code, packages and templates are those that made the results."""
    recipes = Recipes()
    for name, artifact in artifacts.items():
        then = artifact.recipe
        check_recipe(
            artifact.path, then, recipes.of_experiment(name, experiment_class(name), then.settings, then.inputs)
        )
    for name, drawing in drawings.items():
        check_recipe(drawing.path, drawing.recipe, recipes.of_figure(name, drawing.recipe.inputs))
    check_recipe(FONTS, read_record(FONTS)[0], recipes.of_fonts())
    if RECORD.as_posix() in report.inputs:
        then = read_record(RECORD)[0]
        sections = [name for name, _ in then.settings["sections"]]
        read = {name: digest for name, digest in then.inputs.items() if name in artifacts} | claims_sources(sections)
        check_recipe(RECORD, then, recipes.of_infographic(with_miniature(sections), then.settings, read))
    results = {name: digest for name, digest in report.inputs.items() if name.startswith("results/")}
    check_recipe(
        SUMMARY, report, recipes.of_report(report.settings, results | report_sources() | introductions(results))
    )


def main() -> None:
    """Print that every link holds, or the first that does not."""
    with told_in_one_line():
        print(verify())


if __name__ == "__main__":
    main()
