"""Recipes of today: what each kind of stage depends on, by the code as it stands in the working directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.article.errors import ArticleError
from scripts.article.figure import figure_module
from scripts.article.fonts import PACKAGES
from scripts.article.miniatures import miniature_module
from scripts.article.recipe import Recipe
from scripts.article.settings import Model
from scripts.reach.graph import Graph, Node, Reach
from scripts.reach.modules import Modules
from scripts.reach.packages import versions
from scripts.reach.summaries import Summaries

GENERATOR = __name__.rpartition(".")[0]  # as one text, the name of a module counts as code that is run


class Recipes:
    """Write recipes; files are read once, so an edit needs a new object."""

    def __init__(self) -> None:
        self._summaries = Summaries()
        self.modules = Modules(self._summaries)
        self.graph = Graph(self.modules)
        # What the launcher's import does to the process, it does to the stage.
        self._launcher = self.graph.reach([Node("load", f"{GENERATOR}.stage")]).nodes

    def of_experiment(
        self, identifier: str, model: type[Model], settings: Mapping[str, Any], inputs: Mapping[str, str]
    ) -> Recipe:
        """Return the recipe of an experiment.

        Args:
            identifier: its id, `section.experiment`.
            model: the class of its settings; their values enter as `settings`, so its defaults do not count.
            settings: its settings as plain data.
            inputs: the digests of the experiments that it reads.
        """
        return self._recipe(experiment_entries(self.graph, identifier, model), settings, inputs)

    def of_figure(self, identifier: str, inputs: Mapping[str, str]) -> Recipe:
        """Return the recipe of a figure that reads some experiments."""
        return self._recipe(figure_entries(self.graph, identifier), {}, inputs)

    def of_infographic(
        self, miniatures: Iterable[str], settings: Mapping[str, Any], inputs: Mapping[str, str]
    ) -> Recipe:
        """Return the recipe of the infographic with the miniatures of some sections."""
        own = [node for section in miniatures for node in _own_entries(self.graph, miniature_module(section), "draw")]
        return self._recipe([*own, self.graph.entry(f"{GENERATOR}.infographic", "draw_infographic")], settings, inputs)

    def of_fonts(self) -> Recipe:
        """Return the recipe of the fonts that the page embeds."""
        return self._recipe([self.graph.entry(f"{GENERATOR}.fonts", "cut_fonts"), *_packages(PACKAGES)], {}, {})

    def of_report(self, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Recipe:
        """Return the recipe of the report."""
        entries = [self.graph.entry(f"{GENERATOR}.report", "assemble"), *_packages(PACKAGES)]
        return self._recipe(entries, settings, inputs)

    def of_changes(self, inputs: Mapping[str, str]) -> Recipe:
        """Return the recipe of the page that compares the report with the accepted one."""
        return self._recipe([self.graph.entry(f"{GENERATOR}.changes", "write_changes")], {}, inputs)

    def reads(self, module: str) -> list[str]:
        """Return the experiments a module reads, from its literal list `READS`; the module is not imported.

        Raises:
            ArticleError: READS is no literal list of names, or the module is no valid Python.
        """
        statements = self.modules.source(module).statements
        for statement in (statements[number] for number in self.modules.binding(module, "READS")):
            if statement.literal is None:
                where = f"{self.modules.path(module)}:{statement.line}"
                raise ArticleError(f'{where}: READS is computed, expected a list of ids as in ["section.experiment"]')
            return statement.literal
        return []

    def files(self, recipe: Recipe) -> list[Path]:
        """Return the files of the code in a recipe."""
        parts = {name.rpartition(".")[0] for name in recipe.code}
        return sorted(path for path in map(self.modules.path, parts) if path)

    def keep(self) -> None:
        """Keep what was learnt about the files, for the next run."""
        self._summaries.keep()

    def _recipe(self, entries: Iterable[Node], settings: Mapping[str, Any], inputs: Mapping[str, str]) -> Recipe:
        given = self.graph.entry(f"{GENERATOR}.recipe", "Recipe")  # handed in, so not named by those who use it
        reach: Reach = self.graph.reach([*entries, given], self._launcher)
        return Recipe(reach.code, versions(reach.packages), dict(settings), dict(inputs))


def _packages(names: Iterable[str]) -> list[Node]:
    """Return the nodes of packages that are used without an import."""
    return [Node("package", name) for name in names]


def experiment_entries(graph: Graph, identifier: str, model: type[Model]) -> list[Node]:
    """Return where the code of an experiment begins."""
    return [
        *_own_entries(graph, f"scripts.{identifier}", "compute"),
        graph.bare_class(model.__module__, model.__qualname__),
        graph.entry(f"{GENERATOR}.experiment", "conduct"),
    ]


def figure_entries(graph: Graph, identifier: str) -> list[Node]:
    """Return where the code of a figure begins."""
    return [*_own_entries(graph, figure_module(identifier), "draw"), graph.entry(f"{GENERATOR}.figure", "draw_figure")]


def _own_entries(graph: Graph, module: str, name: str) -> list[Node]:
    """Return where a stage's own code begins; the order in its READS is that of the function's arguments."""
    return [graph.entry(module, name), Node("name", module, "READS")]
