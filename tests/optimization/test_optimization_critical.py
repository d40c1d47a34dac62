import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.maths.linear_autoencoder import exact_index, index_sets
from scripts.optimization.critical import _correlation, arrived, compute, stuck, take_census
from scripts.optimization.searches import Ends, draw_places, follow_modes, judge, shrink_gradients, slopes_and_bends
from scripts.optimization.settings import Critical

SMALL = Critical(
    **preset_values(Critical, "quick")
    | {"seeds": 8, "first_seed": 300, "eigenvalues": [0.5, 2.5, 1.2, 4.0], "hidden": 2, "rotations": 2}
    | {"net_inputs": 2, "net_hidden": 2, "net_points": 20, "net_decay": 0.01, "net_steps": 300}
)


@pytest.fixture(scope="module")
def start():
    return draw_places(SMALL, SMALL.net_decay)


def test_every_hessian_has_the_index_of_the_formula():
    sets = index_sets(4, 2)
    census = take_census(SMALL, sets)
    expected = [exact_index(SMALL.eigenvalues, chosen, 2) for chosen in sets]
    assert census.negative.shape == (2, 11)
    assert (census.negative == expected).all()
    assert census.gradients.max() < 1e-12


def test_counts_add_up():
    values = compute(SMALL.model_copy(update={"net_steps": 30})).values
    assert values["index_mismatches"].value == values["nullity_mismatches"].value == values["bad_minima"].value == 0
    assert values["minima"].value == 1
    assert values["saddle_share"].value == pytest.approx(10 / 11)
    assert values["net_found"].value == pytest.approx(values["net_saddles"].value + values["net_minima"].value)
    for name in ("net", "plain"):
        parts = [values[f"{name}_{part}"].value for part in ("found", "flat", "undecided")]
        assert sum(parts) == pytest.approx(1)


def test_slopes_and_bends_hold_the_weight_decay(start):
    def penalised(weights):
        outputs = torch.tanh(start.inputs[0] @ weights[:4].reshape(2, 2) + weights[4:6]) @ weights[6:8] + weights[8]
        return 0.5 * ((outputs - start.targets[0]) ** 2).mean() + 0.005 * (weights**2).sum()

    slopes, values, vectors = slopes_and_bends(start, start.weights, 0.01)
    hessian = torch.autograd.functional.hessian(penalised, start.weights[0])
    torch.testing.assert_close(vectors[0] @ torch.diag(values[0]) @ vectors[0].T, hessian, rtol=1e-10, atol=1e-10)
    slope = torch.autograd.functional.jacobian(penalised, start.weights[0])
    torch.testing.assert_close(slopes[0], slope, rtol=1e-10, atol=1e-10)
    assert judge(start, SMALL, 0.01).losses[0] == pytest.approx(penalised(start.weights[0]).item())


def test_searches_end_at_critical_points_or_in_the_kernel(start):
    ends = judge(shrink_gradients(start, SMALL, SMALL.net_decay), SMALL, SMALL.net_decay)
    before = judge(start, SMALL, SMALL.net_decay)
    found, flat = arrived(ends, SMALL), stuck(ends, SMALL)
    assert (ends.gradients <= before.gradients).all()
    assert found.any()
    assert (found | flat).sum() >= 7
    assert (ends.gradients[found] < 1e-10).all()  # Newton's steps near a critical point: far below the threshold


def test_searches_by_index_keep_it(start):
    ends = judge(follow_modes(start, SMALL, SMALL.net_decay), SMALL, SMALL.net_decay)
    before, found = judge(start, SMALL, SMALL.net_decay), arrived(ends, SMALL)
    assert found.sum() >= 3
    assert (ends.negative[found] == before.negative[found]).all()


def test_a_search_does_not_depend_on_the_others(start):
    settings = SMALL.model_copy(update={"seeds": 1, "first_seed": 302, "net_steps": 20})
    alone = shrink_gradients(draw_places(settings, 0.01), settings, 0.01)
    together = shrink_gradients(start, SMALL.model_copy(update={"net_steps": 20}), 0.01)
    torch.testing.assert_close(alone.weights[0], together.weights[2], rtol=1e-6, atol=1e-8)


def test_a_point_at_infinity_does_not_count_as_found():
    numbers = {name: np.zeros(2) for name in ("losses", "residuals", "negative", "zero", "farthest")}
    ends = Ends(gradients=np.array([1e-9, 1e-9]), newton=np.array([1e-6, 1.0]), **numbers)
    assert arrived(ends, SMALL).tolist() == [True, False]


def test_a_correlation_is_told_only_where_there_is_one():
    rng = np.random.default_rng(0)
    index, losses = rng.integers(0, 5, 40), rng.standard_normal(40)
    value = _correlation(index, index + 0.5 * losses)
    assert 0.7 < value.low < value.value < value.high < 1
    assert (
        _correlation(np.ones(9), losses[:9]).note
        == _correlation(index[:3], losses[:3]).note
        == "too few points to tell"
    )
    assert _correlation(np.arange(6), np.arange(6.0)).value == pytest.approx(1)
