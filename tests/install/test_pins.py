"""requirements.in, requirements.lock, environment.yml, pyproject.toml and bootstrap.py say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from scripts import bootstrap

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
FILES = ["requirements.in", "requirements.lock", "environment.yml", "Makefile", "scripts/bootstrap.py", ".ci/run"]


def canonical(name: str) -> str:
    """Spell a package's name the way that indexes and the lock do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: list[str]) -> dict[str, str]:
    """Read lines `name==version`; anything but a comment or an empty line must be an exact pin."""
    found = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][\w.]*)", line.strip())
            assert match, f"not an exact pin: {line!r}"
            found[canonical(match[1])] = match[2]
    return found


def locked() -> dict[str, str]:
    """Map each locked package to its entry: version, marker and hashes."""
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    names = [entry.split("==")[0] for entry in entries]
    assert len(set(names)) == len(names), "one version for every Python and system"
    return dict(zip(names, entries, strict=True))


WANTED = pins((ROOT / "requirements.in").read_text().splitlines())
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())


def test_lock_has_every_pin_except_torch() -> None:
    versions = {name: re.match(r"\S+==(\S+)", entry)[1] for name, entry in locked().items()}
    assert {name: versions.get(name) for name in WANTED if name != "torch"} == {
        name: version for name, version in WANTED.items() if name != "torch"
    }


@pytest.mark.parametrize("name", ["filelock", "sympy", "networkx", "fsspec", "jinja2", "setuptools", "mpmath"])
def test_lock_has_what_every_build_of_torch_needs(name: str) -> None:
    assert name in locked()


def test_lock_leaves_out_torch_its_cuda_packages_and_torchvision() -> None:
    assert [name for name in locked() if re.match(r"torch$|torchvision|triton|nvidia|cuda", name)] == []


def test_every_locked_package_has_hashes() -> None:
    for name, entry in locked().items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), name


def test_lock_names_no_index_and_no_path() -> None:
    body = re.sub(r"platform_machine|sys_platform|python_full_version", "", LOCK)
    assert re.findall(r"^\s*--(?!hash).*", body, flags=re.MULTILINE) == []
    assert re.findall(r"\w+://\S*|\s@\s|file:|(?<![\w.])/\w+\S*", body) == []


@pytest.mark.parametrize("path", FILES)
def test_installation_names_no_host(path: str) -> None:
    text = (ROOT / path).read_text()
    assert re.findall(r"\w+://\S+|\b[\w-]+\.(?:org|com|io|net)\b", text) == []


def test_environment_has_the_same_pins() -> None:
    pip = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    assert pins(pip) == WANTED


def test_python_range_is_the_same_everywhere() -> None:
    supported = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"])
    minors = [minor for minor in range(40) if f"3.{minor}" in supported]
    assert [(3, minors[0]), (3, minors[-1])] == [bootstrap.OLDEST, bootstrap.NEWEST]
    python = next(entry for entry in ENVIRONMENT["dependencies"] if str(entry).startswith("python="))
    assert python.removeprefix("python=") in supported
    compile_for = re.search(r"--python-version (\S+)", (ROOT / "Makefile").read_text())[1]
    assert compile_for == "{}.{}".format(*bootstrap.OLDEST)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    run = ROOT / ".ci/run"
    assert run.stat().st_mode & 0o111
    assert run.read_text().rstrip().endswith("\nmake test")
