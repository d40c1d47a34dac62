"""Rerun every experiment on other, disjoint blocks of seeds, and say how often each verdict is the same (`make audit`).

What runs is the last commit, in a folder a block, never the files as they lie here. Results are kept in a store, so an
audit that was stopped goes on where it was, and one after an edit runs only what the edit touched.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from scripts.article.accepted import AUDIT
from scripts.article.agreement import Audit, AuditedClaim, Failure, compare, replications, write_audit
from scripts.article.block import LOG, Block, check_disjoint, git, plan, read_claims, read_values, renew, run
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.settings import Preset
from scripts.article.store import FOLDER as OWN_STORE
from scripts.article.store import LIMIT as OWN_LIMIT
from scripts.article.values import Value

FOLDER = Path(".cache/audit")
LIMIT = "2000"  # MB for the results of all blocks


def audit(blocks: int, preset: str, distance: int) -> Audit:
    """Run the article on its own seeds and on other blocks of them, and return what was found.

    Args:
        blocks: how many others.
        preset: how large.
        distance: from the first seed of a block to that of the next.

    Raises:
        ArticleError: there is no git repository, blocks would overlap, or a run did not begin.
    """
    commit, date = git("show", "-s", "--format=%H %cs", "HEAD").decode().split()
    if git("status", "--porcelain", "--untracked-files=no"):
        print(f"The files here differ from the last commit; what is audited is that commit, {commit[:7]}.", flush=True)
    runs: list[dict[str, Value]] = []
    failures: list[Failure] = []
    for number in range(blocks + 1):
        block = _block(number, preset, distance)
        print(f"{_name(number, blocks)}: seeds from {block.first_seed}, see {block.folder / LOG}", flush=True)
        renew(block.folder, commit)
        planned = plan(block)
        check_disjoint(planned, distance)
        failed = run(block, planned)
        if failed and number == 0:
            raise ArticleError(f"{next(iter(failed))} does not end on the report's own seeds, see {block.folder / LOG}")
        failures += [Failure(stage=name, first_seed=block.first_seed, reason=why) for name, why in failed.items()]
        runs.append(read_values(block, [name for name in planned if name not in failed]))
    claims = compare(read_claims(_block(0, preset, distance).folder), runs)
    inside, all_of_them = replications(list(dict.fromkeys(name for claim in claims for name in claim.values)), runs)
    return Audit(
        commit=commit,
        date=date,
        preset=preset,
        first_seeds=[distance * number for number in range(1, blocks + 1)],
        replicated=inside,
        replications=all_of_them,
        failures=failures,
        claims=claims,
    )


def table(found: Audit) -> str:
    """Return an audit for the terminal, the claims that agree least first."""
    rows = [
        (claim.id, claim.report, "exact" if claim.exact else f"{claim.agreeing}/{found.blocks}", claim.others)
        for claim in sorted(found.claims, key=_agreement)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else [0, 0, 0]
    lines = ["  ".join([*map(str.ljust, row, widths), row[3]]).rstrip() for row in rows]
    lines += [f"{each.stage} did not end on the seeds from {each.first_seed}: {each.reason}" for each in found.failures]
    return "\n".join(
        [
            *lines,
            f"{found.agree_all} verdicts agree in all {found.blocks} blocks, {found.one_other} in all but one, "
            f"{found.more} in fewer; {len(found.exact)} are exact.",
            f"{found.replicated} of {found.replications} values ({found.replication}) lie where the report's interval "
            "foretells another run; 95 % are to be expected.",
        ]
    )


def _agreement(claim: AuditedClaim) -> tuple[bool, int]:
    return claim.exact, claim.agreeing


def _block(number: int, preset: str, distance: int) -> Block:
    """Return a run by its number; 0 is the report's own, which shares the results of the checkout."""
    store = os.environ.get("ARTICLE_STORE") or str(OWN_STORE.absolute())
    limit = os.environ.get("ARTICLE_STORE_LIMIT") or str(OWN_LIMIT)
    if number > 0:
        store, limit = str((FOLDER / "store").absolute()), LIMIT
    elif store != "off":
        store = str(Path(store).absolute())
    return Block(FOLDER / f"block-{number}", number * distance, preset, store, limit)


def _name(number: int, blocks: int) -> str:
    return f"Block {number} of {blocks}" if number else "The report"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main(arguments: Sequence[str] | None = None) -> None:
    """Audit as the command line says, and keep the outcome."""
    parser = argparse.ArgumentParser(prog="make audit", description="Rerun the article on other blocks of seeds.")
    parser.add_argument("--blocks", type=_positive, default=5)
    parser.add_argument("--preset", choices=get_args(Preset), default="standard")
    parser.add_argument("--distance", type=_positive, default=10_000, help="seeds from one block to the next")
    given = parser.parse_args(arguments)
    with told_in_one_line():
        found = audit(given.blocks, given.preset, given.distance)
        write_audit(found)
    print(f"{table(found)}\nWritten to {AUDIT}.")


if __name__ == "__main__":
    main()
