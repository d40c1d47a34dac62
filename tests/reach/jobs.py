"""What runs in the forks (`reach.forks`): the plan of an article, one of its stages traced, one by the launcher."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from reach.tracing import Trace, Tracer, reads

Stage = dict[str, Any]


def plan(overrides: dict[str, Any], blind: str = "") -> dict[str, Stage]:
    """Return every stage of the article by kind and id, with its recipe and the nodes that it reaches.

    Args:
        overrides: of the configuration.
        blind: a node, `module.name`, that the resolver is kept from following.
    """
    from scripts.article import plan, recipes
    from scripts.reach.graph import Graph

    if blind:
        _blind(Graph, blind)
    reached: list[list[Any]] = []
    real = Graph.reach

    def reach(graph: Graph, entries: Any, beside: Any = None) -> Any:
        if beside is None:  # that of the launcher, beside all stages
            return real(graph, entries)
        found = real(graph, entries, beside)
        reached.append(sorted(found.nodes))
        return found

    Graph.reach = reach
    made = plan.Plan.load(overrides)
    Graph.reach = real
    stages = _stages(made, recipes, overrides)
    return {name: stage | {"nodes": nodes} for (name, stage), nodes in zip(stages.items(), reached, strict=True)}


def digests(overrides: dict[str, Any]) -> dict[str, str]:
    """Return the digest of every stage but the report and the page of changes."""
    from scripts.article import plan

    plan._report = lambda *_: None  # the longest by far, and left out here
    plan.changes_inputs = lambda *_: {}  # they hold the report's digest
    made = plan.Plan.load(overrides)
    found = {f"experiment {name}": stage.digest for name, stage in made.experiments.items()}
    found |= {f"figure {name}": stage.digest for name, stage in made.figures.items()}
    found |= {"infographic ": made.infographic.digest} if made.infographic else {}
    return found | {"fonts ": made.fonts.digest}


def loaded_by_plan(overrides: dict[str, Any]) -> list[str]:
    """Return the project's modules that planning loads."""
    digests(overrides)
    return [name for name in sys.modules if name.split(".")[0] == "scripts"]


def stale(overrides: dict[str, Any]) -> list[str]:
    """Return the results that must be made anew."""
    from scripts.article import freshness, plan

    return sorted(freshness.stale(plan.Plan.load(overrides)))


def trace(stage: Stage) -> dict[str, Any]:
    """Run what counts of a stage, from the import of its entry on, and return what it did."""
    tracer = Tracer()
    tracer.start()
    run_own(stage)
    loaded = sorted(name for name in sys.modules if name.split(".")[0] == "scripts")
    tops = sorted({name.split(".")[0] for name in sys.modules})
    return plain(tracer.stop()) | {"modules": loaded, "tops": tops}


def trace_launcher(stage: Stage) -> dict[str, Any]:
    """Run a stage by its launcher, and return what it did."""
    tracer = Tracer()
    tracer.start()
    launch(stage)
    return plain(tracer.stop())


def launch(stage: Stage, store: str = "off") -> None:
    """Run a stage by its launcher."""
    os.environ["ARTICLE_STORE"] = store
    main = importlib.import_module("scripts.article.stage").main
    main([*stage["command"], "--digest", stage["digest"]])


def run_own(stage: Stage) -> None:
    """Import and call what counts of a stage, as the launcher does."""
    recipe = importlib.import_module("scripts.article.recipe").Recipe(**stage["recipe"])
    RUNNERS[stage["kind"]](stage, recipe)


def _experiment(stage: Stage, recipe: Any) -> None:
    conduct = importlib.import_module("scripts.article.experiment").conduct
    module, name = stage["model"]
    compute = importlib.import_module(f"scripts.{stage['id']}").compute
    model = getattr(importlib.import_module(module), name)
    conduct(stage["id"], compute, model, recipe, stage["reads"])


