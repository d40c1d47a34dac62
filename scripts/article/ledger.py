"""The ledger: every claim with its verdict, the number that decides it and its criterion, and how many have which."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts.article.anchors import anchor, cell
from scripts.article.claims import DecidedClaim
from scripts.article.content import Content
from scripts.article.criteria import VERDICTS
from scripts.article.deciding import SeedsNeeded, deciding, seeds_needed
from scripts.article.errors import ArticleError, nearest
from scripts.article.headings import section_title
from scripts.article.values import Value


def counted(content: Content) -> dict[str, int]:
    """Return how many claims have each verdict; a verdict that none has counts 0."""
    found = [decided.verdict for decided in content.claims.values()]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


def tally(content: Content) -> str:
    """Return a table of how many claims of each section have which verdict, in Markdown."""
    rows = {section: [0] * len(VERDICTS) for section in content.plan.sections}
    for decided in content.claims.values():
        rows[decided.section][VERDICTS.index(decided.verdict)] += 1
    used = [index for index, _ in enumerate(VERDICTS) if any(row[index] for row in rows.values())]
    lines = ["| Section | " + " | ".join(VERDICTS[index] for index in used) + " |"]
    lines += ["|:--|" + "--:|" * len(used)]
    for section, row in rows.items():
        if any(row):
            cells = " | ".join(str(row[index]) if row[index] else "·" for index in used)
            lines.append(f"| [{section_title(section)}](#{section}) | {cells} |")
    total = " | ".join(f"**{sum(row[index] for row in rows.values())}**" for index in used)
    return "::: ledger\n" + "\n".join([*lines, f"| **All** | {total} |"]) + "\n:::\n"


def ledger(content: Content, number: Callable[[str], str]) -> str:
    """Return the table of all claims, in Markdown.

    Args:
        content: what the report may print.
        number: from the id of a value to the value as the report prints it.
    """
    lines = ["| § | Claim | Verdict | Measured | Needed | Criterion in words |"]
    lines += [f"|:{'-' * 3}|:{'-' * 40}|:{'-' * 16}|:{'-' * 34}|:{'-' * 17}|:{'-' * 58}|"]
    for decided in content.claims.values():
        place, verdict = content.plan.sections.index(decided.section) + 1, decided.verdict
        test, missing = decided.claim.test or decided.claim.in_favour, _missing_in_brief(decided, content.values)
        words = cell(f"{test}; *{missing}*" if missing else test)
        cells = [
            str(place),
            _link(decided),
            f"[{verdict}]{{.verdict .{verdict}}}",
            *_evidence(decided, content, number),
        ]
        lines.append(f"| {' | '.join([*cells, words])} |")
    return "::: {.ledger .claims}\n" + "\n".join(lines) + "\n:::\n"


def overview(content: Content, section: str) -> str:
    """Return the table of a section's claims, each with its verdict, in Markdown.

    Raises:
        ArticleError: the section has no claims.
    """
    own = [decided for decided in content.claims.values() if decided.section == section]
    if not own:
        sections = sorted({decided.section for decided in content.claims.values()})
        raise ArticleError(f"section {section!r} has no claims{nearest(section, sections)}")
    rows = [
        f"| {cell(decided.claim.assertion)} | [{decided.verdict}](#{anchor('claim', decided.claim.id)}) |"
        for decided in own
    ]
    table = "\n".join(["| Claim | Verdict |", f"|:{'-' * 80}|{'-' * 14}:|", *rows])
    return f"::: {{.ledger .overview}}\n{table}\n:::\n"


def undecided(content: Content) -> str:
    """Return a list of the inconclusive claims with what would decide each, in Markdown; empty where there are none."""
    missing = {name: what_is_missing(decided, content.values) for name, decided in content.claims.items()}
    lines = [f"- {_link(content.claims[name])}: {words}." for name, words in missing.items() if words]
    return "\n".join([*lines, ""])


def what_is_missing(decided: DecidedClaim, values: Mapping[str, Value]) -> str:
    """Return why a claim is inconclusive, or how many seeds would decide it, in words; nothing for other verdicts."""
    if decided.shaken:
        return f"{decided.by_criterion} by its criterion, but {decided.shaken}"
    needed = _seeds_needed(decided, values)
    if needed is None:
        return ""
    return f"to decide it takes {needed}" if needed.needed else needed.words


def _missing_in_brief(decided: DecidedClaim, values: Mapping[str, Value]) -> str:
    """Return the same in the few words that a cell of the ledger has room for."""
    if decided.shaken:
        return f"{decided.by_criterion} here, not on all seeds"
    needed = _seeds_needed(decided, values)
    if needed is None:
        return ""
    return f"{needed.words.partition(' in place')[0] if needed.needed else 'no number of seeds'} would decide it"


def _seeds_needed(decided: DecidedClaim, values: Mapping[str, Value]) -> SeedsNeeded | None:
    criterion = decided.claim.standing_criterion
    return seeds_needed(criterion, values) if criterion is not None else None


def _link(decided: DecidedClaim) -> str:
    """Return a claim in a few words, linked to where it is decided."""
    return f"[{cell(decided.claim.short or decided.claim.assertion)}](#{anchor('claim', decided.claim.id)})"


def _evidence(decided: DecidedClaim, content: Content, number: Callable[[str], str]) -> tuple[str, str]:
    """Return the number that decides a claim, and what it is held against."""
    criterion = decided.claim.standing_criterion
    found = deciding(criterion, content.values) if criterion is not None else None
    return (number(found.value), cell(found.threshold)) if found else ("·", "·")
