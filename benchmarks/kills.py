"""Kill builds with `kill -9` at random moments: the same command must then finish, and to the same bytes.

    python -m benchmarks.kills --kills 30 --cores 2

Works in a copy of the project, so nothing here is touched, and without the store, so that everything is computed again.
Prints a table in Markdown, and fails if any build differs from the undisturbed one. A kill costs up to two builds.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.projects import clean_environment, copy_project

MADE = ("results", "report")


def command(cores: int, *config: str) -> list[str]:
    """Return the command line of a build."""
    return [sys.executable, "-m", "snakemake", "--cores", str(cores), "--config", *config]


def start(folder: Path, line: list[str], store: str = "off") -> subprocess.Popen[str]:
    """Start a build as the leader of a process group of its own, all that it says on one pipe."""
    return subprocess.Popen(
        line,
        cwd=folder,
        env=clean_environment() | {"ARTICLE_STORE": store},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def made(folder: Path) -> dict[str, bytes]:
    """Return every file under results/ and report/ with its content."""
    files = [path for name in MADE for path in (folder / name).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def forget(folder: Path) -> None:
    """Remove everything that builds have left."""
    for name in (*MADE, "logs", ".snakemake"):
        shutil.rmtree(folder / name, ignore_errors=True)


def finish(folder: Path, line: list[str]) -> float:
    """Build to the end and return how long it took, in seconds."""
    begin = time.perf_counter()
    build = start(folder, line)
    said = build.communicate()[0]
    if build.returncode:
        sys.exit(f"the build failed:\n{said}")
    return time.perf_counter() - begin


def kill_at(folder: Path, line: list[str], moment: float) -> None:
    """Start a build and kill it with all its jobs after some seconds."""
    build = start(folder, line)
    time.sleep(moment)
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--config", nargs="+", default=["preset=quick"])
    given = parser.parse_args()
    moments = random.Random(given.seed)
    line = command(given.cores, *given.config)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_project(folder)
        whole = finish(folder, line)
        expected = made(folder)
        print(f"Undisturbed: {whole:.1f} s, {len(expected)} files.\n")
        print("| killed after | files there | half-written | then took | same bytes |\n|--:|--:|--:|--:|:--|")
        wrong = 0
        for _ in range(given.kills):
            forget(folder)
            moment = moments.uniform(0, whole)
            kill_at(folder, line, moment)
            left = made(folder)
            half = sum(path.endswith(".part") for path in left)
            seconds = finish(folder, line)
            same = made(folder) == expected
            wrong += not same
            answer = "yes" if same else "NO"
            print(f"| {moment:.1f} s | {len(left) - half} | {half} | {seconds:.1f} s | {answer} |", flush=True)
    sys.exit(f"{wrong} builds differ" if wrong else 0)


if __name__ == "__main__":
    main()
