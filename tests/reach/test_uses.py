"""Ways to call code that hide what is called: whatever cannot be followed by name must count all the same."""

import pytest
from reach.trees import limit, reach

LIBRARY = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
ROUTE = "def __getattr__(name):\n    from scripts.b import f\n    return f\n"
BASE = "class K:\n    pass\n"
DERIVED = "from scripts.k import K\n\n\nclass L(K):\n    def f(self):\n        return 1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def using(head, body):
    return f"{head}\n\n\ndef compute():\n    {body}\n"


def assert_library_counts(files):
    before = reach({"b": LIBRARY} | files)
    assert "scripts.b.f" in before
    assert reach({"b": LIBRARY.replace("1", "3")} | files) != before


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("from importlib import import_module as im", "return im('scripts.b').f()"),
        ("import importlib as il", "return il.import_module('scripts.b').f()"),
        ("import importlib\nload = importlib.import_module", "return load('scripts.b').f()"),
        ("import importlib", "return list(map(importlib.import_module, ['scripts.b']))[0].f()"),
        ("import importlib", "return getattr(importlib, 'import_module')('scripts.b').f()"),
        ("import importlib", "i = importlib\n    return i.import_module('scripts.b').f()"),
        ("import importlib", "return importlib.import_module(name='scripts.b').f()"),
        ("import importlib", "return importlib.import_module('.b', 'scripts').f()"),
        ("import importlib", "return importlib.import_module('scripts').b.f()"),
        ("", "return __import__('scripts.b').b.f()"),
        ("", "return __import__('scripts', fromlist=['b']).b.f()"),
        ("import builtins", "return builtins.__import__('scripts.b').b.f()"),
        ("import sys, scripts.b", "return sys.modules['scripts.b'].f()"),
        ("from sys import modules\nimport scripts.b", "return modules['scripts.b'].f()"),
        ("import sys as s\nimport scripts.b", "return s.modules['scripts.b'].f()"),
        ("import sys\nimport scripts.b", "s = sys\n    return s.modules['scripts.b'].f()"),
        ("import sys\nimport scripts.b", "return getattr(sys, 'modules')['scripts.b'].f()"),
        ("import runpy", "return runpy.run_module('scripts.b')"),
        ("import runpy", "return runpy.run_path('scripts/b.py')"),
        ("from runpy import run_path as rp", "return rp('scripts/b.py')"),
        ("import pkgutil", "return pkgutil.resolve_name('scripts.b:f')()"),
        ("from pkgutil import resolve_name", "return resolve_name('scripts.b:f')()"),
        ("import pydoc", "return pydoc.locate('scripts.b.f')()"),
        ("import importlib.util", "return importlib.util.spec_from_file_location('b', 'scripts/b.py').loader"),
        (
            "from importlib.machinery import SourceFileLoader",
            "return SourceFileLoader('b', 'scripts/b.py').load_module()",
        ),
        ("from importlib.metadata import entry_points\nimport scripts.b", "return entry_points(group='x')"),
        ("import subprocess, sys", "return subprocess.run([sys.executable, '-m', 'scripts.b'])"),
        ("import subprocess, sys", "return subprocess.run([sys.executable, 'scripts/b.py'])"),
        limit("import os", "return os.system('python -m scripts.b')", reason="command lines are not taken apart"),
        limit(
            "from unittest.mock import patch",
            "with patch('scripts.b.f'):\n        pass",
            reason="a text names a module, not a name in it",
        ),
    ],
)
def test_modules_that_are_imported_by_name_or_path_count(head, body):
    assert_library_counts({"e": using(head, body)})


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "exec(open('scripts/b.py').read())"),
        ("", "exec('from scripts.b import f')"),
        ("run = exec", "run('from scripts.b import f')"),
        ("import scripts.b", "return eval('scripts.b.f()')"),
        ("from scripts.b import f", "return eval('f()')"),
        ("import scripts.b as b", "return getattr(b, 'f')()"),
        ("import scripts.b as b\nALL = [b]", "return ALL[0].f()"),
        ("import scripts\nimport scripts.b", "return scripts.b.f()"),
        ("import scripts.b", "s = scripts\n    return s.b.f()"),
        ("", "from scripts.b import f\n    return f()"),
        ("from scripts.b import *", "return f()"),
        ("from scripts.c import *", "return f()"),
        ("try:\n    from scripts.b import f\nexcept ImportError:\n    f = None", "return f()"),
        ("import sys\nif sys.version_info > (3,):\n    from scripts.b import f\nelse:\n    f = None", "return f()"),
        ("class A:\n    from scripts.b import f", "return A.f()"),
        ("from .b import f", "return f()"),
        ("from . import b", "return b.f()"),
        ("from scripts.b import f\n\n\ndef w(x):\n    return x\n\n\nf = w(f)", "return f()"),
        ("import typing as t\nif t.TYPE_CHECKING:\n    pass\nelse:\n    from scripts.b import f", "return f()"),
        ("TYPE_CHECKING = True\nif TYPE_CHECKING:\n    from scripts.b import f", "return f()"),
        ("if __name__ != '__main__':\n    from scripts.b import f", "return f()"),
        ("import scripts.p", "return scripts.p.thing()"),
        ("from scripts.p import thing", "return thing()"),
        ("import gc\nimport scripts.b", "return gc.get_objects()"),
        ("import pickle\nimport scripts.b", "return pickle.loads(b'')"),
        ("from pickle import loads\nimport scripts.b", "return loads(b'')"),
        ("import pickle as p\nimport scripts.b", "return p.loads(b'')"),
        ("import joblib\nimport scripts.b", "return joblib.load('x')"),
        ("import torch\nimport scripts.b", "return torch.load('x', weights_only=False)"),
        limit(
            "import numpy as np\nimport scripts.b",
            "return np.load('x', allow_pickle=True)",
            reason="a pickle by way of numpy is not seen",
        ),
    ],
)
def test_code_that_is_handed_out_at_run_time_counts(head, body):
    assert_library_counts({"e": using(head, body), "c": "from scripts.b import *\n", "p.__init__": ROUTE})


