"""A store of results by digest: going back to earlier code or settings returns what was computed then.

An entry is one file: the SHA-256 of the rest of the file, a line of JSON that says whose and which files these are, and
their bytes. Nothing in it is executed, and no path in it decides where anything is written.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from scripts.article.artifacts import sha256, write_atomically
from scripts.article.errors import ArticleError

FOLDER = Path(".cache/store")
LIMIT = 1000  # MB
OWN = re.compile(r"[0-9a-f]{64}\.entry|\.[0-9a-f]{64}\.entry\.\d+\.part")


@dataclass(frozen=True)
class Store:
    """Keep the files of stages by digest.

    Args:
        folder: where; several projects may share it. None keeps nothing.
        limit: the most bytes that all entries may take.
    """

    folder: Path | None
    limit: int

    @classmethod
    def from_environment(cls) -> Store:
        """Return the store that ARTICLE_STORE (a folder, or off) and ARTICLE_STORE_LIMIT (in MB) ask for.

        Raises:
            ArticleError: the limit is no whole number.
        """
        folder = os.environ.get("ARTICLE_STORE") or FOLDER
        limit = os.environ.get("ARTICLE_STORE_LIMIT") or str(LIMIT)
        if not re.fullmatch("[0-9]+", limit):
            raise ArticleError(
                f"ARTICLE_STORE_LIMIT: {limit!r} in the environment, expected a whole number of megabytes"
            )
        return cls(None if folder == "off" else Path(folder), int(limit) * 1_000_000)

    def holds(self, digest: str) -> bool:
        """Tell whether there is an entry for a digest, whole or not."""
        return self.folder is not None and self._path(digest).is_file()

    def fetch(self, digest: str, files: Sequence[Path]) -> bool:
        """Put back the files of a stage, in the order given, and return whether they were there and whole.

        Args:
            digest: of the stage.
            files: exactly those that were kept.
        """
        if self.folder is None:
            return False
        path = self._path(digest)
        try:
            contents = unpack(path.read_bytes(), digest, files)
        except OSError:
            return False
        with suppress(OSError):  # a store that can only be read serves all the same
            path.unlink() if contents is None else os.utime(path)
        if contents is None:
            return False
        for file, data in zip(files, contents, strict=True):
            write_atomically(file, data)
        return True

    def keep(self, digest: str, files: Sequence[Path]) -> None:
        """Keep the files of a stage, and drop what was not used for longest until the limit is kept.

        A store that cannot be written to costs a warning, never the build.

        Args:
            digest: of the stage.
            files: paths from the working directory.
        """
        if self.folder is None:
            return
        entry = pack(digest, {file: file.read_bytes() for file in files})
        if len(entry) > self.limit:
            return
        try:
            write_atomically(self._path(digest), entry)
            self._shrink()
        except OSError as error:
            print(f"warning: {self.folder}: a result is not kept for later ({error.strerror})", file=sys.stderr)

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest}.entry"

    def _shrink(self) -> None:
        """Drop entries, least recently used first; what a killed process left half-written counts as one."""
        found = []
        for path in self.folder.glob("??/*"):
            try:
                about = path.stat()
            except FileNotFoundError:  # another process was faster
                continue
            if OWN.fullmatch(path.name):
                found.append((about.st_mtime_ns, about.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.limit:
                break
            path.unlink(missing_ok=True)
            total -= size


def store_key(digest: str, inputs: Mapping[str, str]) -> str:
    """Return what a stage's result is kept under: its digest, and the content of the results that it reads.

    The same recipe may give other last digits on another machine; what was drawn from those is no answer here.
    """
    return sha256(json.dumps([digest, dict(inputs)], sort_keys=True).encode()) if inputs else digest


def pack(digest: str, contents: Mapping[Path, bytes]) -> bytes:
    """Return an entry of the store."""
    sizes = {file.as_posix(): len(data) for file, data in contents.items()}
    body = json.dumps({"digest": digest, "files": sizes}).encode() + b"\n" + b"".join(contents.values())
    return sha256(body).encode() + b"\n" + body


def unpack(entry: bytes, digest: str, files: Sequence[Path]) -> list[bytes] | None:
    """Return the contents of the files of an entry, or None if the entry is damaged or holds anything else."""
    try:
        _, head, data = entry.split(b"\n", 2)
        ends = accumulate(json.loads(head)["files"].values(), initial=0)
        contents = [data[start:end] for start, end in pairwise(ends)]
        whole = entry == pack(digest, dict(zip(files, contents, strict=True)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return contents if whole else None
