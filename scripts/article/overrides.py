"""Overrides of settings from a command line, written as for Snakemake: `--configfile FILE --config KEY=VALUE`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from scripts.article.configuration import merge
from scripts.article.errors import ArticleError
from scripts.article.yaml import load_yaml


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """Let a command line override settings."""
    parser.add_argument("--configfile", type=Path, nargs="+", action="extend", default=[], help="YAML with settings")
    parser.add_argument("--config", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="single settings")


def overrides(given: argparse.Namespace) -> dict[str, Any]:
    """Return what a command line overrides, later over earlier and single settings over files.

    Raises:
        ArticleError: a file is missing or no mapping, or a single setting is not written KEY=VALUE.
    """
    found: dict[str, Any] = {}
    for path in given.configfile:
        data = load_yaml(path)
        if not isinstance(data, dict):
            raise ArticleError(f"{path}: expected a YAML mapping, got {type(data).__name__}")
        found = merge(found, data)
    for text in given.config:
        key, equals, value = text.partition("=")
        if not equals:
            raise ArticleError(f"--config {text}: expected KEY=VALUE")
        found = merge(found, {key: yaml.safe_load(value)})
    return found
