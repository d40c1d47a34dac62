"""Typed settings: every parameter with its default per preset, its limits, its unit and where its value comes from.

A section declares its parameters once, in `scripts/<section>/settings.py`, as one class per experiment and one class
`Settings` that lists the experiments. `config/config.yaml`, `--configfile` and `--config` override single parameters.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scripts.article.errors import ArticleError

Preset = Literal["quick", "standard", "paper"]


class Model(BaseModel):
    """Check strictly: unknown keys, wrong types and missing keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SeededModel(Model):
    """Add what every experiment over seeds has: where its block of seeds starts."""

    first_seed: int = Field(
        0,
        ge=0,
        description="First seed of the block; set once for all experiments by the top-level key first_seed",
        json_schema_extra={"unit": "", "origin": "convention", "presets": {}},
    )

    @property
    def seed_block(self) -> range:
        """Return the experiment's seeds."""
        return range(self.first_seed, self.first_seed + self.seeds)  # type: ignore[attr-defined]


def parameter(
    default: Any, *, description: str, origin: str, unit: str = "", quick: Any = None, paper: Any = None, **limits: Any
) -> Any:
    """Declare one parameter of an experiment.

    Args:
        default: its value in the preset `standard`.
        description: what it is, in words.
        origin: where the value comes from: paper and section, or "hand-tuned".
        unit: what it is measured in.
        quick: its value in the preset `quick`, where that differs.
        paper: its value in the preset `paper`, where that differs.
        limits: pydantic's limits (`ge`, `gt`, `le`, `lt`, `min_length`, …).
    """
    presets = {name: value for name, value in (("quick", quick), ("paper", paper)) if value is not None}
    extra = {"unit": unit, "origin": origin, "presets": presets}
    return Field(default, description=description, json_schema_extra=extra, **limits)


class NoExperiments(Model):
    """Stand for the settings of a section that only has text."""


def settings_class(section: str) -> type[Model]:
    """Return the class `Settings` of a section; a section without a settings module has no experiments.

    Raises:
        ArticleError: the module holds no class Settings.
    """
    if importlib.util.find_spec(f"scripts.{section}") is None:
        return NoExperiments
    module = importlib.import_module(f"scripts.{section}.settings")
    found = getattr(module, "Settings", None)
    if not (isinstance(found, type) and issubclass(found, Model)):
        raise ArticleError(f"scripts/{section}/settings.py: expected a class Settings(Model), a list of experiments")
    return found


def experiment_class(identifier: str) -> type[Model]:
    """Return the class of an experiment's settings.

    Raises:
        ArticleError: the section's settings list no such experiment.
    """
    section, name = identifier.split(".")
    fields = settings_class(section).model_fields
    found = fields[name].annotation if name in fields else None
    if not (isinstance(found, type) and issubclass(found, Model)):
        raise ArticleError(f"scripts/{section}/settings.py: class Settings lists no experiment {name!r} with a class")
    return found


def preset_values(model: type[Model], preset: str, first_seed: int = 0) -> dict[str, Any]:
    """Return the defaults of a settings class under a preset, as plain data."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Model):
            values[name] = preset_values(kind, preset, first_seed)
        elif name == "first_seed":
            values[name] = first_seed
        else:
            extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            presets = extra.get("presets") or {}
            default = info.get_default(call_default_factory=True)
            values[name] = presets.get(preset, default) if isinstance(presets, dict) else default
    return values


def parameters(section: str) -> Iterator[tuple[str, Any]]:
    """Yield every parameter of a section as (`section.experiment.name`, pydantic's field)."""
    for experiment, block in settings_class(section).model_fields.items():
        kind = block.annotation
        if not (isinstance(kind, type) and issubclass(kind, Model)):
            raise ArticleError(f"scripts/{section}/settings.py: {experiment} is {kind!r}, expected a class of settings")
        for name, info in kind.model_fields.items():
            yield f"{section}.{experiment}.{name}", info
