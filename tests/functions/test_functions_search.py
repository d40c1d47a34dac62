"""Check the searches against plain code on made-up tables, and the table of trained architectures against one alone."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.errors import ArticleError
from scripts.functions import search
from scripts.functions.search_values import Trained, chance_values, choice_values, decile_ratio, spread_values
from scripts.functions.searches import Table, as_choices, halving_search, propose, random_search, tpe_search
from scripts.functions.settings import Search
from scripts.maths.architectures import architectures

TINY = {"seeds": 3, "widths": [4, 6], "layers": 2, "points": 60, "validation": 60, "shortest": 1, "factor": 2}
TINY |= {"rungs": 2, "trials": 11, "startup": 3, "draws": 1000, "resamples": 200, "repetitions": 2}
SPACE = architectures([3, 5, 9], 3)


def table(seed: int, looks: int = 3, factor: int = 3) -> Table:
    errors = np.random.default_rng(seed).integers(0, 30, (len(SPACE), looks)) * 1.0
    return Table(SPACE, [2 * factor**look for look in range(looks)], errors)


def plain_halving(known: Table, draws: np.ndarray, total: int, factor: int) -> tuple[int, int, int]:
    """Return answer, tried and spent by the rule of Li et al. (2020), one architecture after the other."""
    rungs = [[] for _ in known.epochs]
    spent, complete = 0, []
    for tried, number in enumerate(draws):
        before = 0
        for rung, epochs in enumerate(known.epochs):
            if spent + epochs - before > total:
                return min(complete, key=lambda each: known.errors[each, -1]), tried, spent
            spent, before = spent + epochs - before, epochs
            error = known.errors[number, rung]
            rungs[rung].append(error)
            if rung + 1 == len(known.epochs):
                complete.append(number)
            elif error > sorted(rungs[rung])[max(len(rungs[rung]) // factor, 1) - 1]:
                break
    raise AssertionError("too few draws")


def test_random_search_takes_the_best_of_its_draws():
    known = table(0)
    draws = np.array([5, 9, 2, 9])
    found = random_search(known, draws)
    assert known.errors[found.answer, -1] == known.errors[draws, -1].min()
    assert (found.tried, found.spent) == (4, 4 * 18)


@pytest.mark.parametrize(("seed", "factor"), [(1, 2), (2, 3), (3, 4)])
def test_halving_is_the_plain_rule(seed, factor):
    known = table(seed, factor=factor)
    draws = np.random.default_rng(seed).integers(len(SPACE), size=400)
    total = 12 * known.epochs[-1] + 5
    found = halving_search(known, draws, total=total, factor=factor)
    assert (found.answer, found.tried, found.spent) == plain_halving(known, draws, total, factor)
    assert found.spent <= total
    assert found.tried > 12


def test_halving_refuses_draws_that_end_too_soon():
    with pytest.raises(ValueError, match=r"4 draws cost \d+ epochs, expected more than 9999"):
        halving_search(table(0), np.arange(4), total=9999, factor=3)


def test_tpe_finds_what_random_search_finds_less_often():
    wide = [9 * len(each.widths) - sum(each.widths) for each in SPACE]
    errors = np.array([[10 * deficit + 7 * each.skip + 5] for deficit, each in zip(wide, SPACE, strict=True)])
    known = Table(SPACE, [1], errors * 1.0)
    rng = np.random.default_rng(0)
    gaps = []
    for seed in range(4):
        draws = rng.integers(len(SPACE), size=30)
        ends = random_search(known, draws), tpe_search(known, draws[:10], trials=30, seed=seed)
        gaps.append(errors[ends[0].answer, 0] - errors[ends[1].answer, 0])
        assert ends[1].tried == 30
    assert np.mean(gaps) > 0  # the bowl has six lowest architectures in 156


def test_tpe_begins_with_its_draws_and_repeats_itself_by_seed():
    known = table(4)
    draws = np.array([7, 3, 11])
    assert tpe_search(known, draws, trials=3, seed=1) == random_search(known, draws)
    assert tpe_search(known, draws, trials=14, seed=1) == tpe_search(known, draws, trials=14, seed=1)


def test_tpe_answers_within_the_budget():
    small = [each for each in SPACE if each.parameters(2, 2) <= 60]
    known = Table(small, [1], np.arange(len(small), 0.0, -1)[:, None])
    found = tpe_search(known, np.array([0]), trials=15, seed=3)
    assert 0 <= found.answer < len(small)
    assert (found.tried, found.spent) == (15, 15)


def test_choices_propose_the_architecture_they_came_from():
    import optuna

    for each in SPACE[::17]:
        assert propose(optuna.trial.FixedTrial(as_choices(each, [3, 5, 9])), [3, 5, 9], 3) == each


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=25))
def test_pareto_front_is_what_no_other_beats(points):
    sizes, errors = np.array(points).T
    front = search.pareto_front(sizes, errors)
    beaten = {
        point
        for point in points
        if any(other != point and other[0] <= point[0] and other[1] <= point[1] for other in points)
    }
    assert {(int(sizes[each]), int(errors[each])) for each in front} == set(points) - beaten
    assert (np.diff(sizes[front]) > 0).all()
    assert (np.diff(errors[front]) < 0).all()


def test_chances_agree_with_their_closed_form():
    trained = Trained(np.random.default_rng(0).normal(size=(100, 3, 2)), np.ones((100, 3)))
    values = chance_values(Search(**TINY | {"top": 0.1, "draws": 20000, "trials": 15}), trained, {})
    assert values["random_top_exact"].value == pytest.approx(1 - 0.9**15)
    assert values["random_top_table"].value == pytest.approx(1 - 0.9**15)
    assert abs(values["random_top"].value - values["random_top_exact"].value) < 0.01  # 3.5 standard errors
    assert chance_values(Search(), trained, {})["random_top_exact"].value == pytest.approx(0.9539, abs=5e-5)


def test_spread_holds_what_was_put_in():
    rng = np.random.default_rng(1)
    true, noise = rng.lognormal(2, 0.3, 400), 0.4
    test = true[:, None] + rng.normal(0, 3, 5) + rng.normal(0, noise, (400, 5))
    trained = Trained(np.stack([test, test], axis=-1), test)
    values = spread_values(Search(**TINY), trained)
    assert values["spread"].value == pytest.approx(np.quantile(test.mean(1), 0.9) / np.quantile(test.mean(1), 0.1))
    assert values["spread"].low < values["spread"].value < values["spread"].high
    assert values["noise_share"].value == pytest.approx(noise**2 / 5 / test.mean(1).var(), rel=0.15)
    assert values["early_rank"].value == pytest.approx(1)


def test_decile_ratio_has_the_known_value_for_even_numbers():
    assert decile_ratio(np.arange(10.0, 111.0)) == pytest.approx(100 / 20)


def test_choices_are_compared_with_all_else_equal():
    space = [each for each in SPACE if not (each.skip and sum(each.widths) > 20)]
    test = np.array([[sum(each.widths) - 3.0 * each.skip + 2.0 * (each.activation == "relu")] * 3 for each in space])
    values = choice_values(space, Trained(test[..., None], test))
    assert values["skip_gain"].value == pytest.approx(3)
    assert values["relu_gain"].value == pytest.approx(-2)
    deep = [row[0] for each, row in zip(space, test, strict=True) if len(each.widths) == 3]
    assert values["deepest_error"].value == pytest.approx(np.mean(deep))


def test_an_architecture_learns_in_the_table_what_it_learns_alone():
    chosen = Search(**TINY | {"rungs": 3, "points": 200})
    group = search.within_budget(chosen)[-4:]
    together = search.train_space(chosen, group)
    assert together.validation.shape == (4, 3, 3)
    for number in (0, 3):
        alone = search.train_space(chosen, [group[number]])
        np.testing.assert_allclose(alone.validation[0], together.validation[number], atol=100 * 1.5 / 60)
        np.testing.assert_allclose(alone.test[0], together.test[number], atol=0.3)
    assert together.validation[..., -1].mean() < together.validation[..., 0].mean()


@pytest.mark.parametrize("other", [{"budget": 280}, {"budget": 620, "widths": [4, 5, 6, 7], "layers": 4}])
def test_a_budget_that_leaves_too_little_is_refused(other):
    with pytest.raises(ArticleError, match=f"functions.search.budget is {other['budget']}, which .* with a skip among"):
        search.within_budget(Search(**TINY | other))


def test_compute_gives_finite_values_at_equal_cost():
    chosen = Search(**TINY)
    space = search.within_budget(chosen)
    result = search.compute(chosen)
    wanted = {"tpe_gain", "halving_gain", "spread", "random_top", "random_top_exact"}
    assert wanted <= set(result.values)
    assert all(math.isfinite(value.value) for value in result.values.values())
    assert result.values["architectures"].value == len(space) == 24
    assert result.values["halving_tried"].value > result.values["random_tried"].value == 11
    assert result.values["random_regret"].value >= 0
    assert result.arrays["random"].shape == (3, 2)


def test_a_repetition_draws_the_same_whatever_the_number_of_seeds():
    chosen = Search(**TINY)
    space = search.within_budget(chosen)
    rng = np.random.default_rng(5)
    trained = Trained(rng.random((len(space), 3, 2)), rng.random((len(space), 3)))
    many = search.search_all(chosen, space, trained)
    fewer = replace(trained, validation=trained.validation[:, :2], test=trained.test[:, :2])
    few = search.search_all(chosen.model_copy(update={"seeds": 2}), space, fewer)
    assert all(few[name] == many[name][:2] for name in search.METHODS)
