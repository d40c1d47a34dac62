"""The run of all stages, watched, that the oracle and the mutations share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from build_support import made_once
from reach.precision import Traced, trace_all

TRACES = "traces.json"


def traced_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Traced]]:
    """Return a copy of the project in which every stage ran, and their traces; nobody may change it."""

    def trace(folder: Path) -> None:
        (folder / TRACES).write_text(json.dumps(trace_all(folder)))

    folder = made_once(tmp_path_factory, "traced-article", trace)
    return folder, {name: Traced(*found) for name, found in json.loads((folder / TRACES).read_text()).items()}
