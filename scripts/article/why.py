"""Say what would be made anew, why, and roughly how long it would take, before anything runs (`make why`)."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.article import times
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.freshness import REPORT, Check, Stale, checks
from scripts.article.overrides import add_overrides, overrides
from scripts.article.plan import Plan
from scripts.article.recipe import Recipe
from scripts.article.store import Store

SHOWN = 5


@dataclass(frozen=True)
class Due:
    """Hold a stage that would be made anew.

    Args:
        name: what it is called.
        reasons: why, in words.
        seconds: how long it is expected to take; None if it never ran here.
        stored: whether its result only has to be fetched.
    """

    name: str
    reasons: list[str]
    seconds: float | None
    stored: bool


def due(plan: Plan, store: Store) -> list[Due]:
    """Return the stages that a build would make anew, in the order of their making."""
    found: dict[str, Due] = {}
    recipes, reads = _recipes(plan), _reads(plan)
    for check in checks(plan):
        above = [name for name in reads[check.name] if name in found]
        reasons = _reasons(check) or [f"reads {name}, which is made anew" for name in above]
        if reasons:
            recipe = recipes[check.name]
            seconds = times.expected(check.name, recipe.settings)
            found[check.name] = Due(check.name, reasons, seconds, store.holds(recipe.digest))
    return list(found.values())


def _recipes(plan: Plan) -> dict[str, Recipe]:
    experiments = {name: stage.recipe for name, stage in plan.experiments.items()}
    figures = {f"figure {name}": stage.recipe for name, stage in plan.figures.items()}
    if plan.infographic:
        figures["infographic"] = plan.infographic.recipe
    return experiments | figures | {"fonts": plan.fonts, "report": plan.report, "changes": plan.changes}


def _reads(plan: Plan) -> dict[str, Iterable[str]]:
    """Return what each stage reads; the report reads all."""
    experiments: dict[str, Iterable[str]] = {name: stage.reads for name, stage in plan.experiments.items()}
    figures = {f"figure {name}": stage.reads for name, stage in plan.figures.items()}
    if plan.infographic:
        figures["infographic"] = plan.infographic.reads
    last = {"fonts": (), "report": [*experiments, *figures, "fonts"], "changes": ["report"]}
    return experiments | figures | last


def _reasons(check: Check) -> list[str]:
    """Return why a stage's own result cannot stay."""
    if not check.path.is_file():
        return ["never made here" if check.path == REPORT else f"{check.path} is missing"]
    try:
        check.run()
    except Stale as error:
        return error.reasons
    except ArticleError as error:
        return [str(error).removesuffix("; delete it and run again").removesuffix("; delete it, run again")]
    return []


def describe(stages: Sequence[Due], total: int) -> str:
    """Return the list as text, with the time that all of it would take."""
    if not stages:
        return f"Nothing to do: all {total} stages are of today."
    lines = [line for stage in stages for line in _describe(stage)]
    computed = [stage for stage in stages if not stage.stored]
    known = [stage.seconds for stage in computed if stage.seconds is not None]
    unknown = len(computed) - len(known)
    lines += [f"{len(stages)} of {total} stages would be made anew: about {duration(sum(known))} of computing"]
    lines[-1] += f", and {unknown} that never ran here." if unknown else "."
    return "\n".join(lines)


def _describe(stage: Due) -> list[str]:
    time = "from the store" if stage.stored else "never timed" if stage.seconds is None else duration(stage.seconds)
    more = len(stage.reasons) - SHOWN
    lines = [f"{stage.name}  ({time})", *(f"    {reason}" for reason in stage.reasons[:SHOWN])]
    return [*lines, f"    and {more} more"] if more > 0 else lines


def duration(seconds: float) -> str:
    """Return a time in words.

    >>> duration(0.4), duration(75), duration(7300)
    ('1 s', '1 min 15 s', '2 h 1 min')
    """
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what a build with this command line would make anew."""
    parser = argparse.ArgumentParser(description="Say what a build would make anew, and why.")
    add_overrides(parser)
    with told_in_one_line():
        plan = Plan.load(overrides(parser.parse_args(arguments)))
        print(describe(due(plan, Store.from_environment()), len(checks(plan))))


if __name__ == "__main__":
    main()
