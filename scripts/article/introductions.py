"""What the source of a stage says of itself to the reader: what it computes, and the units of its settings.

No recipe of a stage holds that, as no number depends on it, so the report's does. The code of the report reaches all
settings by itself; docstrings count in no code, so the first lines of the sources are handed to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.article.artifacts import sha256
from scripts.article.errors import ArticleError
from scripts.article.settings import experiment_class

FIGURES = ".figures."  # in the name of a figure's stage, which has no settings


@dataclass(frozen=True)
class Introduction:
    """Hold what a stage's source says of it: its script, what it computes, and the units of its settings by name."""

    script: Path
    title: str
    units: dict[str, str]


def script_of(stage: str) -> Path:
    """Return the source where a stage begins."""
    return Path("scripts", *stage.split(".")).with_suffix(".py")


def introduction(stage: str) -> Introduction:
    """Return what the source of a stage says of it.

    Raises:
        ArticleError: its script has no docstring.
    """
    script = script_of(stage)
    return Introduction(script, first_line(script), {} if FIGURES in stage else _units(stage))


def introductions(results: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the line with which the source of each result begins, by words that name the source.

    Args:
        results: paths; those that no script of a section made, as the fonts, are left out.
    """
    stages = sorted(".".join(Path(path).with_suffix("").parts[1:]) for path in results)
    scripts = [script for script in map(script_of, stages) if script.is_file()]
    return {f"first line of {script.as_posix()}": sha256(first_line(script).encode()) for script in scripts}


def first_line(script: Path) -> str:
    """Return the first line of a module's docstring.

    Raises:
        ArticleError: there is none.
    """
    found = re.match(r'(?:#.*\n|\s)*r?"""\s*(.*?)\s*(?:"""|\n|$)', script.read_text(encoding="utf-8"))
    if not found or not found[1]:
        raise ArticleError(f'{script}: it begins with no docstring, expected """ and a line on what it computes')
    return found[1]


def _units(experiment: str) -> dict[str, str]:
    fields = experiment_class(experiment).model_fields
    extras = {name: info.json_schema_extra for name, info in fields.items()}
    return {name: str(extra["unit"]) for name, extra in extras.items() if isinstance(extra, dict) and extra.get("unit")}
