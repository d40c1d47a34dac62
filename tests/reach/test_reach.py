"""What the digest of code sees and what it does not, on small trees of modules."""

from pathlib import Path

import pytest

from scripts.article.errors import ArticleError
from scripts.reach.graph import Graph
from scripts.reach.modules import Modules
from scripts.reach.summaries import Summaries

HEAD = "from __future__ import annotations\n"
MAIN = f"""{HEAD}
import numpy as np
from scripts.lib import shared
from scripts.lib.shared import half, Scale


def compute(x: int) -> float:
    local = half(x)
    return Scale(2).apply(local) + shared.third(x) + np.sin(x)
"""
SHARED = f'''"""Doc."""
{HEAD}
import functools
from scripts.lib.deep import deepest

LIMIT = 3
UNUSED = 4


def loud(function):
    @functools.wraps(function)
    def inner(*given):
        return function(*given)
    return inner


def half(x, by=2):
    """Halve."""
    return x / by + LIMIT


@loud
def third(x):
    return deepest(x) / 3


def unused(x):
    return x + UNUSED


class Scale:
    """Scale."""

    factor: float = 1.0

    def __init__(self, factor: float):
        self.factor = factor

    def apply(self, x):
        return x * self.factor
'''
DEEP = "def deepest(x):\n    return x + 1\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "__init__": "",
        "a/__init__": "",
        "a/main": MAIN,
        "lib/__init__": "",
        "lib/shared": SHARED,
        "lib/deep": DEEP,
        "lib/other": "def alone():\n    return 1\n",
    }.items():
        write(name, text)
    return tmp_path


