"""One build at a time in a project, by a lock that the kernel drops when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import signal
import sys
import time
from pathlib import Path

from scripts.article.artifacts import RESULTS
from scripts.article.errors import ArticleError

LOCK = Path(".snakemake/article.lock")
MADE = (RESULTS, Path("report"))

State = dict[str, tuple[int, int, int]]


def state() -> State:
    """Return by what the files under results/ and report/ differ from those that another build puts in their place."""
    found = {}
    for path in (path for folder in MADE for path in folder.rglob("[!.]*")):
        try:
            about = path.lstat()
        except FileNotFoundError:  # another build is replacing it
            continue
        if not path.is_dir():
            found[path.as_posix()] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return found


def start_build(planned_on: State) -> None:
    """Keep other builds out until this process ends, and clear away what killed builds left half-written.

    Args:
        planned_on: the state that Snakemake has planned the build on.

    Raises:
        ArticleError: another build is running, or has run since the planning.
    """
    _hold()
    if state() != planned_on:
        raise ArticleError(
            f"{MADE[0]}/ or {MADE[1]}/ was changed while this build was starting, probably by another build; "
            "nothing is lost, run the same command again"
        )
    for path in [path for folder in MADE for path in folder.rglob(".*.part")]:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            print(f"warning: {path}: left half-written by a killed build, stays ({error.strerror})", file=sys.stderr)


def end_quietly() -> None:
    """Have Ctrl-C and a full disk end Snakemake with a message, in place of tracebacks of its jobs and of its log."""
    logging.raiseExceptions = False

    def end(*_: object) -> None:
        logging.disable()
        os.write(2, b"\nInterrupted. What is finished is kept; the same command goes on from there.\n")
        sys.exit(1)

    signal.signal(signal.SIGINT, end)


def _hold() -> None:
    LOCK.parent.mkdir(exist_ok=True)
    handle = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)  # stays open here; Python keeps it from the jobs
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        os.write(handle, f"process {os.getpid()} on {platform.node()}, since {since}".encode())
    except BlockingIOError:
        holder = os.read(handle, 1000).decode(errors="replace")
        os.close(handle)
        raise ArticleError(
            f"another build is running here ({holder or 'just started'}); "
            "wait until it ends, or stop it, then run the same command again; nothing is lost"
        ) from None
    except OSError as error:  # some network file systems have no locks
        print(f"warning: {LOCK}: no lock ({error.strerror}); start no second build here", file=sys.stderr)
