"""Which names a piece of code uses and calls, and which calls its import makes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

ANYTHING = "*"
IMPORTERS = {"import_module", "__import__", "run_module", "run_path", "exec_module", "load_module", "reload"}
OPENERS = {  # what hands out code by a name that only shows at run time
    *(
        "eval",
        "exec",
        "gc.get_objects",
        "importlib.metadata.entry_points",
        "joblib.load",
        "pickle.load",
        "pickle.loads",
    ),
    *("pkgutil.resolve_name", "pydoc.locate", "sys.meta_path", "sys.modules", "torch.load"),
}
KEEPERS = {"builtins", "gc", "importlib", "pickle", "pkgutil", "runpy", "sys"}  # modules not to be handed on whole
SCOPES = {"eval", "exec", "globals", "locals", "inspect.stack"}  # what reaches names of the module it stands in
SCOPE_ATTRIBUTES = {"__globals__", "__builtins__", "f_globals", "tb_frame", "_getframe", "currentframe", "getmodule"}
LOOKERS = {"__doc__", "__annotations__", "get_type_hints", "get_annotations", "signature", "getfullargspec"}
LOOKERS |= {"getdoc", "getsource", "getsourcelines", "getcomments"}
CALLED_LATER = {"key", "default_factory", "factory", "function", "func"}  # arguments that are functions to call
OWN_MODULE = re.compile(r"scripts(?:\.\w+)+(?::\w+)?|scripts(?:/\w+)+\.py")

Aliases = Mapping[str, list[str]]


def chain(node: ast.AST) -> str:
    """Return a dotted name such as `np.random.default_rng` as text, or nothing where it does not begin with a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        outer = chain(node.value)
        return f"{outer}.{node.attr}" if outer else ""
    return ""


class Used(ast.NodeVisitor):
    """Collect the dotted names that code uses and calls, and the signs of what cannot be followed.

    Args:
        node: the code.
        aliases: what the imports of its module and its own bind.
    """

    def __init__(self, node: ast.AST, aliases: Aliases | None = None):
        self._aliases = aliases or {}
        self._local = set(_local_names(node))
        self._names: set[str] = set()
        self._calls: set[str] = set()
        self._dynamic: set[str] = set()
        self.globals: set[str] = set()
        self.widens = self.looks = False
        self.visit(node)
        self.names, self.calls, self.dynamic = sorted(self._names), sorted(self._calls), sorted(self._dynamic)

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name that is read."""
        if not isinstance(node.ctx, ast.Store):
            self._use(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note a dotted name as a whole, or the attribute of an expression."""
        name = chain(node)
        if name:
            self._use(name)
        else:
            self._sign(node.attr)
            self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Note a text that names a module of ours: something may import or run it."""
        if isinstance(node.value, str) and OWN_MODULE.fullmatch(node.value):
            module = node.value.removesuffix(".py").partition(":")[0].replace("/", ".")
            self._dynamic.add(module)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Note what is put into a text, not the text around it."""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        """Note what is called; a method of an expression, or of a local name, as `?.method`."""
        name = chain(node.func)
        self._calls |= set(_calls(node, self._local))
        imports = bool(name) and self._full(name).split(".")[-1] in IMPORTERS
        if imports:
            self._dynamic |= module_pattern(node)
            self._names.add(name)
        else:
            self.visit(node.func)
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            self._sign(str(node.args[1].value))
            self.widens |= node.args[1].value in SCOPES
            if node.args[1].value in IMPORTERS:
                self._dynamic.add(ANYTHING)
        if name == "vars" and not node.args:
            self.widens = True
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.visit(argument)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note the target: it is read before it is written."""
        self._use(chain(node.target))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Note the names in an annotation that is written as text: dataclasses and pydantic evaluate it."""
        for tree in string_annotations(node.annotation):
            self.visit(tree)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        """Note the names of the module that a function binds."""
        self.globals |= set(node.names)

    def _full(self, name: str) -> str:
        """Return a name as the library that it is imported from calls it."""
        root, *rest = name.split(".")
        origin = self._aliases.get(root)
        return ".".join([part for part in (*origin, *rest) if part]) if origin else name

    def _use(self, name: str) -> None:
        if not name:
            return
        self._names.add(name)
        full = self._full(name)
        for part in full.split("."):
            self._sign(part)
        self.widens |= full.removeprefix("builtins.") in SCOPES
        opened = full in KEEPERS or full.split(".")[-1] in IMPORTERS
        if opened or any(full == opener or full.startswith(f"{opener}.") for opener in OPENERS):
            self._dynamic.add(ANYTHING)

    def _sign(self, name: str) -> None:
        self.widens |= name in SCOPE_ATTRIBUTES
        self.looks |= name in LOOKERS
        if name == "__subclasses__":
            self._dynamic.add(ANYTHING)


