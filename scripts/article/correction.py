"""One verdict may be due to chance, and among many some will be: what is left of them when all must hold at once.

Bonferroni's correction (Dunn 1961, Multiple comparisons among means): each of the K intervals that decide a verdict is
widened to the level 1 − 0.05/K, so with probability 0.95 or more all K hold their true values at once, however they
depend on each other. Verdicts follow from intervals by logic alone; so then all decided verdicts are right at once. It
is the strictest of the usual corrections and needs no independence: what it leaves standing, the others leave too.

Every interval of the article has the level 95 %. Those that hold for several quantities at once already (their note
says so) are widened by the same factor, which is more than they need. Exact values stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.article.anchors import anchor
from scripts.article.claims import DecidedClaim
from scripts.article.content import Content
from scripts.article.criteria import Verdict
from scripts.article.deciding import deciding
from scripts.article.intervals import rescaled
from scripts.article.values import Value

ERROR = 0.05  # chance that an interval misses its true value


@dataclass(frozen=True)
class Corrected:
    """Hold the verdicts after the correction.

    Args:
        tests: K, how many values with an interval decide a verdict.
        values: all values, those with widened intervals.
        before: verdicts of the claims with a criterion, by id.
        after: the same, decided by the widened intervals.
    """

    tests: int
    values: dict[str, Value]
    before: dict[str, Verdict]
    after: dict[str, Verdict]

    @property
    def changed(self) -> list[str]:
        """Return the ids of the claims whose verdict changes."""
        return [name for name, verdict in self.before.items() if self.after[name] != verdict]

    @property
    def kept(self) -> list[str]:
        """Return the ids of the claims whose verdict stays."""
        return [name for name, verdict in self.before.items() if self.after[name] == verdict]

    @property
    def opened(self) -> list[str]:
        """Return the ids of the claims that the correction leaves inconclusive and that were decided before."""
        return [name for name in self.changed if self.after[name] == "inconclusive"]

    @property
    def reversed(self) -> list[str]:
        """Return the ids of the claims that turn from supported to refuted or back; the logic allows for none."""
        return [name for name in self.changed if {self.before[name], self.after[name]} == {"supported", "refuted"}]

    @property
    def level(self) -> str:
        """Return the level of each widened interval, in percent."""
        return f"{100 * (1 - ERROR / max(1, self.tests)):.4g}\N{NO-BREAK SPACE}%"

    @property
    def factor(self) -> str:
        """Return by how much an interval over 20 seeds gets wider."""
        return f"{widening(20, self.tests):.2g}"


def corrected_verdicts(claims: Mapping[str, DecidedClaim], values: Mapping[str, Value]) -> Corrected:
    """Return every verdict that a criterion gives, before and after the correction."""
    asked = {name: decided.claim.standing_criterion for name, decided in claims.items()}
    criteria = {name: criterion for name, criterion in asked.items() if criterion is not None}
    names = dict.fromkeys(name for criterion in criteria.values() for name in criterion.value_ids())
    tested = [name for name in names if values[name].low is not None]
    wide = {name: rescaled(values[name], widening(values[name].n, len(tested))) for name in tested}
    widened = {**values, **wide}
    after = {name: criterion.decide(widened) for name, criterion in criteria.items()}
    before = {name: claims[name].by_criterion for name in criteria}
    return Corrected(len(tested), widened, before, after)


def widening(n: int | None, tests: int) -> float:
    """Return how many times wider an interval must be to hold among many: a ratio of quantiles of Student's t.

    Args:
        n: repetitions behind it, at least 2; None for the normal law.
        tests: how many intervals are to hold at once, at least 1.
    """
    from scipy.special import ndtri, stdtrit  # here, as most commands need none of it

    ends = [1 - ERROR / 2 / tests, 1 - ERROR / 2]
    wide, plain = (ndtri(end) if n is None else stdtrit(max(1, n - 1), end) for end in ends)
    return float(wide / plain)


def correction_table(content: Content) -> str:
    """Return a table of the claims whose verdict the correction changes; a sentence if it changes none."""
    corrected = corrected_verdicts(content.claims, content.values)
    if not corrected.changed:
        return "The correction changes no verdict.\n"
    rows = [_row(content.claims[name], corrected) for name in corrected.changed]
    head = [
        '::: {.broad widths="25 12 13 50"}',
        "| Claim | Verdict | Corrected | What no longer decides |",
        f"|:{'-' * 30}|:{'-' * 14}|:{'-' * 14}|:{'-' * 46}|",
    ]
    return "\n".join([*head, *rows, ":::", ""])


def _row(decided: DecidedClaim, corrected: Corrected) -> str:
    name = decided.claim.id
    criterion = decided.claim.standing_criterion
    leaf = deciding(criterion, corrected.values) if criterion is not None else None
    told = f"`{leaf.value}`: {corrected.values[leaf.value].text} {leaf.threshold}" if leaf is not None else ""
    link = f"[{name}](#{anchor('claim', name)})"
    return f"| {link} | {corrected.before[name]} | {corrected.after[name]} | {told} |"
