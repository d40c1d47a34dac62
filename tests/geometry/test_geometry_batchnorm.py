import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.settings import preset_values
from scripts.geometry import batchnorm
from scripts.geometry.settings import Batchnorm
from scripts.maths.batch_norm import with_norm
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import initialise
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import cross_entropy, train

SMALL = Batchnorm(
    **preset_values(Batchnorm, "quick")
    | {"seeds": 3, "points": 110, "widths": [9, 8], "epochs": 3, "batch_size": 40, "record_every": 2}
    | {"learning_rates": [0.02, 0.2], "deep_layers": 8, "deep_width": 32, "deep_batch": 16, "deep_margin": 1}
)


@pytest.fixture(scope="module")
def data():
    return draw_digits(SMALL.points, SMALL.seed_block, "geometry.batchnorm.data", torch.float32)


def start():
    rngs = generators(SMALL.seed_block, "geometry.batchnorm.weights")
    return initialise([64, 9, 8, 10], rngs, scheme="he", dtype=torch.float32)


@pytest.mark.parametrize("normalised", [False, True])
def test_all_rates_at_once_equal_each_rate_alone(data, normalised):
    run = batchnorm.follow(SMALL, data, start(), normalised=normalised)
    assert run.gradient.shape == (5, 2, 3)
    for place, rate in enumerate(SMALL.learning_rates):
        net = with_norm(start(), normalised=normalised)
        history = train(
            net.parameters,
            lambda batch, wanted, net=net: cross_entropy(net(batch), wanted),
            data.inputs,
            data.labels,
            epochs=3,
            optimiser="sgd",
            learning_rate=rate,
            batch_size=40,
            generators=generators(SMALL.seed_block, "geometry.batchnorm.batches"),
        )
        np.testing.assert_allclose(run.losses[:, place].reshape(3, 3, 3).mean(1), history, rtol=1e-4)
        for one, other in zip(run.net.parameters, net.parameters, strict=True):
            torch.testing.assert_close(one.unflatten(0, (2, 3))[place], other.detach(), rtol=1e-3, atol=1e-5)


@given(st.floats(0.1, 5), st.floats(0.01, 1), st.lists(st.floats(0.1, 3), min_size=1, max_size=4))
def test_looking_along_a_step_down_a_parabola(curvature, rate, multiples):
    place = [torch.tensor([[[1.0]], [[-2.0]]], dtype=torch.float64)]

    def evaluate(parts):
        return batchnorm.loss_and_gradient(lambda moved: (curvature / 2 * moved[0] ** 2 + 1)[:, 0, 0], parts)

    loss, gradient = evaluate(place)
    rates = torch.tensor([rate, rate / 2], dtype=torch.float64)
    change, span, miss = batchnorm.look_along(evaluate, place, loss, gradient, rates, multiples)
    for net, (height, length) in enumerate(((1.0, rate), (-2.0, rate / 2))):
        steps = np.array(multiples) * length * curvature
        assert change[net].item() == pytest.approx(steps.mean())
        assert miss[net].item() == pytest.approx(steps.mean() / 2)
        heights = curvature / 2 * height**2 * np.array([1.0, *(1 - steps) ** 2]) + 1
        assert span[net].item() == pytest.approx(np.ptp(heights) / heights[0])


