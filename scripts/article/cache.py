"""Rendered texts on disk, each under the SHA-256 of all that it was made from."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scripts.article.artifacts import sha256, write_atomically


class Cache:
    """Keep texts in a folder; it only saves time: what is damaged, or cannot be kept, is made again.

    Args:
        folder: where; several processes may use it at once.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._used: set[str] = set()

    def text(self, source: str, make: Callable[[], str]) -> str:
        """Return what is kept for a source, else make it.

        Args:
            source: everything that the text depends on.
            make: makes the text.
        """
        key = sha256(source.encode())
        self._used.add(key)
        kept = self._read(key)
        if kept is not None:
            return kept
        text = make()
        with suppress(OSError):
            write_atomically(self._folder / key, f"{_seal(key, text)}\n{text}")
        return text

    def prune(self) -> None:
        """Remove what was not asked for."""
        for path in self._folder.glob("*"):
            if re.fullmatch("[0-9a-f]{64}", path.name) and path.name not in self._used:
                with suppress(OSError):
                    path.unlink()

    def _read(self, key: str) -> str | None:
        try:
            seal, _, text = (self._folder / key).read_bytes().decode().partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return text if seal == _seal(key, text) else None


def _seal(key: str, text: str) -> str:
    return sha256(f"{key}\n{text}".encode())