def _figure(stage: Stage, recipe: Any) -> None:
    figures = importlib.import_module("scripts.article.figure")
    draw = importlib.import_module(figures.figure_module(stage["id"])).draw
    figures.draw_figure(stage["id"], draw, recipe, stage["reads"])


def _fonts(stage: Stage, recipe: Any) -> None:
    importlib.import_module("scripts.article.fonts").cut_fonts(recipe)


def _infographic(stage: Stage, recipe: Any) -> None:
    names = {name: f"scripts.{name}.miniature" for name, _ in recipe.settings["sections"]}
    drawn = {name: module for name, module in names.items() if f"{module}.draw" in recipe.code}
    modules = {name: importlib.import_module(module) for name, module in drawn.items()}
    miniatures = {name: (module.draw, module.READS) for name, module in modules.items()}
    draw = importlib.import_module("scripts.article.infographic").draw_infographic
    draw(recipe, miniatures, stage["reads"])


def _report(stage: Stage, recipe: Any) -> None:
    importlib.import_module("scripts.article.report").assemble(stage["overrides"], Path("report"))


def _changes(stage: Stage, recipe: Any) -> None:
    importlib.import_module("scripts.article.changes").write_changes(recipe)


RUNNERS: dict[str, Callable[[Stage, Any], None]] = {
    "experiment": _experiment,
    "figure": _figure,
    "infographic": _infographic,
    "fonts": _fonts,
    "report": _report,
    "changes": _changes,
}


def plain(trace: Trace) -> dict[str, Any]:
    """Return a trace as plain data, with the names that the code that ran may have read.

    A thread of the stage may still run and add to the trace; so each set is copied first, which nothing can interrupt.
    """
    return {
        "codes": sorted(map(_code, trace.codes.copy()), key=str),
        "attributes": sorted(trace.attributes.copy()),
        "imports": sorted(trace.imports.copy()),
        "opened": sorted(trace.opened.copy()),
    }


def _code(code: CodeType) -> dict[str, Any]:
    return {
        "file": code.co_filename,
        "line": code.co_firstlineno,
        "name": code.co_qualname,
        "reads": sorted(set(reads(code))),
    }


def _stages(made: Any, recipes: Any, overrides: dict[str, Any]) -> dict[str, Stage]:
    stages = {}
    for name, stage in made.experiments.items():
        model = type(made.configuration.experiments[name])
        more = {"model": [model.__module__, model.__qualname__]}
        command = ["experiment", name, "--settings", json.dumps(stage.settings, sort_keys=True)]
        stages[f"experiment {name}"] = _stage("experiment", name, stage.recipe, stage, command) | more
    for name, stage in made.figures.items():
        stages[f"figure {name}"] = _stage("figure", name, stage.recipe, stage, ["figure", name])
    if made.infographic:
        settings = made.infographic.params["settings"]
        command = ["infographic", "--settings", settings]
        stages["infographic "] = _stage("infographic", "", made.infographic.recipe, made.infographic, command)
    fonts = importlib.import_module("scripts.article.fonts").font_files()
    stages["fonts "] = _stage("fonts", "", made.fonts, None, ["fonts"]) | {"files": [str(file) for file in fonts]}
    stages["report "] = _stage("report", "", made.report, None, []) | {"overrides": overrides}
    return stages | {"changes ": _stage("changes", "", made.changes, None, [])}


def _stage(kind: str, name: str, recipe: Any, planned: Any, command: Sequence[str]) -> Stage:
    return {
        "kind": kind,
        "id": name,
        "recipe": recipe.plain(),
        "digest": recipe.digest,
        "command": command,
        "reads": list(planned.reads) if planned else [],
        "files": [str(file) for file in planned.files] if planned else [],
    }


def _blind(graph: Any, hidden: str) -> None:
    """Keep the resolver from following one node."""
    real = graph._next

    def following(self: Any, node: Any) -> Any:
        return tuple(entry for entry in real(self, node) if f"{entry.module}.{entry.name}".strip(".") != hidden)

    graph._next = following
