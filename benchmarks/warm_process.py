"""Build with the warm process and without it, in turn: seconds of processor time and of the clock, and memory.

    python -m benchmarks.warm_process --repeat 3

Works in a copy of the project, so nothing here is touched, and without the store. The processor time is that of all
processes of a build, also of those that outlive it for a moment. Memory is the most that all of them had at a time,
what they share counted once. Prints a table in Markdown: medians with the smallest and the largest in brackets. Fails
if any result differs by a byte.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.kills import forget, made
from benchmarks.projects import clean_environment, copy_project

PR_SET_CHILD_SUBREAPER = 36
WAYS = ("off", "on")
Seconds = tuple[float, float, float]


def build(folder: Path, way: str, cores: int, *config: str) -> Seconds:
    """Build, and return seconds of processor time and of the clock, and the most memory in MiB."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--config", "preset=quick", *config]
    environment = clean_environment() | {"ARTICLE_STORE": "off", "ARTICLE_WARM": way}
    before, start = _processor(), time.perf_counter()
    watch = Watch()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.communicate()[0]
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"the build failed:\n{said.decode()}")
    with suppress(ChildProcessError):
        while True:
            os.wait()  # the warm process, which has become a child of this one
    return _processor() - before, seconds, watch.stop()


class Watch:
    """Note the most memory that all children of this process have at a time, until stopped."""

    def __init__(self) -> None:
        self._most, self._stopped = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> float:
        """Return it, in MiB."""
        self._stopped.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._stopped.wait(1):
            self._most = max(self._most, sum(map(_memory, _below(os.getpid()))))


def _below(process: int) -> list[int]:
    """Return all processes below one."""
    found = []
    with suppress(OSError):
        for path in Path(f"/proc/{process}/task").glob("*/children"):
            children = [int(child) for child in path.read_text().split()]
            found += [*children, *(other for child in children for other in _below(child))]
    return found


def _memory(process: int) -> float:
    """Return the memory of a process in MiB, its part alone of what it shares."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return 0


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turn(name: str, repeat: int, once: Callable[[str, int], Seconds]) -> None:
    """Print the rows of one kind of build."""
    found: dict[str, list[Seconds]] = {way: [] for way in WAYS}
    for number in range(repeat):
        for way in WAYS:
            found[way].append(once(way, number))
    for way, rows in found.items():
        processor, clock, memory = (list(column) for column in zip(*rows, strict=True))
        print(f"| {name} | {way} | {_text(processor)} | {_text(clock)} | {max(memory):.0f} |", flush=True)


def _text(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} [{min(values):.1f}, {max(values):.1f}]"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--config", nargs="*", default=[], help="such as sections=[reinforcement,ntk]")
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    results: list[dict[str, bytes]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = copy_project(Path(name) / "article")

        def cold(way: str, _: int) -> Seconds:
            forget(folder)
            seconds = build(folder, way, given.cores, *given.config)
            results.append(made(folder))
            if results[-1] != results[0]:
                sys.exit("the results differ")
            return seconds

        def setting(way: str, number: int) -> Seconds:
            change = f"reinforcement__toy__discount={0.8 + 0.01 * number + 0.005 * WAYS.index(way)}"
            return build(folder, way, given.cores, *given.config, change)

        def nothing(way: str, _: int) -> Seconds:
            return build(folder, way, given.cores, *given.config)

        print("| build | warm process | processor, s | clock, s | memory, MiB |\n|:--|:--|--:|--:|--:|")
        in_turn("cold, quick", given.repeat, cold)
        in_turn("one setting of one experiment", given.repeat, setting)
        build(folder, "on", given.cores, *given.config)
        in_turn("no change", given.repeat, nothing)


if __name__ == "__main__":
    main()
