"""Check the learners that walk against plain loops, one seed and rule at a time, and against exact tables."""

from dataclasses import replace

import numpy as np
import pytest

from scripts.maths.random import generator, generators
from scripts.reinforcement.environments import Environment, Outcomes, environment
from scripts.reinforcement.episodes import Rule, acting, walk
from scripts.reinforcement.judging import best_exploring
from scripts.reinforcement.learning import Schedule
from scripts.reinforcement.mdp import DecisionProcess, solve

CONSTANT, DECREASING = Schedule(4, 0), Schedule(0, 1, 0.7)
RULES = [Rule("double", CONSTANT), Rule("q", DECREASING), Rule("sarsa", CONSTANT), Rule("double", DECREASING)]
RULES += [Rule("q", CONSTANT)]


def corridor(length=3, discount=0.7):
    """Return a world of one way: left or right, each step costs 1, past the right end lies the goal."""
    process = DecisionProcess(*moves(length), discount)
    outcomes = Outcomes(
        probability=np.ones((length + 1, 2, 1)),
        successor=process.transitions.argmax(-1)[..., None],
        reward=process.rewards[..., None],
        terminated=(process.transitions.argmax(-1) == length)[..., None],
        cumulative=np.ones((length + 1, 2, 1)),
    )
    start = np.eye(length + 1)[0]
    return Environment(process, outcomes, start, np.arange(length + 1) == length, None)


def moves(length):
    transitions, rewards = np.zeros((length + 1, 2, length + 1)), np.full((length + 1, 2), -1.0)
    for state in range(length):
        transitions[state, 0, max(state - 1, 0)] = transitions[state, 1, state + 1] = 1
    transitions[length, :, length], rewards[length] = 1, 0
    return transitions, rewards


def plain_loop(world, rule, epsilon, updates, rng):
    """Learn as the textbook does, one random number after the other."""
    states, actions = world.process.rewards.shape
    tables, counts = np.zeros((2, states, actions)), np.zeros((2, states, actions))
    numbers = rng.random((updates + 1, 4 + actions))

    def act(state, row):
        entries = tables.sum(0)[state]
        best = range(actions) if row[1] < epsilon else np.flatnonzero(entries == entries.max())
        return min(best, key=lambda action: row[4 + action])

    def first(row):
        return int((np.cumsum(world.start) <= row[3]).sum())

    state, steps = first(numbers[0]), 0
    action = act(state, numbers[0])
    for row in numbers[1:]:
        chances = np.cumsum(world.outcomes.probability[state, action])
        outcome = int((chances[:-1] <= row[0]).sum())
        successor, reward = (
            world.outcomes.successor[state, action, outcome],
            world.outcomes.reward[state, action, outcome],
        )
        steps += 1
        own = other = 0
        if rule.kind == "double":
            own, other = (1, 0) if row[2] < 0.5 else (0, 1)
        following = act(successor, row)
        judged = following if rule.kind == "sarsa" else tables[own, successor].argmax()
        target = reward
        if not world.terminal[successor]:
            target += world.process.discount * tables[other, successor, judged]
        begin = first(row)
        fresh = act(begin, row)  # all actions are chosen before the update at the end of an episode
        counts[own, state, action] += 1
        step = rule.schedule(counts[own, state, action])
        tables[own, state, action] += step * (target - tables[own, state, action])
        if world.terminal[successor]:
            state, action, steps = begin, fresh, 0
        elif steps == world.step_limit:
            state, action, steps = begin, act(begin, row), 0
        else:
            state, action = successor, following
    return tables


@pytest.mark.parametrize(
    ("name", "limit", "updates"), [("frozenlake", 19, 1500), ("taxi", 30, 700), ("cliff", None, 700)]
)
def test_all_rules_and_seeds_at_once_equal_the_plain_loop(name, limit, updates):
    world, seeds = replace(environment(name, 0.8), step_limit=limit), [3, 8]
    *_, tables = walk(world, RULES, epsilon=0.3, updates=updates, rngs=generators(seeds, "test.episodes"))
    for place, rule in enumerate(RULES):
        for column, seed in enumerate(seeds):
            expected = plain_loop(world, rule, 0.3, updates, generator(seed, "test.episodes"))
            np.testing.assert_allclose(tables[:, place, column], expected, atol=1e-10)
            assert np.abs(expected).max() > 0


def test_q_learning_finds_the_exact_table_of_a_world_without_chance():
    world = corridor()
    *_, tables = walk(world, [Rule("q", Schedule(2, 0))], epsilon=0.5, updates=1500, rngs=generators([1, 2], "test.q"))
    np.testing.assert_allclose(tables[0, 0], np.stack([solve(world.process)] * 2), atol=1e-8)


def test_sarsa_learns_what_acting_is_worth_while_it_explores():
    world, epsilon = corridor(), 0.4
    rules = [Rule("sarsa", Schedule(0, 1, 0.7))]
    *_, tables = walk(world, rules, epsilon=epsilon, updates=6000, rngs=generators(range(10), "test.sarsa"))
    policy = best_exploring(world.process, epsilon)
    transitions, rewards = world.process.transitions, world.process.rewards
    exact = np.zeros_like(rewards)
    for _ in range(200):
        exact = rewards + world.process.discount * transitions @ (policy * exact).sum(-1)
    error = (tables[0, 0] - exact).mean(0)
    assert np.abs(error).max() < 0.08
    assert np.abs(solve(world.process) - exact).max() > 0.2


def test_double_q_learning_acts_by_the_mean_of_two_tables_and_the_others_use_one():
    rules = [Rule("q", CONSTANT), Rule("double", CONSTANT)]
    *_, tables = walk(corridor(), rules, epsilon=0.2, updates=300, rngs=generators([5], "test.acting"))
    assert (tables[1, 0] == 0).all()
    assert (tables[1, 1] != tables[0, 1]).any()
    books = acting(tables, rules)
    np.testing.assert_allclose(books[0], tables[0, 0])
    np.testing.assert_allclose(books[1], (tables[0, 1] + tables[1, 1]) / 2)


def test_ties_are_broken_evenly():
    world, seeds = environment("taxi", 0.9), range(600)
    *_, tables = walk(world, [Rule("q", CONSTANT)], epsilon=0.01, updates=1, rngs=generators(seeds, "test.ties"))
    actions = np.abs(tables[0, 0]).sum(1).argmax(-1)
    shares = np.bincount(actions, minlength=6) / 600
    assert np.abs(shares - 1 / 6).max() < 4.5 * (5 / 36 / 600) ** 0.5


def test_more_seeds_leave_a_seed_as_it_was():
    world, rules = environment("frozenlake", 0.9), [Rule("sarsa", CONSTANT)]
    *_, few = walk(world, rules, epsilon=0.5, updates=600, rngs=generators([4], "test.more"))
    *_, many = walk(world, rules, epsilon=0.5, updates=600, rngs=generators([2, 4], "test.more"))
    np.testing.assert_array_equal(few[:, :, 0], many[:, :, 1])
