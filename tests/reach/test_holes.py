"""Effects of an import that are easy to overlook: what has them must count for all who load the module."""

import textwrap

import pytest
from reach.trees import limit, reach

SETTINGS = "SETTINGS = {'a': 1}\nITEMS = [1]\n"
READER = "from scripts.m import SETTINGS\nimport scripts.n\n\n\ndef compute():\n    return SETTINGS\n"
IMPORTS = "from scripts.m import SETTINGS, ITEMS\n"
CHANGES = "SETTINGS['a'] = 2"
PATCH = f"{IMPORTS}\n\ndef patch(x=None, y=None):\n    {CHANGES}\n    return x\n\n\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def found_with(files):
    return reach({"e": READER, "m": SETTINGS} | files).keys()


def class_with(body):
    return f"{IMPORTS}\n\nclass D:\n{textwrap.indent(body, '    ')}\n\n\n"


def method(name, arguments="self", more=""):
    return f"def {name}({arguments}):\n    {CHANGES}\n{textwrap.indent(more, '    ')}"


@pytest.mark.parametrize(
    ("head", "statement"),
    [
        ("", "U = patch()"),
        ("", "U = list(map(patch, [1]))"),
        ("", "U = sorted([1, 2], key=patch)"),
        ("", "U = max([1, 2], key=patch)"),
        ("", "U = tuple(filter(patch, [1]))"),
        ("import functools", "U = functools.reduce(patch, [1, 2])"),
        ("import functools", "U = functools.partial(patch)()"),
        ("import itertools", "U = list(itertools.starmap(patch, [(1,)]))"),
        ("import re", "U = re.sub('a', patch, 'a')"),
        ("from dataclasses import dataclass, field", "@dataclass\nclass C:\n    x: int = field(default_factory=patch)"),
        ("from pydantic import BaseModel, Field", "class C(BaseModel):\n    x: object = Field(default_factory=patch)"),
        ("from functools import lru_cache", "@lru_cache(maxsize=patch())\ndef f():\n    pass"),
        ("", "def f(x: patch()):\n    pass"),
        ("from dataclasses import dataclass", "@dataclass\nclass C:\n    x: patch() = 1"),
        ("", "class C(metaclass=type):\n    x = patch()"),
        ("from typing import NamedTuple", "class C(NamedTuple):\n    x: int = patch()"),
        ("", "U = [patch(x) for x in [1]]"),
        ("", "U = (lambda: patch())()"),
        ("", "f = lambda: patch()\nU = f()"),
        ("", "U = (patch,)[0]()"),
        ("", "U = ''.join(patch(x) for x in [''])"),
        ("", "U = ''.join(map(patch, ['']))"),
        ("", "assert patch(1)"),
        ("", "try:\n    patch()\nexcept Exception:\n    pass"),
    ],
)
def test_a_function_that_an_import_calls_in_any_way_counts(head, statement):
    uses = "\nU = C()" if "default_factory" in statement else ""
    found = found_with({"n": f"{head}\n{PATCH}{statement}{uses}\n"})
    assert "scripts.n.patch" in found
    bound = [name for name in ("U", "C", "f") if f"{name} = " in statement or f" {name}(" in statement]
    assert all(f"scripts.n.{name}" in found for name in bound)


@pytest.mark.parametrize(
    "statement",
    [
        "U = operator.setitem(SETTINGS, 'a', 2)",
        "U = operator.ior(SETTINGS, {'a': 2})",
        "U = operator.iadd(ITEMS, [2])",
        "U = SETTINGS.setdefault('b', 2)",
        "U = list(map(ITEMS.append, [2]))",
        "U = setattr(scripts.m, 'SETTINGS', {})",
        "def U(x=(y := SETTINGS.update(a=2))):\n    pass",
        "def patch(t):\n    t += [2]\n\n\nU = patch(ITEMS)",
        "def patch():\n    t = SETTINGS\n    t |= {'a': 2}\n\n\nU = patch()",
        "def call(map, x):\n    return map(x)\n\n\nU = call(SETTINGS.update, {'a': 2})",
        "U = [0 for scripts.m.SETTINGS in [{}]]",
        "(scripts.m.SETTINGS, U) = {}, 1",
        "class U:\n    SETTINGS['a'] = 3",
        "class U:\n    for SETTINGS['a'] in [3]:\n        pass",
        "class U:\n    s = SETTINGS\n    s |= {'a': 3}",
    ],
)
def test_a_statement_that_changes_what_others_read_counts(statement):
    assert "scripts.n.U" in found_with({"n": f"import operator\nimport scripts.m\n{IMPORTS}{statement}\n"})


