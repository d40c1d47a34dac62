"""What has changed since the accepted report: a page, a table for the terminal, and a check (`--strict`).

An author accepts a report with `make accept`; every build is compared with it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from scripts.article import times
from scripts.article.accepted import ACCEPTED
from scripts.article.artifacts import write_atomically
from scripts.article.changes_page import CHANGES_PAGE, render_changes
from scripts.article.comparison import Changes, Judged, compare
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.freshness import CHANGES, REPORT, check_files
from scripts.article.headline import headline
from scripts.article.plan import SNAPSHOT, changes_inputs
from scripts.article.recipe import Recipe
from scripts.article.recipes import Recipes
from scripts.article.records import checksums, read_record, write_record
from scripts.article.snapshot import load_snapshot

SHOWN = 10  # rows of each kind in the terminal


def write_changes(recipe: Recipe) -> None:
    """Write the page of what has changed since the accepted report, and its record.

    Args:
        recipe: what the page depends on.

    Raises:
        ArticleError: one of the two reports is missing or not whole.
    """
    after = load_snapshot(SNAPSHOT)
    before = load_snapshot(ACCEPTED) if ACCEPTED.is_file() else None
    write_atomically(CHANGES_PAGE, render_changes(before, after))
    write_record(CHANGES, recipe, checksums([CHANGES_PAGE, SNAPSHOT]))


def make_changes() -> None:
    """Write the page by the code of today.

    Raises:
        ArticleError: see `write_changes`; also, the report is missing or was altered.
    """
    report, files = read_record(REPORT)
    check_files(REPORT, {SNAPSHOT.as_posix(): files.get(SNAPSHOT.as_posix(), "")})
    write_changes(Recipes().of_changes(changes_inputs(report)))


def find_changes() -> Changes | None:
    """Return what differs between the last report and the accepted one; None where none was accepted.

    Raises:
        ArticleError: one of them is missing or not whole.
    """
    return compare(load_snapshot(ACCEPTED), load_snapshot(SNAPSHOT)) if ACCEPTED.is_file() else None


def describe(changes: Changes | None) -> str:
    """Return the changes as a table for the terminal; a single line where there are none."""
    blocks = [headline(changes)]
    if changes is None or changes.none:
        return blocks[0]
    settings = [f"{name}: {before} → {after}" for name, (before, after) in changes.settings.items()]
    claims = [row for claim in changes.flips[:SHOWN] for row in _flip(claim)]
    moved = [f"{value.identifier}  {value.before.text} → {value.after.text}" for value in changes.beyond]
    blocks += _block("settings", settings, 0)
    blocks += _block("verdicts", claims, len(changes.flips) - SHOWN)
    blocks += _block("numbers beyond their intervals", moved[:SHOWN], len(moved) - SHOWN)
    for part, sign, names in _coming_and_going(changes):
        blocks += _block(f"{part} {sign}", names[:SHOWN], len(names) - SHOWN)
    blocks += _block("figures that differ", changes.figures[:SHOWN], len(changes.figures) - SHOWN)
    blocks += _block("stages made otherwise", changes.stages[:SHOWN], len(changes.stages) - SHOWN)
    blocks.append(f"{CHANGES_PAGE} shows all of it; `make accept` takes this report as the new one to compare with.")
    return "\n".join(blocks)


def check_no_flip(changes: Changes | None) -> None:
    """Refuse a report whose verdicts are not those of the accepted one.

    Raises:
        ArticleError: a verdict flipped; names each with both verdicts.
    """
    if changes is not None and changes.flips:
        lines = [f"  {claim.identifier}: {claim.before.verdict} → {claim.after.verdict}" for claim in changes.flips]
        lines.append(f"look at {CHANGES_PAGE}, then `make accept`")
        raise ArticleError("\n".join([f"verdicts differ from those of {ACCEPTED}:", *lines]))


def _flip(claim: Judged) -> list[str]:
    rows = [f"{claim.identifier}  {claim.before.verdict} → {claim.after.verdict}"]
    for name, before, after in claim.numbers:
        rows.append(f"    {name}  {before.text if before else 'absent'} → {after.text if after else 'absent'}")
    return [*rows, "    its criterion changed"] if claim.recast else rows


def _coming_and_going(changes: Changes) -> list[tuple[str, str, list[str]]]:
    added = [(part, "added", names) for part, names in changes.added.items()]
    return added + [(part, "removed", names) for part, names in changes.removed.items()]


def _block(title: str, rows: Sequence[str], more: int) -> list[str]:
    if not rows:
        return []
    return [f"  {title}", *(f"    {row}" for row in rows), *([f"    and {more} more"] if more > 0 else [])]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page and print the table; with `--strict`, only refuse a report whose verdicts flipped."""
    parser = argparse.ArgumentParser(description="Compare the report with the accepted one.")
    parser.add_argument("--strict", action="store_true", help="write nothing; fail if a verdict flipped")
    start = time.perf_counter()
    with told_in_one_line():
        if parser.parse_args(arguments).strict:
            return check_no_flip(find_changes())
        make_changes()
        times.note("changes", {}, time.perf_counter() - start)
        print(describe(find_changes()), file=sys.stderr)  # which any terminal's encoding can take


if __name__ == "__main__":
    main()
