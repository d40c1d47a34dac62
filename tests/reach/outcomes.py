"""Run a stage by its launcher, and judge the files that it leaves by those of the unchanged code."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

from reach.forks import Forks
from reach.oracle import Stage
from reach.precision import without_nodes
from reach.small import SMALL


class Outcomes:
    """Run and judge.

    Args:
        tree: a copy of the project with all results, and with a second copy of them in kept/.
        runners: the processes that run stages.
        planners: the processes that tell what is stale, by code that is as it was when they began.
    """

    def __init__(self, tree: Path, runners: Forks, planners: Forks):
        self.tree, self.runners, self.planners = tree, runners, planners
        self._stores = itertools.count()

    def new_store(self) -> str:
        """Return the folder of an empty store."""
        return f".cache/store-{next(self._stores)}"

    def run(self, stage: Stage, store: str = "off") -> bool:
        """Run a stage, its files removed before, and return whether it ended well."""
        for file in stage["files"]:
            (self.tree / file).unlink(missing_ok=True)
        try:
            self.runners.run("launch", stage=without_nodes(stage), store=store)
        except RuntimeError:
            return False
        return True

    def judge(self, stage: Stage, ended: bool) -> str:
        """Say how a run went by the files that it left, and put back the right ones.

        Args:
            stage: that ran.
            ended: whether it ended well.
        """
        wrong = [file for file in stage["files"] if not self._is_right(file)]
        if not wrong:
            return "output equal" if ended else "stage failed"
        missing = not any((self.tree / file).exists() for file in wrong)
        stale = missing or set(self.planners.run("stale", overrides=SMALL)) & {*stage["files"]}
        for file in wrong:
            shutil.copy(self._kept(file), self.tree / file)
        if not stale:
            return "violation"
        return "refused as stale or altered" if ended else "stage failed"

    def _is_right(self, file: str) -> bool:
        path = self.tree / file
        return path.is_file() and path.read_bytes() == self._kept(file).read_bytes()

    def _kept(self, file: str) -> Path:
        return self.tree / "kept" / Path(file).relative_to("results")
