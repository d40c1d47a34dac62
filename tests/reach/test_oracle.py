"""Every stage of the article runs watched: what it runs, reads, loads and opens must be in its recipe."""

import pytest
from reach.forks import Forks
from reach.oracle import Oracle, has_package
from reach.precision import needs_all, precision, table, without_nodes
from reach.shared import traced_once
from reach.small import SMALL

pytestmark = pytest.mark.slow

CONTEXT = "experiment functions.context"
LEAN = ("fonts ", "experiment ntk.rbf", "report ")
LOADED_IF_THERE = {"_distutils_hack", "charset_normalizer", "reach", "scripts"}  # change no result
LOADED_IF_THERE |= {"Cython", "cython", "cython_runtime"}  # SciPy asks for its version


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    return traced_once(tmp_path_factory)


@pytest.fixture(scope="module")
def root(traced):
    return traced[0]


@pytest.fixture(scope="module")
def runs(traced):
    return needs_all(*traced)


def all_misses(root, runs):
    stages = {name: run.stage for name, run in runs.items()}
    oracle = Oracle(root)
    return [f"{name}: {miss}" for name, run in runs.items() for miss in oracle.misses(run.stage, run.needs, stages)]


def test_recipes_hold_all_that_their_stages_ran_read_loaded_and_opened(root, runs):
    figures = list(root.glob("scripts/*/figures/[!_]*.py"))
    experiments = {name for name in runs if name.startswith("experiment")}
    assert len(runs) == len(experiments) + len(figures) + 4  # infographic, fonts, report, page of changes
    assert all(len(run.needs.statements) > 20 and len(run.needs.modules) > 5 for run in runs.values())
    assert not all_misses(root, runs)


def test_recipes_hold_little_else(runs):
    rows = precision(runs)
    # Nothing is accepted in this copy, so the page of changes has nothing to compare.
    assert not [row for row in rows if row.share <= 0.7 and row.name != "changes"]
    assert "| median |" in table(rows)


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ("scripts.maths.statistics.mean_interval", "scripts.maths.statistics.mean_interval:"),
        ("scripts.maths.statistics", "module scripts.maths.statistics:"),
        ("torch", "package torch:"),
    ],
)
def test_a_blinded_resolver_is_caught(root, runs, hidden, expected):
    with Forks(root, ["pydantic", "yaml"]) as forks:
        stages = forks.run("plan", overrides=SMALL, blind=hidden)
    stage, oracle = stages[CONTEXT], Oracle(root)
    misses = oracle.misses(stage, oracle.needs(stage, runs[CONTEXT].trace), stages)
    assert any(miss.startswith(expected) for miss in misses)


def test_a_recipe_without_an_input_is_caught(root, runs):
    stages = {name: run.stage for name, run in runs.items()}
    figure, needs = runs["figure functions.context"].stage, runs["figure functions.context"].needs
    blind = figure | {"recipe": figure["recipe"] | {"inputs": {}}}
    assert "file results/functions/context.npz: was read" in Oracle(root).misses(blind, needs, stages)


def test_recipes_name_every_package_that_a_fresh_process_loads(root, runs):
    with Forks(root, []) as forks:
        for name in LEAN:
            tops = forks.run("trace", stage=without_nodes(runs[name].stage))["tops"]
            missed = {top for top in tops if not top.startswith("__") and not has_package(runs[name].stage, top)}
            assert not {top for top in missed - LOADED_IF_THERE if not top.startswith("_")}, name
