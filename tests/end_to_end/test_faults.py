"""Builds that are killed, interrupted, started twice or kept from writing, and results that somebody damaged."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.kills import command, forget, made, start
from benchmarks.projects import copy_project
from scripts.article.freshness import stale
from scripts.article.plan import Plan

pytestmark = pytest.mark.slow
SMALL = command(2, "preset=quick", "sections=[reinforcement]")
COMPUTING, DRAWING, REPORTING = "logs/reinforcement/toy.log", "logs/reinforcement/figures/toy.log", "logs/report.log"
CHANGED = "was changed while this build was starting"
NAMESPACE = ["unshare", "--map-root-user", "--mount"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a project that was built undisturbed, and everything that was made."""
    folder = tmp_path_factory.mktemp("project")
    copy_project(folder)
    build(folder, store="../store")
    return folder, made(folder)


@pytest.fixture
def project(built):
    """Return the project with nothing built but the fonts, which take longest."""
    folder, expected = built
    put_back(folder, {path: data for path, data in expected.items() if "fonts" in path})
    return folder


@pytest.fixture
def expected(built):
    return built[1]


def put_back(folder: Path, files: dict[str, bytes]) -> None:
    forget(folder)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def build(folder: Path, store: str = "off") -> str:
    """Build to the end and return what was said."""
    process = start(folder, SMALL, store)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    return said


def start_until(folder: Path, name: str) -> subprocess.Popen:
    """Start a build and wait for a file of it."""
    process = start(folder, SMALL)
    for _ in range(6000):
        if (folder / name).exists():
            return process
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)
    process.kill()
    raise AssertionError(f"{name} never came")


def parts(folder: Path) -> list[str]:
    return [name for name in made(folder) if name.endswith(".part")]


def in_namespace(folder: Path, script: str) -> str:
    """Run a script in the project where its mounts are its own, with the build as its arguments; return what was said."""
    if subprocess.run(
        [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here")
    process = start(folder, [*NAMESPACE, "sh", "-c", script, "sh", *SMALL])
    return process.communicate()[0]


def test_a_build_that_is_killed_again_and_again_goes_on_without_unlocking(project, expected):
    for moment in (COMPUTING, DRAWING, REPORTING):
        process = start_until(project, moment)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        (project / "results/.toy.npz.1.part").write_bytes(b"left by a killed stage")
    (project / "report/report.html").unlink(missing_ok=True)  # the last kill may have come too late
    build(project)
    assert made(project) == expected


def test_jobs_that_outlive_their_build_do_no_harm(project, expected):
    process = start_until(project, COMPUTING)
    os.kill(process.pid, signal.SIGKILL)
    again = start(project, SMALL)
    said = again.communicate()[0]
    if again.returncode:
        assert CHANGED in said
        build(project)
    process.communicate()  # its pipe closes when the last of its jobs has ended
    assert made(project) == expected


def test_a_second_build_is_refused_and_a_dry_run_is_not_and_the_first_ends_well(project, expected):
    first = start_until(project, COMPUTING)
    second = start(project, SMALL)
    said = second.communicate()[0]
    assert second.returncode != 0
    assert f"error: another build is running here (process {first.pid} on " in " ".join(said.split())
    assert "Traceback" not in said
    dry = start(project, [*SMALL, "--dry-run"])
    assert "reinforcement" in dry.communicate()[0]
    assert dry.returncode == 0
    assert first.wait() == 0, first.communicate()[0]
    assert made(project) == expected


def test_an_interrupted_build_says_so_and_goes_on(project, expected):
    process = start_until(project, COMPUTING)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[0]
    assert process.returncode != 0
    assert "Interrupted. What is finished is kept" in said
    assert "Traceback" not in said
    build(project)
    assert made(project) == expected


def test_truncated_and_empty_results_are_found(built, expected, monkeypatch):
    folder, _ = built
    put_back(folder, expected)
    monkeypatch.chdir(folder)
    plan = Plan.load({"preset": "quick", "sections": ["reinforcement"]})
    for name in ("toy.json", "toy.npz", "figures/toy.svg", "figures/toy.json"):
        path = folder / "results/reinforcement" / name
        for damaged in (path.read_bytes()[: path.stat().st_size // 2], b""):
            path.write_bytes(damaged)
            assert stale(plan), f"{name} with {len(damaged)} bytes"
            path.write_bytes(expected[f"results/reinforcement/{name}"])
    assert stale(plan) == {}


def test_damaged_results_and_damaged_entries_of_the_store_are_made_anew(built, expected):
    folder, _ = built
    put_back(folder, expected)
    (folder / "results/reinforcement/toy.json").write_bytes(b"")
    (folder / "results/reinforcement/figures/toy.svg").write_bytes(b"<svg")
    entries = {path: path.read_bytes() for path in (folder.parent / "store").rglob("*.entry")}
    assert entries
    for path, data in entries.items():
        path.write_bytes(data[: len(data) // 2])
    build(folder, store="../store")
    assert made(folder) == expected
    assert any(path.read_bytes() == data for path, data in entries.items())
    shutil.rmtree(folder / "results")
    build(folder, store="../store")
    assert made(folder) == expected


def test_read_only_results_are_one_message(built, expected):
    folder, _ = built
    put_back(folder, expected)
    (folder / "report/report.html").unlink()
    said = in_namespace(
        folder, 'mount --bind results results && mount -o remount,bind,ro results && "$@"; echo "ended with $?"'
    )
    assert "ended with 1" in said
    assert "results/report.json" in said
    assert "Traceback" not in said
    build(folder)
    assert made(folder) == expected


def test_a_full_disk_is_one_message_and_leaves_nothing_half_written(project, expected):
    said = in_namespace(
        project,
        """mount -t tmpfs -o size=200k tmpfs results
        "$@"; echo "ended with $?"; find results report -name ".*.part"
        mount -o remount,size=20m results && "$@" && cp -r results ../room""",
    )
    first, _, second = " ".join(said.split()).partition("ended with 1")
    assert second, said
    assert "No space left on device" in first
    assert "error: results/" in first
    assert "Traceback" not in first
    assert ".part" not in second
    assert "Made report/report.html" in second
    shutil.rmtree(project / "results")
    shutil.move(project.parent / "room", project / "results")
    assert made(project) == expected
