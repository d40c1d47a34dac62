"""One block of an audit: a commit's sources in a folder of their own, and what its experiments give on other seeds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.article.artifacts import artifact_path, load_artifact, values_by_id
from scripts.article.claims import Claim, load_claims
from scripts.article.configuration import CONFIG
from scripts.article.errors import ArticleError
from scripts.article.values import Value
from scripts.article.yaml import load_yaml

LOG = "build.log"
SOURCES = ("Snakefile", "workflow", "scripts", "templates", "config", "profiles", "environment.yml")
# Run in a block's folder, so it is the commit's own code that says what there is to run.
PLAN = """
import json, sys
from scripts.article.errors import told_in_one_line
from scripts.article.plan import Plan
with told_in_one_line():
    stages = Plan.load(json.loads(sys.argv[1])).experiments
print(json.dumps({name: [stage.digest, stage.reads, stage.settings] for name, stage in stages.items()}))
"""


@dataclass(frozen=True)
class Planned:
    """Hold an experiment as the commit plans it."""

    digest: str
    reads: list[str]
    settings: dict[str, Any]


@dataclass(frozen=True)
class Block:
    """Hold one run of the article.

    Args:
        folder: where.
        first_seed: on which seeds.
        preset: how large.
        store: where results are kept, as ARTICLE_STORE says it.
        limit: how many MB of them, as ARTICLE_STORE_LIMIT says it.
    """

    folder: Path
    first_seed: int
    preset: str
    store: str
    limit: str

    @property
    def overrides(self) -> dict[str, Any]:
        """Return its configuration."""
        return {"preset": self.preset, "first_seed": self.first_seed}


def renew(folder: Path, commit: str) -> None:
    """Put the sources of a commit into a folder in place of those that lie there; results stay."""
    for name in SOURCES:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    tracked = git("ls-tree", "--name-only", commit).decode().splitlines()
    archive = git("archive", commit, *(name for name in SOURCES if name in tracked))
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)


def plan(block: Block) -> dict[str, Planned]:
    """Return the experiments that a block's sources plan, by id.

    Raises:
        ArticleError: they plan none, as something is wrong with them.
    """
    command = [sys.executable, "-c", PLAN, json.dumps(block.overrides)]
    done = subprocess.run(command, cwd=block.folder, capture_output=True, text=True)
    if done.returncode:
        raise ArticleError(f"{block.folder}: {(done.stderr.strip().splitlines() or ['no plan'])[-1]}")
    return {name: Planned(*parts) for name, parts in json.loads(done.stdout).items()}


def check_disjoint(planned: Mapping[str, Planned], distance: int) -> None:
    """Check that no experiment takes so many seeds that two blocks share some.

    Raises:
        ArticleError: one does.
    """
    for name, stage in planned.items():
        for key, count in stage.settings.items():
            if key.endswith("seeds") and isinstance(count, int) and count > distance:
                raise ArticleError(
                    f"{name}.{key} is {count}: blocks that begin {distance} apart would share seeds; "
                    f"expected --distance {count} or more"
                )


def run(block: Block, planned: Mapping[str, Planned]) -> dict[str, str]:
    """Compute every experiment of a block, and return those that did not end, each with the reason.

    Raises:
        ArticleError: the build ended before it had tried them all.
    """
    shutil.rmtree(block.folder / "logs", ignore_errors=True)
    _snakemake(block, [artifact_path(name).as_posix() for name in planned])
    failed: dict[str, str] = {}
    for name, stage in planned.items():
        if _is_whole(block, name, stage):
            continue
        log = block.folder / "logs" / f"{name.replace('.', '/')}.log"
        above = [read for read in stage.reads if read in failed or not _is_whole(block, read, planned[read])]
        if not above and not log.is_file():
            raise ArticleError(f"{block.folder}: the build ended before {name}, see {block.folder / LOG}; run it again")
        failed[name] = f"{above[0]} did not end" if above else _last_line(log)
    return failed


def read_values(block: Block, names: Sequence[str]) -> dict[str, Value]:
    """Return the values of a block's experiments by id."""
    with chdir(block.folder):
        return values_by_id({name: load_artifact(artifact_path(name)) for name in names})


def read_claims(folder: Path) -> list[Claim]:
    """Return the claims of the sources in a folder."""
    with chdir(folder):
        return [claim for _, _, claim in load_claims(load_yaml(CONFIG)["sections"])]


def git(*arguments: str) -> bytes:
    """Return what a command of git prints.

    Raises:
        ArticleError: there is no git, or it refuses.
    """
    try:
        done = subprocess.run(["git", *arguments], capture_output=True)
    except FileNotFoundError:
        raise ArticleError("git: not found; an audit runs the last commit, so it needs git") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["failed"]
        raise ArticleError(f"git {arguments[0]}: {told[0]}; an audit runs the last commit, so it needs one")
    return done.stdout


def _snakemake(block: Block, targets: Sequence[str]) -> None:
    """Make files in a block's folder, as many as can be made."""
    configuration = [f"{key}={value}" for key, value in block.overrides.items()]
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--cores",
        "all",
        "--keep-going",
        *targets,
        "--config",
        *configuration,
    ]
    with (block.folder / LOG).open("w", encoding="utf-8") as log:
        environment = {**os.environ, "ARTICLE_STORE": block.store, "ARTICLE_STORE_LIMIT": block.limit}
        subprocess.run(command, cwd=block.folder, env=environment, stdout=log, stderr=subprocess.STDOUT)


def _is_whole(block: Block, name: str, stage: Planned) -> bool:
    """Tell whether an experiment's result is there, and is the one that is planned."""
    try:
        with chdir(block.folder):
            return load_artifact(artifact_path(name)).recipe.digest == stage.digest
    except ArticleError:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it was ended from outside"
