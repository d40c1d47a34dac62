"""The configuration: config/config.yaml with a user's overrides laid over it, checked as a whole before any job."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from scripts.article.errors import ArticleError, nearest
from scripts.article.settings import Model, Preset, preset_values, settings_class
from scripts.article.yaml import load_yaml

CONFIG = Path("config/config.yaml")
TEMPLATE = ".md.j2"
COMMAND_LINE = "command line (--config or --configfile)"


class Article(Model):
    """Hold the settings of the article as a whole."""

    title: str = Field(min_length=1)
    subtitle: str = ""
    preset: Preset = "standard"
    first_seed: int = Field(0, ge=0)
    source_base: str = ""  # before a script's path in links: empty, or a URL
    sections: list[str] = Field(min_length=1)

    @field_validator("source_base")
    @classmethod
    def _is_a_base(cls, base: str) -> str:
        if base and not re.fullmatch(r"https?://[^\s/?#\"'<>\\]+(/[^\s?#\"'<>\\]*)?/", base):
            raise ValueError("expected nothing, or a URL that begins with http:// or https:// and ends with /")
        return base

    @property
    def link_base(self) -> str:
        """Return what comes before a script's path in a link from the report; `report/` lies beside `scripts/`."""
        return self.source_base or "../"


class Configuration:
    """Hold the checked settings of the article and of every experiment.

    Args:
        article: the settings of the article as a whole.
        experiments: settings by experiment, as `section.experiment`.
        given: what the command line gave on top of config/config.yaml.
    """

    def __init__(self, article: Article, experiments: dict[str, Model], given: dict[str, Any]):
        self.article = article
        self.experiments = experiments
        self.given = given


def load_configuration(overrides: Mapping[str, Any] | None = None) -> Configuration:
    """Read `config/config.yaml`, lay the overrides over it and check everything.

    Args:
        overrides: what `--configfile` and `--config` gave; joined keys (`geometry__boundary__noise`) are allowed.

    Raises:
        ArticleError: names the first wrong key, its value, where it stands and what is allowed.
    """
    file = _read_config()
    given = expand_keys(_typed(dict(overrides or {})), where=COMMAND_LINE)
    sources = {COMMAND_LINE: given, str(CONFIG): expand_keys(file, where=str(CONFIG))}
    merged = merge(sources[str(CONFIG)], given)
    article_keys = set(Article.model_fields)
    article_data = {key: merged[key] for key in merged if key in article_keys}
    article = _validate(Article, article_data, prefix="", sources=sources)
    _check_sections(article.sections, sources)
    known = sorted(article_keys | set(article.sections))
    for key in merged:
        if key not in known:
            raise ArticleError(_unknown_key(key, merged[key], known, sources))
    experiments: dict[str, Model] = {}
    for section in article.sections:
        block = merged.get(section) or {}
        experiments |= _section_settings(section, block, article, sources)
    return Configuration(article, experiments, given)


def _section_settings(
    section: str, block: Any, article: Article, sources: Mapping[str, dict[str, Any]]
) -> dict[str, Model]:
    model = settings_class(section)
    if not isinstance(block, dict):
        where = _source_of(section, sources)
        raise ArticleError(f"{where}: {section}: expected a mapping of experiments, got {block!r}")
    defaults = preset_values(model, article.preset, article.first_seed)
    checked = _validate(model, merge(defaults, block), prefix=section, sources=sources)
    return {f"{section}.{name}": getattr(checked, name) for name in model.model_fields}


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid over it, mapping by mapping.

    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merge(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def expand_keys(data: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return the mapping with joined keys turned into nested ones.

    Dots join keys in a file; on the command line, where Snakemake forbids dots, two underscores do.

    >>> expand_keys({"a.b": 1, "a__c": 2}, where="here")
    {'a': {'b': 1, 'c': 2}}

    Raises:
        ArticleError: a joined key runs into a value that is no mapping.
    """
    result: dict[str, Any] = {}
    for key, value in data.items():
        *outer, last = str(key).replace("__", ".").split(".")
        nested: dict[str, Any] = {last: value}
        for part in reversed(outer):
            nested = {part: nested}
        clash = result.get(outer[0]) if outer else None
        if clash is not None and not isinstance(clash, Mapping):
            raise ArticleError(f"{where}: {key}: {outer[0]} is {clash!r}, expected a mapping")
        result = merge(result, nested)
    return result


def _typed(data: Any) -> Any:
    """Give scalars inside lists and mappings of `--config` their type back: Snakemake leaves them as text."""
    if isinstance(data, Mapping):
        return {key: _typed(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_typed(value) for value in data]
    if isinstance(data, str):
        parsed = yaml.safe_load(data) if data.strip() else data
        return parsed if isinstance(parsed, bool | int | float) else data
    return data


def _read_config() -> dict[str, Any]:
    data = load_yaml(CONFIG)
    if not isinstance(data, dict):
        raise ArticleError(f"{CONFIG}: expected a YAML mapping, got {type(data).__name__}")
    return data


def _check_sections(sections: list[str], sources: Mapping[str, dict[str, Any]]) -> None:
    known = sorted(path.name.removesuffix(TEMPLATE) for path in Path("templates/sections").glob(f"*{TEMPLATE}"))
    where = _source_of("sections", sources)
    for section in sections:
        if section not in known:
            near = nearest(section, known)
            raise ArticleError(f"{where}: sections: {section!r} has no templates/sections/{section}{TEMPLATE}{near}")
        if sections.count(section) > 1:
            raise ArticleError(f"{where}: sections: {section!r} is listed twice, expected once")


def _validate(model: type[Any], data: Mapping[str, Any], *, prefix: str, sources: Mapping[str, dict[str, Any]]) -> Any:
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise ArticleError(_explain(error.errors()[0], model, prefix, sources)) from None
    except TypeError as error:
        raise ArticleError(f"{prefix or 'config'}: a value is no plain data: {error}") from None


def _explain(detail: ErrorDetails, model: type[Model], prefix: str, sources: Mapping[str, dict[str, Any]]) -> str:
    path = [str(part) for part in detail["loc"]]
    key = ".".join([prefix, *path] if prefix else path)
    if detail["type"] == "extra_forbidden":
        return _unknown_key(key, detail["input"], _siblings(model, path, prefix), sources)
    where = _source_of(key, sources)
    if detail["type"] == "missing":
        return f"{where}: {key} is missing"
    if detail["type"] == "literal_error" and key == "preset":
        return f"{where}: preset is {detail['input']!r}, expected one of {', '.join(get_args(Preset))}"
    message = detail["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return f"{where}: {key} is {detail['input']!r}: {message}"


def _unknown_key(key: str, value: Any, known: list[str], sources: Mapping[str, dict[str, Any]]) -> str:
    return f"{_source_of(key, sources)}: unknown key {key} (value {value!r}){nearest(key, known)}"


def _siblings(model: type[Model], path: list[str], prefix: str) -> list[str]:
    outer: list[str] = [prefix] if prefix else []
    current: type[Model] = model
    for part in path[:-1]:
        annotation = current.model_fields[part].annotation
        assert isinstance(annotation, type)
        current = annotation
        outer.append(part)
    return [".".join([*outer, name]) for name in current.model_fields]


def _source_of(key: str, sources: Mapping[str, dict[str, Any]]) -> str:
    for name, data in sources.items():
        node: Any = data
        for part in key.split("."):
            if not isinstance(node, Mapping) or part not in node:
                break
            node = node[part]
        else:
            return name
    return str(CONFIG)
