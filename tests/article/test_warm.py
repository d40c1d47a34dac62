"""A stage in a fork of the warm process is the stage in a process of its own, and without that process nothing changes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.projects import clean_environment
from scripts.article.plan import Plan
from scripts.article.warm import THREADS, Group, groups, libraries, start_warm

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no warm process on other systems")

BUILD = """import json, sys
from collections import Counter
from scripts.article.warm import _HELD, Group, start_warm
start_warm([Group(lines, Counter(imports * 2)) for lines, imports in json.loads(sys.argv[1])])
print(_HELD[0].pid if _HELD else 0, flush=True)
input()
"""
LOOK = """import json, os, sys, zlib
about = {"name": __name__, "argv": sys.argv, "path": sys.path, "folder": os.getcwd(), "umask": os.umask(0o22)}
about |= {"environment": dict(os.environ), "hash": hash("a"), "input": sys.stdin.read(), "ours": sorted(m for m in sys.modules if m.startswith("pack"))}
about |= {"open": sorted(os.listdir("/proc/self/fd"))[:4], "signals": [line for line in open("/proc/self/status") if line.startswith(("SigBlk", "SigIgn", "SigCgt"))]}
print(json.dumps(about, sort_keys=True))
print("said", file=sys.stderr)
"""
PARENT = "import os\nprint(os.getppid())\n"
SLEEP = "import os, sys, time\nopen('began', 'w').write(str(os.getpid()))\ntime.sleep(float(sys.argv[1]))\nopen('ended', 'a').write('x')\n"
JOBS = ["pack.look", "pack.job", "pack.parent"]
ONE = [[JOBS, []]]  # groups: the jobs, and what they import


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Enter a project with a package of its own, in a folder whose name is too long for a socket in it."""
    folder = tmp_path / ("deep" * 30)
    (folder / ".snakemake").mkdir(parents=True)
    (folder / "workflow").symlink_to(REPOSITORY / "workflow")
    monkeypatch.chdir(folder)
    write("__init__", "")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored here is so in all processes
    yield folder
    signal.signal(signal.SIGINT, before)


def write(name: str, text: str) -> None:
    Path("pack").mkdir(exist_ok=True)
    Path(f"pack/{name}.py").write_text(text)


def environment(**more: str) -> dict[str, str]:
    """Return that of a job of Snakemake."""
    given = clean_environment() | dict.fromkeys(THREADS, "1") | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "5"}
    return given | {"PYTHONPATH": os.pathsep.join([str(Path("site").resolve()), str(REPOSITORY)])} | more


@contextlib.contextmanager
def warm(stages=ONE, **more: str):
    """Hold a warm process, as a build does; yield the process that has started it, and its own number."""
    command = [sys.executable, "-c", BUILD, json.dumps(stages)]
    given = environment(**more)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=given) as build:
        yield build, int(build.stdout.readline())
        build.kill()


def start(*arguments: str, **more: str) -> subprocess.Popen:
    """Start a job by the client."""
    command = [sys.executable, "-I", "-S", "workflow/warm/client.py", *arguments]
    given = environment(**more)
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=given, umask=0o057)


def run(*arguments: str, **more: str) -> tuple[int, str, str]:
    job = start(*arguments, **more)
    out, err = job.communicate("asked", timeout=60)
    return job.returncode, out, err


def parent(**more: str) -> int:
    """Return the parent of a job: the warm process, or this one."""
    write("parent", PARENT)
    return int(run("pack.parent", **more)[1])


