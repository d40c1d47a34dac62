"""The installed versions of what code imports from elsewhere, with the versions of all that those packages need."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache

from packaging.requirements import Requirement

DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML"}  # where they are not called what is imported
ABSENT = "absent"


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of distributions by name, and that of Python.

    Args:
        packages: the top-level packages that are imported; those of the standard library are Python's own.
    """
    found = {"python": platform.python_version()}
    for package in packages:
        if package not in sys.stdlib_module_names:
            for name in needed(distribution_of(package)):
                found[name] = version(name)
    return dict(sorted(found.items()))


@cache
def distribution_of(package: str) -> str:
    """Return the distribution that provides a top-level package."""
    for name in _candidates(package):
        if version(name) != ABSENT:
            return name
    return package


@cache
def version(name: str) -> str:
    """Return the version of a distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT


@cache
def needed(name: str) -> frozenset[str]:
    """Return a distribution and all installed ones that it needs, transitively, under their normal names."""
    found: set[str] = set()
    waiting = [_normal(name)]
    while waiting:
        entry = waiting.pop()
        if entry not in found:
            found.add(entry)
            waiting += [other for other in _requirements(entry) if version(other) != ABSENT]
    return frozenset(found)


@cache
def _requirements(name: str) -> tuple[str, ...]:
    """Return what a distribution requires here, extras apart."""
    try:
        texts = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return ()
    parsed = [Requirement(text) for text in texts]
    return tuple(_normal(entry.name) for entry in parsed if not entry.marker or entry.marker.evaluate({"extra": ""}))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _candidates(package: str) -> Iterator[str]:
    """Yield names of distributions; a generator, as the list of all takes a fifth of a second."""
    yield DISTRIBUTIONS.get(package, package)
    yield from sorted(importlib.metadata.packages_distributions().get(package, []))
