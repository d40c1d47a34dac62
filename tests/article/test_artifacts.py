from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scripts.article.artifacts import (
    Result,
    load_artifact,
    pack_arrays,
    read_sealed,
    save_artifact,
    sealed,
    to_json,
    write_atomically,
)
from scripts.article.errors import ArticleError
from scripts.article.recipe import Recipe
from scripts.article.values import Value


def save(path: Path, result: Result) -> None:
    save_artifact(result, path, stage="a.b", recipe=Recipe(settings={"n": 3}), inputs={})


@pytest.fixture
def artifact(tmp_path):
    path = tmp_path / "results/a/b.json"
    save(path, Result({"x": Value(1.5, digits=1)}, {"y": np.arange(6).reshape(2, 3)}))
    return path


def test_what_is_saved_is_loaded(artifact):
    loaded = load_artifact(artifact)
    assert loaded.values == {"x": Value(1.5, digits=1)}
    assert (loaded.stage, loaded.module, loaded.settings) == ("a.b", "scripts.a.b", {"n": 3})
    np.testing.assert_array_equal(loaded["y"], np.arange(6).reshape(2, 3))


def test_numbers_stay_numbers(tmp_path):
    save(tmp_path / "c.json", Result({}, {"z": np.array(3.5)}))
    assert load_artifact(tmp_path / "c.json")["z"].shape == ()


@given(st.dictionaries(st.sampled_from("abc"), arrays(np.float64, (2, 3)), max_size=3))
def test_packing_depends_on_the_arrays_alone(data):
    assert pack_arrays(data) == pack_arrays(dict(reversed(data.items())))


def test_saving_twice_gives_the_same_bytes(artifact):
    before = artifact.read_bytes(), artifact.with_suffix(".npz").read_bytes()
    save(artifact, Result({"x": Value(1.5, digits=1)}, {"y": np.arange(6).reshape(2, 3)}))
    assert before == (artifact.read_bytes(), artifact.with_suffix(".npz").read_bytes())


def test_pickles_are_refused(tmp_path):
    with pytest.raises(ArticleError, match="array 'z' holds Python objects"):
        save(tmp_path / "c.json", Result({}, {"z": np.array([{}])}))
    assert not list(tmp_path.iterdir())


def test_a_value_that_is_not_finite_leaves_nothing_behind(tmp_path):
    with pytest.raises(ArticleError, match=r"^scripts/a/b\.py: value 'x': value is nan"):
        save(tmp_path / "c.json", Result({"x": Value(float("nan"))}))
    assert not list(tmp_path.iterdir())


def test_altered_arrays_are_found(artifact):
    data = bytearray(artifact.with_suffix(".npz").read_bytes())
    data[40] ^= 1
    artifact.with_suffix(".npz").write_bytes(data)
    with pytest.raises(ArticleError, match=r"b\.npz: altered after it was written"):
        load_artifact(artifact)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: path.unlink(), "no such file; run snakemake"),
        (lambda path: path.write_text(""), "not readable as JSON"),
        (lambda path: path.write_text(path.read_text()[:100]), "not readable as JSON"),
        (lambda path: path.write_text("[1]"), "expected a JSON mapping, got list"),
        (lambda path: path.write_text(to_json(sealed({"schema": 7}))), "schema is 7, expected 2"),
        (lambda path: path.write_text(to_json(sealed({"schema": 2}))), "key 'arrays_sha256' is missing"),
        (lambda path: path.write_text(path.read_text().replace("1.5", "1.6")), "altered after it was written"),
        (lambda path: path.write_text(path.read_text().replace("1.5", "NaN")), "expected finite numbers"),
        (lambda path: path.write_text('{"schema": 1}'), "altered after it was written"),
        (lambda path: path.with_suffix(".npz").unlink(), r"b\.npz: no such file, expected the arrays"),
    ],
)
def test_damaged_artifacts_are_named(artifact, change, message):
    change(artifact)
    with pytest.raises(ArticleError, match=message):
        load_artifact(artifact)


def test_a_value_of_the_wrong_type_in_the_file_is_named(artifact):
    data = read_sealed(artifact)
    data["values"]["x"]["value"] = "five"
    artifact.write_text(to_json(sealed(data)))
    with pytest.raises(ArticleError, match="value 'x': value is 'five', expected a number"):
        load_artifact(artifact)


def test_writing_is_all_or_nothing(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("before")
    with pytest.raises(TypeError):
        write_atomically(target, 3)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
