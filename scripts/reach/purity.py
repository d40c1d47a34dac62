"""Calls that return a value and change nothing: importing a module that makes them has no effect on another's results.

A call that is not listed here is no error: the statement that makes it at import then counts for every stage that loads
its module, which costs a needless rerun and no more.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

BUILTINS = {
    *("bool", "bytes", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min"),
    *(
        "object",
        "property",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "staticmethod",
        "str",
        "sum",
    ),
    *("super", "tuple", "zip", "abs", "all", "any", "classmethod", "divmod", "isinstance", "pow"),
}
LIBRARIES = (
    *("abc.*", "collections.*", "collections.abc.*", "contextlib.contextmanager", "dataclasses.*", "enum.auto"),
    *("fractions.Fraction", "functools.cache", "functools.lru_cache", "functools.partial", "functools.wraps"),
    *("functools.cached_property", "functools.total_ordering", "html.parser.HTMLParser", "itertools.chain", "math.*"),
    *("itertools.count", "itertools.pairwise", "itertools.product", "operator.attrgetter", "operator.itemgetter"),
    *("ast.NodeVisitor", "ast.NodeTransformer", "pathlib.Path", "pathlib.PurePath", "re.compile", "re.escape"),
    *("string.Template", "typing.*", "typing_extensions.*", "types.MappingProxyType", "types.SimpleNamespace"),
    *("pydantic.BaseModel", "pydantic.ConfigDict", "pydantic.Field", "pydantic.TypeAdapter"),
    *("numpy.array", "numpy.arange", "numpy.asarray", "numpy.eye", "numpy.exp", "numpy.finfo", "numpy.float64"),
    *("numpy.full", "numpy.linspace", "numpy.log", "numpy.log2", "numpy.logspace", "numpy.ones", "numpy.sqrt"),
    *("numpy.zeros", "torch.no_grad", "torch.inference_mode", "torch.nn.Module", "torch.device"),
)
METHODS = {
    *(
        "as_posix",
        "copy",
        "encode",
        "decode",
        "endswith",
        "format",
        "get",
        "index",
        "items",
        "join",
        "joinpath",
        "keys",
    ),
    *("lower", "lstrip", "removeprefix", "removesuffix", "replace", "resolve", "rstrip", "split", "splitlines"),
    *("startswith", "strip", "title", "upper", "values", "with_name", "with_suffix", "union", "count"),
}


def builtin_is_pure(name: str) -> bool:
    """Tell whether calling a builtin changes nothing."""
    return name in BUILTINS or name.endswith(("Error", "Exception", "Warning"))


def library_is_pure(name: str) -> bool:
    """Tell whether calling a library's function, or deriving a class from its class, changes nothing."""
    return any(fnmatchcase(name, pattern) for pattern in LIBRARIES)


def method_is_pure(name: str) -> bool:
    """Tell whether calling a method of this name on a value changes nothing."""
    return name in METHODS
