"""Random changes of meaning in the project's code, one at a time, drawn from all places where one fits."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

from reach.changes import CHANGES, FITS
from reach.statements import Text, Texts


@dataclass(frozen=True)
class Mutant:
    """Hold one change.

    Args:
        module: that is changed.
        file: its path in the project.
        line: where.
        kind: of change.
        function: first line of the function whose body is changed, or 0 for what runs at import.
        before: the code that is changed.
        after: what it becomes.
        source: the whole file afterwards.
    """

    module: str
    file: str
    line: int
    kind: str
    function: int
    before: str
    after: str
    source: bytes

    def __str__(self) -> str:
        """Return where and what."""
        return f"{self.file}:{self.line}: {self.kind}: {' '.join(self.before.split())} → {' '.join(self.after.split())}"


@dataclass(frozen=True)
class Site:
    """Hold a node that can be changed, and where: `function` as in `Mutant`."""

    text: Text
    node: ast.expr | ast.stmt | ast.Module
    kind: str
    function: int


LAUNCHER = ("scripts.article.stage", "scripts.article.store")


class Mutator:
    """Draw changes; every kind is drawn as often, and code that runs at import as often as all functions' bodies.

    Args:
        texts: the modules.
        seed: of the choice.
        only: what the names of the modules begin with, one of several.
    """

    def __init__(self, texts: Texts, seed: int, only: tuple[str, ...] = ("",)):
        self._texts = texts
        self._random = random.Random(seed)
        self._sites: dict[tuple[bool, str], list[Site]] = {}
        for text in texts.all():
            for site in _sites(text) if text.name.startswith(only) else ():
                self._sites.setdefault((bool(site.function), site.kind), []).append(site)

    def draw(self, count: int) -> Iterator[Mutant]:
        """Yield different changes of which each leaves valid Python."""
        known: set[bytes] = set()
        while len(known) < count:
            inside = self._random.random() < 0.5
            kind = self._random.choice(sorted(kind for where, kind in self._sites if where == inside))
            found = self._mutant(self._random.choice(self._sites[inside, kind]))
            if found and found.source not in known:
                known.add(found.source)
                yield found

    def _mutant(self, site: Site) -> Mutant | None:
        """Return a change at a place; nothing where it changes no meaning or leaves no valid Python."""
        new = CHANGES[site.kind](site.node, self._random, self._names_of)
        if new is None:
            return None
        text = new if isinstance(new, str) else ast.unparse(new)
        if isinstance(site.node, ast.expr) and text:
            text = f"({text})"
        source = _replaced(site, text)
        try:
            if ast.dump(ast.parse(source)) == ast.dump(site.text.tree):
                return None
        except SyntaxError:
            return None
        file = site.text.path.relative_to(self._texts.root).as_posix()
        before = "" if isinstance(site.node, ast.Module) else ast.unparse(site.node)
        line = 1 + source.count(b"\n") if isinstance(site.node, ast.Module) else site.node.lineno
        return Mutant(site.text.name, file, line, site.kind, site.function, before, text, source)

    def _names_of(self, module: str) -> list[str]:
        """Return the names that a module of ours binds."""
        text = self._texts.text(module)
        return sorted(text.bindings) if text else []


def draw(texts: Texts, seed: int, count: int, few: int) -> list[Mutant]:
    """Return a number of changes, of which a few are in the launcher and its store."""
    return [*Mutator(texts, seed).draw(count - few), *Mutator(texts, seed, LAUNCHER).draw(few)]


def _sites(text: Text) -> Iterator[Site]:
    yield Site(text, text.tree, "effect inserted", 0)
    for node, function in _walk(text.tree, 0):
        for kind, fits in FITS.items():
            if fits(node):
                yield Site(text, node, kind, function)  # type: ignore[arg-type]
        if isinstance(node, ast.IfExp | ast.If | ast.While):
            yield Site(text, node.test, "branch negated", function)
        for decorator in getattr(node, "decorator_list", []):
            yield Site(text, decorator, "decorator removed", function)


def _walk(node: ast.AST, function: int) -> Iterator[tuple[ast.AST, int]]:
    """Yield nodes with the first line of the function that they are in the body of; annotations and texts are left out."""
    if not hasattr(node, "decorator_list") or isinstance(node, ast.ClassDef):
        for name, child in _children(node):
            if name not in ("annotation", "returns"):
                yield child, function
                yield from _walk(child, function)
        return
    body = min([node.lineno, *(entry.lineno for entry in node.decorator_list)])  # type: ignore[attr-defined]
    for name, child in _children(node):
        inner = body if name == "body" else function
        if name != "returns":
            yield child, inner
            yield from _walk(child, inner)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_text(child) and not isinstance(node, ast.JoinedStr):
                yield name, child


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replaced(site: Site, text: str) -> bytes:
    """Return the file with a node replaced; what replaces a module is put at its end."""
    source, node = site.text.path.read_bytes(), site.node
    if isinstance(node, ast.Module):
        return source + text.encode()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    first = starts[node.lineno - 1] + node.col_offset
    last = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
    if site.kind == "decorator removed":
        first = source.rindex(b"@", 0, first)
    return source[:first] + text.encode() + source[last:]
