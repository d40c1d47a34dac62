"""The record of an audit: which verdicts the article gets on other seeds.

`accepted/audit.json` is written by `make audit` and kept under version control, dated by its commit. It is optional.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scripts.article.accepted import AUDIT
from scripts.article.artifacts import write_atomically
from scripts.article.claims import Claim, DecidedClaim
from scripts.article.criteria import Verdict
from scripts.article.errors import ArticleError
from scripts.article.intervals import rescaled
from scripts.article.values import Value

DIGITS = 4  # significant, of the numbers that are kept
NOTHING = "no result"
Numbers = tuple[float, float | None, float | None]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(_Record):
    """Tell of an experiment that did not end on one block of seeds."""

    stage: str
    first_seed: int
    reason: str


class AuditedClaim(_Record):
    """Hold what one claim got.

    Args:
        id: of the claim.
        exact: whether no seed stands behind it, so that agreement says nothing.
        report: the verdict on the report's seeds.
        blocks: the verdict on each block; None where an experiment behind it did not end.
        values: (value, low, high) of each deciding value, the report's first, then each block's.
    """

    id: str
    exact: bool
    report: Verdict
    blocks: list[Verdict | None]
    values: dict[str, list[Numbers | None]]

    @property
    def agreeing(self) -> int:
        """Return how many blocks have the report's verdict."""
        return self.blocks.count(self.report)

    @property
    def others(self) -> str:
        """Return what the other blocks have, in words."""
        found = Counter(verdict or NOTHING for verdict in self.blocks if verdict != self.report)
        return ", ".join(f"{verdict} in {times}" for verdict, times in found.most_common())


class Audit(_Record):
    """Hold an audit.

    Args:
        commit: of the sources that ran.
        date: of that commit.
        preset: that ran.
        first_seeds: where each block begins; the report's seeds begin at 0.
        replicated: how many of a block's values lie where one run foretells another run.
        replications: how many such values there are.
        failures: experiments that did not end.
        claims: those that a criterion decides.
    """

    format: Literal[1] = Field(1, alias="schema")
    commit: str = Field(pattern="^[0-9a-f]{40,64}$")
    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    preset: str
    first_seeds: list[int] = Field(min_length=1)
    replicated: int
    replications: int
    failures: list[Failure]
    claims: list[AuditedClaim]

    @model_validator(mode="after")
    def _has_every_block(self) -> Audit:
        for claim in self.claims:
            if len(claim.blocks) != self.blocks:
                raise ValueError(f"claim {claim.id} has {len(claim.blocks)} blocks, expected {self.blocks}")
        return self

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return len(self.first_seeds)

    @property
    def short_commit(self) -> str:
        """Return the commit as people write it."""
        return self.commit[:7]

    @property
    def exact(self) -> list[AuditedClaim]:
        """Return the claims without seeds."""
        return [claim for claim in self.claims if claim.exact]

    def missed(self, least: int, most: int | None = None) -> list[AuditedClaim]:
        """Return the claims with seeds that `least` to `most` blocks do not agree on."""
        span = range(least, (self.blocks if most is None else most) + 1)
        return [claim for claim in self.claims if not claim.exact and self.blocks - claim.agreeing in span]

    @property
    def agree_all(self) -> int:
        """Return how many claims with seeds agree in all blocks."""
        return len(self.missed(0, 0))

    @property
    def one_other(self) -> int:
        """Return how many claims one block does not agree on."""
        return len(self.missed(1, 1))

    @property
    def more(self) -> int:
        """Return how many claims more than one block does not agree on."""
        return len(self.missed(2))

    @property
    def replication(self) -> str:
        """Return the share of values that lie where one run foretells another, in percent."""
        return f"{100 * self.replicated / max(1, self.replications):.0f}\N{NO-BREAK SPACE}%"


def compare(claims: Sequence[Claim], runs: Sequence[Mapping[str, Value]]) -> list[AuditedClaim]:
    """Return what each claim with a criterion gets from the values of each run, the report's first.

    Raises:
        ArticleError: the report's run lacks a value.
    """
    found = []
    for claim in claims:
        if claim.standing_criterion is None:
            continue
        names = claim.standing_criterion.value_ids()
        for name in names:
            if name not in runs[0]:
                raise ArticleError(f"claim {claim.id}: there is no value {name!r} on the report's own seeds")
        verdicts = [claim.verdict(run) if all(name in run for name in names) else None for run in runs]
        exact = all(runs[0][name].low is None and all(run.get(name) == runs[0][name] for run in runs) for name in names)
        values = {name: [_numbers(run.get(name)) for run in runs] for name in names}
        found.append(AuditedClaim(id=claim.id, exact=exact, report=verdicts[0], blocks=verdicts[1:], values=values))
    return found


def settled(claims: Mapping[str, DecidedClaim], preset: str) -> dict[str, DecidedClaim]:
    """Return the claims by id; a verdict that more than one block of the last audit did not share is shaken.

    An audit speaks of the preset that it ran, and of a verdict only as long as it is the one that was audited.
    """
    audit, found = read_audit(), dict(claims)
    for audited in audit.missed(2) if audit is not None and audit.preset == preset else []:
        decided = found.get(audited.id)
        if decided is not None and decided.by_criterion == audited.report != "inconclusive":
            missed = f"{len(audited.blocks) - audited.agreeing} of {len(audited.blocks)}"
            found[audited.id] = replace(decided, shaken=f"{missed} other blocks of seeds disagree ({audited.others})")
    return found


def replications(names: Sequence[str], runs: Sequence[Mapping[str, Value]]) -> tuple[int, int]:
    """Return how many values of other runs lie within the first run's interval, widened by √2, and how many there are.

    That is the prediction interval of a repetition: under normality 95 % of all such values lie in it.
    """
    told = {name: rescaled(runs[0][name], math.sqrt(2)) for name in names if runs[0][name].low is not None}
    pairs = [(told[name], run[name].value) for run in runs[1:] for name in told if name in run]
    inside = [
        wide
        for wide, value in pairs
        if wide.low is not None and wide.high is not None and wide.low <= value <= wide.high
    ]
    return len(inside), len(pairs)


def write_audit(audit: Audit) -> None:
    """Write the record, a line a claim."""
    data = audit.model_dump(by_alias=True)
    claims = [json.dumps(claim, ensure_ascii=False) for claim in data.pop("claims")]
    head = json.dumps(data, indent=1, ensure_ascii=False).removesuffix("\n}")
    write_atomically(AUDIT, f'{head},\n "claims": [\n' + ",\n".join(claims) + "\n ]\n}\n")


def read_audit() -> Audit | None:
    """Return the last accepted audit; None if there is none.

    Raises:
        ArticleError: the file is not what `make audit` writes.
    """
    if not AUDIT.is_file():
        return None
    try:
        return Audit.model_validate_json(AUDIT.read_bytes())
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(map(str, detail["loc"]))
        raise ArticleError(f"{AUDIT}: {where}: {detail['msg']}; run make audit, or delete the file") from None


def _numbers(value: Value | None) -> Numbers | None:
    return (
        None
        if value is None
        else (_rounded(value.value), *(None if end is None else _rounded(end) for end in (value.low, value.high)))
    )


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
