"""The ledger against the claims files and the values that decide."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.claims import DecidedClaim, decide_claims, load_claims
from scripts.article.configuration import load_configuration
from scripts.article.content import REFERENCES, load_content, read_reference_keys
from scripts.article.criteria import VERDICTS
from scripts.article.ledger import counted, ledger, tally, undecided
from scripts.article.plan import Plan
from scripts.article.values import Value
from tests.article.conftest import REPOSITORY


def rows_of(table):
    """Return the cells of a Markdown table, row by row, without head and rule."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


@pytest.fixture
def content(small):
    return load_content(Plan.load({}))


def test_every_claim_of_the_files_stands_in_the_ledger_once(content):
    rows = rows_of(ledger(content, lambda name: content.values[name].text))
    links = [re.search(r"\(#claim-(.*?)\)", row[1])[1] for row in rows]
    expected = [claim.id for _, _, claim in load_claims(content.plan.sections)]
    assert links == [name.replace(".", "-") for name in expected]
    for row, name in zip(rows, expected, strict=True):
        assert row[2].startswith(f"[{content.claims[name].verdict}]")


def test_the_ledger_prints_the_number_that_decides_and_what_it_needs(content):
    rows = rows_of(ledger(content, lambda name: f"<{name}>"))
    assert rows[0][3:5] == ["<alpha.coin.heads>", "in [0.3, 0.7]"]
    assert rows[1][3:5] == rows[2][3:5] == ["·", "·"]


def test_another_value_is_another_verdict_in_ledger_tally_and_counts(content):
    values = dict(content.values) | {"alpha.coin.heads": Value(0.9, 0.8, 1.0, 8)}
    claims = decide_claims(load_claims(content.plan.sections), values, content.references)
    other = replace(content, values=values, claims=claims)
    assert content.claims["alpha.fair"].verdict == "supported"
    assert rows_of(ledger(other, lambda name: values[name].text))[0][2].startswith("[refuted]")
    assert counted(content)["supported"] == counted(other)["refuted"] == 1
    assert "refuted" in tally(other)
    assert "refuted" not in tally(content)


def test_an_inconclusive_claim_says_how_many_seeds_would_decide_it(content):
    values = dict(content.values) | {"alpha.coin.heads": Value(0.65, 0.55, 0.75, 8)}
    claims = decide_claims(load_claims(content.plan.sections), values, content.references)
    other = replace(content, values=values, claims=claims)
    assert undecided(content).strip() == ""
    told = r"claim-alpha-fair\): to decide it takes about 33 seeds in place of 8"  # 8 (0.1 / 0.05)², and more
    assert re.search(told, undecided(other))
    assert rows_of(ledger(other, str))[0][5].endswith("*about 33 seeds would decide it*")


def test_a_verdict_that_other_seeds_do_not_share_says_so(content):
    shaken = replace(content.claims["alpha.fair"], shaken="3 of 5 other blocks of seeds disagree (refuted in 3)")
    other = replace(content, claims=content.claims | {"alpha.fair": shaken})
    row = rows_of(ledger(other, str))[0]
    assert row[2].startswith("[inconclusive]")
    assert row[5].endswith("*supported here, not on all seeds*")
    assert "supported by its criterion, but 3 of 5 other blocks of seeds disagree (refuted in 3)." in undecided(other)


@given(st.lists(st.sampled_from(VERDICTS)))
def test_counts_are_those_of_the_verdicts(verdicts):
    claims = {f"a.{place}": DecidedClaim(None, "a", "", verdict) for place, verdict in enumerate(verdicts)}
    found = counted(SimpleNamespace(claims=claims))
    assert sum(found.values()) == len(verdicts)
    assert {name: count for name, count in found.items() if count} == {name: verdicts.count(name) for name in verdicts}


def test_every_claim_of_the_article_has_its_few_words(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    claims = [claim for _, _, claim in load_claims(load_configuration().article.sections)]
    assert len(claims) == len({claim.short for claim in claims})
    assert all(claim.short and claim.test for claim in claims)
    assert all(key in read_reference_keys(REFERENCES) for claim in claims for key in claim.references)
    assert not [claim.id for claim in claims if claim.untested]
