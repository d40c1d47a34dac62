"""Check the vectorised learners against plain loops, one seed at a time."""

import numpy as np
import pytest

from scripts.maths.random import generators
from scripts.reinforcement.learning import Schedule, double_q_learning, q_learning, uniform_experience

STATES, ACTIONS, UPDATES, DISCOUNT = 3, 4, 400, 0.7
RULES = [Schedule(5, 0), Schedule(0, 1), Schedule(1, 0.3), Schedule(0, 1, 0.7)]


def experience(seeds, purpose="test.learning"):
    return list(uniform_experience(STATES, ACTIONS, UPDATES, generators(seeds, purpose)))


def naive_q(seed, rule):
    table, counts = np.zeros((STATES, ACTIONS)), np.zeros((STATES, ACTIONS))
    for one in experience([seed]):
        for pair, successor, reward in zip(one.pairs[:, 0], one.successors[:, 0], one.rewards[:, 0], strict=True):
            entry = divmod(pair, ACTIONS)
            counts[entry] += 1
            step = rule(counts[entry])
            table[entry] += step * (reward + DISCOUNT * max(table[successor]) - table[entry])
    return table, counts


def naive_double_q(seed, step):
    tables = np.zeros((2, STATES, ACTIONS))
    for one in experience([seed]):
        columns = (one.pairs[:, 0], one.successors[:, 0], one.rewards[:, 0], one.coins[:, 0])
        for pair, successor, reward, coin in zip(*columns, strict=True):
            own, other = tables[coin], tables[1 - coin]
            entry = divmod(pair, ACTIONS)
            target = reward + DISCOUNT * other[successor, np.argmax(own[successor])]
            own[entry] += step * (target - own[entry])
    return tables


def test_all_seeds_and_rules_at_once_equal_the_plain_loop():
    seeds = [4, 9]
    table = np.zeros((len(RULES), len(seeds), STATES, ACTIONS))
    counts = np.zeros(table.shape, dtype=int)
    for one in experience(seeds):
        assert sum(1 for _ in q_learning(table, counts, one, RULES, DISCOUNT)) == len(one)
    for index, rule in enumerate(RULES):
        for column, seed in enumerate(seeds):
            expected, visits = naive_q(seed, rule)
            np.testing.assert_allclose(table[index, column], expected, atol=1e-10)
            np.testing.assert_array_equal(counts[index, column], visits)


def test_double_q_learning_equals_the_plain_loop():
    seeds = [2, 7, 11]
    tables = np.zeros((2, len(seeds), STATES, ACTIONS))
    for one in experience(seeds):
        for _ in double_q_learning(tables, one, 0.2, DISCOUNT):
            pass
    for column, seed in enumerate(seeds):
        np.testing.assert_allclose(tables[:, column], naive_double_q(seed, 0.2), atol=1e-10)


def test_experience_of_a_seed_does_not_depend_on_the_others():
    alone, together = experience([5]), experience([1, 5, 8])
    for one, many in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.rewards[:, 0], many.rewards[:, 1])
        np.testing.assert_array_equal(one.pairs[:, 0], many.pairs[:, 1])


def test_steps_of_one_over_n_are_a_plain_average_where_nothing_follows():
    table, counts = np.zeros((1, 1, STATES, ACTIONS)), np.zeros((1, 1, STATES, ACTIONS), dtype=int)
    drawn = experience([3])
    for one in drawn:
        for _ in q_learning(table, counts, one, [Schedule(0, 1)], 0.0):
            pass
    pairs, rewards = (np.concatenate([getattr(one, name)[:, 0] for one in drawn]) for name in ("pairs", "rewards"))
    means = [rewards[pairs == pair].mean() for pair in range(STATES * ACTIONS)]
    np.testing.assert_allclose(table.ravel(), means, atol=1e-12)


def test_a_table_that_is_a_copy_is_refused():
    table = np.zeros((STATES, 1, 1, ACTIONS)).transpose(1, 2, 0, 3)[..., ::2]
    with pytest.raises(ValueError, match="contiguous"):
        next(q_learning(table, np.zeros(table.shape, dtype=int), experience([0])[0], RULES[:1], DISCOUNT))
