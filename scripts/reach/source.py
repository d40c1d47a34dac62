"""A module as its top-level statements: what each binds, what it uses, and a hash that formatting cannot move.

Comments, docstrings, positions and formatting are left out of the hash; so are the annotations of functions, unless a
decorator may look at them. A summary depends on the file's text alone, so it is kept by content
(`scripts/reach/summaries.py`) and an unchanged file is not parsed again.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scripts.reach.names import Eager, Used, body_is_plain
from scripts.reach.strip import strip

MAIN_GUARDS = ("__name__ == '__main__'", "'__main__' == __name__")
HARMLESS = {"property", "staticmethod", "classmethod", "cached_property", "abstractmethod"}
TYPING_GUARDS = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


@dataclass(frozen=True)
class Statement:
    """Hold one top-level statement.

    Args:
        kind: `function`, `class`, `value` (an assignment) or `other`.
        names: what it binds in its module.
        code: the hash of its syntax tree, and of where the imported names that it uses come from.
        notes: the hash of its docstrings and those annotations, for code that looks at those.
        uses: the dotted names that it uses, such as `np.linspace`.
        aliases: the names that imports inside it bind, with their targets.
        dynamic: patterns of the modules that it imports by a computed name; `*` where nothing is known.
        widens: whether it can reach names of its module that cannot be followed (`globals`, `eval`).
        looks: whether it looks at docstrings, annotations or source code.
        opaque: whether running it at import may do more than bind its names.
        eager: the dotted names that are called when it runs at import.
        calls: for a function, what its body calls; for a class, what its methods call, any of which making or using
            an instance may run; None where a call may change more than what it returns.
        bare_code: for a class, `code` without the values of its annotated fields.
        bare_uses: for a class, `uses` without them.
        literal: for an assignment of a list of texts, that list.
        line: where it begins.
    """

    kind: str
    names: list[str]
    code: str
    notes: str
    uses: list[str]
    aliases: dict[str, list[str]] = field(default_factory=dict)
    dynamic: list[str] = field(default_factory=list)
    widens: bool = False
    looks: bool = False
    opaque: bool = False
    eager: list[str] = field(default_factory=list)
    calls: list[str] | None = None
    bare_code: str = ""
    bare_uses: list[str] = field(default_factory=list)
    literal: list[str] | None = None
    line: int = 0


@dataclass(frozen=True)
class Source:
    """Hold a module: its statements, and its imports as (module, name, what it is called here).

    The name is empty where the module itself is meant, and `*` for all of its names; an import that binds nothing
    is called nothing.
    """

    statements: list[Statement]
    imports: list[list[str]]


def summarise_source(text: str, module: str, *, is_package: bool) -> Source:
    """Return the summary of a module's text.

    Args:
        text: its source code.
        module: its dotted name, for relative imports.
        is_package: whether the text is that of an `__init__.py`.

    Raises:
        SyntaxError: it is no valid Python.
    """
    tree = ast.parse(text)
    package = module if is_package else module.rpartition(".")[0]
    futures = _futures(tree)
    guards = (*MAIN_GUARDS, *(() if "TYPE_CHECKING" in set(_all_bound(tree)) else TYPING_GUARDS))
    top = list(_what_runs(tree.body, guards))
    imports = [found for node in top for found in _imports_of(node, package)]
    aliases = {called: [origin, name] for origin, name, called in imports}
    stars = sorted(origin for origin, name, _ in imports if name == "*")
    rest = [node for node in top if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_docstring(node)]
    return Source([_statement(node, package, aliases, futures, stars) for node in rest], imports)


def _statement(
    node: ast.stmt, package: str, aliases: dict[str, list[str]], futures: list[str], stars: list[str]
) -> Statement:
    inner = {called: [origin, name] for origin, name, called in _imports_of(node, package, deep=True)}
    eager = Eager(node, lazy="annotations" in futures)
    stripped, notes = strip(node)
    used = Used(stripped, {**aliases, **inner})
    context = [futures, stars]
    bare = _without_field_values(stripped) if isinstance(node, ast.ClassDef) else None
    bare_used = Used(bare).names if bare else []
    return Statement(
        kind=_kind(node),
        names=list(dict.fromkeys([*_bound(node), *sorted(used.globals)])),
        code=_hash(stripped, context, _targets(used.names, aliases)),
        notes=_digest(notes),
        uses=used.names,
        aliases=inner,
        dynamic=used.dynamic,
        widens=used.widens,
        looks=used.looks,
        opaque=eager.opaque,
        eager=eager.calls,
        calls=_calls(node, stripped),
        bare_code=_hash(bare, context, _targets(bare_used, aliases)) if bare else "",
        bare_uses=bare_used,
        literal=_texts(node),
        line=node.lineno,
    )


def _texts(node: ast.stmt) -> list[str] | None:
    """Return the list of texts that a statement assigns, if it does and each of them stands there as it is."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(value, ast.List):
        return None
    found = [entry.value for entry in value.elts if isinstance(entry, ast.Constant) and isinstance(entry.value, str)]
    return found if len(found) == len(value.elts) else None


