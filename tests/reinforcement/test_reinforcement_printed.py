"""Check the printed equation's solution by repeating it, and both solutions of the article's table in fractions."""

from fractions import Fraction

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.reinforcement import printed
from scripts.reinforcement.mdp import DecisionProcess, solve
from scripts.reinforcement.settings import Printed

DISCOUNTS = st.floats(0.01, 0.9)


def random_process(states, actions, discount, seed):
    rng = np.random.default_rng(seed)
    transitions = rng.dirichlet(np.ones(states), (states, actions))
    return DecisionProcess(transitions, rng.normal(size=(states, actions)), discount)


def lake_table(discount, passes=2000):
    """Return the frozen lake's table by plain value iteration over gymnasium's own transitions."""
    world = gymnasium.make("FrozenLake-v1").unwrapped.P
    table = np.zeros((len(world), len(world[0])))
    for _ in range(passes):
        best = table.max(1)
        for state, row in world.items():
            for action, found in row.items():
                table[state, action] = sum(
                    chance * (reward + discount * (0 if ended else best[following]))
                    for chance, following, reward, ended in found
                )
    return table


@given(st.integers(1, 6), st.integers(1, 4), DISCOUNTS, st.integers(0, 1000))
def test_the_printed_equation_repeated_ends_at_its_solution(states, actions, discount, seed):
    process = random_process(states, actions, discount, seed)
    table = np.zeros((states, actions))
    for _ in range(300):
        table = np.array(
            [[reward + discount * max(row) for reward in own] for own, row in zip(process.rewards, table, strict=True)]
        )
    np.testing.assert_allclose(printed.printed_solution(process), table, rtol=1e-9, atol=1e-9)


@given(st.integers(1, 4), DISCOUNTS, st.integers(0, 1000))
def test_where_there_is_one_state_the_misprint_changes_nothing(actions, discount, seed):
    process = random_process(1, actions, discount, seed)
    np.testing.assert_allclose(printed.printed_solution(process), solve(process), rtol=1e-9, atol=1e-12)


def test_where_states_differ_it_changes_much():
    process = random_process(4, 2, 0.9, 1)
    assert np.abs(printed.printed_solution(process) - solve(process)).max() > 0.5


@given(st.integers(1, 6), st.integers(1, 4), st.fractions(Fraction(1, 50), Fraction(19, 20), max_denominator=50))
def test_on_the_articles_table_one_number_solves_both_equations(states, actions, discount):
    worth = Fraction(1, 2) / (1 - discount)
    assert worth == Fraction(1, 2) + discount * max([worth] * actions)  # at the same state, as printed
    assert worth == Fraction(1, 2) + discount * sum([Fraction(1, states) * max([worth] * actions)] * states)
    process = printed.article_table(states, actions, float(discount))
    for table in (solve(process), printed.printed_solution(process)):
        np.testing.assert_allclose(table, float(worth), rtol=1e-12)


@pytest.mark.parametrize("discount", [0.5, 0.9, 0.99])
def test_the_frozen_lake_by_hand_and_by_value_iteration(discount):
    values = {name: value.value for name, value in printed.compute(Printed(discount=discount)).values.items()}
    table = lake_table(discount)
    assert values["start"] == pytest.approx(table[0].max(), abs=1e-8)
    assert values["largest"] == pytest.approx(table.max(), abs=1e-8)
    assert values["printed_start"] == 0
    assert values["printed_largest"] == pytest.approx(1 / 3 / (1 - discount))  # one slip in three reaches the goal
    assert (values["squares"], values["worthless"]) == (11, 10)  # four holes and the goal are ends


def test_the_articles_own_numbers():
    values = printed.compute(Printed()).values
    assert values["table"].text == values["printed_table"].text == "5.00"
