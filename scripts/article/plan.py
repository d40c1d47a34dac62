"""The article as a plan: which stages there are, what each reads, and the digest that its result must carry."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.artifacts import arrays_path, artifact_path, sha256
from scripts.article.configuration import Configuration, load_configuration
from scripts.article.digest import module_path, parse, stage_digest
from scripts.article.errors import ArticleError, nearest
from scripts.article.figure import figure_module, figure_path, figures_of


@dataclass(frozen=True)
class Stage:
    """Hold one step of the article: an experiment or a figure.

    Args:
        identifier: `section.name`.
        module: the entry module that its digest starts from.
        settings: the experiment's settings as plain data; empty for a figure.
        reads: the experiments that it reads.
        digest: what its result must carry to be of today.
    """

    identifier: str
    module: str
    settings: dict[str, Any]
    reads: tuple[str, ...]
    digest: str

    @property
    def params(self) -> dict[str, str]:
        """Return what its rule passes on the command line."""
        return {"module": self.module, "settings": json.dumps(self.settings, sort_keys=True), "digest": self.digest}


@dataclass(frozen=True)
class Plan:
    """Hold the checked configuration and every stage, by id."""

    configuration: Configuration
    experiments: dict[str, Stage]
    figures: dict[str, Stage]

    @classmethod
    def load(cls, overrides: Mapping[str, Any]) -> Plan:
        """Return the plan of the article with some settings overridden.

        Raises:
            ArticleError: see `load_configuration`; also an experiment that reads what does not exist, or itself.
        """
        configuration = load_configuration(overrides)
        experiments: dict[str, Stage] = {}
        for identifier in configuration.experiments:
            _add_experiment(identifier, configuration, experiments, ())
        names = [name for section in configuration.article.sections for name in figures_of(section)]
        return cls(configuration, experiments, {name: _figure(name, experiments) for name in names})

    @property
    def sections(self) -> list[str]:
        """Return the sections in the order of the article."""
        return self.configuration.article.sections

    def outputs(self) -> list[str]:
        """Return every file that the report is assembled from, experiments first."""
        files = [artifact_path(name) for name in self.experiments]
        files += [arrays_path(path) for path in files]
        pictures = [figure_path(name) for name in self.figures]
        return [str(path) for path in [*files, *pictures, *(path.with_suffix(".json") for path in pictures)]]

    def report_digest(self) -> str:
        """Return the digest of the report: its code, the templates by content, the article's settings, every stage."""
        stages = [*self.experiments.values(), *self.figures.values()]
        settings = self.configuration.article.model_dump(mode="json") | {"templates": templates_digest()}
        return stage_digest("scripts.article.report", settings, [entry.digest for entry in stages])


def _add_experiment(
    identifier: str, configuration: Configuration, known: dict[str, Stage], above: tuple[str, ...]
) -> Stage:
    """Add an experiment, after those that it reads, and return it."""
    if identifier in above:
        raise ArticleError(f"{' reads '.join([*above, identifier])}: an experiment cannot read itself")
    if identifier not in configuration.experiments:
        raise ArticleError(f"READS names {identifier!r}{nearest(identifier, list(configuration.experiments))}")
    if identifier not in known:
        module = f"scripts.{identifier}"
        upstream = reads(module)
        inputs = [_add_experiment(name, configuration, known, (*above, identifier)).digest for name in upstream]
        settings = configuration.experiments[identifier].model_dump(mode="json")
        digest = stage_digest(module, settings, inputs)
        known[identifier] = Stage(identifier, module, settings, tuple(upstream), digest)
    return known[identifier]


def _figure(identifier: str, experiments: Mapping[str, Stage]) -> Stage:
    """Return the stage of a figure, digested with the experiments that it reads."""
    module = figure_module(identifier)
    upstream = reads(module)
    for name in upstream:
        if name not in experiments:
            raise ArticleError(f"{module_path(module)}: READS names {name!r}{nearest(name, list(experiments))}")
    if not upstream:
        raise ArticleError(f"{module_path(module)}: expected READS, a literal list of experiments")
    inputs = [experiments[name].digest for name in upstream]
    inputs += [stage_digest("scripts.article.figure", {})]
    return Stage(identifier, module, {}, tuple(upstream), stage_digest(module, {"figure": identifier}, inputs))


def reads(module: str) -> list[str]:
    """Return the experiments a module reads, from its literal list `READS`; the module is not imported.

    Raises:
        ArticleError: READS is no literal list of names, or the module is no valid Python.
    """
    path = module_path(module)
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "READS":
            try:
                found = ast.literal_eval(node.value)
            except ValueError:
                found = None
            if isinstance(found, list) and all(isinstance(name, str) for name in found):
                return found
            raise ArticleError(f"{path}:{node.lineno}: READS is {ast.unparse(node.value)}, expected a list of ids")
    return []


def templates_digest() -> dict[str, str]:
    """Return the SHA-256 of every file under `templates/`, by path."""
    files = sorted(path for path in Path("templates").rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()) for path in files}
