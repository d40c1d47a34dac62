"""The article as a plan: which stages there are, what each reads, and the recipe that its result must carry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.accepted import ACCEPTED
from scripts.article.artifacts import RESULTS, artifact_files, sha256
from scripts.article.configuration import Configuration, load_configuration
from scripts.article.errors import ArticleError, nearest
from scripts.article.figure import figure_files, figure_module, figures_of
from scripts.article.fonts import FONTS
from scripts.article.headings import section_title
from scripts.article.introductions import introductions
from scripts.article.miniatures import (
    claims_sources,
    infographic_files,
    miniature_module,
    with_miniature,
)
from scripts.article.recipe import Recipe
from scripts.article.recipes import Recipes
from scripts.reach.modules import Modules

SNAPSHOT = RESULTS / "snapshot.json"  # the report in brief


@dataclass(frozen=True)
class Stage:
    """Hold one step of the article: an experiment, a figure or the infographic.

    Args:
        identifier: `section.name`, or `infographic`.
        reads: the experiments that it reads.
        recipe: what its result depends on.
        files: what it makes, the file that seals the others last.
    """

    identifier: str
    reads: tuple[str, ...]
    recipe: Recipe
    files: tuple[Path, ...]

    @property
    def digest(self) -> str:
        """Return what its result must carry to be of today."""
        return self.recipe.digest

    @property
    def settings(self) -> dict[str, Any]:
        """Return its settings as plain data; a figure has none."""
        return self.recipe.settings

    @property
    def params(self) -> dict[str, str]:
        """Return what its rule passes on the command line."""
        settings = json.dumps(self.settings, sort_keys=True)
        return {"stage": self.identifier, "settings": settings, "digest": self.digest}


@dataclass(frozen=True)
class Plan:
    """Hold the checked configuration, every stage by id, and the modules that were read for them.

    Without any miniature there is no infographic.
    """

    configuration: Configuration
    experiments: dict[str, Stage]
    figures: dict[str, Stage]
    infographic: Stage | None
    fonts: Recipe
    report: Recipe
    changes: Recipe
    modules: Modules

    @classmethod
    def load(cls, overrides: Mapping[str, Any]) -> Plan:
        """Return the plan of the article with some settings overridden.

        Raises:
            ArticleError: see `load_configuration`; also an experiment that reads what does not exist, or itself.
        """
        configuration = load_configuration(overrides)
        recipes = Recipes()
        experiments: dict[str, Stage] = {}
        for identifier in configuration.experiments:
            _add_experiment(identifier, configuration, recipes, experiments, ())
        names = [name for section in configuration.article.sections for name in figures_of(section)]
        figures = {name: _figure(name, recipes, experiments) for name in names}
        infographic = _infographic(configuration, recipes, experiments)
        fonts = recipes.of_fonts()
        stages = [stage for stage in (*experiments.values(), *figures.values(), infographic) if stage]
        report = _report(configuration, recipes, stages, fonts)
        changes = recipes.of_changes(changes_inputs(report))
        recipes.keep()
        return cls(configuration, experiments, figures, infographic, fonts, report, changes, recipes.modules)

    @property
    def sections(self) -> list[str]:
        """Return the sections in the order of the article."""
        return self.configuration.article.sections

    def outputs(self) -> list[str]:
        """Return every file that the report is assembled from, experiments first."""
        return [file.as_posix() for stage in self.stages for file in stage.files]

    @property
    def stages(self) -> list[Stage]:
        """Return the experiments, the figures and the infographic, if there is one."""
        return [stage for stage in (*self.experiments.values(), *self.figures.values(), self.infographic) if stage]


def _add_experiment(
    identifier: str,
    configuration: Configuration,
    recipes: Recipes,
    known: dict[str, Stage],
    above: tuple[str, ...],
) -> Stage:
    """Add an experiment, after those that it reads, and return it."""
    if identifier in above:
        raise ArticleError(f"{' reads '.join([*above, identifier])}: an experiment cannot read itself")
    if identifier not in configuration.experiments:
        raise ArticleError(f"READS names {identifier!r}{nearest(identifier, list(configuration.experiments))}")
    if identifier not in known:
        reads = recipes.reads(f"scripts.{identifier}")
        stages = [_add_experiment(name, configuration, recipes, known, (*above, identifier)) for name in reads]
        model = configuration.experiments[identifier]
        inputs = {stage.identifier: stage.digest for stage in stages}
        recipe = recipes.of_experiment(identifier, type(model), model.model_dump(mode="json"), inputs)
        known[identifier] = Stage(identifier, tuple(reads), recipe, artifact_files(identifier))
    return known[identifier]


def _figure(identifier: str, recipes: Recipes, experiments: Mapping[str, Stage]) -> Stage:
    """Return the stage of a figure."""
    reads = _checked_reads(figure_module(identifier), recipes, experiments)
    recipe = recipes.of_figure(identifier, {name: experiments[name].digest for name in reads})
    return Stage(identifier, tuple(reads), recipe, figure_files(identifier))


def _infographic(configuration: Configuration, recipes: Recipes, experiments: Mapping[str, Stage]) -> Stage | None:
    """Return the stage of the infographic; it reads every experiment, as all claims have their marks in it."""
    article = configuration.article
    panels = with_miniature(article.sections)
    if not panels:
        return None
    for section in panels:
        _checked_reads(miniature_module(section), recipes, experiments)
    settings = {"title": article.title, "subtitle": article.subtitle, "preset": article.preset}
    titles = [[section, section_title(section)] for section in article.sections]  # a list, as their order counts
    inputs = {name: stage.digest for name, stage in experiments.items()} | claims_sources(article.sections)
    recipe = recipes.of_infographic(panels, settings | {"sections": titles}, inputs)
    return Stage("infographic", tuple(experiments), recipe, infographic_files())


def _checked_reads(module: str, recipes: Recipes, experiments: Mapping[str, Stage]) -> list[str]:
    """Return the experiments that a module draws."""
    reads, path = recipes.reads(module), recipes.modules.path(module)
    for name in reads:
        if name not in experiments:
            raise ArticleError(f"{path}: READS names {name!r}{nearest(name, list(experiments))}")
    if not reads:
        raise ArticleError(f"{path}: expected READS, a literal list of experiments")
    return reads


def _report(configuration: Configuration, recipes: Recipes, stages: Iterable[Stage], fonts: Recipe) -> Recipe:
    """Return the recipe of the report: its code, the article's settings, the templates, every stage and its words."""
    inputs = {stage.files[-1].as_posix(): stage.digest for stage in stages} | {FONTS.as_posix(): fonts.digest}
    return recipes.of_report(
        configuration.article.model_dump(mode="json"), inputs | report_sources() | introductions(inputs)
    )


def report_sources() -> dict[str, str]:
    """Return the SHA-256 of every file that the report is written from, by path."""
    files = sorted(path for path in Path("templates").rglob("*") if path.is_file())
    files += sorted(path for path in ACCEPTED.parent.glob("*.json") if path != ACCEPTED)
    return {path.as_posix(): sha256(path.read_bytes()) for path in files}


def changes_inputs(report: Recipe) -> dict[str, str]:
    """Return what the page of changes is made from: the report by its digest, the accepted one by its SHA-256."""
    accepted = {ACCEPTED.as_posix(): sha256(ACCEPTED.read_bytes())} if ACCEPTED.is_file() else {}
    return {"report": report.digest} | accepted
