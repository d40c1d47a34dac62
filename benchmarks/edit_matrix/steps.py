"""The steps that edits are made of: what a user, an editor or a backup does to an article."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tool import ALTERED, Tool


class Step(Protocol):
    """Do something to an article as a user could."""

    def apply(self, tool: Tool) -> None:
        """Do it."""


@dataclass(frozen=True)
class Replace:
    """Replace a text in all files that hold one part of the article."""

    part: str
    old: str
    new: str

    def apply(self, tool: Tool) -> None:
        """Write the files in which the text stands, one at least."""
        replace([tool.folder / name for name in tool.layout[self.part]], self.old, self.new)


@dataclass(frozen=True)
class Touch:
    """Give files the present time."""

    parts: tuple[str, ...]

    def apply(self, tool: Tool) -> None:
        """Touch them."""
        for name in {name for part in self.parts for name in tool.layout[part]}:
            (tool.folder / name).touch()


@dataclass(frozen=True)
class CopyAnew:
    """Write all sources again with the content they have, as a copy of a backup or a fresh clone does."""

    def apply(self, tool: Tool) -> None:
        """Write them."""
        for path in tool.sources():
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)


@dataclass(frozen=True)
class Delete:
    """Delete the output of an experiment."""

    def apply(self, tool: Tool) -> None:
        """Delete it."""
        tool.remove(tool.output)


@dataclass(frozen=True)
class Alter:
    """Write another number over what alpha found, in its result or in the report."""

    where: str

    def apply(self, tool: Tool) -> None:
        """Write it into each file that holds the number."""
        (number,) = tool.published()["alpha"]
        pattern = tool.result if self.where == "result" else tool.pages[0]
        replace(tool.folder.glob(pattern), number, ALTERED)


@dataclass(frozen=True)
class Forget:
    """Delete what the tool remembers; the results stay."""

    def apply(self, tool: Tool) -> None:
        """Delete it."""
        for name in tool.memory:
            tool.remove(name)


@dataclass(frozen=True)
class Backup:
    """Copy the results away."""

    def apply(self, tool: Tool) -> None:
        """Copy them."""
        for name in tool.results:
            shutil.copytree(tool.folder / name, backup_of(tool, name), dirs_exist_ok=True)


@dataclass(frozen=True)
class Restore:
    """Copy the results back; all of them get the present time."""

    def apply(self, tool: Tool) -> None:
        """Copy them."""
        for name in tool.results:
            source = backup_of(tool, name)
            for path in sorted(path for path in source.rglob("*") if path.is_file()):
                target = tool.folder / name / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copyfile(path, target)
            shutil.rmtree(source)


@dataclass(frozen=True)
class Build:
    """Build in between; what is judged is the last build."""

    def apply(self, tool: Tool) -> None:
        """Build."""
        tool.build()


def backup_of(tool: Tool, name: str) -> Path:
    """Return where a backup of some results lies."""
    return tool.folder.with_name("backup") / name


def replace(paths: Iterable[Path], old: str, new: str) -> None:
    """Replace a text wherever it stands in some files.

    Raises:
        ValueError: it stands in none of them.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    holding = {path: text for path, text in texts.items() if old in text}
    if not holding:
        raise ValueError(f"{old!r} is in none of {sorted(map(str, texts))}")
    for path, text in holding.items():
        path.write_text(text.replace(old, new), encoding="utf-8")
