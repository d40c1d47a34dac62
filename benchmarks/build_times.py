"""Time whole builds as a user has them: cold, without a change, after a change of prose, of a figure, of a setting.

    python benchmarks/build_times.py --cores 2 --repeat 5

Works in a copy of the project, so nothing here is touched. Prints a table in Markdown: medians of wall-clock seconds,
with the smallest and the largest in brackets; a cold build is timed once per preset.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PARTS = ("Snakefile", "config", "environment.yml", "profiles", "scripts", "templates", "workflow")
ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path, cores: int, *config: str) -> float:
    """Run the workflow and return how long it took, in seconds."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--config", *config] if config else []
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the build failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def repeated(change: Callable[[int], float], repeat: int) -> str:
    """Return the median of several timings with its range, as text."""
    seconds = [change(number) for number in range(repeat)]
    return f"{statistics.median(seconds):.1f} s [{min(seconds):.1f}, {max(seconds):.1f}]"


def after_edit(folder: Path, cores: int, name: str, text: str) -> Callable[[int], float]:
    """Return what appends a text to a file and times the build that follows; the text is different each time."""

    def change(number: int) -> float:
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + text.format(number=number), encoding="utf-8")
        return build(folder, cores)

    return change


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        empty = folder / "empty"
        empty.mkdir()
        (empty / "Snakefile").write_text("rule all:\n    input: []\n")
        rows = [("cold, quick", f"{build(folder, given.cores, 'preset=quick'):.1f} s")]
        shutil.rmtree(folder / "results")
        rows += [("cold, standard", f"{build(folder, given.cores):.1f} s")]
        prose = after_edit(folder, given.cores, "templates/sections/faq.md.j2", "\nSentence number {number}.\n")
        figure = after_edit(
            folder, given.cores, "scripts/reinforcement/figures/toy.py", "\n\nUNUSED_{number} = {number}\n"
        )
        rows += [
            ("an empty Snakefile", repeated(lambda _: build(empty, given.cores), given.repeat)),
            ("no change", repeated(lambda _: build(folder, given.cores), given.repeat)),
            ("a sentence of prose", repeated(prose, given.repeat)),
            ("the code of one figure", repeated(figure, given.repeat)),
        ]
        print("| build | time |\n|:--|:--|")
        print("\n".join(f"| {name} | {text} |" for name, text in rows))
        for path in sorted((folder / "report").iterdir()):
            print(f"| size of `{path.name}` | {path.stat().st_size / 1e6:.2f} MB |")


if __name__ == "__main__":
    main()
