"""Which results are of today: whole, unaltered, and made by today's code from today's inputs.

Snakemake asks this when it reads the Snakefile, so what reruns does not depend on file times or on its own memory of
past runs; the report asks it again before it prints anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from scripts.article.artifacts import (
    Artifact,
    artifact_path,
    load_artifact,
    read_sealed,
    sealed,
    sha256,
    to_json,
    write_atomically,
)
from scripts.article.digest import stage_digest
from scripts.article.errors import ArticleError
from scripts.article.figure import Drawing, figure_path, load_drawing
from scripts.article.plan import Plan, Stage

FONTS = Path("results/fonts/fonts.json")
REPORT = Path("results/report.json")


def stale(plan: Plan) -> dict[str, str]:
    """Return the outputs that must be made anew, each with the reason in words.

    A missing file is not among them: Snakemake sees that by itself. Nor is what is merely drawn from a stale result:
    it follows by the order of the rules.
    """
    checks: list[tuple[Path, Callable[[], object]]] = []
    checks += [(artifact_path(name), partial(load_fresh_artifact, stage)) for name, stage in plan.experiments.items()]
    checks += [(figure_path(name), partial(load_fresh_drawing, stage)) for name, stage in plan.figures.items()]
    checks += [(FONTS, partial(check_record, FONTS, fonts_digest()))]
    checks += [(REPORT, partial(check_record, REPORT, plan.report_digest()))]
    found = {}
    for path, check in checks:
        try:
            if path.is_file():
                check()
        except ArticleError as error:
            found[path.as_posix()] = str(error)
    return found


def load_fresh_artifact(stage: Stage) -> Artifact:
    """Read an experiment's artifact.

    Raises:
        ArticleError: it is missing, damaged, of other code or settings, or computed from other inputs.
    """
    artifact = load_artifact(artifact_path(stage.identifier))
    _check_digest(artifact.path, artifact.digest, stage.digest)
    _check_inputs(artifact.path, artifact.inputs)
    return artifact


def load_fresh_drawing(stage: Stage) -> Drawing:
    """Read a figure's record.

    Raises:
        ArticleError: the figure is missing, altered, of other code, or drawn from other artifacts.
    """
    drawing = load_drawing(stage.identifier)
    _check_digest(drawing.path.with_suffix(".json"), drawing.digest, stage.digest)
    _check_inputs(drawing.path, drawing.inputs)
    return drawing


def fonts_digest() -> str:
    """Return the digest of the stage that cuts the page's fonts."""
    return stage_digest("scripts.article.fonts", {})


def checksums(files: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by name."""
    return {file.as_posix(): sha256(file.read_bytes()) for file in files}


def write_record(path: Path, digest: str, files: Mapping[str, str]) -> None:
    """Write down a stage's digest, and the SHA-256 of each file that it made or read."""
    write_atomically(path, to_json(sealed({"digest": digest, "files": dict(files)})))


def check_record(path: Path, digest: str) -> None:
    """Check that a stage's files are those that it made, and of today.

    Raises:
        ArticleError: the record is damaged or of another digest, or a file is missing or altered.
    """
    record = read_sealed(path)
    _check_digest(path, str(record.get("digest")), digest)
    _check_inputs(path, record.get("files") or {})


def _check_digest(path: Path, found: str, today: str) -> None:
    if found != today:
        raise ArticleError(f"{path}: stale: its digest is {found[:12]}, today's is {today[:12]}; run snakemake again")


def _check_inputs(path: Path, files: Mapping[str, str]) -> None:
    for name, digest in files.items():
        file = Path(name)
        if not file.is_file() or sha256(file.read_bytes()) != digest:
            raise ArticleError(f"{path}: stale: {name} is not the file that it was made with; run snakemake again")
