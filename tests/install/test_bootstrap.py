"""Setting up: each failure is one message and leaves nothing half-made; the stamp tells what is ready."""

import ast
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from scripts import bootstrap

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "scripts/bootstrap.py"
LOCKED = "example==1 --hash=sha256:0\n"

# A stand-in for python: answers the probe, makes a venv that holds itself, and prints what its pip is told to print.
# Files beside it tell it to: fail-install, fail-lock and fail-check hold what pip prints when it fails there;
# misses-cuda makes `pip check` complain once, as with a CUDA build of torch.
FAKE = """#!/bin/bash
all="$*"
case "$all" in
  *"ensurepip, venv"*) echo {version}; exit {probe} ;;
  "-m venv "*) echo "$all" >> {folder}/calls; mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0 ;;
  *"pip --no-input"*) echo "${{all#*--no-input }}" >> {folder}/calls ;;
esac
case "$all" in
  *"install --require-hashes"*) step=lock ;;
  *"install"*) step=install ;;
  *"check"*) step=check ;;
esac
if [ "$step" = check ] && [ -f {folder}/misses-cuda ]; then rm {folder}/misses-cuda
  echo "torch 1.2.3 requires nvidia-nccl, which is not installed."; exit 1; fi
if [ -f {folder}/fail-$step ]; then cat {folder}/fail-$step; exit 1; fi
"""

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by \
'NewConnectionError('<HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -2] Name or \
service not known')': /simple/torch/
ERROR: Could not find a version that satisfies the requirement torch==1.2.3 (from versions: none)
ERROR: No matching distribution found for torch==1.2.3
"""
NO_BUILD = """\
ERROR: Could not find a version that satisfies the requirement torch==1.2.3 (from versions: 1.0)
ERROR: No matching distribution found for torch==1.2.3
"""
WRONG_HASH = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions,
please update the hashes.
    example==1 from a file: Expected sha256 0; Got 1
"""
NO_SPACE = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"


