"""Processes that have the heavy libraries imported and the project not: each job runs in a fork with imports of its own.

A fresh process pays some seconds for torch, scikit-learn and matplotlib; a fork of one that has them pays nothing, and
still imports every module under scripts/ itself.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from json import dumps  # kept apart from what a changed project may put in its place
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
LIBRARIES = (
    *(
        "numpy",
        "scipy.optimize",
        "scipy.special",
        "scipy.stats",
        "torch._dynamo",
        "sklearn.datasets",
        "sklearn.decomposition",
    ),
    *("sklearn.feature_selection", "sklearn.isotonic", "sklearn.linear_model", "sklearn.neural_network"),
    *("sklearn.neighbors", "sklearn.tree", "sklearn.svm", "sklearn.naive_bayes", "matplotlib.figure"),
    *("matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg", "matplotlib.patheffects"),
    *("pydantic", "yaml", "packaging.requirements", "jinja2", "pypandoc", "typst", "fontTools.subset", "brotli"),
    "reach.metadata",
)
LIGHT = ("pydantic", "yaml", "packaging.requirements", "reach.metadata")
MEMORY = 6 << 30  # bytes that a job may ask for on top; a mutated size must not take the machine down


class Forks:
    """Run jobs one after the other, each in a fork of a process whose working directory is a copy of the project.

    Args:
        tree: the copy.
        preload: the modules that are imported before the forks.
        limit: seconds that a job may take.
    """

    def __init__(self, tree: Path, preload: Sequence[str] = LIBRARIES, limit: int = 60):
        self.tree = tree
        paths = os.pathsep.join([str(tree), str(TESTS)])
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reach.forks", str(limit), *preload],
            cwd=tree,
            env=os.environ | threads | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, job: str, **arguments: Any) -> Any:
        """Return what `reach.jobs.<job>` returns.

        Raises:
            RuntimeError: the job failed; the message is its traceback, or how it ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(dumps([job, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of the forks ended, {self._process.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer["result"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Forks:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()


def serve(limit: int, preload: Sequence[str]) -> None:
    """Fork once for each line of the standard input, and answer with a line."""
    for name in (*preload, "reach.jobs"):
        importlib.import_module(name)
    gc.freeze()  # or each fork looks through all that the libraries have made
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            _work(line, write, limit)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as answers:
            answer = answers.read()
        _, status = os.waitpid(child, 0)
        print(answer or dumps({"failed": f"the job ended with status {status}"}), flush=True)


def _work(line: str, write: int, limit: int) -> None:
    """Do a job in the fork, answer into the pipe, and end without what the parent has to do at exit."""
    signal.alarm(limit)
    resource.setrlimit(resource.RLIMIT_AS, (_size() + MEMORY, resource.RLIM_INFINITY))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    name, arguments = json.loads(line)
    try:
        answer = {"result": getattr(importlib.import_module("reach.jobs"), name)(**arguments)}
    except BaseException:
        answer = {"failed": traceback.format_exc()}
    with os.fdopen(write, "w", encoding="utf-8") as answers:
        answers.write(dumps(answer))
    os._exit(0)


def _size() -> int:
    """Return how much address space this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
