"""Summaries of modules, kept by content from run to run: an unchanged file is not parsed again."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.article.artifacts import write_atomically
from scripts.article.errors import ArticleError
from scripts.reach import names, purity, source, strip
from scripts.reach.source import Source, Statement, summarise_source

KEPT = Path(".cache/summaries.json")


class Summaries:
    """Read files as summaries, from what was kept where a file has the same text as then.

    Args:
        kept: the file that keeps them; None keeps nothing.
    """

    def __init__(self, kept: Path | None = KEPT):
        self._file = kept
        self._version = _version()
        self._kept = self._load()
        self._used: dict[str, dict[str, Any]] = {}

    def of(self, path: Path, module: str) -> Source:
        """Return the summary of a module's file.

        Raises:
            ArticleError: the file is no valid Python.
        """
        text = path.read_bytes()
        key = hashlib.sha256(b"%s %s %s" % (module.encode(), path.name.encode(), text)).hexdigest()
        if key not in self._used:
            self._used[key] = self._kept.get(key) or asdict(_summary(text, module, path))
        return _from_plain(self._used[key])

    def keep(self) -> None:
        """Write the summaries that were used, where they are not those that were kept."""
        if self._file is None or self._used.keys() == self._kept.keys():
            return
        data = json.dumps(self._used)
        with suppress(OSError):  # they only save time
            write_atomically(self._file, f"{_seal(self._version, data)}\n{data}")

    def _load(self) -> dict[str, dict[str, Any]]:
        """Return what was kept; nothing where it is missing, damaged or of another version of this code."""
        try:
            seal, _, data = self._file.read_text(encoding="utf-8").partition("\n") if self._file else ("", "", "")
        except (OSError, UnicodeDecodeError):
            return {}
        return json.loads(data) if seal and seal == _seal(self._version, data) else {}


def _summary(text: bytes, module: str, path: Path) -> Source:
    try:
        return summarise_source(text.decode(), module, is_package=path.name == "__init__.py")
    except SyntaxError as error:
        raise ArticleError(f"{path}:{error.lineno}: no valid Python: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path}: not readable as UTF-8 ({error})") from None


def _from_plain(data: dict[str, Any]) -> Source:
    return Source([Statement(**entry) for entry in data["statements"]], data["imports"])


def _seal(version: str, data: str) -> str:
    return hashlib.sha256(f"{version}\n{data}".encode()).hexdigest()


def _version() -> str:
    """Return what a summary depends on beside the file: this code, and Python, whose syntax trees differ by version."""
    texts = [Path(module.__file__ or "").read_bytes() for module in (names, purity, source, strip)]
    return hashlib.sha256(b"\n".join([*texts, sys.version.encode()])).hexdigest()
