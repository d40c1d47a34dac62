"""Accepting a report: what is kept of it, when it is refused, and how a broken one is named."""

import json
from pathlib import Path

import pytest

from scripts.article.accept import accept, main
from scripts.article.accepted import ACCEPTED
from scripts.article.artifacts import sha256
from scripts.article.changes import main as compare_main
from scripts.article.errors import ArticleError
from scripts.article.freshness import stale
from scripts.article.plan import SNAPSHOT, Plan
from scripts.article.snapshot import load_snapshot
from scripts.article.verify import verify

COIN, CLAIMS = "scripts/alpha/coin.py", "templates/claims/alpha.yaml"
PAGE = Path("report/changes.html")


def test_an_accepted_report_is_what_the_build_printed(small):
    folder = small.build()
    assert accept() == (
        "Accepted: preset standard, 3 claims (1 supported, 1 untested, 1 untestable), 2 values, 1 figures and 2 stages. "
        "Commit accepted/report.json, so that others compare with it too."
    )
    found, printed = load_snapshot(ACCEPTED), json.loads((folder / "report.json").read_text())
    assert {name: value.text for name, value in found.values.items()} == {
        name: record["text"] for name, record in printed["values"].items()
    }
    assert found.claims["alpha.fair"].decided_by == "alpha.coin.heads"
    assert found.figures["alpha.coin"] == sha256(Path("results/alpha/figures/coin.svg").read_bytes())[:16]
    assert found.stages.keys() == printed["stages"].keys()
    assert "Nothing has changed since the accepted report." in PAGE.read_text()


def test_only_what_is_printed_or_decides_is_kept(small):
    small.edit(COIN, '"exact": Value', '"shown": Value(0.25), "hidden": Value(0.75), "exact": Value')
    small.edit(
        "templates/sections/alpha.md.j2", "See {{", '{% if val("alpha.coin.shown").value > 0 %}So{% endif %} see {{'
    )
    small.compute()
    small.build()
    assert sorted(load_snapshot(SNAPSHOT).values) == ["alpha.coin.exact", "alpha.coin.heads", "alpha.coin.shown"]


def test_accepting_leaves_nothing_stale_and_a_line_an_entry(small):
    small.build()
    accept()
    assert stale(Plan.load({})) == {}
    verify()
    assert (
        '\n"alpha.coin.heads": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 8, "digits": 2}\n' in ACCEPTED.read_text()
    )
    again = ACCEPTED.read_bytes()
    accept()
    assert ACCEPTED.read_bytes() == again


def test_another_accepted_report_makes_the_page_of_changes_stale_and_nothing_else(small):
    small.build()
    accept()
    ACCEPTED.write_text(ACCEPTED.read_text().replace("A small article", "Another article"))
    assert list(stale(Plan.load({}))) == ["results/changes.json"]
    with pytest.raises(ArticleError, match=r"changes\.json: stale: input accepted/report\.json changed"):
        verify()
    accept()
    verify()


def test_a_report_of_the_preset_quick_is_accepted_only_when_told(small, capsys):
    small.compute(preset="quick")
    small.build(preset="quick")
    with pytest.raises(SystemExit, match=r"error: results/snapshot\.json: preset is quick, expected standard or paper"):
        main([])
    assert not ACCEPTED.exists()
    main(["--quick"])
    assert capsys.readouterr().out.startswith("Accepted: preset quick, 3 claims")


def test_without_a_report_nothing_is_accepted(small):
    with pytest.raises(ArticleError, match=r"results/report\.json: no such file; run snakemake"):
        accept()
    assert not ACCEPTED.exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (COIN, "np.linspace(0.4", "np.linspace(0.3", r"coin\.json: stale"),
        (CLAIMS, "between: [0.3, 0.7]", "between: [0.2, 0.7]", r"report\.json: stale: input templates/claims"),
        ("results/snapshot.json", "0.6", "0.7", r"stale: results/snapshot\.json is not the file"),
    ],
)
def test_a_report_that_is_not_of_today_is_not_accepted(small, file, old, new, message):
    small.build()
    small.edit(file, old, new)
    with pytest.raises(ArticleError, match=message):
        accept()
    assert not ACCEPTED.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{", "<<<<<<< ours\n{", r"Invalid JSON"),
        ('"preset": "standard",\n', "", r"preset: Field required"),
        ('"first_seed": 0', '"first_seed": "0"', r"first_seed: Input should be a valid integer"),
        ('"first_seed": 0', '"first_seed": 0, "last_seed": 9', r"last_seed: Extra inputs"),
        ('"schema": 1', '"schema": 2', r"schema: Input should be 1"),
        ('"verdict": "supported"', '"verdict": "supposed"', r"claims\.alpha\.fair\.verdict: Input should be 'supported'"),
        ('"value": 0.5,', '"value": "half",', r"values\.alpha\.\w+\.\w+\.value: Input should be a valid number"),
        ('"value": 0.5, "low": 0.4', '"value": 0.5, "low": 0.55', r"values\.alpha\.coin\.heads: expected low <= value"),
        ('"value": 0.5, "low"', '"value": NaN, "low"', r"values\.alpha\.coin\.heads: value is nan, expected a finite"),
        ('"figures": {\n"alpha.coin": "', '"figures": {\n"alpha.coin": "../', r"figures\.alpha\.coin: String should match"),
        ('"stages": {\n"alpha.coin": "', '"stages": {\n"alpha.coin": "_', r"stages\.alpha\.coin: String should match"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_accepted_report_is_one_message(small, old, new, message):
    small.build()
    accept()
    text = ACCEPTED.read_text()
    assert old in text
    ACCEPTED.write_text(text.replace(old, new, 1))
    with pytest.raises(SystemExit, match=rf"^error: accepted/report\.json: {message}"):
        compare_main([])
    accept()  # it may always be replaced
    compare_main(["--strict"])
