"""The same article built elsewhere, in another environment, is the same to the byte."""

import os
import subprocess
import sys

import pytest
from build_support import built_once, snakemake

from benchmarks.projects import copy_project

pytestmark = pytest.mark.slow
MADE = ("results", "report")


def contents(folder):
    files = [path for name in MADE for path in (folder / name).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def note_interpreters(folder):
    """Have every interpreter that runs a module of the article note its command line; return the folder and the file."""
    folder.mkdir()
    noted = folder / "noted"
    code = f"import sys\nif 'scripts.article' in ' '.join(sys.orig_argv): open({str(noted)!r}, 'a').write(f'{{sys.orig_argv}}\\n')\n"
    (folder / "sitecustomize.py").write_text(code)
    return str(folder), noted


def matplotlibrc(folder):
    """Write settings of a user who likes figures to look otherwise."""
    path = folder / "matplotlibrc"
    path.write_text("lines.linewidth: 7\nfont.size: 20\nsavefig.facecolor: red\naxes.grid: True\n")
    return path


def test_folder_time_zone_language_hash_seed_umask_cores_and_user_settings_do_not_count(tmp_path_factory, tmp_path):
    built = built_once(tmp_path_factory)
    folder = copy_project(tmp_path / "quite another place, with spaces")
    environment = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    environment |= {"MATPLOTLIBRC": str(matplotlibrc(tmp_path)), "OMP_NUM_THREADS": "2", "HOME": str(tmp_path)}
    before = os.umask(0o077)
    try:
        done = snakemake(folder, cores=3, **environment)
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stdout + done.stderr
    here, there = contents(built), contents(folder)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


@pytest.mark.skipif(sys.platform != "linux", reason="there are no warm processes on other systems")
def test_forks_of_warm_processes_and_processes_of_their_own_make_the_same(tmp_path):
    site, noted = note_interpreters(tmp_path / "site")
    made = {}
    for way in ("on", "off"):
        folder = copy_project(tmp_path / way)
        config = ("sections=[ntk]",)
        done = snakemake(folder, config=config, ARTICLE_WARM=way, ARTICLE_STORE="off", PYTHONPATH=site)
        assert done.returncode == 0, done.stdout + done.stderr
        made[way] = contents(folder)
        for stage in ("experiment ntk.width", "experiment ntk.dynamics", "figure ntk.width"):
            assert (str(stage.split())[1:-1] in noted.read_text()) == (way == "off"), f"{stage}: {way}"
    assert made["on"] == made["off"]


def test_results_hold_no_time_host_or_path(tmp_path_factory):
    built = built_once(tmp_path_factory)
    host = subprocess.run(["uname", "-n"], capture_output=True, text=True, check=True).stdout.strip()
    told = [text.encode() for text in (str(built), os.environ.get("USER", ""), host) if len(text) > 3]
    for name, data in contents(built).items():
        if name.endswith((".json", ".svg", ".html", ".pdf")):
            assert not [text for text in told if text in data], name
