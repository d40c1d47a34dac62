"""Run one experiment as a stage: read its command line, compute, save its artifact."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from scripts.article.artifacts import Artifact, Result, load_artifact, save_artifact
from scripts.article.errors import ArticleError
from scripts.article.settings import Model

SettingsT = TypeVar("SettingsT", bound=Model)


def run(
    stage: str,
    settings_class: type[SettingsT],
    compute: Callable[..., Result],
    arguments: Sequence[str] | None = None,
) -> None:
    """Run an experiment from the command line that its rule gives it.

    Args:
        stage: its id, `section.experiment`.
        settings_class: the class of its settings.
        compute: from the settings, and the artifacts it reads by experiment name, to its result.
        arguments: the command line; that of the process by default.
    """
    given = _parse(arguments)
    use_threads(given.threads)
    try:
        settings = settings_class.model_validate_json(given.settings)
        inputs = [load_artifact(path) for path in given.inputs]
        result = compute(settings, **{artifact.stage.split(".")[1]: artifact for artifact in inputs})
        save_artifact(
            result,
            given.values,
            stage=stage,
            module=compute.__module__ if compute.__module__ != "__main__" else f"scripts.{stage}",
            digest=given.digest,
            settings=json.loads(given.settings),
            inputs=_contents(inputs),
        )
    except ArticleError as error:
        sys.exit(f"error: {error}")


def use_threads(count: int) -> None:
    """Hold torch, where it is in use, to a number of threads; the BLAS libraries read it from the environment."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)


def _contents(inputs: Sequence[Artifact]) -> dict[str, str]:
    return {str(artifact.path): artifact.sha256 for artifact in inputs}


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run one experiment and save its artifact.")
    parser.add_argument("--settings", required=True, help="its settings as JSON")
    parser.add_argument("--digest", required=True, help="the stage's digest, stored in the artifact")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--inputs", type=Path, nargs="*", default=[], help="artifacts that it reads (.json)")
    parser.add_argument("--values", type=Path, required=True, help="where its values go (.json)")
    return parser.parse_args(arguments)
