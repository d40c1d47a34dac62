"""A copy of the whole article, built once at the preset quick and shared by all end-to-end tests of a run."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from benchmarks.projects import clean_environment, copy_project

RESULT = re.compile(r"results/(\w+)/(figures/)?(\w+)\.\w+")


def snakemake(
    folder: Path, *options: str, preset: str = "quick", cores: int = 2, config: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a folder as a user would; `config` holds KEY=VALUE."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *options]
    command += ["--config", f"preset={preset}", *config]
    given = {**clean_environment(), **environment}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=given)


@cache
def dry_run_server() -> subprocess.Popen[str]:
    """Start the server of dry runs; it ends with this process, when its input closes."""
    command = [sys.executable, str(Path(__file__).with_name("dry_run_server.py"))]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd="/", env=clean_environment())


def summary(folder: Path, *config: str) -> tuple[int, str, str]:
    """Return status, output and errors of `snakemake --summary` with settings."""
    server = dry_run_server()
    request = [str(folder), "--cores", "2", "--summary", "--config", *config]
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    return tuple(json.loads(server.stdout.readline()))


def due(folder: Path, *config: str, preset: str = "quick") -> set[str]:
    """Return the stages that a build would run: experiments by id, figures as `figure id`, `fonts`, `report`, …."""
    status, out, errors = summary(folder, f"preset={preset}", *config)
    assert status == 0, out + errors
    return stages_due(out)


def stages_due(table: str) -> set[str]:
    """Return the stages that the table of `snakemake --summary` says are to be run."""
    rows = [line.split("\t") for line in table.splitlines()[1:] if "\t" in line]
    assert rows
    return {stage_of(row[0]) for row in rows if row[-1] != "no update"}


def stage_of(path: str) -> str:
    """Return the stage that makes a file."""
    if path.startswith("results/infographic"):
        return "infographic"
    found = RESULT.fullmatch(path)
    if not found:
        return "report"
    if found[1] == "fonts":
        return "fonts"
    return f"figure {found[1]}.{found[3]}" if found[2] else f"{found[1]}.{found[3]}"


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a copy of the project that `make` was let loose on; all workers of a run share it, nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    done = folder.with_suffix(".done")
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            make(copy_project(folder))
            done.touch()
    return folder


def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built copy of the article that nobody may change; all workers of a run share it."""

    def build(folder: Path) -> None:
        done = snakemake(folder)
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "build.log").write_text(done.stdout + done.stderr)

    return made_once(tmp_path_factory, "built-article", build)


def copy_of(built: Path, folder: Path) -> Path:
    """Return a copy of a built article that a test may change."""
    return shutil.copytree(built, folder, copy_function=shutil.copy2, ignore=_sockets)


def _sockets(folder: str, names: list[str]) -> list[str]:
    """Return what cannot be copied: where the warm processes of a build that has just ended listened."""
    return ["warm"] if folder.endswith(".snakemake") else []
