"""The installed versions of what code imports from elsewhere, with the versions of all that those packages need."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache

from packaging.requirements import Requirement

# where they are not called what is imported; others are looked up, which takes a fifth of a second
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML", "pypandoc": "pypandoc_binary"}
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
    found = re.search(r"^Version:\s*(\S+)", _headers(name), flags=re.MULTILINE)
    return found[1] if found else ABSENT


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
    texts = re.findall(r"^Requires-Dist:\s*(.+)", _headers(name), flags=re.MULTILINE)
    parsed = [Requirement(text) for text in texts if "extra ==" not in text]
    return tuple(_normal(entry.name) for entry in parsed if not entry.marker or entry.marker.evaluate({"extra": ""}))


@cache
def _headers(name: str) -> str:
    """Return the headers of a distribution's metadata, as text: to parse them as mail takes ten times as long."""
    try:
        text = importlib.metadata.distribution(name).read_text("METADATA") or ""
    except importlib.metadata.PackageNotFoundError:
        return ""
    return text.replace("\r\n", "\n").partition("\n\n")[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _candidates(package: str) -> Iterator[str]:
    """Yield names of distributions that may provide a package, the likely one first."""
    yield DISTRIBUTIONS.get(package, package)
    yield from sorted(importlib.metadata.packages_distributions().get(package, []))
