"""The project's modules as top-level statements, read a second time: by Python's own compiler, not by the resolver."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import CodeType
from typing import NamedTuple

GUARDS = ("__name__ == '__main__'", "TYPE_CHECKING")
BINDERS = ("STORE_NAME", "STORE_GLOBAL")
OPTIMIZED = 1  # the flag of a code object that is a function's


class Span(NamedTuple):
    """Hold where a top-level statement stands, from its first decorator on; `number` counts as the resolver's nodes."""

    first: int
    last: int
    number: int
    node: ast.stmt


@dataclass(frozen=True)
class Text:
    """Hold one module of the project.

    Args:
        name: its dotted name.
        path: its file.
    """

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def spans(self) -> list[Span]:
        """Return its statements that run at import and are neither imports nor texts."""
        kept = [node for node in _running(self.tree.body) if not _is_import_or_text(node)]
        return [Span(_first(node), node.end_lineno or 0, number, node) for number, node in enumerate(kept)]

    @cached_property
    def bindings(self) -> dict[str, list[int]]:
        """Return the numbers of the statements that bind each name, by the bytecode that they compile to."""
        found: dict[str, list[int]] = {}
        for span in self.spans:
            code = compile(ast.Module([span.node], []), str(self.path), "exec")
            for name in set(_stored(code)):
                found.setdefault(name, []).append(span.number)
        return found

    @cached_property
    def imports(self) -> dict[str, list[tuple[str, str]]]:
        """Return what each imported name stands for, as (module, name); the name is empty for a module."""
        found: dict[str, list[tuple[str, str]]] = {}
        for node in ast.walk(self.tree):
            for called, origin, name in _imported(node, self.package):
                found.setdefault(called, []).append((origin, name))
        return found

    @property
    def package(self) -> str:
        """Return the package that relative imports begin at."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def definitions(self) -> set[tuple[int, str]]:
        """Return line and name of the code objects that run when the module is imported, before anything is called."""
        code = compile(self.path.read_text(encoding="utf-8"), str(self.path), "exec", dont_inherit=True)
        return {(entry.co_firstlineno, entry.co_qualname) for entry in _definitions(code)}

    def span_at(self, line: int) -> Span | None:
        """Return the statement that a line belongs to."""
        return next((span for span in self.spans if span.first <= line <= span.last), None)


class Texts:
    """Find the project's modules in a copy of it.

    Args:
        root: the copy.
    """

    def __init__(self, root: Path):
        self.root = root
        self.text = cache(self._text)

    def _text(self, module: str) -> Text | None:
        base = self.root.joinpath(*module.split("."))
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return Text(module, path)
        return None

    def module_of(self, file: str) -> str:
        """Return the module of a file."""
        parts = Path(file).relative_to(self.root).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    def all(self) -> list[Text]:
        """Return every module under scripts/."""
        files = sorted((self.root / "scripts").rglob("*.py"))
        return [text for text in (self.text(self.module_of(str(file))) for file in files) if text]


def _running(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in GUARDS:
            yield from _running(node.orelse)
        else:
            yield node


def _is_import_or_text(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(entry.lineno for entry in getattr(node, "decorator_list", []))])


def _stored(code: CodeType) -> Iterator[str]:
    """Yield the names of the module that code binds, in functions by `global` too."""
    names = BINDERS if code.co_name == "<module>" else BINDERS[1:]
    yield from (entry.argval for entry in dis.get_instructions(code) if entry.opname in names)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _stored(inner)


def _definitions(code: CodeType) -> Iterator[CodeType]:
    """Yield code and what runs with it: bodies of classes, and comprehensions; functions run when they are called."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = not inner.co_flags & OPTIMIZED
            if is_class or inner.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"):
                yield from _definitions(inner)


def _imported(node: ast.AST, package: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.split(".")[0]
            yield (alias.asname, alias.name, "") if alias.asname else (top, top, "")
    elif isinstance(node, ast.ImportFrom):
        outer = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        origin = ".".join([*outer, *([node.module] if node.module else [])])
        yield from ((alias.asname or alias.name, origin, alias.name) for alias in node.names)
