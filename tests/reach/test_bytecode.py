"""Python's bytecode never stands in for a source that was edited."""

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import scripts

PRINT = "from scripts.a.b import X; print(X)"


def run(folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", PRINT], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_edit_that_leaves_time_and_size_as_they_were_is_seen(tmp_path):
    module = tmp_path / "scripts/a/b.py"
    module.parent.mkdir(parents=True)
    shutil.copy(scripts.__file__, tmp_path / "scripts/__init__.py")
    (module.parent / "__init__.py").write_text("")
    module.write_text("X = 1\n")
    kept = Path(py_compile.compile(str(module)))
    about = module.stat()
    module.write_text("X = 2\n")
    os.utime(module, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert kept.is_file()
    assert run(tmp_path) == "2"
    (tmp_path / "scripts/__init__.py").write_text("")
    assert run(tmp_path) == "1", "Python itself is no longer fooled: the loader can go"


def test_no_bytecode_is_left_behind(tmp_path):
    (tmp_path / "scripts/a").mkdir(parents=True)
    shutil.copy(scripts.__file__, tmp_path / "scripts/__init__.py")
    (tmp_path / "scripts/a/b.py").write_text("X = 1\n")
    assert run(tmp_path) == "1"
    assert not list((tmp_path / "scripts/a").rglob("*.pyc"))
