"""Ways to change the meaning of a piece of code: constants, operators, calls, branches, imports, effects of an import."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable

NamesOf = Callable[[str], list[str]]  # what a module of the project binds

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.MatMult: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NUMBERS: dict[type, Callable[[float], object]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value * 1.5 + 0.25,
}
EFFECTS = (  # each changes numbers, code or figures of others once the module is loaded
    "import numpy\nnumpy.exp = numpy.expm1",
    "import numpy\n_seeded = numpy.random.default_rng = lambda seed=0, real=numpy.random.default_rng: real(7)",
    "import math\nfor math.sqrt in [math.exp]:\n    pass",
    "import math\n_replaced = [setattr(math, name, 3.0) for name in ('pi', 'e')]",
    "import builtins\n_real = builtins.round\nbuiltins.round = lambda value, digits=None: _real(value, 1)",
    "import json\n\n\nclass Effect:\n    json.dumps = lambda value, **_: repr(value)",
    "import numpy\n\n\ndef _effect(real=vars(numpy).update(mean=numpy.median)):\n    pass",
    "import scripts.article.style\n_sizes = list(map(vars(scripts.article.style).pop, ['__doc__']))",
    "import scripts.maths.random as _r\n_r.generator.__code__ = (lambda seed, stream: np.random.default_rng(7)).__code__",
    "import scripts.maths.statistics as _statistics\n_level = setattr(_statistics.mean_interval, '__defaults__', (0.5,))",
)


def _constant(node: ast.Constant, rng: random.Random, names_of: NamesOf) -> ast.expr | None:
    if isinstance(node.value, str):
        return ast.Constant(f"{node.value}x")
    change = NUMBERS.get(type(node.value))
    return ast.Constant(change(node.value)) if change else None


def _operator(node: ast.AST, rng: random.Random, names_of: NamesOf) -> ast.AST | None:
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare):
        place = rng.randrange(len(new.ops))
        new.ops[place] = SWAPS[type(new.ops[place])]()  # type: ignore[assignment]
    elif type(new.op) in SWAPS:  # type: ignore[attr-defined]
        new.op = SWAPS[type(new.op)]()  # type: ignore[attr-defined]
    else:
        return None
    return new


def _call_removed(node: ast.Call, rng: random.Random, names_of: NamesOf) -> ast.expr:
    starred = not node.args or isinstance(node.args[0], ast.Starred)
    return ast.Constant(None) if starred or isinstance(node.args[0], ast.GeneratorExp) else node.args[0]


def _argument_dropped(node: ast.Call, rng: random.Random, names_of: NamesOf) -> ast.expr:
    new = copy.deepcopy(node)
    place = rng.randrange(len(new.args) + len(new.keywords))
    del (new.args if place < len(new.args) else new.keywords)[
        place - len(new.args) if place >= len(new.args) else place
    ]
    return new


def _negated(node: ast.expr, rng: random.Random, names_of: NamesOf) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def _unsigned(node: ast.UnaryOp, rng: random.Random, names_of: NamesOf) -> ast.expr:
    return node.operand


def _other_name(node: ast.ImportFrom, rng: random.Random, names_of: NamesOf) -> ast.stmt | None:
    """Have an import bind another name of the same module."""
    new = copy.deepcopy(node)
    place = rng.randrange(len(new.names))
    old = new.names[place]
    others = [name for name in names_of(node.module or "") if name != old.name]
    if not others:
        return None
    new.names[place] = ast.alias(rng.choice(others), old.asname or old.name)
    return new


def _effect_inserted(node: ast.Module, rng: random.Random, names_of: NamesOf) -> str:
    return f"\n\n{rng.choice(EFFECTS)}\n"


def _statement_removed(node: ast.stmt, rng: random.Random, names_of: NamesOf) -> str:
    return "pass"


def _decorator_removed(node: ast.expr, rng: random.Random, names_of: NamesOf) -> str:
    return ""


def _is(*kinds: type[ast.AST]) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, kinds)


FITS: dict[str, Callable[[ast.AST], bool]] = {
    "constant changed": lambda node: isinstance(node, ast.Constant) and node.value not in (None, ...),
    "operator swapped": _is(ast.BinOp, ast.BoolOp),
    "comparison flipped": _is(ast.Compare),
    "call removed": _is(ast.Call),
    "argument dropped": lambda node: isinstance(node, ast.Call) and bool(node.args or node.keywords),
    "sign removed": _is(ast.UnaryOp),
    "other name imported": _is(ast.ImportFrom),
    "statement removed": _is(ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.Raise, ast.AnnAssign),
}
CHANGES: dict[str, Callable[..., ast.AST | str | None]] = {
    "constant changed": _constant,
    "operator swapped": _operator,
    "comparison flipped": _operator,
    "call removed": _call_removed,
    "argument dropped": _argument_dropped,
    "branch negated": _negated,
    "sign removed": _unsigned,
    "other name imported": _other_name,
    "effect inserted": _effect_inserted,
    "statement removed": _statement_removed,
    "decorator removed": _decorator_removed,
}
