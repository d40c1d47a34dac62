"""Which results are of today: whole, unaltered, and made by today's code from today's inputs.

Snakemake asks this when it reads the Snakefile, so what reruns does not depend on file times or on its own memory of
past runs; the report asks it again before it prints anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.article.artifacts import RESULTS, Artifact, artifact_path, load_artifact, sha256
from scripts.article.errors import ArticleError
from scripts.article.figure import Drawing, figure_path, load_drawing
from scripts.article.fonts import FONTS, font_files
from scripts.article.miniatures import CARD_FILE, RECORD
from scripts.article.plan import SNAPSHOT, Plan, Stage
from scripts.article.recipe import Recipe, differences
from scripts.article.records import read_record

REPORT = RESULTS / "report.json"
REPORT_FILES = (*(Path("report", f"report.{kind}") for kind in ("html", "pdf", "json")), SNAPSHOT, REPORT)
REPORT_FILES = (Path("report", CARD_FILE.name), *REPORT_FILES)
CHANGES = RESULTS / "changes.json"
CHANGES_FILES = (Path("report/changes.html"), CHANGES)


class Stale(ArticleError):
    """Say that a result is whole but not of today.

    Args:
        path: the file that is not of today.
        reasons: why, each in words.
    """

    def __init__(self, path: Path, reasons: list[str]):
        self.reasons = reasons
        more = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        super().__init__(f"{path}: stale: {reasons[0]}{more}; run snakemake again")


@dataclass(frozen=True)
class Check:
    """Hold one stage's outcome that can be checked: its name, the file that seals it, and the check."""

    name: str
    path: Path
    run: Callable[[], object]


def checks(plan: Plan) -> list[Check]:
    """Return the checks of every stage, the report's and that of its changes last."""
    found = [
        Check(name, artifact_path(name), partial(load_fresh_artifact, stage))
        for name, stage in plan.experiments.items()
    ]
    found += [
        Check(f"figure {name}", figure_path(name), partial(load_fresh_drawing, stage))
        for name, stage in plan.figures.items()
    ]
    if plan.infographic:
        found.append(Check("infographic", RECORD, partial(check_record, RECORD, plan.infographic.recipe)))
    return [
        *found,
        Check("fonts", FONTS, partial(check_record, FONTS, plan.fonts)),
        Check("report", REPORT, partial(check_record, REPORT, plan.report)),
        Check("changes", CHANGES, partial(check_record, CHANGES, plan.changes)),
    ]


def stale(plan: Plan) -> dict[str, ArticleError]:
    """Return the outputs that must be made anew, each with the reason.

    A missing file is not among them: Snakemake sees that by itself.
    """
    found = {}
    for check in checks(plan):
        try:
            if check.path.is_file():
                check.run()
        except ArticleError as error:
            found[check.path.as_posix()] = error
        except OSError as error:  # unreadable, or just being replaced by another build
            found[check.path.as_posix()] = ArticleError(f"{error.filename}: {error.strerror}")
    return found


def align_times(plan: Plan) -> None:
    """Make no file look older than what it was made from, whatever a copy or a checkout has done to the times.

    Digests decide what is made anew; Snakemake's own look at the times cannot be switched off, so it must find nothing.
    """
    made = [([plan.experiments[name].files for name in stage.reads], stage.files) for stage in plan.stages]
    every = [*(stage.files for stage in plan.stages), font_files()]
    for sources, files in [*made, (every, REPORT_FILES), ([REPORT_FILES], CHANGES_FILES)]:
        newest = max((_time(file) for group in sources for file in group), default=0)
        for file in files:
            if file.is_file() and _time(file) < newest:
                with suppress(OSError):
                    os.utime(file, ns=(newest, newest))


def _time(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


def load_fresh_artifact(stage: Stage) -> Artifact:
    """Read an experiment's artifact.

    Raises:
        ArticleError: it is missing, damaged, of other code or settings, or computed from other inputs.
    """
    artifact = load_artifact(artifact_path(stage.identifier))
    check_recipe(artifact.path, artifact.recipe, stage.recipe)
    check_files(artifact.path, artifact.inputs)
    return artifact


def load_fresh_drawing(stage: Stage) -> Drawing:
    """Read a figure's record.

    Raises:
        ArticleError: the figure is missing, altered, of other code, or drawn from other artifacts.
    """
    drawing = load_drawing(stage.identifier)
    check_recipe(drawing.path, drawing.recipe, stage.recipe)
    check_files(drawing.path, drawing.inputs)
    return drawing


def check_record(path: Path, recipe: Recipe) -> None:
    """Check that a stage's files are those that it made, and of today.

    Raises:
        ArticleError: the record is damaged or of another recipe, or a file is missing or altered.
    """
    found, files = read_record(path)
    check_recipe(path, found, recipe)
    check_files(path, files)


def check_recipe(path: Path, found: Recipe, today: Recipe) -> None:
    """Check that a result was made as it would be made today.

    Raises:
        Stale: it was not; says what has changed.
    """
    if found.digest != today.digest:
        raise Stale(path, differences(found, today))


def check_files(path: Path, files: Mapping[str, str]) -> None:
    """Check that files have the SHA-256 that a result noted of them.

    Raises:
        Stale: one is missing or another one.
    """
    for name, digest in files.items():
        file = Path(name)
        if not file.is_file():
            raise Stale(path, [f"{name} is missing"])
        if sha256(file.read_bytes()) != digest:
            raise Stale(path, [f"{name} is not the file that it was made with"])
