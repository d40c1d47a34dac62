"""The article as a plan: which stages there are, what each reads, and the recipe that its result must carry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.artifacts import artifact_files, sha256
from scripts.article.configuration import Configuration, load_configuration
from scripts.article.errors import ArticleError, nearest
from scripts.article.figure import figure_files, figure_module, figures_of
from scripts.article.fonts import FONTS
from scripts.article.recipe import Recipe
from scripts.article.recipes import Recipes
from scripts.reach.modules import Modules


@dataclass(frozen=True)
class Stage:
    """Hold one step of the article: an experiment or a figure.

    Args:
        identifier: `section.name`.
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
    """Hold the checked configuration, every stage by id, and the modules that were read for them."""

    configuration: Configuration
    experiments: dict[str, Stage]
    figures: dict[str, Stage]
    fonts: Recipe
    report: Recipe
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
        fonts = recipes.of_fonts()
        report = _report(configuration, recipes, [*experiments.values(), *figures.values()], fonts)
        recipes.keep()
        return cls(configuration, experiments, figures, fonts, report, recipes.modules)

    @property
    def sections(self) -> list[str]:
        """Return the sections in the order of the article."""
        return self.configuration.article.sections

    def outputs(self) -> list[str]:
        """Return every file that the report is assembled from, experiments first."""
        stages = [*self.experiments.values(), *self.figures.values()]
        return [file.as_posix() for stage in stages for file in stage.files]


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
    module = figure_module(identifier)
    reads, path = recipes.reads(module), recipes.modules.path(module)
    for name in reads:
        if name not in experiments:
            raise ArticleError(f"{path}: READS names {name!r}{nearest(name, list(experiments))}")
    if not reads:
        raise ArticleError(f"{path}: expected READS, a literal list of experiments")
    recipe = recipes.of_figure(identifier, {name: experiments[name].digest for name in reads})
    return Stage(identifier, tuple(reads), recipe, figure_files(identifier))


def _report(configuration: Configuration, recipes: Recipes, stages: Iterable[Stage], fonts: Recipe) -> Recipe:
    """Return the recipe of the report: its code, the article's settings, the templates by content, every stage."""
    inputs = {stage.files[-1].as_posix(): stage.digest for stage in stages} | {FONTS.as_posix(): fonts.digest}
    return recipes.of_report(configuration.article.model_dump(mode="json"), inputs | report_sources())


def report_sources() -> dict[str, str]:
    """Return the SHA-256 of every file that the report is written from, by path."""
    files = sorted(path for path in Path("templates").rglob("*") if path.is_file())
    return {path.as_posix(): sha256(path.read_bytes()) for path in files}
