"""Measure what Snakemake itself computes while it waits for jobs: `python -m benchmarks.waiting --seconds 10`."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WITHOUT_LIMIT = """if workflow.scheduling_settings is not None:
    workflow.scheduling_settings.max_jobs_per_timespan = None
"""  # as workflow/rules/common.smk has it
JOBS = """rule all:
    input: "a", "b"
rule sleep:
    output: "{{name}}"
    shell: "sleep {seconds}; touch {{output}}"
"""
WAYS = {
    "as it comes (100 jobs a second)": ("", []),
    "a limit over no time (1000/0s), as before": ("", ["--max-jobs-per-timespan", "1000/0s"]),
    "without a limit": (WITHOUT_LIMIT, []),
}


def processor_time(folder: Path, line: str, options: list[str], seconds: int) -> float:
    """Return the processor seconds of Snakemake, all its threads, for two jobs that sleep, one after the other."""
    (folder / "Snakefile").write_text(line + JOBS.format(seconds=seconds))
    for name in "ab":
        (folder / name).unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all", *options]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="how long the job sleeps")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    print("| way | processor time |\n|:--|--:|")
    with tempfile.TemporaryDirectory() as name:
        for way, (line, options) in WAYS.items():
            times = [processor_time(Path(name), line, options, given.seconds) for _ in range(given.repeat)]
            print(f"| {way} | {statistics.median(times):.1f} s [{min(times):.1f}, {max(times):.1f}] |")


if __name__ == "__main__":
    main()
