import json
import math
import os
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

from scripts.article import audit as audit_command
from scripts.article import block as block_module
from scripts.article.accepted import AUDIT
from scripts.article.agreement import (
    Audit,
    AuditedClaim,
    Failure,
    compare,
    read_audit,
    replications,
    settled,
    write_audit,
)
from scripts.article.artifacts import Result, artifact_path, save_artifact
from scripts.article.audit import table
from scripts.article.audited import audit_table, not_firm
from scripts.article.block import Block, Planned, check_disjoint, run
from scripts.article.claims import Claim, DecidedClaim
from scripts.article.errors import ArticleError
from scripts.article.recipe import Recipe
from scripts.article.values import Value
from scripts.maths.statistics import mean_interval
from tests.article.conftest import FILES, LINKS, REPOSITORY

HIGH, LOW, OPEN = Value(9.0, 8.0, 10.0, 20), Value(1.0, 0.5, 1.5, 20), Value(5.0, 4.0, 6.0, 20)


def claim(name, value="a.b.x", **data):
    return Claim.model_validate(
        {
            "id": name,
            "assertion": "Something that can be tested.",
            "for": "One.",
            "against": "Other.",
            "criterion": {"supported": {"value": value, "above": 5.0}},
            **data,
        }
    )


def record(**changed):
    """Return an audit of two blocks, with one claim that both share and one that neither does."""
    kept = AuditedClaim(id="a.kept", exact=False, report="supported", blocks=["supported"] * 2, values={})
    lost = AuditedClaim(id="a.lost", exact=False, report="supported", blocks=["inconclusive", None], values={})
    sure = AuditedClaim(id="a.sure", exact=True, report="refuted", blocks=["refuted"] * 2, values={})
    failure = Failure(stage="a.b", first_seed=200, reason="ValueError: no `x`")
    data = {"commit": "c0ffee" * 7, "date": "2026-11-23", "preset": "standard", "first_seeds": [100, 200]}
    data |= {"replicated": 19, "replications": 20, "failures": [failure], "claims": [kept, lost, sure]}
    return Audit(**(data | changed))


def content(**verdicts):
    """Stand for the report's claims, with their verdicts by id."""
    decided = {f"a.{name}": DecidedClaim(None, "a", "", verdict) for name, verdict in verdicts.items()}
    return SimpleNamespace(claims=settled(decided, "standard"))


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_verdicts_are_compared_block_by_block():
    runs = [{"a.b.x": HIGH, "a.c.y": Value(6.0)}, {"a.b.x": OPEN, "a.c.y": Value(6.0)}, {"a.c.y": Value(6.0)}]
    claims = [
        claim("a.one"),
        claim("a.two", "a.c.y"),
        claim("a.later", untested=["a.d"]),
        claim("a.never", criterion=None, untestable="nobody can know that"),
    ]
    one, two = compare(claims, runs)
    assert (one.id, one.exact, one.report, one.blocks) == ("a.one", False, "supported", ["inconclusive", None])
    assert one.values == {"a.b.x": [(9.0, 8.0, 10.0), (5.0, 4.0, 6.0), None]}
    assert (one.agreeing, one.others) == (0, "inconclusive in 1, no result in 1")
    assert (two.id, two.exact, two.report, two.blocks, two.agreeing) == (
        "a.two",
        True,
        "supported",
        ["supported"] * 2,
        2,
    )
    with pytest.raises(ArticleError, match=r"claim a\.one: there is no value 'a\.b\.x' on the report's own seeds"):
        compare(claims, [{}, *runs])


@pytest.mark.parametrize("other", [Value(6.5), Value(6.0, 5.9, 6.1, 3)])
def test_a_value_that_changes_with_the_seeds_is_not_exact(other):
    assert not compare([claim("a.one")], [{"a.b.x": Value(6.0)}, {"a.b.x": other}])[0].exact


