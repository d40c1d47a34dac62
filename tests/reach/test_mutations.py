"""Random changes of the code: no stage's output may change while its digest stays."""

import pytest
from build_support import copy_of
from reach.campaign import Campaign
from reach.mutants import Mutator, draw
from reach.precision import trace_all
from reach.shared import traced_once
from reach.statements import Texts

from benchmarks.projects import copy_project

pytestmark = pytest.mark.slow

PAIRS = 10_000  # of a change and a stage
LAUNCHERS = 32  # changes of these in the launcher
STAGES = ("experiment functions.freelunch", "figure functions.freelunch")
OWN = tuple(f"scripts.functions.{name}" for name in ("freelunch", "boolean", "learners", "figures.freelunch"))
SOURCE = "scripts/reach/source.py"


def test_no_output_changes_while_the_digest_stays(tmp_path_factory, tmp_path):
    folder, traced = traced_once(tmp_path_factory)
    tree = copy_of(folder, tmp_path / "project")
    with Campaign(tree, traced) as campaign:
        count = -(-PAIRS // len(campaign.stages))
        for mutant in draw(Texts(tree), 1, count, LAUNCHERS):
            campaign.try_mutant(mutant)
    tally = campaign.tally
    assert not tally.violations
    assert sum(tally.pairs.values()) >= PAIRS
    assert len(tally.mutants) >= 10
    assert tally.pairs["digest changed"] > 500
    assert tally.pairs["output equal"] > 20
    assert sum(tally.launcher.values()) > 20


def test_a_resolver_that_is_blind_to_numbers_is_caught(tmp_path):
    tree = copy_project(tmp_path / "project")
    source = (tree / SOURCE).read_text()
    sees, blind = "{ast.dump(node)}", "{__import__('re').sub('value=[0-9.]+', '', ast.dump(node))}"
    assert sees in source
    (tree / SOURCE).write_text(source.replace(sees, blind))
    with Campaign(tree, trace_all(tree, STAGES)) as campaign:
        mutants = Mutator(Texts(tree), 1, OWN).draw(120)
        for mutant in [entry for entry in mutants if entry.kind == "constant changed"]:
            campaign.try_mutant(mutant)
    assert len(campaign.tally.violations) >= 2
    assert all("functions/" in violation for violation in campaign.tally.violations)
