"""Copies of the project to build in, so that nothing here is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "config", "environment.yml", "profiles", "scripts", "templates", "workflow")


def copy_project(folder: Path) -> Path:
    """Copy what a build needs, without anything that was built, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def clean_environment() -> dict[str, str]:
    """Return the environment without what would tell Python, Snakemake or the article to do otherwise."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("SNAKEMAKE", "ARTICLE", "PYTHON"))}
