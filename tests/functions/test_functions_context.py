"""Check linear attention against plain attention over tokens, and its risk against closed forms."""

import math

import numpy as np
import pytest
import torch

from scripts.functions import context
from scripts.functions.settings import Context

SMALL = {"seeds": 3, "dimension": 2, "length": 6, "sweep": [3], "prompts": 1024, "test_prompts": 4000, "epochs": 30}
SMALL |= {"batch_size": 128, "random_seeds": 3, "dimensions": [1], "grid_lengths": [4]}


def test_layer_equals_attention_over_the_tokens():
    rng = np.random.default_rng(5)
    value, key = rng.normal(size=4), rng.normal(size=(4, 3))
    state = np.random.default_rng(8)
    inputs, answers = context.draw_prompts(7, 5, 3, np.random.default_rng(8), scale=1.5)
    weights, examples = state.standard_normal((7, 3)), 1.5 * state.standard_normal((7, 5, 3))
    queries = 1.5 * state.standard_normal((7, 3))
    tensors = (torch.as_tensor(array)[None] for array in (value, key, inputs))
    found = context.attend(*tensors)[0, :, 0].numpy()
    for prompt in range(7):
        expected = 0.0
        for example in examples[prompt]:
            token = np.append(example, example @ weights[prompt])
            expected += (value @ token) * (token @ key @ queries[prompt]) / 5
        assert found[prompt] == pytest.approx(expected)
        assert answers[prompt, 0] == pytest.approx(queries[prompt] @ weights[prompt])


@pytest.mark.parametrize(("length", "dimension", "scale"), [(7, 3, 1.0), (2, 4, 1.0), (9, 2, 1.7)])
def test_step_risk_is_what_sampling_gives(length, dimension, scale):
    step = 0.6
    value, key = torch.zeros(1, dimension + 1), torch.zeros(1, dimension + 1, dimension)
    value[0, -1] = 1
    key[0, :-1] = step * torch.eye(dimension)
    inputs, answers = context.draw_prompts(60000, length, dimension, np.random.default_rng(2), scale)
    found = context.attend(value.double(), key.double(), torch.as_tensor(inputs)[None])[0].numpy()
    squares = ((found - answers) ** 2).ravel() / (dimension * scale**2)
    expected = context.step_risk(step, length, dimension, scale)
    assert abs(squares.mean() - expected) < 4 * squares.std() / np.sqrt(squares.size)


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_fresh_risk_is_what_plain_sampling_gives(scale):
    settings = Context(**SMALL)
    start = context.random_start(settings)
    model = tuple(tensor.detach() for tensor in start)
    found = context.fresh_risk(settings, model, 6, scale)
    inputs, answers = context.draw_prompts(100_000, 6, 2, np.random.default_rng(5), scale)
    errors = (context.attend(*model, torch.as_tensor(inputs)[None]) - torch.as_tensor(answers)) ** 2
    plain = errors[..., 0].numpy() / (2 * scale**2)
    standard_error = plain.std(1) * np.sqrt(1 / 100_000 + 1 / settings.test_prompts)
    assert (np.abs(found - plain.mean(1)) < 5 * standard_error).all()


def test_what_a_layer_reads_is_the_mean_square_of_the_tokens():
    count, length, dimension, scale = 4, 6, 3, 0.7
    moments, weights = context.draw_examples(count, length, dimension, np.random.default_rng(9), scale)
    rng = np.random.default_rng(9)
    np.testing.assert_array_equal(weights, rng.standard_normal((count, dimension, 1)))
    examples = scale * rng.standard_normal((count, length, dimension))
    tokens = np.concatenate([examples, examples @ weights], axis=-1)
    np.testing.assert_allclose(moments, np.einsum("pni,pnj->pij", tokens, tokens) / length, atol=1e-13)


def test_the_risk_of_the_best_step_is_exact():
    settings = Context(**SMALL)
    step = context.best_step(6, 2)
    value = torch.tensor([[0.0, 0.0, step]], dtype=torch.float64).repeat(3, 1)
    key = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]], dtype=torch.float64).repeat(3, 1, 1)
    np.testing.assert_allclose(context.fresh_risk(settings, (value, key), 6), context.best_risk(6, 2), rtol=1e-12)


def test_all_seeds_at_once_equal_one_seed_alone():
    many, other = Context(**SMALL | {"epochs": 3}), Context(**SMALL | {"epochs": 3, "first_seed": 2})
    together = context.train_layers(many, 6, start=context.random_start(many))
    alone = context.train_layers(other, 6, start=context.random_start(other))
    for many, one in zip(together, alone, strict=True):
        torch.testing.assert_close(many[2], one[0], rtol=0, atol=1e-10)


def test_compute_gives_finite_values_near_the_optimum():
    result = context.compute(Context(**SMALL))
    assert {"risk", "risk_exact", "excess"} <= set(result.values)
    assert all(math.isfinite(value.value) for value in result.values.values())
    assert result.values["risk_exact"].value == pytest.approx(3 / 9)
    assert abs(result.values["excess"].value) < 15
    pairs = {(2, 3), (2, 6), (1, 4)}
    assert result.values["grid_pairs"].value == len(pairs)
    assert (result.values["grid_excess_dimension"].value, result.values["grid_excess_length"].value) in pairs
    assert result.arrays["grid"].shape == (1, 1, 3)


def test_a_grid_cell_is_what_the_main_dimension_would_give():
    settings = Context(**SMALL | {"epochs": 2})
    found = context.grid_risks(settings, 3, [4])
    alone = settings.model_copy(update={"dimension": 3})
    np.testing.assert_array_equal(found[0], context.fresh_risk(alone, context.train_layers(alone, 4), 4))


def test_the_largest_excess_of_the_grid_has_an_interval_that_holds_for_all():
    rng = np.random.default_rng(3)
    missed = 0
    for _ in range(200):
        excesses = {(2, n): 1 + rng.normal(0, 1, 6) for n in range(8)}
        value = context.grid_values(excesses)["grid_excess"]
        assert value.value == pytest.approx(max(each.mean() for each in excesses.values()))
        missed += not value.low <= 1 <= value.high
    assert (
        missed <= 20
    )  # at most one in twenty is expected, ten of 200; fewer, as the ends are those of different cells
