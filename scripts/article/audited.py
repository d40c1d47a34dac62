"""How firm the verdicts are: what the report tells of its last audit, and the functions that templates call for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from scripts.article.agreement import Audit, read_audit
from scripts.article.anchors import anchor
from scripts.article.content import Content
from scripts.article.correction import corrected_verdicts, correction_table
from scripts.article.criteria import VERDICTS


def firmness(content: Content) -> dict[str, Callable[..., Any]]:
    """Return the functions by which templates speak of the correction and of the audit, by name."""
    return {
        "correction": partial(correction_table, content),
        "corrected": partial(corrected_verdicts, content.claims, content.values),
        "audit_table": partial(audit_table, content),
        "audit_about": read_audit,
        "not_firm": partial(not_firm, content),
    }


def not_firm(content: Content) -> list[str]:
    """Return the ids of the claims that are inconclusive as more than one block does not share their verdict."""
    return [name for name, decided in content.claims.items() if decided.shaken]


def audit_table(content: Content) -> str:
    """Return a table of the verdicts that other seeds change, and lists of all others; nothing without an audit."""
    audit = read_audit()
    if audit is None:
        return ""
    shown = sorted(audit.missed(1), key=lambda claim: claim.agreeing)
    rows = [
        f"| {_link(claim.id, content)} | {claim.report} | {claim.agreeing} of {audit.blocks} | {claim.others} |"
        for claim in shown
    ]
    head = ["| Claim | In the report | Agree | Other blocks |", f"|:{'-' * 36}|:{'-' * 16}|:{'-' * 10}|:{'-' * 46}|"]
    table = ["::: audit", *head, *rows, ":::", ""] if rows else []
    for verdict in VERDICTS:
        names = [claim.id for claim in audit.missed(0, 0) if claim.report == verdict]
        if names:
            table += [f"**{verdict.capitalize()} in every block** ({len(names)}): {_links(names, content)}.", ""]
    if audit.exact:
        names = [claim.id for claim in audit.exact]
        table += [f"**Exact, without seeds** ({len(names)}): {_links(names, content)}.", ""]
    return "\n".join([*table, *_foot(audit, content)])


def _foot(audit: Audit, content: Content) -> list[str]:
    """Return what the reader must know of an audit that is older than the report, or incomplete."""
    lines = []
    for failure in audit.failures:
        reason = failure.reason.replace("`", "'")
        lines.append(f"On the seeds from {failure.first_seed}, `{failure.stage}` did not end: `{reason}`.")
    audited = {claim.id: claim.report for claim in audit.claims}
    decided = {
        name: found.by_criterion
        for name, found in content.claims.items()
        if found.by_criterion not in ("untestable", "untested")
    }
    gone = [name for name in audited if name not in decided]
    new = [name for name in decided if name not in audited]
    moved = [name for name in decided if audited.get(name, decided[name]) != decided[name]]
    for names, told in (
        (gone, "No longer in the report"),
        (new, "Not in the audit, as they are newer"),
        (moved, "With another verdict since the audit"),
    ):
        if names:
            lines.append(f"{told}: {_links(names, content)}.")
    return [line for text in lines for line in (text, "")]


def _links(names: Sequence[str], content: Content) -> str:
    return ", ".join(_link(name, content) for name in names)


def _link(name: str, content: Content) -> str:
    return f"[{name}](#{anchor('claim', name)})" if name in content.claims else f"`{name}`"
