"""What all tools of the benchmark have in common: a folder, a build, the stages that it ran, what it published."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

ARTICLE = Path(__file__).with_name("article")
NAMED = ("helpers", "deeper", "tables", "style")  # shared modules that edits name
SHARED = (*NAMED, "runlog", "__init__")
PROSE = "This article has two experiments."
PATTERNS = {
    "alpha": r"mean of alpha is (\d+\.\d+)",
    "beta": r"spread of beta is (\d+\.\d+)",
    "figure": r"(alpha (?:reaches|attains) \d+\.\d+ (?:in|on) the figure)",
    "prose": r"(This article has [\w ]+\.)",
}
ALTERED = "98.7654"
Published = dict[str, frozenset[str]]


class BuildError(Exception):
    """Say that a tool could not build at all."""


class Tool:
    """Hold the small article as one tool's users would write it, in a folder of its own.

    `layout` says which files hold what an edit names; all other paths are relative to the folder as well.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    layout: ClassVar[dict[str, tuple[str, ...]]]
    pages: ClassVar[tuple[str, ...]]  # what a reader reads, the report first
    result: ClassVar[str]  # a pattern of the files that hold what alpha found
    output: ClassVar[str]  # the output that one edit deletes
    results: ClassVar[tuple[str, ...]]  # folders that hold what was computed, the report aside
    memory: ClassVar[tuple[str, ...]]  # what the tool remembers of past builds
    watched: ClassVar[dict[str, str]] = {}  # stages that cannot log their runs, with a file that each run writes

    def __init__(self, work: Path, environment: Path):
        self.folder = work / "article"
        self.saved, self.home, self.log = work / "saved", work / "home", work / "runs.log"
        self.environment = environment

    def files(self) -> dict[str, str]:
        """Return the texts of the article by path."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return the command that builds the article."""
        raise NotImplementedError

    def version(self) -> str:
        """Return the tool with its version."""
        raise NotImplementedError

    def create(self) -> None:
        """Write the article."""
        self.home.mkdir(parents=True)
        for name, text in self.files().items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Return the environment of a build: a home of its own, and no bytecode that could be older than its source."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SNAKEMAKE", "DVC", "XDG"))}
        path = f"{self.environment / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"HOME": str(self.home), "PATH": path, "EDIT_MATRIX_LOG": str(self.log)}
        return kept | own | {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, command: list[str]) -> str:
        """Run a command in the folder and return what it printed.

        Raises:
            BuildError: it failed.
        """
        settings = {"capture_output": True, "text": True, "check": False, "env": self.variables()}
        done = subprocess.run(command, cwd=self.folder, **settings)
        if done.returncode:
            raise BuildError(f"{self.name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def build(self) -> frozenset[str]:
        """Build the article and return the stages that ran."""
        before = self._times()
        self.log.write_text("")
        self.run(self.command())
        after = self._times()
        return frozenset(self.log.read_text().split()) | {stage for stage in after if after[stage] != before[stage]}

    def _times(self) -> dict[str, int]:
        paths = {stage: self.folder / name for stage, name in self.watched.items()}
        return {stage: path.stat().st_mtime_ns if path.is_file() else 0 for stage, path in paths.items()}

    def published(self) -> Published:
        """Return what the pages say, marks left out; a set, as two pages may contradict each other."""
        texts = [(self.folder / page).read_text(encoding="utf-8") for page in self.pages]
        plain = " ".join(" ".join(re.sub(r"<[^>]*>", "", text).split()) for text in texts)
        return {name: frozenset(re.findall(pattern, plain)) for name, pattern in PATTERNS.items()}

    def save(self) -> None:
        """Keep the folder as it is, with its times."""
        shutil.copytree(self.folder, self.saved, symlinks=True)

    def reset(self) -> None:
        """Make the folder what it was when it was kept."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder, symlinks=True)

    def clean(self) -> None:
        """Remove everything that a build made."""
        for name in (*self.results, *self.memory, *self.pages):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Remove a file or a folder."""
        path = self.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def sources(self) -> Iterator[Path]:
        """Yield the files that a user wrote."""
        yield from (self.folder / name for name in self.files())


def body(name: str) -> str:
    """Return the text of one of the article's modules, the same for every tool."""
    return (ARTICLE / f"{name}.py").read_text(encoding="utf-8")


def shared(folder: str) -> dict[str, str]:
    """Return the shared modules by path, under a folder that is the package `scripts`."""
    return {f"{folder}/shared/{name}.py": body(f"shared/{name}") for name in SHARED} | {f"{folder}/__init__.py": ""}


def shared_layout(folder: str) -> dict[str, tuple[str, ...]]:
    """Return where the shared modules lie that edits name."""
    return {name: (f"{folder}/shared/{name}.py",) for name in NAMED}
