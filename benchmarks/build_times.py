"""Time whole builds as a user has them: cold, without a change, after a change of prose, of a figure, of a setting.

    python -m benchmarks.build_times --cores 2 --repeat 5

Works in a copy of the project, so nothing here is touched. Prints a table in Markdown: medians of wall-clock seconds,
with the smallest and the largest in brackets; a cold build is timed once per preset.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.projects import clean_environment, copy_project
from benchmarks.waiting import WITHOUT_LIMIT

WRAPPER = """

draw_{number} = draw


def draw(toy):
    return draw_{number}(toy)
"""


def build(folder: Path, cores: int, *config: str) -> float:
    """Run the workflow and return how long it took, in seconds."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--config", *config] if config else []
    environment = clean_environment() | {"ARTICLE_STORE": "off"}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"the build failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def computing(folder: Path, stage: str) -> float:
    """Return how long a stage last computed, by its own note, in seconds."""
    return list(json.loads((folder / f"logs/times/{stage}.json").read_text()).values())[-1]


def why(folder: Path) -> float:
    """Return how long it takes to say what would be made anew after a change of preset."""
    command = [sys.executable, "-m", "scripts.article.why", "--config", "preset=quick"]
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=True, env=clean_environment())
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
        copy_project(folder)
        empty = folder / "empty"
        prompt = folder / "prompt"
        for place in (empty, prompt):
            place.mkdir()
            (place / "Snakefile").write_text("rule all:\n    input: []\n")
        (prompt / "Snakefile").write_text(WITHOUT_LIMIT + (empty / "Snakefile").read_text())
        rows = [("cold, quick", f"{build(folder, given.cores, 'preset=quick'):.1f} s")]
        shutil.rmtree(folder / "results")
        rows += [("cold, standard", f"{build(folder, given.cores):.1f} s")]
        prose = after_edit(folder, given.cores, "templates/sections/faq.md.j2", "\nSentence number {number}.\n")
        figure = after_edit(folder, given.cores, "scripts/reinforcement/figures/toy.py", WRAPPER)

        def setting(number: int) -> float:
            whole = build(folder, given.cores, f"reinforcement__toy__discount={0.8 + 0.01 * number}")
            return whole - sum(computing(folder, name) for name in ("reinforcement.toy", "figure-reinforcement.toy"))

        rows += [
            ("an empty Snakefile", repeated(lambda _: build(empty, given.cores), given.repeat)),
            (
                "the same without Snakemake's wait at its end",
                repeated(lambda _: build(prompt, given.cores), given.repeat),
            ),
            ("no change", repeated(lambda _: build(folder, given.cores), given.repeat)),
            ("a sentence of prose", repeated(prose, given.repeat)),
            ("the code of one figure", repeated(figure, given.repeat)),
            ("one setting of one experiment, its own computing not counted", repeated(setting, given.repeat)),
            ("`make why`", repeated(lambda _: why(folder), given.repeat)),
        ]
        print("| build | time |\n|:--|:--|")
        print("\n".join(f"| {name} | {text} |" for name, text in rows))
        for path in sorted((folder / "report").iterdir()):
            print(f"| size of `{path.name}` | {path.stat().st_size / 1e6:.2f} MB |")


if __name__ == "__main__":
    main()
