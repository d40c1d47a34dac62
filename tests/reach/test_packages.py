"""Versions of packages against what importlib.metadata says."""

import importlib.metadata
import platform

import pytest

from scripts.reach import packages

INSTALLED = sorted({entry.name for entry in importlib.metadata.distributions() if entry.name})


@pytest.mark.parametrize("name", INSTALLED)
def test_versions_and_requirements_are_those_of_importlib(name):
    assert packages.version(name) == importlib.metadata.version(name)
    stated = [packages.Requirement(text) for text in importlib.metadata.requires(name) or []]
    always = {packages._normal(entry.name) for entry in stated if entry.marker is None}
    assert always <= set(packages._requirements(name))


def test_all_that_a_package_needs_counts_and_python_itself():
    found = packages.versions(["sklearn", "json"])
    assert found["python"] == platform.python_version()
    assert {"scikit-learn", "numpy", "scipy"} <= set(found)
    assert "torch" not in found
    assert "json" not in found


def test_a_package_is_found_by_what_it_provides():
    assert packages.distribution_of("yaml") == "PyYAML"
    assert packages.distribution_of("sklearn") == "scikit-learn"
    assert packages.distribution_of("_pytest") == "pytest"


def test_what_is_not_installed_is_absent():
    assert packages.version("no-such-package") == packages.ABSENT
    assert packages.versions(["no_such_package"])["no-such-package"] == packages.ABSENT