def fake_python(folder: Path, version: str = "3.12", probe: int = 0, name: str = "python") -> str:
    """Write a stand-in for an interpreter."""
    path = folder / name
    path.write_text(FAKE.format(version=version, probe=probe, folder=folder))
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has what bootstrap.py reads."""
    root = tmp_path / "a project"  # with a space in its path
    root.mkdir()
    (root / "requirements.in").write_text("# torch==0\nnumpy==2.0\ntorch==1.2.3\n")
    (root / "requirements.lock").write_text(LOCKED)
    return root


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """The folder of the stand-in, where it reads what to print and writes how it was called."""
    folder = tmp_path / "fake"
    folder.mkdir()
    fake_python(folder)
    return folder


def set_up(project: Path, fake: Path) -> None:
    bootstrap.set_up(str(project), str(fake / "python"))


def calls(fake: Path) -> list[str]:
    return (fake / "calls").read_text().splitlines()


def test_installs_torch_first_then_the_lock_and_stamps(project: Path, fake: Path, capsys) -> None:
    set_up(project, fake)
    assert calls(fake) == [
        f"-m venv {project}/.venv",
        "install --no-deps torch==1.2.3",
        "install --require-hashes --no-deps -r requirements.lock",
        "check",
    ]
    assert bootstrap.is_ready(str(project))
    assert "Installing torch==1.2.3 ..." in capsys.readouterr().out
    assert sorted(path.name for path in (project / ".venv").iterdir()) == ["bin", "ready"]


def test_cuda_build_gets_its_libraries(project: Path, fake: Path) -> None:
    (fake / "misses-cuda").touch()
    set_up(project, fake)
    assert calls(fake)[-3:] == ["check", "install torch==1.2.3", "check"]
    assert bootstrap.is_ready(str(project))


def test_torchvision_may_be_missing(project: Path, fake: Path) -> None:
    line = "laplace-torch 0.3 requires torchvision, which is not installed.\n"
    (fake / "fail-check").write_text(line)
    set_up(project, fake)
    assert bootstrap.is_ready(str(project))


def test_nothing_else_may_be_missing(project: Path, fake: Path) -> None:
    (fake / "fail-check").write_text(
        "laplace-torch 0.3 requires torchvision, which is not installed.\n"
        "laplace-torch 0.3 requires torchmetrics, which is not installed.\n"
    )
    with pytest.raises(bootstrap.SetupError, match=r"do not fit together:\n  laplace-torch 0.3 requires torchmetrics"):
        set_up(project, fake)


@pytest.mark.parametrize(
    ("step", "printed", "expected"),
    [
        ("install", NO_NETWORK, "could not reach its package index"),
        ("lock", NO_NETWORK, "could not reach its package index"),
        ("install", NO_BUILD, "no build of torch==1.2.3 for this machine"),
        ("lock", WRONG_HASH, "not the one in requirements.lock"),
        ("lock", NO_SPACE, "the disk is full"),
        ("lock", "ERROR: something nobody has seen\n", "Installing the packages of requirements.lock failed."),
        ("check", "example 1 has requirement numpy<2, but you have numpy 2.0.\n", "but you have numpy 2.0"),
    ],
)
def test_failure_is_one_message_and_leaves_nothing(
    project: Path, fake: Path, step: str, printed: str, expected: str
) -> None:
    (fake / f"fail-{step}").write_text(printed)
    with pytest.raises(bootstrap.SetupError, match=expected) as caught:
        set_up(project, fake)
    assert str(caught.value).endswith("Details: logs/setup.log")
    assert printed in (project / "logs/setup.log").read_text()
    assert [path.name for path in project.glob(".venv*")] == []


def test_failure_brings_the_old_venv_back(project: Path, fake: Path) -> None:
    set_up(project, fake)
    (project / ".venv/old").touch()
    (project / "requirements.lock").write_text(LOCKED * 2)
    (fake / "fail-lock").write_text(NO_NETWORK)
    with pytest.raises(bootstrap.SetupError):
        set_up(project, fake)
    assert (project / ".venv/old").exists()
    assert not bootstrap.is_ready(str(project))
    (fake / "fail-lock").unlink()
    set_up(project, fake)
    assert not (project / ".venv/old").exists()
    assert [path.name for path in project.glob(".venv*")] == [".venv"]


def test_interruption_leaves_nothing(project: Path, fake: Path, monkeypatch) -> None:
    monkeypatch.setattr(bootstrap.Installer, "complete_torch", lambda *_: bootstrap.stop(15, None))
    with pytest.raises(KeyboardInterrupt):
        set_up(project, fake)
    assert [path.name for path in project.glob(".venv*")] == []


def test_half_made_venv_does_not_count(project: Path, fake: Path) -> None:
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").touch()
    (project / ".venv/half").touch()
    assert not bootstrap.is_ready(str(project))
    set_up(project, fake)
    assert not (project / ".venv/half").exists()


def test_old_venv_comes_back_after_a_kill(project: Path, fake: Path) -> None:
    set_up(project, fake)
    (project / ".venv").rename(project / ".venv.part")
    (project / ".venv").mkdir()  # what the killed run had begun
    (fake / "fail-install").write_text(NO_NETWORK)
    with pytest.raises(bootstrap.SetupError):
        set_up(project, fake)
    assert bootstrap.is_ready(str(project))


def test_ready_venv_is_not_touched(project: Path, fake: Path, capsys) -> None:
    set_up(project, fake)
    before = calls(fake)
    (project / "requirements.lock").touch()
    (project / "requirements.in").write_text("# another comment\ntorch==1.2.3\n")
    capsys.readouterr()
    set_up(project, fake)
    assert calls(fake) == before
    assert capsys.readouterr().out == ""


def test_stamp_covers_lock_torch_place_and_interpreter(project: Path, fake: Path, tmp_path: Path) -> None:
    set_up(project, fake)
    for name, text in [("requirements.lock", LOCKED * 2), ("requirements.in", "torch==1.2.4\n")]:
        kept = (project / name).read_text()
        (project / name).write_text(text)
        assert not bootstrap.is_ready(str(project))
        (project / name).write_text(kept)
    assert bootstrap.is_ready(str(project))
    moved = shutil.copytree(project, tmp_path / "moved")
    assert not bootstrap.is_ready(str(moved))
    (project / ".venv/bin/python").unlink()
    assert not bootstrap.is_ready(str(project))


def test_too_little_disk(project: Path, fake: Path, monkeypatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: usage(10**9))
    with pytest.raises(bootstrap.SetupError, match=r"needs 2\.5 GB, but this disk has 1\.0 GB free"):
        set_up(project, fake)
    assert not (fake / "calls").exists()
    assert [path.name for path in project.glob(".venv*")] == []


def test_too_little_disk_for_cuda(project: Path, fake: Path, monkeypatch) -> None:
    (fake / "misses-cuda").touch()
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: usage(4 * 10**9))
    with pytest.raises(bootstrap.SetupError, match=r"CUDA build of torch==1\.2\.3 needs"):
        set_up(project, fake)
    assert [path.name for path in project.glob(".venv*")] == []


@pytest.mark.parametrize("version", ["3.6", "3.10", "3.14"])
def test_unsupported_python(fake: Path, version: str) -> None:
    with pytest.raises(bootstrap.SetupError, match=rf"Python 3\.11 to 3\.13 is needed, but this is Python {version}"):
        bootstrap.find_python([fake_python(fake, version), "python-that-is-not-there"])


def test_finds_another_python_that_runs(fake: Path) -> None:
    old = fake_python(fake, "3.9", name="old")
    shim = fake / "shim"  # as of pyenv: on PATH, but no such version is chosen
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    good = fake_python(fake, "3.13", name="good")
    assert bootstrap.find_python([old, str(shim), good]) == good


def test_python_without_venv_module(fake: Path) -> None:
    bare = fake_python(fake, "3.12", probe=1, name="bare")
    with pytest.raises(bootstrap.SetupError, match=r"apt install python3\.12-venv"):
        bootstrap.find_python([bare])
    assert bootstrap.find_python([bare, fake_python(fake)]) == str(fake / "python")


def test_main_prints_one_message_without_traceback(project: Path, fake: Path) -> None:
    (project / "scripts").mkdir()
    script = shutil.copy(SOURCE, project / "scripts")
    (project / "requirements.in").write_text("numpy==2.0\n")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "\nrequirements.in has no line torch==VERSION.\n"


def test_source_is_readable_to_old_pythons() -> None:
    tree = ast.parse(SOURCE.read_text())
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation] == []
    assert SOURCE.read_text().isascii()
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert names <= sys.stdlib_module_names
