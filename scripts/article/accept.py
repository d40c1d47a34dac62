"""Accept the report as it is: later ones are compared with it (`make accept`)."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from scripts.article.accepted import ACCEPTED
from scripts.article.artifacts import write_atomically
from scripts.article.changes import make_changes
from scripts.article.changes_page import keep_picture
from scripts.article.errors import ArticleError, told_in_one_line
from scripts.article.figure import load_drawing
from scripts.article.plan import SNAPSHOT
from scripts.article.snapshot import Snapshot, load_snapshot
from scripts.article.verify import verify_report

HASTY = "quick"  # the preset that is for looking, not for quoting


def accept(*, hasty: bool = False) -> str:
    """Take the report over as the accepted one, and return in words what was accepted.

    Args:
        hasty: whether a report of the preset quick may be accepted.

    Raises:
        ArticleError: there is no report, it is not of today, or it is of the preset quick.
    """
    verify_report()
    snapshot = load_snapshot(SNAPSHOT)
    if snapshot.preset == HASTY and not hasty:
        raise ArticleError(
            f"{SNAPSHOT}: preset is {HASTY}, expected standard or paper; to accept it all the same: --{HASTY}"
        )
    for name in snapshot.figures:
        keep_picture(load_drawing(name))
    write_atomically(ACCEPTED, SNAPSHOT.read_bytes())
    make_changes()
    return describe(snapshot)


def describe(snapshot: Snapshot) -> str:
    """Return in one line what is accepted."""
    verdicts = Counter(judgement.verdict for judgement in snapshot.claims.values())
    told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    size = f"{len(snapshot.values)} values, {len(snapshot.figures)} figures and {len(snapshot.stages)} stages"
    about = f"preset {snapshot.preset}, {len(snapshot.claims)} claims ({told}), {size}"
    return f"Accepted: {about}. Commit {ACCEPTED}, so that others compare with it too."


def main(arguments: Sequence[str] | None = None) -> None:
    """Accept the report and say what was accepted."""
    parser = argparse.ArgumentParser(description="Accept the report as the one that later ones are compared with.")
    parser.add_argument(f"--{HASTY}", dest="hasty", action="store_true", help=f"even if it is of the preset {HASTY}")
    with told_in_one_line():
        print(accept(hasty=parser.parse_args(arguments).hasty))


if __name__ == "__main__":
    main()