def test_a_prediction_interval_holds_what_it_promises():
    """Draw 4000 pairs of runs of 10 normal samples: the second mean lies where the first foretells it in 95 % of them."""
    rng = np.random.default_rng(0)
    names = [f"a.b.v{number}" for number in range(4000)]
    runs = [{name: Value(*mean_interval(rng.normal(3, 1, 10))) for name in names} for _ in range(2)]
    found, of = replications(names, runs)
    assert of == 4000
    assert found / of == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 4000))


def test_only_values_with_intervals_that_are_there_can_replicate():
    runs = [
        {"x": Value(2.0, 1.0, 3.0, 5), "exact": Value(1.0), "still": Value(0.0, 0.0, 0.0, 5)},
        {"x": Value(2.0 + 1.41), "exact": Value(7.0), "still": Value(0.0)},
        {"x": Value(2.0 - 1.42), "exact": Value(1.0)},
    ]
    assert replications(["x", "exact", "still"], runs) == (2, 3)


def test_the_record_is_one_line_a_claim_and_comes_back(inside):
    assert read_audit() is None
    write_audit(record())
    assert read_audit() == record()
    text = AUDIT.read_text()
    assert [json.loads(line.rstrip(","))["id"] for line in text.splitlines() if '"id"' in line] == [
        "a.kept",
        "a.lost",
        "a.sure",
    ]
    write_audit(read_audit())
    assert AUDIT.read_text() == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"schema": 1', '"schema": 2', "schema: Input should be 1"),
        ('"blocks": ["supported", "supported"]', '"blocks": ["supported"]', r"claim a\.kept has 1 blocks, expected 2"),
        ('"report": "refuted"', '"report": "certain"', r"claims\.2\.report: "),
        ('"preset"', '"prset"', "preset: Field required|prset: Extra inputs"),
        ('"commit": "c0ffee', '"commit": "HEAD', "commit: String should match"),
        ("{", "[", "Invalid JSON"),
    ],
)
def test_a_malformed_record_is_one_message(inside, old, new, message):
    write_audit(record())
    text = AUDIT.read_text()
    assert old in text
    AUDIT.write_text(text.replace(old, new, 1))
    with pytest.raises(
        ArticleError, match=rf"^accepted/audit\.json: .*({message}).*; run make audit, or delete the file$"
    ):
        read_audit()


def test_what_the_report_tells(inside):
    assert audit_table(content(kept="supported")) == ""
    assert not_firm(content(kept="supported")) == []
    write_audit(record())
    now = content(kept="supported", lost="supported", sure="qualified", fresh="refuted", never="untestable")
    told = audit_table(now)
    assert "| [a.lost](#claim-a-lost) | supported | 0 of 2 | inconclusive in 1, no result in 1 |" in told.splitlines()
    assert "**Supported in every block** (1): [a.kept](#claim-a-kept)." in told
    assert "**Exact, without seeds** (1): [a.sure](#claim-a-sure)." in told
    assert "On the seeds from 200, `a.b` did not end: `ValueError: no 'x'`." in told
    assert "Not in the audit, as they are newer: [a.fresh](#claim-a-fresh)." in told
    assert "With another verdict since the audit: [a.sure](#claim-a-sure)." in told
    assert "No longer" not in told
    assert not_firm(now) == ["a.lost"]
    without = content(kept="supported", sure="refuted")
    assert "No longer in the report: `a.lost`." in audit_table(without)
    assert not_firm(without) == []


def test_a_verdict_that_more_than_one_block_does_not_share_is_inconclusive(inside):
    write_audit(record())
    found = content(kept="supported", lost="supported").claims
    assert (found["a.kept"].verdict, found["a.kept"].shaken) == ("supported", "")
    assert (found["a.lost"].verdict, found["a.lost"].by_criterion) == ("inconclusive", "supported")
    assert found["a.lost"].shaken == "2 of 2 other blocks of seeds disagree (inconclusive in 1, no result in 1)"


