"""What a digest sees, and what it does not; always on a small tree of modules."""

import pytest

from scripts.article import digest
from scripts.article.errors import ArticleError

TREE = {
    "scripts/__init__.py": "",
    "scripts/a/__init__.py": "",
    "scripts/a/one.py": "import numpy as np\nfrom scripts.m.shared import half\n\n\ndef f(x):\n    return half(x) + 1\n",
    "scripts/a/two.py": "from . import one\n\nLIMIT = 3\n",
    "scripts/m/__init__.py": "",
    "scripts/m/shared.py": '"""Doc."""\nimport json\n\n\ndef half(x):\n    """Halve."""\n    return x / 2\n',
    "scripts/m/other.py": "def unused():\n    return 1\n",
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in TREE.items():
        write(name, text)
    yield tmp_path
    digest.clear_caches()


def write(name, text):
    from pathlib import Path

    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    digest.clear_caches()


def of(module, settings=None, inputs=()):
    return digest.stage_digest(module, settings or {}, inputs)


def test_reach_is_transitive_and_knows_relative_imports(tree):
    assert digest.reach("scripts.a.two") == [
        "scripts",
        "scripts.a",
        "scripts.a.one",
        "scripts.a.two",
        "scripts.m",
        "scripts.m.shared",
    ]


def test_third_party_packages_enter_by_name_without_the_standard_library(tree):
    assert digest.third_party("scripts.a.one") == {"numpy"}
    assert digest.third_party("scripts.m.shared") == set()
    assert digest.version("numpy").startswith("numpy ")
    assert digest.version("no_such_package") == "absent"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scripts/m/shared.py", "# a comment\nimport json\n\ndef half(x):\n    return (x/2)  # more\n"),
        (
            "scripts/m/shared.py",
            '"""Another."""\nimport json\ndef half(x):\n    """Divide by two."""\n    return x / 2\n',
        ),
        ("scripts/m/other.py", "def unused():\n    return 2\n"),
    ],
)
def test_comments_docstrings_format_and_other_modules_do_not_count(tree, name, text):
    before = of("scripts.a.two")
    write(name, text)
    assert of("scripts.a.two") == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scripts/m/shared.py", "import json\n\n\ndef half(x):\n    return x / 3\n"),
        ("scripts/a/two.py", "from . import one\n\nLIMIT = 4\n"),
        ("scripts/a/__init__.py", "import os\n"),
        (
            "scripts/a/one.py",
            "import scipy\nfrom scripts.m.shared import half\n\n\ndef f(x):\n    return half(x) + 1\n",
        ),
    ],
)
def test_code_counts_however_far(tree, name, text):
    before = of("scripts.a.two")
    write(name, text)
    assert of("scripts.a.two") != before


def test_settings_inputs_and_versions_count(tree, monkeypatch):
    before = of("scripts.a.one", {"n": 1}, ["x"])
    assert of("scripts.a.one", {"n": 2}, ["x"]) != before
    assert of("scripts.a.one", {"n": 1}, ["y"]) != before
    monkeypatch.setattr(digest, "version", lambda package: f"{package} 0.0")
    assert of("scripts.a.one", {"n": 1}, ["x"]) != before


def test_only_the_first_string_of_a_body_is_a_docstring(tree):
    write("scripts/m/shared.py", '"""Doc."""\n"""Kept."""\nimport json\n\n\ndef half(x):\n    return x / 2\n')
    before = of("scripts.m.shared")
    assert of("scripts.m.shared") == before
    write("scripts/m/shared.py", '"""Doc."""\n"""Changed."""\nimport json\n\n\ndef half(x):\n    return x / 2\n')
    assert of("scripts.m.shared") != before


def test_a_missing_module_and_broken_code_are_named(tree):
    with pytest.raises(ArticleError, match=r"scripts/a/three\.py: no such file"):
        of("scripts.a.three")
    write("scripts/a/one.py", "def f(:\n")
    with pytest.raises(ArticleError, match=r"scripts/a/one\.py:1: no valid Python"):
        of("scripts.a.two")
