"""Change the project's code in a copy of it, and see whether any stage's output changes while its digest stays."""

from __future__ import annotations

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reach.forks import LIGHT, Forks
from reach.mutants import Mutant
from reach.outcomes import Outcomes
from reach.precision import Traced, without_nodes
from reach.small import SMALL

BY_LAUNCHER = ("experiment ntk.rbf", "figure ntk.gram")  # quick ones
EFFECT = "effect inserted"

Place = tuple[str, int]  # a file, and the first line of a function that ran, or 0 for the module


@dataclass
class Tally:
    """Count how changes were decided.

    Args:
        mutants: changes by kind.
        pairs: (change, stage) pairs by outcome.
        launcher: pairs where the change lies in code that only the launcher runs, by outcome.
        violations: changes of an output that neither a digest nor a check has shown.
    """

    mutants: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    launcher: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def places(trace: Mapping[str, Any]) -> set[Place]:
    """Return the places that ran."""
    return {(_in_project(code["file"]), 0 if code["name"] == "<module>" else code["line"]) for code in trace["codes"]}


def _in_project(file: str) -> str:
    """Return the path of a module in the project that it is part of."""
    return file[file.rindex("/scripts/") + 1 :]


class Campaign:
    """Try changes one after the other.

    Args:
        tree: a copy of the project with the results of small settings, in which changes are made and undone.
        traced: the stages that are looked at, as they ran in the tree or in one that it is a copy of; not the report.
    """

    def __init__(self, tree: Path, traced: Mapping[str, Traced]):
        self.tree = tree
        self.heavy, self.light = Forks(tree), Forks(tree, LIGHT)
        self.stages = {name: found.stage for name, found in traced.items() if name not in ("report ", "changes ")}
        self.planners = set(self.light.run("loaded_by_plan", overrides=SMALL))
        self.warm = Forks(tree, [*LIGHT, "scripts.article.plan"])
        self.own = {name: places(traced[name].trace) for name in self.stages}
        shutil.copytree(tree / "results", tree / "kept")
        self.outcomes = Outcomes(tree, self.heavy, self.warm)
        self.launched = {name: self._launched(name) for name in BY_LAUNCHER if name in self.stages}
        self.tally = Tally()
        self._times = itertools.count(1_000_000_000, 10)

    def close(self) -> None:
        """End the processes."""
        for forks in (self.heavy, self.light, self.warm):
            forks.close()

    def __enter__(self) -> Campaign:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self.close()

    def _launched(self, name: str) -> set[Place]:
        return places(self.heavy.run("trace_launcher", stage=without_nodes(self.stages[name])))

    def try_mutant(self, mutant: Mutant, *, brute: bool = False) -> None:
        """Make a change, decide it for every stage, and undo it.

        Args:
            mutant: the change.
            brute: run even the stages that do not execute what is changed.
        """
        self.tally.mutants[mutant.kind] += 1
        with self._changed(mutant):
            found = self._digests(mutant)
        for name, stage in self.stages.items():
            if found is None:
                self.tally.pairs["plan refused"] += 1
            elif found.get(name) != stage["digest"]:
                self.tally.pairs["digest changed"] += 1
            else:
                self._decide(mutant, name, brute)

    def _digests(self, mutant: Mutant) -> dict[str, str] | None:
        """Return the digests by the changed code; None where the plan is refused."""
        forks = self.light if mutant.module in self.planners else self.warm
        try:
            return forks.run("digests", overrides=SMALL)
        except RuntimeError:
            return None

    def _decide(self, mutant: Mutant, name: str, brute: bool) -> None:
        place = (mutant.file, mutant.function)
        if place in self.own[name]:
            self._note(mutant, name, self.tally.pairs, self._run(mutant, name))
        elif place in self.launched.get(name, ()) and self._is_first(place, name):
            self.tally.pairs["run by the launcher alone"] += 1
            self._note(mutant, name, self.tally.launcher, self._round(mutant, name))
        elif brute:
            self._note(mutant, name, self.tally.pairs, self._run(mutant, name))
        else:
            self.tally.pairs["never executed"] += 1

    def _is_first(self, place: Place, name: str) -> bool:
        """Tell whether a stage is the first of those that stand for the launcher to run a place."""
        return next(other for other in BY_LAUNCHER if place in self.launched.get(other, ())) == name

    def _note(self, mutant: Mutant, name: str, counts: Counter[str], outcome: str) -> None:
        counts[outcome] += 1
        if outcome == "violation":
            self.tally.violations.append(f"{mutant} [{name.strip()}]")

    def _run(self, mutant: Mutant, name: str) -> str:
        """Run a stage with the change made, and return how it went."""
        with self._changed(mutant):
            ended = self.outcomes.run(self.stages[name])
        return self.outcomes.judge(self.stages[name], ended)

    def _round(self, mutant: Mutant, name: str) -> str:
        """Have the changed launcher compute and then fetch, and the right one fetch; return the worst outcome."""
        stage, store = self.stages[name], self.outcomes.new_store()
        found = []
        for changed in (True, True, False):
            with self._changed(mutant) if changed else nullcontext():
                ended = self.outcomes.run(stage, store)
            found.append(self.outcomes.judge(stage, ended))
        return next((outcome for outcome in found if outcome == "violation"), found[0])

    @contextmanager
    def _changed(self, mutant: Mutant) -> Iterator[None]:
        path = self.tree / mutant.file
        original = path.read_bytes()
        self._write(path, mutant.source)
        try:
            yield
        finally:
            self._write(path, original)

    def _write(self, path: Path, text: bytes) -> None:
        """Write a file with a time of its own: compiled code is kept by time and size, and both might repeat."""
        path.write_bytes(text)
        now = next(self._times)
        os.utime(path, (now, now))