def test_an_audit_says_nothing_of_another_verdict_or_another_preset(inside):
    write_audit(record())
    assert content(lost="refuted").claims["a.lost"].verdict == "refuted"
    decided = {"a.lost": DecidedClaim(None, "a", "", "supported")}
    assert settled(decided, "quick")["a.lost"].verdict == "supported"


def test_counts_leave_out_what_is_exact():
    about = record()
    assert (about.agree_all, about.one_other, about.more, len(about.exact)) == (1, 0, 1, 1)
    assert (about.short_commit, about.replication) == ("c0ffeec", "95\N{NO-BREAK SPACE}%")
    one = AuditedClaim(id="a.x", exact=False, report="refuted", blocks=["refuted", "supported"], values={})
    assert (record(claims=[one]).one_other, record(claims=[one]).agree_all) == (1, 0)


def test_an_open_verdict_cannot_fail_to_be_firm(inside):
    open_one = AuditedClaim(id="a.lost", exact=False, report="inconclusive", blocks=["supported"] * 2, values={})
    write_audit(record(claims=[open_one]))
    assert not_firm(content(lost="inconclusive")) == []


def test_the_terminal_gets_the_least_agreeing_first():
    lines = table(record()).splitlines()
    assert lines[0] == "a.lost  supported  0/2    inconclusive in 1, no result in 1"
    assert lines[2] == "a.sure  refuted    exact"
    assert lines[3].startswith("a.b did not end on the seeds from 200: ValueError")
    assert lines[4] == "1 verdicts agree in all 2 blocks, 0 in all but one, 1 in fewer; 1 are exact."
    assert lines[5].startswith("19 of 20 values (95")


@pytest.mark.parametrize(("key", "refused"), [("seeds", True), ("tuning_seeds", True), ("tasks", False)])
def test_blocks_that_would_share_seeds_are_refused(key, refused):
    planned = {"a.b": Planned("0" * 64, [], {"first_seed": 0, key: 101})}
    check_disjoint(planned, 101)
    if not refused:
        return check_disjoint(planned, 100)
    with pytest.raises(
        ArticleError, match=rf"^a\.b\.{key} is 101: blocks that begin 100 apart .* --distance 101 or more"
    ):
        check_disjoint(planned, 100)


RECIPES = {name: Recipe(settings={"name": name}) for name in ("a.fine", "a.broken", "a.above")}
PLANNED = {
    "a.fine": Planned(RECIPES["a.fine"].digest, [], {}),
    "a.broken": Planned(RECIPES["a.broken"].digest, [], {}),
    "a.above": Planned(RECIPES["a.above"].digest, ["a.broken"], {}),
}


def _build(monkeypatch, *, ends, logs):
    """Stand in for Snakemake: leave results of some experiments and logs of some."""

    def snakemake(block, targets):
        for name in ends:
            result, path = Result({"x": Value(1.0)}), block.folder / artifact_path(name)
            save_artifact(result, path, stage=name, recipe=RECIPES[name], inputs={})
        for name, text in logs.items():
            log = block.folder / f"logs/{name.replace('.', '/')}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(text)

    monkeypatch.setattr(block_module, "_snakemake", snakemake)


def test_what_fails_is_told_with_its_reason(inside, monkeypatch):
    block = Block(inside / "block", 100, "standard", "off", "1")
    _build(monkeypatch, ends=["a.fine"], logs={"a.fine": "", "a.broken": "Traceback\nValueError: no luck\n"})
    expected = {"a.broken": "ValueError: no luck", "a.above": "a.broken did not end"}
    assert run(block, PLANNED) == expected
    monkeypatch.setitem(RECIPES, "a.broken", Recipe(settings={"name": "of other code"}))
    _build(monkeypatch, ends=["a.fine", "a.broken"], logs={"a.broken": "killed"})
    assert run(block, PLANNED) == {**expected, "a.broken": "killed"}


