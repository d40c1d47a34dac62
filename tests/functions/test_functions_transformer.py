"""Check the transformer's prompts, losses and exact risks against plain code."""

import math

import numpy as np
import pytest
import torch
from torch.func import functional_call

from scripts.functions import transformer
from scripts.functions.settings import Transformer
from scripts.maths.causal_transformer import CausalTransformer, draw_weights
from scripts.maths.random import generators

SMALL = {"seeds": 3, "dimension": 3, "length": 4, "width": 8, "layers": 1, "heads": 2, "steps": 20, "batch_size": 6}
SMALL |= {"test_prompts": 100}


def small(**other) -> Transformer:
    return Transformer(**SMALL | other)


def net_of(settings: Transformer) -> CausalTransformer:
    return CausalTransformer(
        settings.dimension + 1, 2 * settings.length + 1, width=settings.width, layers=settings.layers, heads=2
    )


def test_prompts_hold_inputs_and_answers_of_one_linear_function_in_turn():
    tokens, answers = transformer.draw_sequences(small(), 50, generators(range(2), "test"), scale=1.5)
    assert tokens.shape == (2, 50, 9, 4)
    assert answers.shape == (2, 50, 5)
    inputs = tokens[:, :, ::2, :3]
    weights = torch.linalg.lstsq(inputs.double(), answers.double()[..., None]).solution
    torch.testing.assert_close((inputs.double() @ weights)[..., 0], answers.double(), rtol=0, atol=1e-4)
    torch.testing.assert_close(tokens[:, :, 1::2, 3], answers[:, :, :-1])
    assert (tokens[:, :, ::2, 3] == 0).all()
    assert (tokens[:, :, 1::2, :3] == 0).all()
    assert inputs.std().item() == pytest.approx(1.5, rel=0.06)
    assert weights.std().item() == pytest.approx(1, rel=0.2)


@pytest.mark.parametrize("dimension", [3, 5])
def test_least_squares_has_its_risk(dimension):
    rng = np.random.default_rng(2)
    shown = np.arange(7)
    found = []
    for count in shown:
        inputs, weights = rng.normal(size=(4000, count, dimension)), rng.normal(size=(4000, dimension, 1))
        missed = weights - np.linalg.pinv(inputs) @ (inputs @ weights)
        found.append((missed**2).sum((1, 2)) / dimension)  # the mean over standard normal queries is exact
    errors = np.std(found, axis=1) / np.sqrt(4000)
    expected = transformer.least_squares_risk(shown, dimension)
    assert (np.abs(np.mean(found, axis=1) - expected) <= 4 * errors + 1e-9).all()


def test_errors_are_those_of_each_net_alone():
    settings = small()
    net = net_of(settings)
    weights = draw_weights(net, generators(range(3), "test"))
    tokens, answers = transformer.draw_sequences(settings, 5, generators(range(3), "other"))
    together = transformer.errors(net, weights, tokens, answers)
    for seed in range(3):
        own = {name: tensor[seed] for name, tensor in weights.items()}
        for prompt in range(5):
            for count in range(5):  # the net may not need the tokens after the one it answers at
                seen = tokens[seed, prompt, : 2 * count + 1]
                found = functional_call(net, own, (seen[None],))[0, -1]
                expected = (found - answers[seed, prompt, count]) ** 2
                torch.testing.assert_close(together[seed, prompt, count], expected, rtol=1e-4, atol=1e-5)


def test_a_transformer_trains_alike_alone_and_among_others():
    many, one = small(), small(first_seed=2, seeds=2)
    net = net_of(many)
    together, losses = transformer.train_transformers(many, net)
    alone, alone_losses = transformer.train_transformers(one, net)
    np.testing.assert_allclose(losses[:, 2], alone_losses[:, 0], rtol=1e-3)
    for name, tensor in together.items():
        torch.testing.assert_close(tensor[2], alone[name][0], rtol=0, atol=2e-3)


def test_training_lowers_the_loss():
    settings = small(seeds=2, dimension=1, length=3, steps=200, learning_rate=0.02, batch_size=32)
    _, losses = transformer.train_transformers(settings, net_of(settings))
    assert losses.shape == (200, 2)
    assert losses[-50:].mean() < 0.85 * losses[:50].mean()


def test_risks_are_relative_to_the_variance_of_the_answers():
    settings = small(test_prompts=2000, batch_size=300)
    net = net_of(settings)
    silent = {name: 0 * tensor for name, tensor in draw_weights(net, generators(range(3), "test")).items()}
    for scale in (1.0, 2.5):
        risks = transformer.fresh_risks(settings, net, silent, scale)
        assert risks.shape == (3, 5)
        assert np.abs(risks - 1).max() < 0.25  # standard error 0.04, of a squared normal times another
        assert risks.mean() == pytest.approx(1, abs=0.06)


def test_the_device_is_the_cpu_unless_there_is_another(monkeypatch):
    for there, device, expected in ((True, "cpu", "cpu"), (True, "auto", "cuda"), (False, "auto", "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert transformer.device(small(device=device)).type == expected


def test_compute_gives_finite_values():
    result = transformer.compute(small())
    assert all(math.isfinite(value.value) for value in result.values.values())
    assert result.values["risk_linear"].value == pytest.approx(4 / 8)
    assert result.values["risk_least_squares"].value == 0
    assert result.values["mean_risk_exact"].value == pytest.approx((1 + 2 / 3 + 1 / 3) / 5)
    assert result.values["parameters"].value == sum(p.numel() for p in net_of(small()).parameters())
    assert result.arrays["risks"].shape == (3, 5)


def test_fewer_examples_than_dimensions_leave_least_squares_with_an_error():
    values = transformer.compute(small(length=2)).values
    assert values["risk_least_squares"].value == pytest.approx(1 / 3)
    assert values["square_risk"].value == values["risk"].value