@pytest.mark.parametrize(
    "statement",
    [
        "scripts.m.SETTINGS = {}",
        "scripts.m.SETTINGS['a'] = 2",
        "setattr(scripts.m, 'SETTINGS', {})",
        "for scripts.m.SETTINGS in [{}]:\n    pass",
    ],
)
def test_a_statement_that_binds_nothing_counts(statement):
    assert "scripts.n.<import>" in found_with({"n": f"import scripts.m\n{statement}\n"})


@pytest.mark.parametrize(
    ("body", "use"),
    [
        (method("__init__"), "U = D()"),
        (method("__init__"), "class E(D):\n    pass\n\n\nU = E()"),
        (method("__init__"), "class E(D):\n    def __init__(self):\n        super().__init__()\n\n\nU = E()"),
        (method("__init__"), "import types\nU = types.SimpleNamespace(a=D())"),
        (method("__init_subclass__", "cls"), "class U(D):\n    pass"),
        (method("__set_name__", "self, owner, name"), "class U:\n    x = D()"),
        (method("__truediv__", "self, other"), "U = D() / 1"),
        (f"@property\n{method('p')}", "U = D().p"),
        (method("get"), "U = D().get()"),
        (f"@classmethod\n{method('make', 'cls')}", "U = D.make()"),
        (f"@classmethod\n{method('copy', 'cls')}", "U = D.copy()"),
        (method("__getitem__", "self, key"), "U = D()[1]"),
        (method("__iter__", more="return iter(())"), "U = [*D()]"),
        (method("__iter__", more="return iter(())"), "U = [x for x in D()]"),
        (method("__str__", more="return ''"), "U = f'{D()}'"),
        (method("__call__"), "d = D()\nU = d()"),
    ],
)
def test_a_method_that_an_import_runs_unseen_counts(body, use):
    found = found_with({"n": f"{class_with(body)}{use}\n"})
    assert {"scripts.n.D", "scripts.n.U"} <= found


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (
            {
                "n": "from scripts.k import B\n\n\nclass C(B):\n    pass\n",
                "k": f"{IMPORTS}\n\nclass M(type):\n    def __init__(cls, *a):\n        {CHANGES}\n\n\n"
                "class B(metaclass=M):\n    pass\n",
            },
            {"scripts.n.C", "scripts.k.B", "scripts.k.M"},
        ),
        (
            {
                "n": "import scripts.k\n\n\nclass B(scripts.k.D):\n    pass\n\n\nU = B()\n",
                "k": class_with(method("__init__")),
            },
            {"scripts.n.U", "scripts.k.D"},
        ),
        ({"n": "from scripts.k import list\nU = list()\n", "k": PATCH.replace("patch", "list")}, {"scripts.k.list"}),
        (
            {
                "n": "from scripts.k import go\nU = go()\n",
                "k": "from scripts.l import patch as go\n",
                "l": PATCH,
            },
            {"scripts.n.U", "scripts.l.patch"},
        ),
        (
            {
                "n": f"import enum\n{IMPORTS}\n\nclass C(enum.Enum):\n{textwrap.indent(method('__init__', 'self, x'), '    ')}\n    A = 1\n"
            },
            {"scripts.n.C"},
        ),
        (
            {
                "n": "import scripts.p.q\n",
                "p.__init__": "from scripts.m import SETTINGS\nX = SETTINGS.pop('a')\n",
                "p.q": "",
            },
            {"scripts.p.X"},
        ),
        ({"n": "import atexit\n\n\n@atexit.register\ndef h():\n    pass\n"}, {"scripts.n.h"}),
        limit(
            {"n": "import scripts.k\nU = scripts.k.anything\n", "k": f"{IMPORTS}\n\n{method('__getattr__', 'name')}"},
            {"scripts.k.__getattr__", "scripts.n.U"},
            reason="what a module's __getattr__ does for a read at import counts, the read itself does not",
        ),
    ],
)
def test_what_an_import_does_through_other_modules_counts(files, wanted):
    assert wanted <= found_with(files)
