"""Check the three worlds' values: exact ones by what is known, learned ones by where they must lie."""

import math

import numpy as np
import pytest

from scripts.article.settings import preset_values
from scripts.reinforcement import control
from scripts.reinforcement.settings import Control

SHORT = {"seeds": 3, "frozenlake_updates": 150, "cliff_updates": 150, "taxi_updates": 150}


@pytest.fixture(scope="module")
def short():
    return control.compute(Control(**preset_values(Control, "quick") | SHORT | {"discount": 0.9, "epsilon": 0.2}))


def test_the_claims_find_their_values(short):
    wanted = {f"{world}_{kind}_regret" for world in control.WORLDS for kind in control.KINDS}
    assert wanted | {"cliff_optimal", "frozenlake_optimal_099"} <= set(short.values)
    assert all(math.isfinite(value.value) for value in short.values.values())


def test_exact_optima_depend_on_no_setting(short):
    assert short.values["cliff_optimal"].value == pytest.approx(-13, abs=1e-9)
    assert short.values["frozenlake_optimal_099"].value == pytest.approx(0.5420259320, abs=1e-9)
    assert short.values["cliff_best"].value == pytest.approx(-(1 - 0.9**13) / 0.1)


def test_one_step_of_a_run_leaves_a_random_policy():
    study = control.run(Control(seeds=4, frozenlake_updates=100, epsilon=1.0), "frozenlake")
    assert study.times[0] == 1
    np.testing.assert_allclose(study.regret[0], 100)
    np.testing.assert_allclose(study.random, 0.012, atol=5e-4)


def test_regret_is_what_is_lost_of_best_minus_random(short):
    values = {name: value.value for name, value in short.values.items()}
    for world in control.WORLDS:
        span = values[f"{world}_best"] - values[f"{world}_random"]
        lost = (values[f"{world}_best"] - values[f"{world}_q_value"]) / span
        assert 100 * lost == pytest.approx(values[f"{world}_q_regret"], abs=1e-6)
        for kind in ("sarsa", "double"):
            more = values[f"{world}_{kind}_regret"] - values[f"{world}_q_regret"]
            assert values[f"{world}_{kind}_minus_q"] == pytest.approx(more, abs=1e-6)
        saved = values[f"{world}_q_regret"] - values[f"{world}_q_decreasing_regret"]
        assert values[f"{world}_decreasing_gain"] == pytest.approx(saved, abs=1e-6)


def test_looping_costs_a_step_for_ever_on_the_cliff():
    study = control.run(Control(seeds=3, cliff_updates=1000, discount=0.95), "cliff")
    stuck = -1 / (1 - 0.95)
    expected = (study.best - stuck) / (study.best - study.random) * 100
    assert (np.abs(study.regret[-1] - expected) < 1e-6).any()
    assert control.path_values(study)["cliff_stuck_regret"].value == pytest.approx(expected)


def test_the_most_frequent_path_is_found():
    assert control.frequent([(1, 2), (3,), (3,), (1, 2), (3,)]) == (3,)


@pytest.mark.slow
def test_on_the_cliff_q_learning_takes_the_edge_and_sarsa_the_detour():
    settings = Control(**SHORT | {"seeds": 8, "cliff_updates": 40_000, "discount": 0.97})
    values = control.compute(settings).values
    assert values["cliff_q_edge"].value == 1
    assert values["cliff_q_regret"].value == pytest.approx(0, abs=1e-6)
    assert values["cliff_q_online"].value == pytest.approx(values["cliff_shortest_online"].value, abs=4)
    assert values["cliff_sarsa_edge"].value < 0.5
    assert values["cliff_online_gain"].low > 0
    assert values["cliff_exploring_best"].value >= max(values[f"cliff_{kind}_online"].value for kind in control.KINDS)
