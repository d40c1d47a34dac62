"""Check the ratios and rates against naive computation, exact cases, and an operator that does not contract."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.settings import preset_values
from scripts.reinforcement import contraction
from scripts.reinforcement.mdp import DecisionProcess, solve
from scripts.reinforcement.settings import Contraction


def problem(seed: int, states: int, actions: int, discount: float) -> contraction.Problem:
    rng = np.random.default_rng(seed)
    transitions = rng.dirichlet(np.full(states, 0.5), size=(states, actions))
    process = DecisionProcess(transitions, rng.normal(size=(states, actions)), discount)
    return contraction.Problem(process, np.zeros(states, dtype=bool))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4), st.floats(0.01, 0.99))
def test_no_pair_of_tables_moves_apart(seed, states, actions, discount):
    one = Contraction(discounts=[discount], pairs=10, first_seed=seed)
    ratios = contraction.pair_ratios(one, 0, problem(seed, states, actions, discount))
    assert ratios.shape == (2, 1, 10)
    assert ratios[0].max() <= 1 + 1e-9
    np.testing.assert_allclose(ratios[1], 1, atol=1e-7)


def test_ratio_equals_the_naive_one():
    process, rng = problem(3, 4, 2, 0.7).process, np.random.default_rng(1)
    tables, others = rng.normal(size=(2, 5, 4, 2))
    found = contraction.ratio(process, tables, others)
    for number in range(5):
        backed = [
            [
                process.rewards[s, a] + 0.7 * sum(process.transitions[s, a, t] * max(one[number][t]) for t in range(4))
                for s in range(4)
                for a in range(2)
            ]
            for one in (tables, others)
        ]
        after = max(abs(x - y) for x, y in zip(*backed, strict=True))
        before = max(abs(x - y) for x, y in zip(tables[number].ravel(), others[number].ravel(), strict=True))
        assert found[number] == pytest.approx(after / (0.7 * before))


def test_an_operator_that_does_not_contract_is_found_out():
    process = problem(3, 4, 2, 0.7).process
    object.__setattr__(process, "transitions", process.transitions * 1.5)
    assert contraction.ratio(process, np.ones((4, 2)), np.zeros((4, 2))) == pytest.approx(1.5)


@pytest.mark.parametrize("discount", [0.6, 0.8])
def test_value_iteration_ends_at_the_rate_of_the_discount_and_keeps_the_bound(discount):
    process = problem(5, 12, 3, discount).process
    one = contraction.iterate(process, 1e-9)
    assert one.rate == pytest.approx(discount, abs=1e-4)
    assert one.sweeps <= math.ceil(math.log(1e-9) / math.log(discount))
    assert (one.errors[1:] <= discount * one.errors[:-1] + 1e-12).all()
    assert one.residual < 1e-13


def test_a_world_that_ends_is_left_at_the_rate_of_its_slowest_mode():
    world = contraction.world_problem("frozenlake8")
    one = contraction.iterate(world.process, 1e-11)
    assert one.rate == pytest.approx(contraction.slowest_mode(world), abs=2e-4)
    assert contraction.slowest_mode(problem(2, 6, 2, 0.8)) == pytest.approx(0.8)


def test_the_shortest_way_needs_as_many_sweeps_as_it_has_steps():
    world = contraction.world_problem("cliff")
    one = contraction.iterate(world.process, 1e-11)
    moves = world.process.transitions[~world.terminal].any(1)
    distance, reached = 0, world.terminal.copy()
    while not reached.all():
        reached[~world.terminal] |= (moves & reached).any(-1)
        distance += 1
    assert distance <= one.sweeps <= distance + 1
    assert solve(world.process)[world.terminal].max() == 0


def test_compute_gives_finite_values_under_the_fixed_ids():
    small = preset_values(Contraction, "quick") | {"seeds": 3, "pairs": 5}
    values = contraction.compute(Contraction(**small)).values
    assert all(math.isfinite(value.value) for value in values.values())
    assert values["largest_ratio"].value == pytest.approx(1, abs=1e-7)
    assert values["rate_090"].low - 1e-4 <= 0.9 <= values["rate_090"].high + 1e-4
    assert values["sweeps"].value <= values["sweeps_bound"].value
