"""Artifacts: what a stage leaves behind, as plain arrays and numbers with the digest of what made them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.article.errors import ArticleError
from scripts.article.recipe import Recipe
from scripts.article.values import Value, check_value, value_from_json, value_to_json

if TYPE_CHECKING:
    import numpy as np

SCHEMA = 2
SEAL = "seal"
RESULTS = Path("results")


@dataclass(frozen=True)
class Result:
    """Hold what an experiment computes: `values` by name and `arrays` by name."""

    values: Mapping[str, Value]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """Hold one stage's artifact as read back from disk."""

    stage: str
    recipe: Recipe
    inputs: dict[str, str]
    values: dict[str, Value]
    path: Path
    sha256: str
    arrays_sha256: str

    @property
    def module(self) -> str:
        """Return the module that computed it."""
        return f"scripts.{self.stage}"

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that it was computed with."""
        return self.recipe.settings

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one array by name."""
        return self.arrays()[name]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all arrays; pickles are refused."""
        import numpy as np

        with np.load(arrays_path(self.path), allow_pickle=False) as stored:
            return dict(stored)


def artifact_path(identifier: str) -> Path:
    """Return where the artifact of `section.experiment` lies."""
    section, experiment = identifier.split(".")
    return RESULTS / section / f"{experiment}.json"


def artifact_files(identifier: str) -> tuple[Path, Path]:
    """Return the arrays of an experiment's artifact, and the values that seal them."""
    path = artifact_path(identifier)
    return arrays_path(path), path


def arrays_path(path: Path) -> Path:
    """Return where the arrays of an artifact lie."""
    return path.with_suffix(".npz")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write beside the target and rename, so that no reader ever sees half a file.

    Raises:
        OSError: it cannot be written; names the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data.encode() if isinstance(data, str) else data)
        beside.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error  # a full disk names no file
    finally:
        beside.unlink(missing_ok=True)


def to_json(data: Any) -> str:
    """Return deterministic, readable JSON; NaN and infinity are refused."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def pack_arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the arrays as the bytes of an .npz file that depend on nothing but the arrays (no time, no pickles).

    Raises:
        ArticleError: an array holds Python objects.
    """
    import numpy as np

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            array = np.asarray(arrays[name], order="C")
            if array.dtype.hasobject:
                raise ArticleError(f"array {name!r} holds Python objects, expected numbers or text")
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def save_artifact(result: Result, path: Path, *, stage: str, recipe: Recipe, inputs: Mapping[str, str]) -> None:
    """Write an artifact's arrays and values; the values come last, so a killed stage leaves no valid artifact.

    Args:
        result: what was computed.
        path: where the values go; the arrays go beside them.
        stage: the id of the experiment.
        recipe: what the result depends on.
        inputs: the SHA-256 of the artifacts that were read, by path.

    Raises:
        ArticleError: a value may not be printed, or an array cannot be stored.
    """
    for name, value in result.values.items():
        check_value(value, where=f"scripts/{stage.replace('.', '/')}.py: value {name!r}")
    arrays = pack_arrays(result.arrays)
    record = {
        "schema": SCHEMA,
        "stage": stage,
        "recipe": recipe.plain(),
        "inputs": dict(inputs),
        "arrays_sha256": sha256(arrays),
        "values": {name: value_to_json(value) for name, value in result.values.items()},
    }
    path.unlink(missing_ok=True)
    write_atomically(arrays_path(path), arrays)
    write_atomically(path, to_json(sealed(record)))


def load_artifact(path: Path) -> Artifact:
    """Read an artifact and check that it is whole.

    Raises:
        ArticleError: the file is missing, no JSON, of another schema, or its arrays are not those it was saved with.
    """
    data = read_sealed(path)
    if data.get("schema") != SCHEMA:
        raise ArticleError(f"{path}: schema is {data.get('schema')!r}, expected {SCHEMA}; delete it and run again")
    missing = {"stage", "recipe", "inputs", "values", "arrays_sha256"} - set(data)
    if missing:
        raise ArticleError(f"{path}: key {sorted(missing)[0]!r} is missing; delete the file and run again")
    arrays = arrays_path(path)
    if not arrays.is_file():
        raise ArticleError(f"{arrays}: no such file, expected the arrays of {path}; run snakemake again")
    if sha256(arrays.read_bytes()) != data["arrays_sha256"]:
        raise ArticleError(f"{arrays}: altered after it was written (sha256 differs from {path}); delete it, run again")
    values = {name: value_from_json(entry, where=f"{path}: value {name!r}") for name, entry in data["values"].items()}
    return Artifact(
        stage=data["stage"],
        recipe=Recipe.of(data["recipe"], where=str(path)),
        inputs=data["inputs"],
        values=values,
        path=path,
        sha256=sha256(path.read_bytes()),
        arrays_sha256=data["arrays_sha256"],
    )


def values_by_id(artifacts: Mapping[str, Artifact]) -> dict[str, Value]:
    """Return the values of experiments by `section.experiment.name`."""
    return {f"{name}.{key}": value for name, artifact in artifacts.items() for key, value in artifact.values.items()}


def sealed(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the SHA-256 of its own content in it, by which an alteration is found."""
    return dict(record) | {SEAL: sha256(to_json(dict(record)).encode())}


def read_sealed(path: Path) -> dict[str, Any]:
    """Read a sealed record and return it without its seal.

    Raises:
        ArticleError: missing, not a JSON mapping, or altered after it was written.
    """
    data = read_json(path)
    seal = data.pop(SEAL, None)
    try:
        content = to_json(data)
    except ValueError as error:
        raise ArticleError(f"{path}: expected finite numbers: {error}") from None
    if sha256(content.encode()) != seal:
        raise ArticleError(f"{path}: altered after it was written (its seal does not fit); delete it and run again")
    return data


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds a mapping.

    Raises:
        ArticleError: missing, or not a JSON mapping.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArticleError(f"{path}: no such file; run snakemake to make it") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ArticleError(f"{path}: not readable as JSON ({error}); delete it and run again") from None
    if not isinstance(data, dict):
        raise ArticleError(f"{path}: expected a JSON mapping, got {type(data).__name__}")
    return data