@pytest.mark.parametrize(
    "head",
    [
        "from dataclasses import dataclass\n{}\n\n\n@dataclass\nclass A:\n    x: f",
        "from pydantic import BaseModel\n{}\n\n\nclass A(BaseModel):\n    x: f",
        "from pydantic import validate_call\n{}\n\n\n@validate_call\ndef A(x: f):\n    return x",
    ],
)
def test_annotations_that_a_library_evaluates_count(head):
    imports = head.format("from scripts.b import f")
    assert_library_counts({"e": using(f"from __future__ import annotations\n{imports}", "return A(x=1)")})


@pytest.mark.parametrize(
    "body",
    [
        "return eval('h()')",
        "import builtins\n    return builtins.eval('h()')",
        "import builtins\n    return getattr(builtins, 'ev' + 'al')('h()')",
        "return globals()['h']()",
        "import sys\n    return getattr(sys.modules[__name__], 'h')()",
        "return compute.__globals__['h']()",
        "return getattr(compute, '__globals__')['h']()",
        "import sys\n    return sys._getframe().f_globals['h']()",
        "import inspect\n    return inspect.stack()[0].frame.f_globals['h']()",
        "import inspect\n    return inspect.getmodule(compute).h()",
        "try:\n        1 / 0\n    except Exception as e:\n        return e.__traceback__.tb_frame.f_globals['h']()",
        "return TABLE['h']()",
    ],
)
def test_names_of_the_own_module_that_only_show_at_run_time_count(body):
    own = "def h():\n    return 1\n\n\nTABLE = locals()"
    before = reach({"e": using(own, body)})
    assert "scripts.e.h" in before
    assert reach({"e": using(own.replace("1", "3"), body)}) != before


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"k": BASE, "n": DERIVED, "e": using("from scripts.k import K", "return K.__subclasses__()")}, "scripts.n.L"),
        (
            {
                "k": "ALL = []\n\n\nclass K:\n    def __init_subclass__(cls):\n        ALL.append(cls)\n",
                "n": DERIVED,
                "e": using("from scripts.k import ALL", "return [c().f() for c in ALL]"),
            },
            "scripts.n.L",
        ),
        (
            {
                "k": "from functools import singledispatch\n\n\n@singledispatch\ndef k(x):\n    return 0\n",
                "n": "from scripts.k import k\n\n\n@k.register\ndef _(x: int):\n    return 1\n",
                "e": using("from scripts.k import k", "return k(1)"),
            },
            "scripts.n._",
        ),
        (
            {
                "k": "import abc\n\n\nclass K(abc.ABC):\n    pass\n",
                "n": "from scripts.k import K\nK.register(int)\n",
                "e": using("from scripts.k import K", "return isinstance(1, K)"),
            },
            "scripts.n.<import>",
        ),
    ],
)
def test_what_registers_itself_at_import_counts(files, wanted):
    assert wanted in reach(files | {"e": f"import scripts.n\n{files['e']}"})


def test_a_name_that_a_function_sets_leads_to_that_function():
    head = "T = None\n\n\ndef setup():\n    global T\n    T = 1\n\n\nsetup()"
    assert "scripts.e.setup" in reach({"e": using(head, "return T")})
