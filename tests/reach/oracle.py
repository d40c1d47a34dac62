"""What a stage did, held against what the resolver says it can reach."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from reach.statements import Span, Text, Texts

Stage = dict[str, Any]
Place = tuple[str, int]  # a module, and the number of a statement in it
CODE = (".py", ".pyc")
OF_REPORT = (
    ".cache/*",  # kept by content
    "config/config.yaml",  # enters as settings
    "report/report.*",  # made by the stage itself
    "report/infographic.png",
    "results/snapshot.json",
    "results/changes.json",
    "report/changes.html",
    "scripts/*",  # planned again on the way: the code enters by statement, in the digests
)


@dataclass
class Needs:
    """Hold what a stage turned out to need, each with a reason in words.

    Args:
        statements: functions that ran and names that were read.
        modules: modules that were imported.
        packages: top-level packages of others that the project's own code imported.
        files: files of the project that were read, and folders that were listed.
    """

    statements: dict[Place, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Oracle:
    """Turn traces into needs, and needs into what the resolver missed.

    Args:
        root: the copy of the project in which the stages ran.
    """

    def __init__(self, root: Path):
        self.root = root.resolve()
        self.texts = Texts(self.root)

    def needs(self, stage: Stage, trace: dict[str, Any]) -> Needs:
        """Return what a stage needed in a run."""
        needs = Needs()
        reached = reached_statements(stage)
        for code in trace["codes"]:
            self._add_code(needs, code, reached)
        for module, name in trace["attributes"]:
            self._add_name(needs, module, name, f"{module}.{name} was read as an attribute")
        for importer, name in trace["imports"]:
            if not self._is_ours(name):
                needs.packages.setdefault(name.split(".")[0], f"imported by {importer}")
        for module in trace["modules"]:
            needs.modules.setdefault(module, "was loaded")
        for name in trace["opened"]:
            self._add_file(needs, name)
        return needs

    def misses(self, stage: Stage, needs: Needs, stages: Mapping[str, Stage]) -> list[str]:
        """Return in words what a stage needed and its recipe leaves out.

        Args:
            stage: that ran.
            needs: what it needed.
            stages: all stages of the article.
        """
        reached = reached_statements(stage)
        loaded = {module for kind, module, *_ in stage["nodes"] if kind == "load"}
        found = [f"{self.name(place)}: {why}" for place, why in needs.statements.items() if place not in reached]
        found += [f"module {name}: {why}" for name, why in needs.modules.items() if name not in loaded]
        found += [f"package {name}: {why}" for name, why in needs.packages.items() if not has_package(stage, name)]
        known = listed(stage, stages)
        return found + [f"file {name}: {why}" for name, why in needs.files.items() if not _may_read(stage, name, known)]

    def name(self, place: Place) -> str:
        """Return a statement in words."""
        text = self._text(place[0])
        names = [name for name, numbers in text.bindings.items() if place[1] in numbers]
        return f"{place[0]}.{','.join(names) or place[1]}"

    def _add_code(self, needs: Needs, code: dict[str, Any], reached: dict[Place, str]) -> None:
        text = self._text(self.texts.module_of(code["file"]))
        span, own = text.span_at(code["line"]), (code["line"], code["name"])
        if own in text.definitions:
            self._add_definition(needs, text, code, reached)
            return
        assert span, f"{code} belongs to no statement of {text.name}"
        needs.statements.setdefault((text.name, span.number), f"{code['name']} ran")
        for name, _ in code["reads"]:
            self._add_name(needs, text.name, name, f"{code['name']} of {text.name} ran, which reads it")

    def _add_definition(self, needs: Needs, text: Text, code: dict[str, Any], reached: dict[Place, str]) -> None:
        """Add the names that statements read at import; those of a statement that is not reached count for nothing."""
        for name, (line, column) in code["reads"]:
            span = text.span_at(line)
            kind = reached.get((text.name, span.number)) if span else None
            if span and kind and not (kind == "bare" and _in_field_value(span, line, column)):
                self._add_name(needs, text.name, name, f"line {line} of {text.name} reads it at import")

    def _add_name(self, needs: Needs, module: str, name: str, why: str) -> None:
        """Add where a name of a module comes from."""
        text = self._text(module)
        for number in text.bindings.get(name, []):
            needs.statements.setdefault((module, number), why)
        inner = f"{module}.{name}"
        if name not in text.bindings and name in text.imports:
            for origin, original in text.imports[name]:
                self._add_import(needs, origin, original, why)
        elif self.texts.text(inner):
            needs.modules.setdefault(inner, why)

    def _add_import(self, needs: Needs, origin: str, name: str, why: str) -> None:
        if not self._is_ours(origin):
            needs.packages.setdefault(origin.split(".")[0], why)
            return
        needs.modules.setdefault(origin, why)
        if name:
            self._add_name(needs, origin, name, why)

    def _add_file(self, needs: Needs, name: str) -> None:
        path = (self.root / name).resolve()
        if path.is_relative_to(self.root):
            end = "/" if path.is_dir() else ""
            needs.files[path.relative_to(self.root).as_posix() + end] = "was read"

    def _is_ours(self, module: str) -> bool:
        return module.split(".")[0] == "scripts"

    def _text(self, module: str) -> Text:
        text = self.texts.text(module)
        assert text, f"there is no module {module}"
        return text


def reached_statements(stage: Stage) -> dict[Place, str]:
    """Return the statements that a stage reaches, as `statement` or, a class without its values, `bare`."""
    kinds: dict[Place, str] = {}
    for kind, module, _, number in stage["nodes"]:
        if kind == "statement" or (kind == "bare" and (module, number) not in kinds):
            kinds[module, number] = kind
    return kinds


def _in_field_value(span: Span, line: int, column: int) -> bool:
    """Tell whether a place lies in the value of an annotated field of a class."""
    fields = (node for node in getattr(span.node, "body", []) if isinstance(node, ast.AnnAssign) and node.value)
    return any(
        (node.value.lineno, node.value.col_offset)
        <= (line, column)
        <= (node.value.end_lineno, node.value.end_col_offset)
        for node in fields
    )


def listed(stage: Stage, stages: Mapping[str, Stage]) -> set[str]:
    """Return the files that a recipe stands for: its inputs with all that they seal, and what the stage makes."""
    inputs = stage["recipe"]["inputs"]
    found = {*inputs, *stage["files"]}
    if stage["kind"] == "changes":  # among its inputs is what the report left, which stands for all inputs of that
        found |= listed(stages["report "], stages)
    for other in stages.values():
        is_input = other["kind"] == "experiment" and other["id"] in inputs
        if is_input or (other["files"] and other["files"][-1] in inputs):
            found |= {*other["files"]}
    return found


def _may_read(stage: Stage, name: str, known: set[str]) -> bool:
    """Tell whether a file, or a folder by its last character, is among the known ones or holds one of them."""
    if name in known or (name.endswith("/") and any(file.startswith(name) for file in known)):
        return True
    code = name.endswith((*CODE, "/")) or not name.startswith("scripts/")
    return stage["kind"] in ("report", "changes") and code and any(fnmatch(name, pattern) for pattern in OF_REPORT)


def has_package(stage: Stage, name: str) -> bool:
    """Tell whether a recipe names the version of a top-level package."""
    return bool(distributions(name) & stage["recipe"]["packages"].keys())


@cache
def distributions(package: str) -> frozenset[str]:
    """Return the names of the distributions that have a top-level package; the standard library is Python's."""
    if package in sys.stdlib_module_names:
        return frozenset({"python"})
    names = _by_package().get(package, [])
    return frozenset(re.sub(r"[-_.]+", "-", name).lower() for name in names)


@cache
def _by_package() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())
