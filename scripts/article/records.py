"""The record that a stage leaves of its files: its recipe, and the checksum of each file that it made or read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from scripts.article.artifacts import read_sealed, sealed, sha256, to_json, write_atomically
from scripts.article.recipe import Recipe


def checksums(files: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by name."""
    return {file.as_posix(): sha256(file.read_bytes()) for file in files}


def write_record(path: Path, recipe: Recipe, files: Mapping[str, str]) -> None:
    """Write down a stage's recipe, and the SHA-256 of each file that it made or read."""
    write_atomically(path, to_json(sealed({"recipe": recipe.plain(), "files": dict(files)})))


def read_record(path: Path) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe and the files of a record.

    Raises:
        ArticleError: the record is missing, damaged, or no record.
    """
    data = read_sealed(path)
    return Recipe.of(data.get("recipe"), where=str(path)), data.get("files") or {}
