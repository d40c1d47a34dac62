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
from scripts.article.warm import THREADS, start_warm, uses

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no warm process on other systems")

BUILD = """import json, sys
from scripts.article.warm import _HELD, start_warm
start_warm(json.loads(sys.argv[1]))
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
TWO = {"pack.a": [], "pack.b": []}


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Enter a project with a package of its own, in a folder whose name is too long for a socket in it."""
    folder = tmp_path / ("deep" * 30)
    (folder / ".snakemake").mkdir(parents=True)
    (folder / "workflow").symlink_to(REPOSITORY / "workflow")
    monkeypatch.chdir(folder)
    write("__init__", "")
    return folder


def write(name: str, text: str) -> None:
    Path("pack").mkdir(exist_ok=True)
    Path(f"pack/{name}.py").write_text(text)


def environment(**more: str) -> dict[str, str]:
    """Return that of a job of Snakemake."""
    given = clean_environment() | dict.fromkeys(THREADS, "1") | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "5"}
    return given | {"PYTHONPATH": os.pathsep.join([str(Path("site").resolve()), str(REPOSITORY)])} | more


@contextlib.contextmanager
def warm(stages=TWO, **more: str):
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
    with warm({"pack.look": ["json:", "no_such_package:", "os:path"], "pack.parent": []}) as (_, server):
        assert parent() == server
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


def test_a_job_waits_for_the_libraries_that_it_uses_and_for_no_others():
    library("slow_and_popular", "import time\ntime.sleep(2)\n")
    library("slow", "import time\ntime.sleep(2)\n")
    library("slowest", "import time\ntime.sleep(2)\n")
    write("job", "import sys\nprint(sorted({'slow', 'slowest', 'slow_and_popular'} & set(sys.modules)))\n")
    popular = {"pack.a": ["slow_and_popular:", "slowest:"], "pack.b": ["slow_and_popular:"]}
    with warm(popular | {"pack.job": ["slow:"]}):
        time.sleep(0.5)  # the one that most want is being imported
        assert run("pack.job")[1] == "['slow', 'slow_and_popular']\n"


@pytest.mark.parametrize("other", [{"OMP_NUM_THREADS": "2"}, {"PYTHONHASHSEED": "6"}, {"NEW": "1"}])
def test_a_job_of_another_environment_or_more_threads_has_a_process_of_its_own(other):
    with warm() as (_, server):
        assert parent() == server
        assert parent(**other) == os.getpid()


def test_a_job_in_another_folder_has_a_process_of_its_own(tmp_path, monkeypatch):
    with warm():
        Path(tmp_path / "other").mkdir()
        for name in (".snakemake", "workflow"):
            (tmp_path / "other" / name).symlink_to(Path(name).resolve())
        monkeypatch.chdir(tmp_path / "other")
        assert parent() == os.getpid()


def test_libraries_that_start_threads_keep_nobody_from_running():
    library("threads", "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n")
    with warm({"pack.parent": ["threads:"], "pack.b": []}):
        assert parent() == os.getpid()


@pytest.mark.parametrize("more", [{"ARTICLE_WARM": "off"}, {}])
def test_it_is_not_started_where_it_is_not_wanted(more):
    with warm(TWO if more else {"pack.a": []}, **more) as (_, server):
        assert server == 0
    assert parent() == os.getpid()


def test_it_is_not_started_on_systems_where_forks_are_unsafe(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    start_warm(TWO)
    assert not Path(".snakemake/warm.sock").exists()


def test_a_start_that_fails_is_none():
    Path(".snakemake").rename("elsewhere")
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


def test_the_job_of_a_server_that_is_killed_runs_once_more_and_the_fork_is_gone():
    write("job", SLEEP)
    with warm() as (_, server):
        job = start("pack.job", "2")
        fork = began()
        os.kill(server, signal.SIGKILL)
        assert job.wait(30) == 0
        assert not lives(fork)
        assert Path("ended").read_text() == "x"
        assert int(Path("began").read_text()) == job.pid
        assert parent() == os.getpid()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_fork_ends_with_its_client(how):
    write("job", SLEEP)
    with warm() as (_, server):
        job = start("pack.job", "60")
        fork = began()
        job.send_signal(how)
        assert job.wait(20) == -how
        until(lambda: not lives(fork))
        assert job.communicate() == ("", "")
        assert parent() == server


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_everything_ends_with_the_build(how):
    write("job", SLEEP)
    with warm() as (build, server):
        job = start("pack.job", "60")
        fork = began()
        build.send_signal(how)
        assert job.wait(20) == 1
        until(lambda: not lives(fork) and not lives(server))
    assert not Path("ended").exists()


def test_what_is_imported_is_read_off_the_code_of_the_stages_that_run(small, monkeypatch):
    monkeypatch.setenv("ARTICLE_STORE", "off")
    made = {"results/alpha/coin.json", "results/alpha/figures/coin.json"}
    found = uses(Plan.load({}), made)
    experiment, figure = "scripts.article.stage experiment alpha.coin", "scripts.article.stage figure alpha.coin"
    assert set(found) == {experiment, figure}
    assert "numpy:" in found[experiment]
    assert {"matplotlib.figure:Figure", "matplotlib.backends.backend_svg:"} <= set(found[figure])
    assert not [entry for entry in found[experiment] if entry.startswith(("matplotlib", "torch", "scripts", "json"))]


def test_an_optimiser_and_imports_in_functions_that_run_count_and_others_do_not(small, monkeypatch):
    monkeypatch.setenv("ARTICLE_STORE", "off")
    head, tail = (
        "from torch import optim as o\n\n\ndef compute(",
        "    o.Adam\n    from scipy import stats\n    heads =",
    )
    small.edit("scripts/alpha/coin.py", "def compute(", head)
    small.edit("scripts/alpha/coin.py", "    heads =", tail)
    path = small.folder / "scripts/alpha/coin.py"
    path.write_text(path.read_text() + "\n\ndef unused():\n    import sympy\n")
    found = uses(Plan.load({}), {"results/alpha/coin.json"})["scripts.article.stage experiment alpha.coin"]
    assert {"torch:optim", "torch._dynamo:", "scipy:stats"} <= set(found)
    assert "sympy:" not in found


def test_what_comes_from_the_store_needs_no_libraries(small):
    found = uses(Plan.load({}), {"results/alpha/coin.json"})
    assert found == {"scripts.article.stage experiment alpha.coin": []}
