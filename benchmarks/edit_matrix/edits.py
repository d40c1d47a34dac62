"""The edits, as data that every tool is given alike, with what each changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from steps import Alter, Backup, Build, CopyAnew, Delete, Forget, Replace, Restore, Step, Touch
from tool import NAMED


@dataclass(frozen=True)
class Edit:
    """Hold one row of the table.

    Args:
        name: the row's name.
        steps: what is done before the build that is judged.
        changes: what the last steps change in the truth, as a check of the benchmark itself.
        may_run: stages that may run though their results cannot change.
        returns: whether the last steps lead back to what was computed before.
    """

    name: str
    steps: tuple[Step, ...]
    changes: frozenset[str] = frozenset()
    may_run: frozenset[str] = frozenset()
    returns: bool = False


def edit(
    name: str, *steps: Step, changes: Iterable[str] = (), may_run: Iterable[str] = (), returns: bool = False
) -> Edit:
    """Return a row of the table."""
    return Edit(name, steps, frozenset(changes), frozenset(may_run), returns)


ALPHA = ("alpha", "figure")  # what hangs together: the figure shows alpha's result
WIDER = Replace("parameters", '"width": 3', '"width": 4')
NARROWER = Replace("parameters", '"width": 4', '"width": 3')
REFORMATTED = "    return widen(\n        total\n        / width\n    )\n"
WIDEN = """def widen(number: float) -> float:
    \"\"\"Stretch a number; only alpha calls it.\"\"\"
    return 1.5 * offset(number)
"""
MOVED = (
    Replace("helpers", f"{WIDEN}\n\n", ""),
    Replace("helpers", "import offset", "import widen"),
    Replace("deeper", "    return number + 3.0\n", f"    return number + 3.0\n\n\n{WIDEN}"),
)
SOURCES = ("alpha", "beta", "picture", *NAMED)

EDITS = (
    # nothing that is computed can change
    edit("a comment in an experiment", Replace("alpha", "# the mean of a few draws", "# the mean of some draws")),
    edit("a comment in the shared module", Replace("helpers", "2.0  # alpha", "2.0  # alpha scales by it")),
    edit("a docstring of an experiment", Replace("alpha", "Return the estimate of", "Give the estimate of")),
    edit("a docstring of a shared function", Replace("helpers", "Stretch a number;", "Widen a number;")),
    edit("an experiment's code laid out otherwise", Replace("alpha", "    return widen(total / width)\n", REFORMATTED)),
    edit("all modules touched", Touch(SOURCES)),
    edit("all sources copied anew, with new times", CopyAnew()),
    edit(
        "a local variable renamed in an experiment",
        Replace("alpha", "total", "summed"),
        may_run=(*ALPHA, "report"),
    ),
    edit("an unused function of the shared module", Replace("helpers", "number - 1.0", "number - 2.0")),
    edit(
        "a new function in the shared module",
        Replace("helpers", "def unused", "def later():\n    pass\n\n\ndef unused"),
    ),
    edit("a shared function moved to another module", *MOVED),
    edit("a parameter written otherwise (0.5 as 0.50)", Replace("parameters", '"noise": 0.5', '"noise": 0.50')),
    # results change
    edit("an experiment's code", Replace("alpha", "total / width", "total / width + 1.0"), changes=ALPHA),
    edit(
        "a helper of both experiments",
        Replace("helpers", "[source.random()", "[0.5 * source.random()"),
        changes=(*ALPHA, "beta"),
    ),
    edit("a helper of one experiment", Replace("helpers", "1.5 * offset", "1.6 * offset"), changes=ALPHA),
    edit("a helper behind a helper", Replace("deeper", "number + 3.0", "number + 2.0"), changes=ALPHA),
    edit("a constant of the shared module", Replace("helpers", "SCALE = 2.0", "SCALE = 3.0"), changes=ALPHA),
    edit("a method of a shared class", Replace("helpers", "4.0 * self.size", "5.0 * self.size"), changes=("beta",)),
    edit("a decorator", Replace("helpers", "1.25 * function", "1.5 * function"), changes=ALPHA),
    edit("a default argument", Replace("helpers", "share: float = 0.1", "share: float = 0.2"), changes=("beta",)),
    edit("a helper called through a table", Replace("tables", "2.0 * number", "3.0 * number"), changes=("beta",)),
    edit(
        "a helper found by its name at run time", Replace("tables", "number + 1.0", "number + 2.0"), changes=("beta",)
    ),
    edit("the figure's code", Replace("picture", "} in the figure", "} on the figure"), changes=("figure",)),
    edit("the figure's style helper", Replace("style", "alpha reaches", "alpha attains"), changes=("figure",)),
    edit("a sentence of the report", Replace("prose", "two experiments.", "two small ones."), changes=("prose",)),
    edit("a parameter of one experiment", WIDER, changes=ALPHA),
    edit("a parameter of the other", Replace("parameters", '"noise": 0.5', '"noise": 0.7'), changes=("beta",)),
    edit(
        "the number of seeds of both",
        Replace("parameters", '"seeds": 8', '"seeds": 12'),
        changes=(*ALPHA, "beta"),
    ),
    edit("a parameter changed, built, and changed back", WIDER, Build(), NARROWER, changes=ALPHA, returns=True),
    # what was made is no longer what was made
    edit("an output deleted", Delete(), may_run=("alpha",)),
    edit("a number altered in a result", Alter("result"), may_run=("alpha",)),
    edit("a number altered in the report", Alter("report"), may_run=("report",)),
    edit("the tool's memory deleted, results kept", Forget()),
    edit(
        "a parameter changed, built, and older results put back",
        Backup(),
        WIDER,
        Build(),
        Restore(),
        may_run=ALPHA,
    ),
)