def _hash(node: ast.AST, context: list[list[str]], targets: list[str]) -> str:
    return _digest(f"{ast.dump(node)} {context} {targets}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _targets(names: Iterable[str], aliases: dict[str, list[str]]) -> list[str]:
    """Return where imported names come from: the code that calls `f` may stay as it is while `f` becomes another."""
    roots = sorted({name.split(".")[0] for name in names})
    return [f"{root}={':'.join(aliases[root])}" for root in roots if root in aliases]


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return "function"
    if isinstance(node, ast.ClassDef):
        return "class"
    return "value" if isinstance(node, ast.Assign | ast.AnnAssign) else "other"


def _calls(node: ast.stmt, stripped: ast.stmt) -> list[str] | None:
    """Return what a call of a function or class calls in turn, or None if the call may change something else."""
    if isinstance(stripped, ast.FunctionDef):
        return Used(stripped).calls if body_is_plain(stripped.body) else None
    if not isinstance(stripped, ast.ClassDef):
        return None
    methods = [entry for entry in stripped.body if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef)]
    decorated = {ast.unparse(decorator) for entry in methods for decorator in entry.decorator_list}
    if stripped.keywords or decorated - HARMLESS or not all(body_is_plain(entry.body) for entry in methods):
        return None
    bases = [ast.unparse(base) for base in stripped.bases]
    made = Eager(stripped, lazy=True).calls  # among them what makes the values of fields, `default_factory`
    return sorted({*bases, *made, *(call for entry in methods for call in Used(entry).calls)})


def _without_field_values(node: ast.stmt) -> ast.stmt:
    """Return a class without the values of its annotated fields."""
    assert isinstance(node, ast.ClassDef)
    fields = {id(entry) for entry in node.body if isinstance(entry, ast.AnnAssign)}
    body: list[ast.stmt] = []
    for entry in node.body:
        if id(entry) in fields:
            assert isinstance(entry, ast.AnnAssign)
            entry = ast.AnnAssign(target=entry.target, annotation=entry.annotation, value=None, simple=entry.simple)
        body.append(entry)
    return ast.ClassDef(
        name=node.name, bases=node.bases, keywords=node.keywords, body=body, decorator_list=node.decorator_list
    )


def _what_runs(body: list[ast.stmt], guards: tuple[str, ...]) -> Iterator[ast.stmt]:
    """Yield the top-level statements that run at import: all but those for type checkers and for the command line."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in guards:
            yield from _what_runs(node.orelse, guards)
        else:
            yield node


def _futures(tree: ast.Module) -> list[str]:
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    return sorted(alias.name for node in found for alias in node.names)


def _all_bound(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            yield from _bound(node)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _imports_of(node: ast.stmt, package: str, *, deep: bool = False) -> Iterator[list[str]]:
    """Yield the imports that a statement runs at import, or, with `deep`, those inside of it whenever they run."""
    own = isinstance(node, ast.Import | ast.ImportFrom)
    if deep == own:
        return
    inside = [node] if own else [entry for entry in ast.walk(node) if entry is not node]
    for entry in inside:
        if isinstance(entry, ast.Import):
            for alias in entry.names:
                yield from _plain_import(alias)
        elif isinstance(entry, ast.ImportFrom) and entry.module != "__future__":
            origin = _absolute(entry, package)
            yield from ([origin, alias.name, alias.asname or alias.name] for alias in entry.names)


def _plain_import(alias: ast.alias) -> Iterator[list[str]]:
    """`import a.b` loads both and binds `a` to a; `import a.b as c` loads both and binds `c` to a.b."""
    top = alias.name.split(".")[0]
    yield [alias.name, "", alias.asname or ("" if "." in alias.name else top)]
    if not alias.asname and "." in alias.name:
        yield [top, "", top]


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    outer = parts[: len(parts) - node.level + 1]
    return ".".join([*outer, node.module] if node.module else outer)


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a top-level statement binds; those of a function or class are its own name alone."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)  # type: ignore[arg-type]
