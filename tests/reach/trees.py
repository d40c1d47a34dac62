"""Small projects of a few modules, and what one function of them reaches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.reach.graph import Graph
from scripts.reach.modules import Modules
from scripts.reach.summaries import Summaries


def limit(*values: Any, reason: str) -> Any:
    """Return a case that the resolver is known to fail."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


def reach(files: Mapping[str, str]) -> dict[str, str]:
    """Write modules by their names under scripts/ in the working directory; return what scripts.e.compute reaches."""
    for name, text in ({"__init__": ""} | files).items():
        path = Path("scripts", *name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    graph = Graph(Modules(Summaries(None)))
    return graph.reach([graph.entry("scripts.e", "compute")]).code
