"""What `make why` says before anything runs."""

import json

import pytest

from scripts.article import times
from scripts.article.plan import Plan
from scripts.article.store import Store
from scripts.article.why import describe, due, duration, main

NOTHING = Store(None, 0)


def reasons(store=NOTHING, **overrides):
    return {stage.name: stage.reasons for stage in due(Plan.load(overrides), store)}


def test_nothing_is_due_after_a_build(small):
    small.build()
    assert reasons() == {}
    assert describe([], 4) == "Nothing to do: all 4 stages are of today."


def test_each_stage_that_is_due_says_why(small):
    small.build()
    small.edit("scripts/alpha/coin.py", "np.linspace(0.4", "np.linspace(0.3")
    assert reasons() == {
        "alpha.coin": ["scripts.alpha.coin.compute changed"],
        "figure alpha.coin": ["input alpha.coin changed"],
        "report": [
            "input results/alpha/coin.json changed",
            "input results/alpha/figures/coin.json changed",
        ],
        "changes": ["input report changed"],
    }


def test_settings_packages_and_altered_files_are_said_in_words(small, monkeypatch):
    small.build()
    assert reasons(preset="quick")["alpha.coin"] == ["setting seeds: 8 → 4"]
    path = small.folder / "results/alpha/coin.json"
    path.write_text(path.read_text().replace("0.5", "0.6", 1))
    found = reasons()
    assert found["alpha.coin"] == [
        f"{path.relative_to(small.folder)}: altered after it was written (its seal does not fit)"
    ]
    assert found["figure alpha.coin"] == ["results/alpha/coin.json is not the file that it was made with"]
    path.unlink()
    assert reasons()["alpha.coin"] == ["results/alpha/coin.json is missing"]


def test_a_new_version_of_a_package_is_said(small, monkeypatch):
    small.build()
    now = Plan.load({}).experiments["alpha.coin"].recipe.packages["numpy"]
    real = __import__("scripts.reach.packages", fromlist=["version"]).version
    monkeypatch.setattr("scripts.reach.packages.version", lambda name: "9.9" if name == "numpy" else real(name))
    assert reasons()["alpha.coin"] == [f"numpy {now} → 9.9"]


def test_what_reads_a_missing_result_is_due_too(small):
    small.build()
    (small.folder / "results/alpha/figures/coin.svg").unlink()
    found = reasons()
    assert found["figure alpha.coin"] == ["results/alpha/figures/coin.svg is missing"]
    assert found["report"] == ["results/alpha/figures/coin.svg is missing"]


def test_times_and_the_store_enter_the_estimate(small, capsys):
    small.build()
    quick = Plan.load({"preset": "quick"}).experiments["alpha.coin"]
    times.note("alpha.coin", quick.settings, 75.2)
    main(["--config", "preset=quick"])
    shown = capsys.readouterr().out
    assert "alpha.coin  (1 min 15 s)\n    setting seeds: 8 → 4" in shown
    assert "4 of 5 stages would be made anew: about 1 min" in shown
    small.run("experiment", "alpha.coin", quick)
    small.run("experiment", "alpha.coin", Plan.load({}).experiments["alpha.coin"])
    main(["--config", "preset=quick"])
    assert "alpha.coin  (from the store)" in capsys.readouterr().out


def test_times_are_kept_by_settings_and_survive_damage(small):
    times.note("a.b", {"n": 1}, 1.0)
    times.note("a.b", {"n": 2}, 2.0)
    assert times.expected("a.b", {"n": 1}) == 1.0
    assert times.expected("a.b", {"n": 3}) == 2.0
    assert times.expected("a.c", {}) is None
    (times.FOLDER / "a.b.json").write_text("{")
    assert times.expected("a.b", {"n": 1}) is None


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (59.4, "59 s"), (60, "1 min 0 s"), (7300, "2 h 1 min")])
def test_durations_are_words(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--config", "preset"], "--config preset: expected KEY=VALUE"),
        (["--config", "preset=fast"], "preset is 'fast', expected one of quick, standard, paper"),
        (["--configfile", "none.yaml"], r"none\.yaml: no such file"),
        (["--configfile", "list.yaml"], r"list\.yaml: expected a YAML mapping, got list"),
    ],
)
def test_wrong_overrides_are_one_message(small, given, message):
    (small.folder / "list.yaml").write_text("[1]\n")
    with pytest.raises(SystemExit, match=message):
        main(given)


def test_overrides_are_those_of_snakemake(small, capsys):
    small.build()
    (small.folder / "mine.yaml").write_text(json.dumps({"alpha": {"coin": {"chance": 0.25}}}))
    main(["--configfile", "mine.yaml", "--config", "alpha__coin__seeds=9"])
    shown = capsys.readouterr().out
    assert "setting chance: 0.5 → 0.25" in shown
    assert "setting seeds: 8 → 9" in shown
