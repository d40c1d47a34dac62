"""Going back to earlier settings or code is free: results return from the store, here and in another clone."""

from pathlib import Path

import pytest
from build_support import snakemake

from benchmarks.projects import copy_project

pytestmark = pytest.mark.slow
LOG = "logs/reinforcement/toy.log"
FIGURE_LOG = "logs/reinforcement/figures/toy.log"
STORED = "as computed before, from the store"


def build(folder, *config, **environment):
    done = snakemake(folder, config=("sections=[reinforcement]", *config), **environment)
    assert done.returncode == 0, done.stdout + done.stderr


def was_stored(folder: Path) -> tuple[bool, bool]:
    return STORED in (folder / LOG).read_text(), STORED in (folder / FIGURE_LOG).read_text()


def made(folder: Path) -> dict[str, bytes]:
    files = [path for name in ("results", "report") for path in (folder / name).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("going-back") / "first")
    build(folder, ARTICLE_STORE="../store")
    assert was_stored(folder) == (False, False)
    return folder, made(folder)


def test_a_setting_changed_and_changed_back_computes_once(built):
    folder, before = built
    build(folder, "reinforcement__toy__discount=0.8", ARTICLE_STORE="../store")
    assert was_stored(folder) == (False, False)
    assert made(folder) != before
    build(folder, ARTICLE_STORE="../store")
    assert was_stored(folder) == (True, True)
    assert made(folder) == before


def test_code_edited_and_put_back_computes_once(built):
    folder, before = built
    path = folder / "scripts/reinforcement/toy.py"
    text = path.read_text()
    path.write_text(text.replace("def compute(", "def renamed(") + "\n\ncompute = renamed\n")
    build(folder, ARTICLE_STORE="../store")
    assert was_stored(folder) == (False, False)
    path.write_text(text)
    build(folder, ARTICLE_STORE="../store")
    assert was_stored(folder) == (True, True)
    assert made(folder) == before


def test_a_second_clone_gets_what_the_first_computed(built, tmp_path):
    folder, before = built
    clone = copy_project(tmp_path / "second")
    build(clone, ARTICLE_STORE=str(folder.parent / "store"))
    assert was_stored(clone) == (True, True)
    assert made(clone) == before


def test_a_helper_edited_in_a_second_clone_is_computed_and_not_fetched(built, tmp_path):
    folder, before = built
    clone = copy_project(tmp_path / "third")
    path = clone / "scripts/maths/random.py"
    path.write_text(path.read_text().replace("crc32(stream.encode())", "crc32(stream.encode()) + 1"))
    build(clone, ARTICLE_STORE=str(folder.parent / "store"))
    assert was_stored(clone) == (False, False)
    assert made(clone)["results/reinforcement/toy.npz"] != before["results/reinforcement/toy.npz"]
