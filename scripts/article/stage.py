"""Run one stage as its rule asks: `python -m scripts.article.stage experiment geometry.boundary --digest …`.

This module, and what it calls before `Task.run`, are no part of any recipe: they decide whether a stage runs, not what
comes out. A result whose digest is in the store comes from there. One whose code was edited while it was computed is
thrown away.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article import times
from scripts.article.artifacts import artifact_files, artifact_path, load_artifact
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.experiment import conduct
from scripts.article.figure import draw_figure, figure_files, figure_module
from scripts.article.fonts import cut_fonts, font_files
from scripts.article.miniatures import (
    claims_sources,
    experiments_of,
    infographic_files,
    miniature_module,
    with_miniature,
)
from scripts.article.recipe import Recipe
from scripts.article.recipes import GENERATOR, Recipes
from scripts.article.records import checksums
from scripts.article.settings import experiment_class
from scripts.article.store import Store, store_key


@dataclass(frozen=True)
class Task:
    """Hold a stage that is ready to run.

    Args:
        name: what it is called in messages.
        recipe: what its result depends on.
        sources: the files of the code in the recipe.
        reads: the files of results that it reads.
        files: what it makes, the file that seals the others last.
        run: makes them.
    """

    name: str
    recipe: Recipe
    sources: list[Path]
    reads: list[Path]
    files: tuple[Path, ...]
    run: Callable[[], None]


def experiment(recipes: Recipes, identifier: str, settings: str) -> Task:
    """Return the task of an experiment with its settings as JSON."""
    model, module = experiment_class(identifier), f"scripts.{identifier}"
    reads = recipes.reads(module)
    recipe = recipes.of_experiment(identifier, model, json.loads(settings), _digests(reads))

    def run() -> None:
        conduct(identifier, _load(module, "compute"), model, recipe, reads)

    files = artifact_files(identifier)
    return Task(identifier, recipe, recipes.files(recipe), [artifact_path(name) for name in reads], files, run)


def figure(recipes: Recipes, identifier: str, settings: str) -> Task:
    """Return the task of a figure, which has no settings."""
    module = figure_module(identifier)
    reads = recipes.reads(module)
    recipe = recipes.of_figure(identifier, _digests(reads))

    def run() -> None:
        draw_figure(identifier, _load(module, "draw"), recipe, reads)

    files = figure_files(identifier)
    return Task(
        f"figure {identifier}", recipe, recipes.files(recipe), [artifact_path(name) for name in reads], files, run
    )


def fonts(recipes: Recipes, identifier: str, settings: str) -> Task:
    """Return the task that cuts the fonts of the page, which has neither id nor settings."""
    recipe = recipes.of_fonts()
    return Task("fonts", recipe, recipes.files(recipe), [], font_files(), lambda: cut_fonts(recipe))


def infographic(recipes: Recipes, identifier: str, settings: str) -> Task:
    """Return the task of the infographic, which has no id; its settings name the sections."""
    given = json.loads(settings)
    sections = [name for name, _ in given["sections"]]
    experiments, modules = experiments_of(sections), {name: miniature_module(name) for name in with_miniature(sections)}
    recipe = recipes.of_infographic(modules, given, _digests(experiments) | claims_sources(sections))

    def run() -> None:
        miniatures = {name: (_load(module, "draw"), recipes.reads(module)) for name, module in modules.items()}
        _load(f"{GENERATOR}.infographic", "draw_infographic")(recipe, miniatures, experiments)

    read = [artifact_path(name) for name in experiments]
    return Task("infographic", recipe, recipes.files(recipe), read, infographic_files(), run)


KINDS = {"experiment": experiment, "figure": figure, "infographic": infographic, "fonts": fonts}
Stamps = dict[Path, tuple[int, int, int]]


def stamps() -> Stamps:
    """Return of every source file what changes with any write to it, even one that puts its old text back."""
    found = [(path, path.stat()) for path in Path("scripts").rglob("*.py")]
    return {path: (about.st_ino, about.st_ctime_ns, about.st_size) for path, about in found}


def carry_out(task: Task, digest: str, before: Stamps) -> None:
    """Make the files of a stage, or fetch them from the store.

    Args:
        task: the stage by the code of now.
        digest: what the build has been planned with.
        before: the stamps of the source files, taken before they were read.

    Raises:
        ArticleError: the code is no longer that of the plan, or changed during the run; nothing is left behind.
    """
    if task.recipe.digest != digest:
        raise ArticleError(f"{task.name}: its code or inputs changed after this build began; run the command again")
    store, key = Store.from_environment(), store_key(digest, checksums(task.reads))
    if store.fetch(key, task.files):
        print(f"{task.name}: as computed before, from the store")
        return
    start = time.perf_counter()
    task.run()
    after = stamps()
    if any(after.get(path) != before.get(path) for path in task.sources):
        for file in task.files:
            file.unlink(missing_ok=True)
        raise ArticleError(f"{task.name}: its code changed while it ran; its result is dropped, run the command again")
    times.note(task.name, task.recipe.settings, time.perf_counter() - start)
    store.keep(key, task.files)


def use_threads(count: int) -> None:
    """Hold the libraries that compute to a number of threads; they read it when they are imported."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(count)


def _load(module: str, name: str) -> Callable[..., Any]:
    """Import the function where a stage's own code begins, and hold torch to its threads, if it came with it."""
    entry = getattr(importlib.import_module(module), name)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    return entry


def _digests(reads: Sequence[str]) -> dict[str, str]:
    return {name: load_artifact(artifact_path(name)).recipe.digest for name in reads}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the stage that the command line names."""
    parser = argparse.ArgumentParser(description="Run one stage.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("identifier", nargs="?", default="", help="section.name")
    parser.add_argument("--settings", default="{}", help="its settings as JSON")
    parser.add_argument("--digest", required=True, help="the digest that the build was planned with")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    use_threads(given.threads)
    with told_in_one_line():
        before = stamps()
        carry_out(KINDS[given.kind](Recipes(), given.identifier, given.settings), given.digest, before)


if __name__ == "__main__":
    main()
