"""Change the code at random, one place at a time: no stage's output may change while its digest stays.

    python -m benchmarks.mutations --count 300 --seed 1
    python -m benchmarks.mutations --brute 3
    python -m benchmarks.mutations --precision

Works in a copy of the project with small settings. Without --brute, a stage is run only where it executes what was
changed; with it, every stage whose digest stays is run. --precision shows for each stage how many statements its recipe
holds and how many of these the stage needs. Prints tables in Markdown, and fails if a change went unseen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.projects import ROOT, copy_project

sys.path.insert(0, str(ROOT / "tests"))

from reach.campaign import Campaign, Tally
from reach.mutants import draw
from reach.precision import needs_all, precision, table, trace_all
from reach.statements import Texts


def campaign(tree: Path, count: int, seed: int, *, brute: bool) -> Tally:
    """Try a number of changes and return the counts."""
    with Campaign(tree, trace_all(tree)) as running:
        for mutant in draw(Texts(tree), seed, count, count // 10):
            running.try_mutant(mutant, brute=brute)
    return running.tally


def counts(title: str, counter: Counter[str]) -> str:
    """Return counts as a table in Markdown, the largest first."""
    lines = [f"| {title} | count |", "|:--|--:|", *(f"| {name} | {number} |" for name, number in counter.most_common())]
    return "\n".join([*lines, f"| all | {counter.total()} |"])


def show(tally: Tally) -> None:
    """Print the counts, and every change that went unseen."""
    print(counts("change", tally.mutants), "", counts("change and stage", tally.pairs), "", sep="\n")
    if tally.launcher:
        print(counts("change that only the launcher runs, and stage", tally.launcher), "", sep="\n")
    print(f"Unseen: {len(tally.violations)}.")
    print(*(f"- {text}" for text in tally.violations), sep="\n")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Change the code at random and look for changes that go unseen.")
    parser.add_argument("--count", type=int, default=300, help="changes to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brute", type=int, metavar="N", help="try N changes, each on every stage, with no short cut")
    parser.add_argument("--precision", action="store_true", help="compare recipes with what their stages need")
    given = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_project(Path(folder).resolve() / "project")
        if given.precision:
            print(table(precision(needs_all(tree, trace_all(tree)))))
            return
        tally = campaign(tree, given.brute or given.count, given.seed, brute=bool(given.brute))
    show(tally)
    print(f"\n{time.perf_counter() - start:.0f} s")
    sys.exit(1 if tally.violations else 0)


if __name__ == "__main__":
    main()
