"""What has changed since the accepted report, in one sentence."""

from __future__ import annotations

from scripts.article.comparison import Changes

NOTHING_ACCEPTED = (
    "No report has been accepted yet, so there is nothing to compare with; `make accept` accepts this one."
)
NOTHING_CHANGED = "Nothing has changed since the accepted report."


def headline(changes: Changes | None) -> str:
    """Return it; None stands for no accepted report."""
    if changes is None:
        return NOTHING_ACCEPTED
    if changes.none:
        return NOTHING_CHANGED
    parts = [
        *(f"another {name}" for name in changes.settings),
        _counted(len(changes.flips), "verdict flipped", "verdicts flipped"),
        _counted(len(changes.beyond), "number moved beyond its interval", "numbers moved beyond their intervals"),
        _counted(changes.within, "number moved within", "numbers moved within"),
        _counted(len(changes.figures), "figure differs", "figures differ"),
        _counted(len(changes.recast), "criterion changed without a flip", "criteria changed without a flip"),
        *(_counted(len(names), f"{part[:-1]} added", f"{part} added") for part, names in changes.added.items()),
        *(_counted(len(names), f"{part[:-1]} removed", f"{part} removed") for part, names in changes.removed.items()),
        _counted(len(changes.stages), "stage made otherwise", "stages made otherwise"),
    ]
    return f"Since the accepted report: {', '.join(filter(None, parts))}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