def write(name, text):
    path = Path("scripts", f"{name}.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def edit(name, old, new):
    text = Path("scripts", f"{name}.py").read_text()
    assert old in text
    write(name, text.replace(old, new, 1))


def graph():
    return Graph(Modules(Summaries(None)))


def reach(module="scripts.a.main", name="compute"):
    found = graph()
    return found.reach([found.entry(module, name)])


def code(**entry):
    return reach(**entry).code


def test_names_are_followed_through_functions_classes_constants_and_decorators(tree):
    names = {"scripts.a.main.compute", "scripts.lib.deep.deepest"}
    names |= {f"scripts.lib.shared.{name}" for name in ("LIMIT", "loud", "half", "third", "Scale")}
    assert set(code()) == names
    assert reach().packages == {"numpy", "functools"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("a/main", "def compute", "# a comment\n\n\ndef compute"),
        ("a/main", "x: int) -> float", "x: float) -> int"),
        ("a/main", "    local = half(x)", "    local: float = half(x)"),
        ("a/main", "half(x)", "(half( x ))"),
        ("lib/shared", '"""Halve."""', '"""Divide by two."""'),
        ("lib/shared", '    """Halve."""\n', ""),
        ("lib/shared", '    """Scale."""\n', ""),
        ("lib/shared", '"""Doc."""', '"""Another."""'),
        ("lib/shared", "UNUSED = 4", "UNUSED = 5"),
        ("lib/shared", "x + UNUSED", "x - UNUSED"),
        ("lib/shared", "def unused", "def also_unused(x):\n    return x\n\n\ndef unused"),
        ("lib/other", "return 1", "return 2"),
    ],
)
def test_what_cannot_change_a_result_does_not_count(tree, file, old, new):
    before = code()
    edit(file, old, new)
    assert code() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("a/main", "np.sin(x)", "np.cos(x)"),
        ("a/main", "import numpy as np", "import scipy as np"),
        ("a/main", "import half, Scale", "import unused as half, Scale"),
        ("lib/shared", "x / by", "x * by"),
        ("lib/shared", "by=2", "by=3"),
        ("lib/shared", "LIMIT = 3", "LIMIT = 4"),
        ("lib/shared", "LIMIT = 3", "LIMIT = 3\nLIMIT += 1"),
        ("lib/shared", "@loud\n", ""),
        ("lib/shared", "return function(*given)", "return 2 * function(*given)"),
        ("lib/shared", "return x * self.factor", "return x + self.factor"),
        ("lib/shared", "factor: float = 1.0", "factor: float = 2.0"),
        ("lib/deep", "x + 1", "x + 2"),
        ("lib/__init__", "", "import os\nos.environ['SEED'] = '1'\n"),
        ("a/__init__", "", "print('loaded')\n"),
    ],
)
def test_whatever_can_change_a_result_counts_however_far(tree, file, old, new):
    before = code()
    edit(file, old, new)
    assert code() != before


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nnp.random.seed({})\n",
        "import torch\nTYPE = torch.set_default_dtype({})\n",
        "TABLE = {{}}\n\n\ndef add(key):\n    TABLE[key] = {}\n    return key\n\n\nKEY = add(1)\n",
        "import builtins\nbuiltins.open = {}\n",
        "def register(f):\n    ALL.append((f, {}))\n    return f\n\n\nALL = []\n\n\n@register\ndef g():\n    pass\n",
        "if True:\n    X = {}\n",
        "class Base:\n    def __init_subclass__(cls):\n        ALL.append({})\n\n\nALL = []\n\n\nclass A(Base):\n    pass\n",
        "for name in 'ab':\n    globals()[name] = {}\n",
    ],
)
def test_what_an_import_does_counts_for_all_who_load_the_module(tree, text):
    edit("a/main", "import numpy", "import scripts.lib.other as unused_here\nimport numpy")
    write("lib/other", text.format(1))
    before = code()
    write("lib/other", text.format(2))
    assert code() != before


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("from scripts.lib.other import *\n", "alone()"),
        ("import scripts.lib.other\n", "getattr(scripts.lib.other, 'al' + 'one')()"),
        ("from scripts.lib import other\n", "vars(other)['alone']()"),
        ("import importlib\n", "importlib.import_module('scripts.lib.' + 'other').alone()"),
        ("import importlib\nNAME = 'other'\n", "importlib.import_module(f'scripts.lib.{NAME}').alone()"),
        ("import importlib\n", "importlib.import_module('scripts.lib.other').alone()"),
        ("import sys\n", "sys.modules['scripts.lib.other'].alone()"),
        ("from scripts.lib.other import alone\n", "eval('alone()')"),
        ("from scripts.lib.other import alone\n", "globals()['alone']()"),
        ("from scripts.lib import other as o\n", "(lambda module: module.alone())(o)"),
        ("try:\n    from scripts.lib.other import alone\nexcept ImportError:\n    alone = None\n", "alone()"),
        ("", "__import__('scripts.lib.other', fromlist=['alone']).alone()"),
        ("import runpy\n", "runpy.run_module('scripts.lib.other')['alone']()"),
        ("from . import relative\n", "relative.alone()"),
        ("from ..lib import other as o\n", "o.alone()"),
    ],
)
def test_what_cannot_be_followed_widens(tree, text, use):
    write("a/relative", "from ..lib.other import alone\n")
    write("a/main", f"{text}\n\ndef compute():\n    return {use}\n")
    before = code()
    edit("lib/other", "return 1", "return 2")
    assert code() != before


def test_an_import_inside_a_function_counts_where_it_stands(tree):
    write(
        "a/main",
        "def compute():\n    from scripts.lib.other import alone as f\n    return f()\n\n\ndef idle():\n    import torch\n",
    )
    assert set(code()) == {"scripts.a.main.compute", "scripts.lib.other.alone"}
    assert "torch" not in reach().packages


def test_a_name_of_the_module_that_a_function_sets_leads_to_that_function(tree):
    write(
        "a/main",
        "def compute():\n    return STATE\n\n\ndef change():\n    global STATE\n    STATE = 2\n\n\nSTATE = 1\n",
    )
    assert "scripts.a.main.change" in code()