def above(pid: int) -> int:
    """Return the parent of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def until(found, seconds=20):
    """Wait until something is so."""
    for _ in range(seconds * 100):
        if found():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def began() -> int:
    """Wait until the job of SLEEP computes, and return its process."""
    until(lambda: Path("began").is_file() and Path("began").read_text())
    return int(Path("began").read_text())


def test_a_fork_finds_what_a_process_of_its_own_finds():
    write("look", LOOK)
    alone = run("pack.look", "--given", "a b", SHLVL="7")
    with warm([[JOBS, ["json:", "no_such_package:", "os:path"]]]) as (_, first):
        assert above(parent()) == first
        assert run("pack.look", "--given", "a b", SHLVL="7") == alone
    assert alone[0] == 0
    assert json.loads(alone[1])["input"] == "asked"
    assert json.loads(alone[1])["umask"] == 0o057


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nsys.exit(3)",
        "import sys\nsys.exit('error: no')",
        "import sys\nsys.exit()",
        "raise SystemExit(None)",
        "print('no end of line', end='')",
        "import os\nos.kill(os.getpid(), 9)",
        "import os\nos.abort()",
    ],
)
def test_it_ends_as_a_process_of_its_own(code):
    write("job", code)
    alone = run("pack.job")
    with warm():
        assert run("pack.job") == alone


def test_an_error_shows_where_it_arose():
    write("job", "def f():\n    raise ValueError('wrong')\n\n\nf()\n")
    with warm():
        status, _, err = run("pack.job")
    assert status == 1
    assert 'pack/job.py", line 2, in f' in err
    assert err.endswith("ValueError: wrong\n")


def test_nothing_passes_from_one_job_to_the_next():
    write(
        "job",
        "import json, os, pack.state\nprint(hasattr(json, 'left'), os.environ.get('LEFT'), pack.state.ALL)\njson.left = os.environ['LEFT'] = '1'\npack.state.ALL.append(1)\n",
    )
    write("state", "ALL = []\n")
    with warm():
        assert [run("pack.job")[1] for _ in range(2)] == ["False None []\n"] * 2
        write("state", "ALL = ['edited']\n")
        assert run("pack.job")[1] == "False None ['edited']\n"


def library(name: str, text: str) -> None:
    Path("site").mkdir(exist_ok=True)
    Path(f"site/{name}.py").write_text(text)


@pytest.mark.slow
def test_a_job_meets_the_libraries_of_its_group_and_no_others():
    for name in ("slow", "mine", "other"):
        library(name, "import time\ntime.sleep(1)\n")
    write("job", "import sys\nprint(sorted({'slow', 'mine', 'other'} & set(sys.modules)))\n")
    with warm([[["pack.job"], ["slow:", "mine:"]], [["pack.parent"], ["slow:", "other:"]]]):
        jobs = [start("pack.job") for _ in range(2)]
        assert [job.communicate()[0] for job in jobs] == ["['mine', 'slow']\n"] * 2
        write("parent", "from pack.job import *\n")
        assert run("pack.parent")[1] == "['other', 'slow']\n"


def test_a_job_of_no_group_has_a_process_of_its_own():
    with warm([[["pack.job"], []]]):
        assert parent() == os.getpid()


@pytest.mark.parametrize("other", [{"OMP_NUM_THREADS": "2"}, {"PYTHONHASHSEED": "6"}, {"NEW": "1"}])
def test_a_job_of_another_environment_or_more_threads_has_a_process_of_its_own(other):
    with warm() as (_, first):
        assert above(parent()) == first
        assert parent(**other) == os.getpid()


@pytest.mark.parametrize("other", [{"PS1": "(.venv) $ "}, {"PATH": "/elsewhere"}])
def test_what_shells_set_or_take_away_does_not_count(other):
    with warm() as (_, first):
        assert above(parent(**other)) == first


def test_a_job_in_another_folder_has_a_process_of_its_own(tmp_path, monkeypatch):
    with warm():
        Path(tmp_path / "other").mkdir()
        for name in (".snakemake", "workflow"):
            (tmp_path / "other" / name).symlink_to(Path(name).resolve())
        monkeypatch.chdir(tmp_path / "other")
        assert parent() == os.getpid()


def test_libraries_that_start_threads_keep_nobody_from_running():
    library("threads", "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n")
    with warm([[JOBS, ["threads:"]]]):
        assert parent() == os.getpid()


@pytest.mark.parametrize("more", [{"ARTICLE_WARM": "off"}, {}])
def test_it_is_not_started_where_it_is_not_wanted(more):
    with warm(ONE if more else [], **more) as (_, server):
        assert server == 0
    assert parent() == os.getpid()


def test_it_is_not_started_on_systems_where_forks_are_unsafe(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    start_warm([Group(JOBS)])
    assert not Path(".snakemake/warm").exists()


def test_a_start_that_fails_is_none():
    Path(".snakemake").rmdir()
    Path(".snakemake").write_text("no folder")
    with warm() as (_, server):
        assert server == 0
    assert parent() == os.getpid()


def test_a_server_that_ends_at_once_keeps_nobody_waiting(tmp_path):
    Path("workflow").unlink()
    Path("workflow/warm").mkdir(parents=True)
    Path("workflow/warm/client.py").write_bytes((REPOSITORY / "workflow/warm/client.py").read_bytes())
    Path("workflow/warm/server.py").write_text("raise SystemExit(1)\n")
    with warm():
        assert parent() == os.getpid()


@pytest.mark.slow
@pytest.mark.parametrize("which", ["the first", "that of the group"])
def test_the_job_of_a_server_that_is_killed_runs_once_more_and_the_fork_is_gone(which):
    write("job", SLEEP)
    with warm() as (_, first):
        job = start("pack.job", "2")
        fork = began()
        os.kill(first if which == "the first" else above(fork), signal.SIGKILL)
        assert job.wait(30) == 0
        assert not lives(fork)
        assert Path("ended").read_text() == "x"
        assert int(Path("began").read_text()) == job.pid
        assert parent() == os.getpid()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_fork_ends_with_its_client(how):
    write("job", SLEEP)
    with warm() as (_, first):
        job = start("pack.job", "60")
        fork = began()
        job.send_signal(how)
        assert job.wait(20) == -how
        until(lambda: not lives(fork))
        assert job.communicate() == ("", "")
        assert above(parent()) == first


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_everything_ends_with_the_build(how):
    write("job", SLEEP)
    with warm() as (build, first):
        job = start("pack.job", "60")
        fork = began()
        server = above(fork)
        build.send_signal(how)
        assert job.wait(20) == 1
        until(lambda: not any(map(lives, (fork, server, first))))
    assert not Path("ended").exists()


EXPERIMENT, FIGURE = (f"scripts.article.stage {kind} alpha.coin" for kind in ("experiment", "figure"))
MADE = {"results/alpha/coin.json", "results/alpha/dice.json", "results/alpha/figures/coin.json"}


@pytest.fixture
def dice(small, monkeypatch):
    """Return the small article with a second experiment, nothing of it in the store."""
    monkeypatch.setenv("ARTICLE_STORE", "off")
    (small.folder / "scripts/alpha/dice.py").write_text((small.folder / "scripts/alpha/coin.py").read_text())
    small.edit("scripts/alpha/settings.py", "    coin: Coin", "    coin: Coin\n    dice: Coin")
    return small


def test_stages_whose_recipes_hold_the_same_packages_share_what_several_import(dice):
    dice.edit("scripts/alpha/dice.py", "import numpy as np", "import numpy as np\nimport numpy.ma")
    (group,) = groups(Plan.load({}), MADE)
    assert group.lines == [EXPERIMENT, EXPERIMENT.replace("coin", "dice")]
    assert "numpy:" in group.shared
    assert "numpy.ma:" not in group.shared
    assert not [entry for entry in group.imports if entry.startswith(("matplotlib", "torch", "scripts", "json"))]
    dice.edit("scripts/alpha/dice.py", "import numpy as np", "import numpy as np\nimport torch")
    assert groups(Plan.load({}), MADE) == []


def test_an_optimiser_a_figure_and_imports_in_functions_that_run_count_and_others_do_not(dice):
    path = dice.folder / "scripts/alpha/coin.py"
    head, tail = (
        "from torch import optim as o\n\n\ndef compute(",
        "    o.Adam\n    from scipy import stats\n    heads =",
    )
    text = path.read_text().replace("def compute(", head).replace("    heads =", tail)
    path.write_text(text + "\n\ndef unused():\n    import sympy\n")
    plan = Plan.load({})
    found = set(libraries(plan.experiments["alpha.coin"].recipe, plan.modules))
    assert {"torch:optim", "torch._dynamo:", "scipy:stats"} <= found
    assert "sympy:" not in found
    assert "matplotlib.backends.backend_svg:" in libraries(plan.figures["alpha.coin"].recipe, plan.modules)


def test_what_comes_from_the_store_or_is_not_to_be_made_is_in_no_group(dice, monkeypatch):
    assert groups(Plan.load({}), MADE - {"results/alpha/dice.json"}) == []
    monkeypatch.delenv("ARTICLE_STORE")
    assert groups(Plan.load({}), MADE) == []


@pytest.mark.slow
def test_a_job_that_waits_for_libraries_ends_with_the_build():
    library("slow", "import time\nopen('importing', 'w')\ntime.sleep(1)\n")
    write("job", SLEEP)
    with warm([[["pack.job"], ["slow:"]]]) as (build, _):
        job = start("pack.job", "0")
        until(Path("importing").exists)
        build.kill()
        assert job.wait(20) == 1
    assert not Path("began").exists()