def _local_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a function binds for itself: arguments and what it assigns."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for entry in ast.walk(node):
        if isinstance(entry, ast.arg):
            yield entry.arg
        elif isinstance(entry, ast.Name) and isinstance(entry.ctx, ast.Store):
            yield entry.id


def _calls(node: ast.Call, local: Iterable[str] = ()) -> Iterator[str]:
    """Yield what a call calls, at once or through an argument that is a function."""
    called = [node.func, *(keyword.value for keyword in node.keywords if keyword.arg in CALLED_LATER)]
    for entry in called:
        name = chain(entry)
        if name.split(".")[0] in local:
            name = ""
        yield name or f"?.{getattr(entry, 'attr', '')}"


def module_pattern(node: ast.Call) -> set[str]:
    """Return the modules that a call like `import_module(f"scripts.{section}.settings")` may name, as a pattern."""
    name = node.args[0] if node.args else None
    if isinstance(name, ast.Constant) and isinstance(name.value, str) and not name.value.startswith("."):
        return {name.value}
    if isinstance(name, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in name.values]
        return {"".join(parts)}
    return {ANYTHING}


def string_annotations(annotation: ast.expr) -> Iterable[ast.expr]:
    """Yield the expressions inside an annotation that are written as text."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                yield ast.parse(node.value, mode="eval").body
            except SyntaxError:
                continue  # text that is no name, as in Literal["two words"]


class Eager(ast.NodeVisitor):
    """Collect what a top-level statement calls when it runs at import.

    `opaque` is set where it may do more than bind its names, whatever it calls.

    Args:
        node: the statement.
        lazy: whether annotations of functions are left unevaluated.
    """

    def __init__(self, node: ast.stmt, lazy: bool):
        self.lazy = lazy
        self.opaque = False
        self._calls: set[str] = set()
        self._statement(node)
        self.calls = sorted(self._calls)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self.visit(node)
        else:
            self.opaque |= not (isinstance(node, ast.Pass) or _is_constant(node))
            self.visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node.decorator_list)
        arguments = node.args
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)
        if not self.lazy:
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            for annotation in (*(entry.annotation for entry in every if entry), node.returns):
                if annotation is not None:
                    self.visit(annotation)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        self.opaque |= bool(node.keywords)
        for base in node.bases:
            name = chain(base.value if isinstance(base, ast.Subscript) else base)
            self._calls.add(name or "?")
        for entry in node.body:
            self._statement(entry)

    def _decorators(self, decorators: list[ast.expr]) -> None:
        for decorator in decorators:
            self.visit(decorator)
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            self._calls.add(chain(called) or "?")

    def visit_Call(self, node: ast.Call) -> None:
        """Note what is called."""
        self._calls |= set(_calls(node))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note a write into an object, wherever in the statement it stands."""
        self.opaque |= not isinstance(node.ctx, ast.Load)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note a write into an object."""
        self.opaque |= not isinstance(node.ctx, ast.Load)
        self.generic_visit(node)


def body_is_plain(body: list[ast.stmt]) -> bool:
    """Tell whether a function's own statements change nothing but its local names."""
    impure = (ast.Global, ast.Nonlocal, ast.Delete, ast.With, ast.AsyncWith, ast.Import, ast.ImportFrom, ast.Await)
    impure += (ast.AugAssign,)  # `x += …` changes a list that was handed in
    for entry in body:
        for node in ast.walk(entry):
            if isinstance(node, impure) or (
                isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
            ):
                return False
    return True


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
