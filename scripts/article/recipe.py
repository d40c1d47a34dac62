"""The recipe of a result: all that it depends on, and the digest by which two recipes are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scripts.article.errors import ArticleError


@dataclass(frozen=True)
class Recipe:
    """Hold what a stage's result depends on.

    Args:
        code: the hash of each function, class and constant that the stage reaches, by its dotted name.
        packages: the version of Python and of each installed package that this code needs.
        settings: the stage's settings as plain data.
        inputs: the digest of each stage that it reads, and the SHA-256 of each other file, by name.
    """

    code: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of all of it, 64 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True).encode()).hexdigest()

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"code": self.code, "packages": self.packages, "settings": self.settings, "inputs": self.inputs}

    @classmethod
    def of(cls, data: Any, *, where: str) -> Recipe:
        """Return the recipe that plain data describe.

        Raises:
            ArticleError: they do not.
        """
        parts = ("code", "packages", "settings", "inputs")
        if not isinstance(data, Mapping) or not all(isinstance(data.get(part), dict) for part in parts):
            raise ArticleError(f"{where}: recipe is {type(data).__name__}, expected mappings {', '.join(parts)}")
        return cls(**{part: data[part] for part in parts})


def differences(then: Recipe, today: Recipe) -> list[str]:
    """Return in words how a recipe differs from another, the most telling first."""
    lines = [f"setting {name}: {old} → {new}" for name, old, new in _changes(then.settings, today.settings)]
    lines += [_code_change(name, old, new) for name, old, new in _changes(then.code, today.code)]
    lines += [f"{name} {old} → {new}" for name, old, new in _changes(then.packages, today.packages)]
    lines += [_input_change(name, old, new) for name, old, new in _changes(then.inputs, today.inputs)]
    return lines


NOTHING = "nothing"


def _changes(then: Mapping[str, Any], today: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted(then.keys() | today.keys())
    pairs = [(name, then.get(name, NOTHING), today.get(name, NOTHING)) for name in names]
    return [(name, old, new) for name, old, new in pairs if old != new]


def _code_change(name: str, old: str, new: str) -> str:
    if NOTHING not in (old, new):
        return f"{name} changed"
    return f"{name} is reached now" if old == NOTHING else f"{name} is no longer reached"


def _input_change(name: str, old: str, new: str) -> str:
    if NOTHING not in (old, new):
        return f"input {name} changed"
    return f"input {name} is new" if old == NOTHING else f"input {name} is gone"
