"""What a build did, held against the truth."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from edits import Edit
from plain import Plain
from steps import Build
from tool import PATTERNS, BuildError, Published, Tool

ORDER = ("alpha", "beta", "figure", "report", "prose", "fonts")


@dataclass(frozen=True)
class Verdict:
    """Hold what one tool did after one edit.

    Args:
        stale: what a page says that is not what today's sources give.
        needless: the stages that ran though their results could not change.
        ran: all the stages that ran.
        note: said behind `right`.
        failed: whether the build ended with an error.
    """

    stale: frozenset[str]
    needless: frozenset[str]
    ran: frozenset[str]
    note: str = ""
    failed: bool = False

    @property
    def word(self) -> str:
        """Return stopped, right, needless or STALE; what is both counts as stale."""
        if self.failed:
            return "stopped"
        return "STALE" if self.stale else "needless" if self.needless else "right"

    def __str__(self) -> str:
        """Return the word with what it is about."""
        if self.word == "STALE":
            return f"**STALE** ({_list(self.stale)})"
        return f"needless ({_list(self.needless)})" if self.word == "needless" else self.word + self.note


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names, key=ORDER.index))


@dataclass(frozen=True)
class Truth:
    """Hold what the sources give before and after the last steps of an edit."""

    before: Published
    after: Published

    @property
    def changed(self) -> frozenset[str]:
        """Return what differs."""
        return frozenset(name for name in PATTERNS if self.before[name] != self.after[name])


def find_truth(edit: Edit, plain: Plain) -> Truth:
    """Return the truth of an edit, computed by plain Python.

    Raises:
        ValueError: the edit does not change what it says it changes.
    """
    plain.reset()
    plain.build()
    before = plain.published()
    for step in edit.steps:
        step.apply(plain)
        if isinstance(step, Build):
            before = plain.published()
    plain.build()
    truth = Truth(before, plain.published())
    if truth.changed != edit.changes:
        raise ValueError(f"{edit.name}: changes {sorted(truth.changed)}, expected {sorted(edit.changes)}")
    return truth


def judge(edit: Edit, truth: Truth, tool: Tool) -> Verdict:
    """Apply an edit in a tool's article as it was first built, build, and return the verdict."""
    tool.reset()
    for step in edit.steps:
        step.apply(tool)
    try:
        ran = tool.build()
    except BuildError as error:
        print(error, file=sys.stderr)
        return Verdict(frozenset(), frozenset(), frozenset(), failed=True)
    stale = differences(tool, truth.after)
    allowed = truth.changed | edit.may_run | ({"report"} if truth.changed else set())
    back = ", computed again" if "alpha" in ran else ", from its store"
    return Verdict(stale, ran - allowed, ran, back if edit.returns else "")


def differences(tool: Tool, truth: Published) -> frozenset[str]:
    """Return what the pages say otherwise than the truth."""
    found = tool.published()
    return frozenset(name for name in PATTERNS if found[name] != truth[name])
