"""What a piece of code can reach, as a graph whose nodes are modules loaded, statements and packages.

Everything is followed by name, without running any code. A statement that is reached reaches every statement that
binds a name it uses, in its own module or in the one it was imported from. A module that is loaded runs: what its
import does beyond binding names always counts. Where a name cannot be followed, the whole module and all it imports
count: a needless rerun is a cost, a stale number a defect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from scripts.reach.modules import Modules
from scripts.reach.names import ANYTHING
from scripts.reach.purity import builtin_is_pure, library_is_pure, method_is_pure
from scripts.reach.source import Statement


class Node(NamedTuple):
    """Name a node: `load`, `widen` or `package` of a module, a `name` in it, or its statement by number.

    A `bare` statement is a class without the values of its fields.
    """

    kind: str
    module: str
    name: str = ""
    number: int = -1


@dataclass(frozen=True)
class Reach:
    """Hold what some entries reach.

    Args:
        code: the hash of each statement by its name, `module.name`.
        packages: the top-level packages that are imported from elsewhere.
        nodes: every node.
    """

    code: dict[str, str]
    packages: frozenset[str]
    nodes: frozenset[Node]


class Graph:
    """Follow names through the modules of a project.

    Args:
        modules: the modules.
    """

    def __init__(self, modules: Modules):
        self.modules = modules
        self._successors: dict[Node, tuple[Node, ...]] = {}
        self._pure: dict[tuple[str, str], bool] = {}

    def reach(self, entries: Iterable[Node], beside: Iterable[Node] = ()) -> Reach:
        """Return what the entries reach, themselves included.

        Args:
            entries: where the code begins.
            beside: nodes whose code counts too, but not the packages that it imports.
        """
        found: set[Node] = set()
        waiting = list(entries)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self._next(node)
        return Reach(
            self._code(found.union(beside)), frozenset(n.module for n in found if n.kind == "package"), frozenset(found)
        )

    def entry(self, module: str, name: str) -> Node:
        """Return the node of a name that a module must have.

        Raises:
            ArticleError: there is no such module, or it does not bind the name.
        """
        self.modules.require(module, name)
        return Node("name", module, name)

    def bare_class(self, module: str, name: str) -> Node:
        """Return the node of a class whose fields' values enter in another way."""
        self.modules.require(module, name)
        return Node("bare", module, name, self.modules.binding(module, name)[0])

    def _code(self, found: Iterable[Node]) -> dict[str, str]:
        looks = any(self._statement(node).looks for node in found if node.kind in ("statement", "bare"))
        parts: dict[str, list[str]] = {}
        for node in sorted(found):
            if node.kind not in ("statement", "bare"):
                continue
            statement = self._statement(node)
            key = f"{node.module}.{statement.names[0] if statement.names else '<import>'}"
            code = statement.bare_code if node.kind == "bare" else statement.code
            parts.setdefault(key, []).append(code + (statement.notes if looks else ""))
        return {key: "+".join(codes) for key, codes in sorted(parts.items())}

    def _next(self, node: Node) -> tuple[Node, ...]:
        if node not in self._successors:
            follow = getattr(self, f"_from_{node.kind}")
            self._successors[node] = tuple(dict.fromkeys(follow(node)))
        return self._successors[node]

    def _from_package(self, node: Node) -> Iterator[Node]:
        yield from ()

    def _from_load(self, node: Node) -> Iterator[Node]:
        """Follow what importing a module runs: its parents, its imports, its statements that do more than bind."""
        yield from (Node("load", parent) for parent in self.modules.parents(node.module))
        source = self.modules.source(node.module)
        for origin, name, _ in source.imports:
            yield from self._load(origin, name)
        for number, statement in enumerate(source.statements):
            if self._runs(node.module, statement):
                yield Node("statement", node.module, number=number)
            for call in statement.eager:
                yield Node("name", node.module, call)

    def _load(self, origin: str, name: str) -> Iterator[Node]:
        if not self.modules.is_ours(origin):
            yield Node("package", origin.split(".")[0])
            return
        yield Node("load", origin)
        if self.modules.exists(f"{origin}.{name}"):
            yield Node("load", f"{origin}.{name}")

    def _from_statement(self, node: Node) -> Iterator[Node]:
        statement = self._statement(node)
        yield from self._from_uses(node, statement, statement.uses)

    def _from_bare(self, node: Node) -> Iterator[Node]:
        statement = self._statement(node)
        yield from self._from_uses(node, statement, statement.bare_uses)

    def _from_uses(self, node: Node, statement: Statement, uses: Iterable[str]) -> Iterator[Node]:
        yield Node("load", node.module)
        yield from (Node("name", node.module, use) for use in uses)
        for origin, name in statement.aliases.values():
            yield from self._load(origin, name)
        if statement.kind == "class":  # what is imported in its body is an attribute of the class
            for alias in statement.aliases.values():
                yield from self._from_alias(alias, [])
        for use in uses:
            root, *rest = use.split(".")
            if root in statement.aliases:
                yield from self._from_alias(statement.aliases[root], rest)
        for pattern in statement.dynamic:
            yield from self._matching(pattern)
        if statement.widens:
            yield Node("widen", node.module)

    def _from_name(self, node: Node) -> Iterator[Node]:
        """Follow a dotted name that is used in a module; a local name of a function leads nowhere."""
        root, *rest = node.name.split(".")
        source = self.modules.source(node.module)
        numbers = self.modules.binding(node.module, root)
        for number in numbers:
            yield Node("statement", node.module, number=number)
            alias = source.statements[number].aliases.get(root)
            if alias and source.statements[number].kind == "other":
                yield from self._from_alias(alias, rest)
        aliases = self.modules.aliases(node.module, root)
        for alias in aliases:
            yield from self._from_alias(alias, rest)
        if not numbers and not aliases:
            for star in self.modules.stars(node.module):
                yield from self._attribute(star, [root, *rest], certain=False)

    def _from_alias(self, alias: list[str], rest: list[str]) -> Iterator[Node]:
        origin, name = alias
        yield from self._attribute(origin, [name, *rest] if name else rest)

    def _attribute(self, module: str, path: list[str], *, certain: bool = True) -> Iterator[Node]:
        """Follow a dotted name that is looked up in a module from outside."""
        if not self.modules.is_ours(module):
            yield Node("package", module.split(".")[0])
            return
        yield Node("load", module)
        if not path:
            yield Node("widen", module)  # the module itself is handed on: any name of it may be used
            return
        inner = f"{module}.{path[0]}"
        known = self.modules.binds(module, path[0])
        if known:
            yield Node("name", module, ".".join(path))
        if self.modules.exists(inner):
            yield from self._attribute(inner, path[1:])
        elif not known and certain and path[0] not in ("__name__", "__file__", "__doc__", "__path__"):
            yield Node("widen", module)

    def _from_widen(self, node: Node) -> Iterator[Node]:
        """Follow everything in a module and all that it imports."""
        yield Node("load", node.module)
        source = self.modules.source(node.module)
        yield from (Node("statement", node.module, number=number) for number in range(len(source.statements)))
        for origin, name, called in source.imports:
            if called == "*":
                yield from self._attribute(origin, [])
            elif called:
                yield from self._from_alias([origin, name], [])
        for inner in self.modules.inside(node.module):
            yield Node("widen", inner)

    def _matching(self, pattern: str) -> Iterator[Node]:
        if pattern.split(".")[0].strip(ANYTHING) and not self.modules.is_ours(pattern):
            yield Node("package", pattern.split(".")[0])
        for module in self.modules.all:
            if fnmatchcase(module, pattern):
                yield Node("widen", module)

    def _statement(self, node: Node) -> Statement:
        return self.modules.source(node.module).statements[node.number]

    def _runs(self, module: str, statement: Statement) -> bool:
        """Tell whether running a statement at import may do more than bind its names."""
        if "__getattr__" in statement.names:  # the module answers for names that nobody binds
            return True
        return statement.opaque or not all(self._is_pure(module, call) for call in statement.eager)

    def _is_pure(self, module: str, call: str) -> bool:
        """Tell whether a call by this name changes nothing; one that calls itself is as pure as the rest of it."""
        key = (module, call)
        if key not in self._pure:
            self._pure[key] = True
            self._pure[key] = self._judge(module, call)
        return self._pure[key]

    def _judge(self, module: str, call: str) -> bool:
        root, *rest = call.split(".")
        aliases = self.modules.aliases(module, root)
        if aliases:
            return all(self._imported_is_pure(alias, rest) for alias in aliases)
        statements = [self.modules.source(module).statements[number] for number in self.modules.binding(module, root)]
        if rest:
            trusted = all(entry.kind == "value" and not self._runs(module, entry) for entry in statements)
            return trusted and method_is_pure(rest[-1])
        if not statements:
            return builtin_is_pure(root)
        return all(
            entry.calls is not None and all(self._is_pure(module, name) for name in entry.calls) for entry in statements
        )

    def _imported_is_pure(self, alias: list[str], rest: list[str]) -> bool:
        origin, name = alias
        path = [name, *rest] if name else rest
        if not self.modules.is_ours(origin):
            return library_is_pure(".".join([origin, *path]))
        while path and self.modules.exists(f"{origin}.{path[0]}"):
            origin, path = f"{origin}.{path[0]}", path[1:]
        return bool(path) and self._is_pure(origin, ".".join(path))
