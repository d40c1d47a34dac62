"""How much more than a stage needs its recipe holds: statements in reach against those that ran or were read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from reach.forks import Forks
from reach.oracle import Needs, Oracle, Stage, reached_statements
from reach.small import SMALL


class Traced(NamedTuple):
    """Hold a stage that ran: what the plan says of it, and its trace."""

    stage: Stage
    trace: dict[str, Any]


class Run(NamedTuple):
    """Hold a stage that ran: what the plan says of it, its trace, and what it needed."""

    stage: Stage
    trace: dict[str, Any]
    needs: Needs


class Row(NamedTuple):
    """Hold how many statements a stage reaches, and how many of these it needed."""

    name: str
    reached: int
    needed: int

    @property
    def share(self) -> float:
        """Return how much of the reach was needed."""
        return self.needed / self.reached


def trace_all(root: Path, names: Collection[str] = ()) -> dict[str, Traced]:
    """Run stages of the article in a copy of the project, watched.

    Args:
        root: the copy.
        names: the stages, in an order that they can run in; all of them by default.
    """
    with Forks(root, limit=300) as forks:  # a busy machine traces slowly
        stages = forks.run("plan", overrides=SMALL)
        wanted = {name: stages[name] for name in names or stages}
        return {name: Traced(stage, forks.run("trace", stage=without_nodes(stage))) for name, stage in wanted.items()}


def needs_all(root: Path, traced: Mapping[str, Traced]) -> dict[str, Run]:
    """Return what stages that ran in a copy of the project needed."""
    oracle = Oracle(root)
    return {name: Run(stage, trace, oracle.needs(stage, trace)) for name, (stage, trace) in traced.items()}


def without_nodes(stage: Stage) -> Stage:
    """Return a stage without what only the oracle looks at, which is long."""
    return {key: value for key, value in stage.items() if key != "nodes"}


def precision(runs: Mapping[str, Run]) -> list[Row]:
    """Return a row for each stage."""
    return [_row(name, run) for name, run in runs.items()]


def _row(name: str, run: Run) -> Row:
    reached = reached_statements(run.stage)
    return Row(name.strip(), len(reached), len(reached.keys() & run.needs.statements.keys()))


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, their median last."""
    lines = ["| stage | in reach | ran or read | share |", "|:--|--:|--:|--:|"]
    lines += [f"| {row.name} | {row.reached} | {row.needed} | {row.share:.2f} |" for row in rows]
    middle = [median(values) for values in zip(*((row.reached, row.needed, row.share) for row in rows), strict=True)]
    return "\n".join([*lines, f"| median | {middle[0]:g} | {middle[1]:g} | {middle[2]:.2f} |"])
