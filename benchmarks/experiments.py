"""Seconds and memory of each experiment, alone on the machine, with one thread.

python -m benchmarks.experiments geometry optimization --presets standard quick
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import time

from benchmarks.projects import ROOT
from scripts.article.settings import experiment_class, preset_values, settings_class

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def measure(identifier: str, preset: str) -> tuple[float, float]:
    """Compute an experiment in this process; return the seconds, without its imports, and the most memory in MiB."""
    model = experiment_class(identifier)
    compute = importlib.import_module(f"scripts.{identifier}").compute
    settings = model(**preset_values(model, preset))
    start = time.perf_counter()
    compute(settings)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_alone(identifier: str, preset: str) -> tuple[float, float]:
    """Do the same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.experiments", "--one", identifier, "--presets", preset]
    environment = os.environ | dict.fromkeys(THREADS, "1")
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(json.loads(done.stdout))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*")
    parser.add_argument("--presets", nargs="+", default=["standard", "quick"])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.presets[0])))
        return
    print(f"| experiment | {' | '.join(given.presets)} | memory |\n|:--|{'--:|' * len(given.presets)}--:|")
    for section in given.sections:
        totals = dict.fromkeys(given.presets, 0.0)
        for name in settings_class(section).model_fields:
            found = {preset: measure_alone(f"{section}.{name}", preset) for preset in given.presets}
            memory = max(size for _, size in found.values())
            cells = " | ".join(f"{seconds:.1f}" for seconds, _ in found.values())
            print(f"| {section}.{name} | {cells} | {memory:.0f} |", flush=True)
            totals = {preset: total + found[preset][0] for preset, total in totals.items()}
        print(f"| all of {section} | {' | '.join(f'{total:.0f}' for total in totals.values())} | |", flush=True)


if __name__ == "__main__":
    main()