def test_a_build_that_did_not_try_everything_is_no_failure_of_the_experiment(inside, monkeypatch):
    (inside / "block/logs/a").mkdir(parents=True)
    (inside / "block/logs/a/broken.log").write_text("of another time")
    _build(monkeypatch, ends=["a.fine"], logs={})
    with pytest.raises(ArticleError, match=r"the build ended before a\.broken, see .*build\.log; run it again"):
        run(Block(inside / "block", 100, "standard", "off", "1"), PLANNED)


def _git(*arguments):
    identity = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env={**os.environ, **identity})


def test_without_a_commit_there_is_nothing_to_audit(inside, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(inside.parent))
    with pytest.raises(ArticleError, match=r"git show: fatal: not a git repository.*an audit runs the last commit"):
        audit_command.audit(1, "standard", 100)


COIN = '''"""Flip."""

import numpy as np

from scripts.alpha.settings import Coin
from scripts.article.artifacts import Result
from scripts.article.values import Value


def compute(settings: Coin) -> Result:
    """Return a share that depends on the block, and none on the second one."""
    if settings.first_seed == 200:
        raise ValueError("no coin on these seeds")
    share = 0.5 + settings.first_seed / 200
    values = {"heads": Value(share, share - 0.1, share + 0.1, settings.seeds), "exact": Value(settings.chance, digits=1)}
    return Result(values, {"heads": np.zeros(settings.seeds)})
'''
RULE = """use rule experiment as alpha_coin with:
    output:
        **artifact("alpha.coin"),
    log:
        "logs/alpha/coin.log",
    params:
        **stage("alpha.coin"),
"""


@pytest.mark.slow
def test_an_audit_of_a_small_article(inside, monkeypatch, capsys):
    for name, text in {**FILES, "scripts/alpha/coin.py": COIN, "scripts/__init__.py": ""}.items():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_text(text)
    for name in [name for name in LINKS if not name.startswith("workflow/")]:
        (inside / name).symlink_to(REPOSITORY / name)
    for name in ("workflow", "profiles"):
        shutil.copytree(REPOSITORY / name, inside / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "Snakefile", inside)
    (inside / "workflow/rules/alpha.smk").write_text(RULE)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a coin"]):
        _git(*arguments)
    (inside / "scripts/alpha/coin.py").write_text("this is not committed, so it must not run")
    for name in ("ARTICLE_STORE", "ARTICLE_STORE_LIMIT"):
        monkeypatch.delenv(name, raising=False)
    audit_command.main(["--blocks", "2", "--distance", "100"])
    found = read_audit()
    assert [(each.stage, each.first_seed, each.reason) for each in found.failures] == [
        ("alpha.coin", 200, "ValueError: no coin on these seeds")
    ]
    assert [(each.id, each.report, each.blocks) for each in found.claims] == [
        ("alpha.fair", "supported", ["refuted", None])
    ]
    assert found.claims[0].values == {"alpha.coin.heads": [(0.5, 0.4, 0.6), (1.0, 0.9, 1.1), None]}
    assert (found.replicated, found.replications, found.first_seeds) == (0, 1, [100, 200])
    told = capsys.readouterr().out
    assert "The files here differ from the last commit" in told
    assert "alpha.fair  supported  0/2  refuted in 1, no result in 1" in told
    assert len(list((inside / ".cache/store").rglob("*.entry"))) == 1  # the report's, in the checkout's own store
    assert len(list((inside / ".cache/audit/store").rglob("*.entry"))) == 1
    shutil.rmtree(inside / ".cache/audit/block-1")
    record_before = AUDIT.read_text()
    audit_command.main(["--blocks", "2", "--distance", "100"])
    assert "from the store" in (inside / ".cache/audit/block-1/logs/alpha/coin.log").read_text()
    assert AUDIT.read_text() == record_before
