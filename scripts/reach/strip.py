"""What a result cannot depend on, taken out of a syntax tree: docstrings, and annotations that nothing looks at."""

from __future__ import annotations

import ast
from typing import Any

BLIND = {  # decorators that look at no annotation
    *("property", "cached_property", "staticmethod", "classmethod", "cache", "lru_cache", "wraps", "contextmanager"),
    *("abstractmethod", "overload", "override", "final", "no_grad", "inference_mode"),
}


class Strip(ast.NodeTransformer):
    """Take them out in place, and keep them as text in `notes` for code that looks at them."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.notes: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take out docstring and annotations, unless a decorator may look at them."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Treat it as a function."""
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Take out the docstring; annotations of fields stay, as dataclasses and pydantic read them."""
        self._docstring(node)
        return self._within("class", node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Go on: a lambda has no annotations of its own."""
        return self._within("function", node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Take out the annotation of any name but a class's field."""
        if not self.inside or self.inside[-1] != "class":
            self.notes.append(ast.dump(node.annotation))
            node.annotation = ast.Constant(None)
            if node.value is not None:
                return self.generic_visit(ast.Assign([node.target], node.value))
        return self.generic_visit(node)

    def _function(self, node: Any) -> ast.AST:
        self._docstring(node)
        if all(_name_of(decorator) in BLIND for decorator in node.decorator_list):
            self._annotations(node)
        return self._within("function", node)

    def _annotations(self, node: Any) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in every:
            if argument is not None and argument.annotation is not None:
                self.notes.append(ast.dump(argument.annotation))
                argument.annotation = None
        if node.returns is not None:
            self.notes.append(ast.dump(node.returns))
            node.returns = None

    def _docstring(self, node: Any) -> None:
        if ast.get_docstring(node, clean=False) is not None:
            self.notes.append(ast.dump(node.body[0]))
            node.body = node.body[1:]

    def _within(self, kind: str, node: ast.AST) -> ast.AST:
        self.inside.append(kind)
        self.generic_visit(node)
        self.inside.pop()
        return node


def strip(node: ast.stmt) -> tuple[ast.stmt, str]:
    """Strip a top-level statement in place; return it, and what was taken out as text."""
    stripper = Strip()
    stripped = stripper.visit(node)
    return stripped, "\n".join(stripper.notes)


def _name_of(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
