"""How long stages took, by their settings: for the estimate of `make why`. Kept under logs/, never in results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from scripts.article.artifacts import sha256, write_atomically

FOLDER = Path("logs/times")
KEPT = 20  # settings per stage


def note(stage: str, settings: Mapping[str, Any], seconds: float) -> None:
    """Write down how long a stage took; where that cannot be written, nothing is lost but the estimate."""
    times = _read(stage)
    times.pop(_key(settings), None)
    times[_key(settings)] = round(seconds, 2)
    with suppress(OSError):
        write_atomically(_path(stage), json.dumps(dict(list(times.items())[-KEPT:])))


def expected(stage: str, settings: Mapping[str, Any]) -> float | None:
    """Return how long a stage took with these settings; else how long it took last; None if it never ran."""
    times = _read(stage)
    return times.get(_key(settings), next(reversed(times.values()), None))


def _read(stage: str) -> dict[str, float]:
    try:
        times = json.loads(_path(stage).read_text())
    except (OSError, ValueError):
        return {}
    return times if isinstance(times, dict) else {}


def _path(stage: str) -> Path:
    return FOLDER / f"{stage.replace(' ', '-')}.json"


def _key(settings: Mapping[str, Any]) -> str:
    return sha256(json.dumps(dict(settings), sort_keys=True).encode())[:16]
