"""The digest of a stage: what its result depends on, and nothing else.

A first, coarse form: the modules under `scripts/` that a stage's entry module imports, transitively, each as its
syntax tree without docstrings, comments and formatting; the versions of the third-party packages they import; the
settings; the digests of the stages it reads.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from scripts.article.errors import ArticleError

PACKAGE = "scripts"
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML"}  # where they are not called what is imported


def stage_digest(module: str, settings: Mapping[str, Any], inputs: Iterable[str] = ()) -> str:
    """Return the digest of a stage, 64 hexadecimal digits.

    Args:
        module: the stage's entry module, such as `scripts.geometry.boundary`.
        settings: its settings as plain data.
        inputs: the digests of the stages that it reads.
    """
    modules = reach(module)
    packages = sorted({name for entry in modules for name in third_party(entry)})
    record = {
        "code": {entry: code_digest(entry) for entry in modules},
        "packages": {name: version(name) for name in packages},
        "settings": settings,
        "inputs": sorted(inputs),
    }
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def reach(module: str) -> list[str]:
    """Return the modules under `scripts/` that a module imports, itself included, transitively and sorted."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        entry = waiting.pop()
        if entry in found:
            continue
        found.add(entry)
        waiting += [name for name in imports(entry) if _is_ours(name)]
    return sorted(found)


def third_party(module: str) -> set[str]:
    """Return the top-level packages outside `scripts/` and the standard library that a module imports."""
    tops = {name.split(".")[0] for name in imports(module) if not _is_ours(name)}
    return {name for name in tops if name not in sys.stdlib_module_names}


@cache
def version(package: str) -> str:
    """Return the installed version of the distribution that provides a top-level package."""
    for name in chain([DISTRIBUTIONS.get(package, package)], _distributions_of(package)):
        try:
            return f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    return "absent"


def _distributions_of(package: str) -> Iterator[str]:
    """Yield the distributions of a package; a generator, as the list of all takes a fifth of a second."""
    yield from sorted(importlib.metadata.packages_distributions().get(package, []))


def clear_caches() -> None:
    """Forget what was read from files, for a process that outlives an edit."""
    for function in (parse, imports, code_digest):
        function.cache_clear()


@cache
def code_digest(module: str) -> str:
    """Return the digest of a module's syntax tree without docstrings, comments and formatting."""
    return hashlib.sha256(ast.dump(parse(module_path(module))).encode()).hexdigest()


@cache
def imports(module: str) -> frozenset[str]:
    """Return the names of the modules that a module imports anywhere in its text, with its parent packages."""
    path = module_path(module)
    names: set[str] = {module.rpartition(".")[0]} - {""}
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, path)
            names.add(base)
            names |= {f"{base}.{alias.name}" for alias in node.names if _exists(f"{base}.{alias.name}")}
    return frozenset(names)


def module_path(module: str) -> Path:
    """Return the file of a module under `scripts/`.

    Raises:
        ArticleError: there is no such file.
    """
    base = Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    raise ArticleError(f"{base.with_suffix('.py')}: no such file, expected the module {module}")


def _absolute(node: ast.ImportFrom, module: str, path: Path) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    package = parts if path.name == "__init__.py" else parts[:-1]
    outer = package[: len(package) - node.level + 1]
    return ".".join([*outer, node.module] if node.module else outer)


def _is_ours(name: str) -> bool:
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")


def _exists(module: str) -> bool:
    base = Path(*module.split("."))
    return _is_ours(module) and (base.with_suffix(".py").is_file() or (base / "__init__.py").is_file())


@cache
def parse(path: Path) -> ast.Module:
    """Return a file's syntax tree without docstrings."""
    try:
        return _without_docstrings(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))
    except SyntaxError as error:
        raise ArticleError(f"{path}:{error.lineno}: no valid Python: {error.msg}") from None


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if documented and ast.get_docstring(node):
            node.body = node.body[1:]
    return tree
