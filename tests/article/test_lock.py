import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.article.errors import ArticleError
from scripts.article.lock import start_build, state

REPOSITORY = Path(__file__).resolve().parents[2]
HOLD = "from scripts.article.lock import *\nstart_build(state())\nprint('held', flush=True)\n"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))


def holder(more: str) -> subprocess.Popen:
    """Start a process that holds the lock, and then does more."""
    started = subprocess.Popen([sys.executable, "-c", HOLD + more], stdout=subprocess.PIPE, text=True)
    assert started.stdout.readline() == "held\n"
    return started


def write(path: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(path)
    return Path(path)


def test_a_second_build_is_told_who_holds_the_first_and_since_when():
    first = holder("input()")
    with pytest.raises(
        ArticleError, match=rf"process {first.pid} on .+, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\); wait"
    ):
        start_build(state())
    first.kill()
    first.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_was_killed_holds_nothing(how):
    first = holder("import time; time.sleep(60)")
    first.send_signal(how)
    first.wait()
    start_build(state())


def test_a_job_that_outlives_its_killed_build_holds_nothing():
    first = holder("import subprocess\njob = subprocess.Popen(['sleep', '60'])\nprint(job.pid, flush=True)\ninput()")
    job = int(first.stdout.readline())
    first.kill()
    first.wait()
    start_build(state())
    os.kill(job, signal.SIGKILL)


@pytest.mark.parametrize("change", ["results/alpha/coin.json", "report/report.html"])
def test_a_build_that_was_planned_before_another_ended_does_not_start(change):
    write("results/alpha/coin.json")
    planned_on = state()
    Path(change).unlink(missing_ok=True)
    write(change)
    with pytest.raises(ArticleError, match="changed while this build was starting"):
        start_build(planned_on)


def test_half_written_files_are_cleared_away_and_nothing_else():
    kept = [write("results/alpha/coin.json"), write("results/x.part"), write("templates/.a.1.part")]
    parts = [write("results/alpha/.coin.json.12.part"), write("report/.report.html.12.part")]
    start_build(state())
    assert all(path.is_file() for path in kept)
    assert not any(path.exists() for path in parts)


def test_half_written_files_that_come_and_go_are_no_change():
    planned_on = state()
    write("results/alpha/.coin.json.12.part")
    start_build(planned_on)


def test_without_locks_in_the_file_system_a_warning_is_all(monkeypatch, capsys):
    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)
    start_build(state())
    assert capsys.readouterr().err == (
        "warning: .snakemake/article.lock: no lock (No locks available); start no second build here\n"
    )