@pytest.mark.parametrize(("widths", "batch"), [([7], 5), ([12, 6, 9], 30)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_identity_holds_for_other_nets_and_fails_for_a_smoothed_variance(widths, batch, activation, monkeypatch):
    net = with_norm(initialise([5, *widths, 3], generators(range(4), "test"), activation=activation), normalised=True)
    rng = np.random.default_rng(1)
    gains = [torch.as_tensor(rng.normal(size=gain.shape)) for gain in net.gains]
    biases = [torch.as_tensor(rng.normal(size=bias.shape)) for bias in net.biases]
    net = net.with_parameters([*(weight.detach() for weight in net.weights), *biases, *gains])
    inputs, labels = torch.as_tensor(rng.normal(size=(4, batch, 5))), torch.as_tensor(rng.integers(0, 3, (4, batch)))
    assert batchnorm.identity_error(net, inputs, labels) < 1e-10
    exact = batchnorm.batch_statistics
    monkeypatch.setattr(batchnorm, "batch_statistics", lambda values: (exact(values)[0], exact(values)[1] + 1e-4))
    assert batchnorm.identity_error(net, inputs, labels) > 1e-6


def test_growth_is_that_of_wide_layers_and_large_batches():
    limit = np.pi / (np.pi - 1)
    assert batchnorm.exact_growth() == limit
    assert batchnorm.exact_growth(10**6) == pytest.approx(limit, rel=1e-5)
    growths = [batchnorm.exact_growth(batch) for batch in (5, 8, 20, 100, 1000)]
    assert growths == sorted(growths, reverse=True)
    with pytest.raises(ValueError, match="batch is 3, expected more than 3"):
        batchnorm.exact_growth(3)


@pytest.mark.parametrize(("batch", "batches", "depth", "width"), [(10, 10, 12, 300), (32, 4, 16, 400)])
def test_growth_with_other_batches_depths_and_widths(batch, batches, depth, width):
    norms = []
    for seed in range(8):
        rng = generator(seed, "test.deep")
        inputs, last = (torch.as_tensor(rng.standard_normal((batches, batch, width), np.float32)) for _ in range(2))
        norms.append(batchnorm.gradient_norms(inputs, last, rng, depth, normalised=True))
    growth = batchnorm.layer_growth(np.stack(norms), 2)
    assert growth.n == 8
    assert growth.value == pytest.approx(batchnorm.exact_growth(batch), rel=0.015)
    assert growth.low < 1.01 * batchnorm.exact_growth(batch)
    assert growth.high > 0.99 * batchnorm.exact_growth(batch)


def test_gradient_norms_are_those_of_the_chain_rule():
    """Multiply the Jacobians of a small plain net by hand."""
    rng, again = generator(3, "test.chain"), generator(3, "test.chain")
    inputs, last = torch.randn(1, 6, 5), torch.randn(1, 6, 5)
    found = batchnorm.gradient_norms(inputs, last, rng, 3, normalised=False)
    weights = [again.standard_normal((5, 5), dtype=np.float32) * np.sqrt(2 / 5) for _ in range(3)]
    hidden = [inputs[0].detach().numpy()]
    for weight in weights:
        hidden.append(np.maximum(hidden[-1] @ weight, 0))
    slope, expected = last[0].numpy(), []
    for depth in (2, 1, 0):
        slope = (slope * (hidden[depth + 1] > 0)) @ weights[depth].T
        expected.insert(0, (slope**2).sum())
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_plain_net_keeps_the_gradient_at_its_size():
    norms = []
    for seed in range(12):
        rng = generator(seed, "test.plain")
        inputs, last = (torch.as_tensor(rng.standard_normal((1, 40, 250), np.float32)) for _ in range(2))
        norms.append(batchnorm.gradient_norms(inputs, last, rng, 10, normalised=False))
    mean = mean_interval(np.stack(norms)[:, 1] / np.stack(norms)[:, -2], level=0.999)
    assert mean.low < 1 < mean.high
    assert mean.high - mean.low < 0.5


@settings(max_examples=20)
@given(st.floats(0.5, 2), st.integers(0, 3))
def test_layer_growth_recovers_a_rate(rate, margin):
    scale = np.array([[1.0], [3.0], [0.2]])
    found = batchnorm.layer_growth(scale * rate ** -np.arange(9.0), margin)
    assert found.value == pytest.approx(rate)


def test_the_worst_ratio_has_an_interval_for_all_rates():
    rng = np.random.default_rng(0)
    below = np.exp(rng.normal(size=(4, 9)))
    above = below * np.exp(0.1 * rng.normal(size=(4, 9))) * np.array([[0.2], [0.9], [0.85], [0.5]])
    found = batchnorm.worst_ratio(above, below)
    each = [ratio_interval(one, other, 1 - 0.05 / 4) for one, other in zip(above, below, strict=True)]
    assert found.value == max(entry.value for entry in each)
    assert found.high == max(entry.high for entry in each)
    assert found.low == max(entry.low for entry in each)
    assert found.high > max(ratio_interval(one, other).high for one, other in zip(above, below, strict=True))
    assert found.n == 9


def test_quick_values_agree_with_the_arrays():
    result = batchnorm.compute(SMALL)
    values, arrays = result.values, result.arrays
    for name in ("gradient", "loss"):
        ratios = np.log(arrays[f"norm_{name}"].mean(0)) - np.log(arrays[f"plain_{name}"].mean(0))
        assert values[f"{name}_ratio"].value == pytest.approx(np.exp(ratios.mean()))
        assert values[f"{name}_ratio_worst"].value == pytest.approx(np.exp(ratios.mean(1).max()))
        assert values[f"norm_{name}_fast"].value == pytest.approx(arrays[f"norm_{name}"][:, -1].mean())
    assert values["identity_error"].value < 1e-10
    assert values["growth"].value > values["growth_plain"].value
    assert arrays["deep_norm"].shape == (SMALL.deep_seeds, 8)
    assert (arrays["records"] == [0, 2, 4, 6, 8]).all()