def test_names_passed_on_by_a_package_are_followed_to_where_they_are_made(tree):
    write("lib/__init__", "from scripts.lib.other import alone\n")
    write("a/main", "from scripts.lib import alone\n\n\ndef compute():\n    return alone()\n")
    assert "scripts.lib.other.alone" in code()


def test_a_package_comes_before_a_module_of_its_name_as_in_an_import(tree):
    write("a/main", "from scripts.lib.other import alone\n\n\ndef compute():\n    return alone()\n")
    before = code()
    write("lib/other/__init__", "def alone():\n    return 3\n")
    assert code() != before


def test_a_file_beside_the_project_hides_an_installed_package(tree):
    before = reach()
    Path("numpy.py").write_text("def sin(x):\n    return x\n")
    assert "numpy" in before.packages
    assert "numpy.sin" in reach().code
    assert "numpy" not in reach().packages


def test_modules_that_import_each_other_end(tree):
    write("lib/other", "from scripts.a.main import compute\n\n\ndef alone():\n    return compute()\n")
    write("a/main", "from scripts.lib.other import alone\n\n\ndef compute():\n    return alone()\n")
    assert set(code()) == {"scripts.a.main.compute", "scripts.lib.other.alone"}


def test_code_that_looks_at_docstrings_or_annotations_is_not_blind_to_them(tree):
    edit("a/main", "local = half(x)", "local = half(x) + len(half.__doc__)")
    before = code()
    edit("lib/shared", '"""Halve."""', '"""Divide."""')
    assert code() != before


def test_what_only_runs_for_type_checkers_or_on_the_command_line_does_not_count(tree):
    before = code()
    edit("a/main", "import numpy", "from typing import TYPE_CHECKING\nimport numpy")
    edit("a/main", "\n\ndef compute", "\nif TYPE_CHECKING:\n    from scripts.lib.other import alone\n\n\ndef compute")
    write("a/main", Path("scripts/a/main.py").read_text() + '\n\nif __name__ == "__main__":\n    print(1)\n')
    assert code() == before


def test_fields_whose_values_enter_otherwise_do_not_count(tree):
    settings = "class Settings:\n    n: int = {}\n\n    def twice(self):\n        return {} * self.n\n"

    def bare(default, factor):
        write("a/settings", settings.format(default, factor))
        found = graph()
        return found.reach([found.bare_class("scripts.a.settings", "Settings")]).code

    assert bare(1, 2) == bare(3, 2)
    assert bare(1, 2) != bare(1, 3)


def test_what_is_missing_or_broken_is_named(tree):
    with pytest.raises(ArticleError, match=r"scripts/a/three\.py: no such file, expected the module scripts\.a\.three"):
        code(module="scripts.a.three")
    with pytest.raises(ArticleError, match=r"scripts/a/main\.py: expected a function compote; did you mean compute"):
        code(name="compote")
    edit("lib/deep", "def deepest(x):", "def deepest(x:")
    with pytest.raises(ArticleError, match=r"scripts/lib/deep\.py:1: no valid Python"):
        code()
    Path("scripts/lib/deep.py").write_bytes(b"NAME = '\xff'\n")
    with pytest.raises(ArticleError, match=r"scripts/lib/deep\.py: not readable as UTF-8|no valid Python"):
        code()


def test_summaries_are_kept_by_content_and_never_served_damaged(tree):
    kept = Path("kept.json")

    def with_kept():
        summaries = Summaries(kept)
        found = Graph(Modules(summaries))
        result = found.reach([found.entry("scripts.a.main", "compute")]).code
        summaries.keep()
        return result

    before = with_kept()
    assert kept.is_file()
    assert with_kept() == before
    text = kept.read_text()
    kept.write_text(text.replace("scripts.lib.deep", "scripts.lib.reep"))
    assert with_kept() == before
    kept.write_text(text[: len(text) // 2])
    assert with_kept() == before
    edit("lib/deep", "x + 1", "x + 2")
    assert with_kept() != before
