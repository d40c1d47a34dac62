"""The launcher of stages: nothing is kept that was not made by the code that the build was planned with."""

import json

import pytest

from scripts.article import stage
from scripts.article.artifacts import load_artifact
from scripts.article.errors import ArticleError
from scripts.article.plan import Plan

CODE = "scripts/alpha/coin.py"


def made(folder):
    return sorted(path.name for path in (folder / "results/alpha").glob("coin.*"))


def test_code_edited_after_the_plan_is_refused(small):
    planned = Plan.load({"preset": "quick"}).experiments["alpha.coin"]
    before = load_artifact(planned.files[-1]).recipe
    small.edit(CODE, "np.linspace(0.4", "np.linspace(0.3")
    with pytest.raises(ArticleError, match=r"alpha\.coin: its code or inputs changed after this build began"):
        small.run("experiment", "alpha.coin", planned)
    assert load_artifact(planned.files[-1]).recipe == before


@pytest.mark.parametrize(
    "edit",
    ["path.touch()", "text = path.read_text(); path.write_text(text + '#'); path.write_text(text)"],
)
def test_code_written_to_while_it_runs_leaves_no_result_even_if_it_is_put_back(small, edit):
    small.edit(CODE, "    heads =", f"    from pathlib import Path\n    path = Path({CODE!r})\n    {edit}\n    heads =")
    planned = Plan.load({}).experiments["alpha.coin"]
    with pytest.raises(ArticleError, match=r"alpha\.coin: its code changed while it ran; its result is dropped"):
        small.run("experiment", "alpha.coin", planned)
    assert made(small.folder) == []


def test_a_file_that_the_stage_does_not_reach_may_be_edited_while_it_runs(small):
    small.edit(CODE, "    heads =", "    open('scripts/alpha/other.py', 'w').close()\n    heads =")
    small.run("experiment", "alpha.coin", Plan.load({}).experiments["alpha.coin"])
    assert made(small.folder) == ["coin.json", "coin.npz"]


def test_the_order_of_what_a_figure_reads_counts(small):
    figure = "scripts/alpha/figures/coin.py"
    small.edit(figure, 'READS = ["alpha.coin"]', 'READS = ["alpha.coin", "alpha.dice"]')
    (small.folder / "scripts/alpha/dice.py").write_text((small.folder / CODE).read_text())
    small.edit("scripts/alpha/settings.py", "    coin: Coin", "    coin: Coin\n    dice: Coin")
    before = Plan.load({}).figures["alpha.coin"].digest
    small.edit(figure, '["alpha.coin", "alpha.dice"]', '["alpha.dice", "alpha.coin"]')
    assert Plan.load({}).figures["alpha.coin"].digest != before


def test_a_result_of_the_same_recipe_comes_from_the_store(small, capsys):
    planned = Plan.load({}).experiments["alpha.coin"]
    before = [file.read_bytes() for file in planned.files]
    for file in planned.files:
        file.unlink()
    small.run("experiment", "alpha.coin", planned)
    assert "alpha.coin: as computed before, from the store" in capsys.readouterr().out
    assert [file.read_bytes() for file in planned.files] == before


def test_a_figure_of_other_numbers_with_the_same_recipe_is_not_fetched(small, capsys):
    planned = Plan.load({}).figures["alpha.coin"]
    artifact = small.folder / "results/alpha/coin.json"
    artifact.write_text(artifact.read_text() + "\n")  # whole, but not the bytes that the figure was drawn from
    small.run("figure", "alpha.coin", planned)
    assert "from the store" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["experiment", "alpha.dice", "--digest", "0"],
            r"error: scripts/alpha/settings\.py: class Settings lists no exp",
        ),
        (["figure", "alpha.dice", "--digest", "0"], r"error: scripts/alpha/figures/dice\.py: no such file"),
    ],
)
def test_what_cannot_run_is_one_line(small, given, message):
    with pytest.raises(SystemExit, match=message):
        stage.main(given)


def test_what_cannot_be_written_is_one_line(small):
    planned = Plan.load({"preset": "quick"}).experiments["alpha.coin"]
    for file in planned.files:
        file.unlink()
        file.mkdir()
    settings = json.dumps(planned.settings)
    with pytest.raises(SystemExit, match=r"^error: results/alpha/coin\.(json|npz): "):
        stage.main(["experiment", "alpha.coin", "--digest", planned.digest, "--settings", settings])
