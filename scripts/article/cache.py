"""What was made from texts, on disk, each under the SHA-256 of all that it was made from."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scripts.article.artifacts import sha256, write_atomically


class Cache:
    """Keep what was made in a folder; it only saves time: what is damaged, or cannot be kept, is made again.

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
        kept = self.read(source)
        if kept is not None:
            return kept.decode()
        text = make()
        self.write(source, text.encode())
        return text

    def read(self, source: str) -> bytes | None:
        """Return what is kept for a source, or None."""
        key = self._key(source)
        try:
            seal, _, data = (self._folder / key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return data if seal == _seal(key, data) else None

    def write(self, source: str, data: bytes) -> None:
        """Keep what was made from a source."""
        key = self._key(source)
        with suppress(OSError):
            write_atomically(self._folder / key, _seal(key, data) + b"\n" + data)

    def prune(self) -> None:
        """Remove what was neither read nor written."""
        for path in self._folder.glob("*"):
            if re.fullmatch("[0-9a-f]{64}", path.name) and path.name not in self._used:
                with suppress(OSError):
                    path.unlink()

    def _key(self, source: str) -> str:
        key = sha256(source.encode())
        self._used.add(key)
        return key


def _seal(key: str, data: bytes) -> bytes:
    return sha256(key.encode() + data).encode()
