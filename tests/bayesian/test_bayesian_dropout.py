"""The article's demo, made whole."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import integrate, stats

from scripts.article.settings import preset_values
from scripts.bayesian import dropout as experiment
from scripts.bayesian import measures
from scripts.bayesian.data import curve, gap_sample
from scripts.bayesian.masking import last_layer_variance, sample_last_layer
from scripts.bayesian.settings import Dropout, Settings
from scripts.maths.ntk import limit_kernels

SMALL = Dropout(seeds=3, points=14, width=6, rate=0.3, other_rates=[0.1], steps=20, passes=4000, grid=41)
GRID = np.linspace(-4, 4, 41)


def test_bands_have_the_exact_variance_at_every_rate():
    """Fails if a mask is shared between units, which broadcasting would allow."""
    net = experiment.train_nets(SMALL, [6], [0.1, 0.3])
    passes = experiment.draw_bands(SMALL, net, [0.1, 0.3], GRID)
    rates = torch.tensor([0.1] * 3 + [0.3] * 3, dtype=torch.float64)
    exact = last_layer_variance(net, torch.as_tensor(GRID)[:, None], rates).numpy()
    assert passes.shape == (6, 4000, 41)
    assert passes.var(1, ddof=1) == pytest.approx(exact, rel=0.25, abs=1e-12)
    assert passes.var(1, ddof=1).mean() == pytest.approx(exact.mean(), rel=0.05)


@pytest.mark.parametrize("widths", [[6], [6, 6]])
def test_batched_training_equals_the_loop_over_seeds_and_rates(widths):
    rates = [0.1, 0.3]
    batched = experiment.train_nets(SMALL, widths, rates)
    for place, rate in enumerate(rates):
        for seed in range(3):
            alone = SMALL.model_copy(update={"seeds": 1, "first_seed": seed})
            single = experiment.train_nets(alone, widths, [rate])
            for one, many in zip(single.parameters, batched.parameters, strict=True):
                assert torch.allclose(one[0], many[3 * place + seed], rtol=0, atol=1e-10)


def test_the_ensemble_equals_nets_trained_one_by_one():
    """By torch's own layers and loop, from the same starts."""
    settings = SMALL.model_copy(update={"members": 2})
    answers = experiment.ensemble_answers(settings, GRID)
    assert answers.shape == (2, 3, 41)
    places, observed = (torch.as_tensor(part)[1, :, None] for part in experiment.data(settings))
    start = experiment.initialise([1, 6, 1], experiment.generators([1], "bayesian.dropout.ensemble.1"))
    net = torch.nn.Sequential(torch.nn.Linear(1, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1)).double()
    with torch.no_grad():
        for layer, weight, bias in zip((net[0], net[2]), start.weights, start.biases, strict=True):
            layer.weight.copy_(weight[0].T)
            layer.bias.copy_(bias[0, 0])
    stepper = torch.optim.Adam(net.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    for _ in range(settings.steps):
        stepper.zero_grad()
        torch.nn.functional.mse_loss(net(places), observed).backward()
        stepper.step()
    assert answers[1, 1] == pytest.approx(net(torch.as_tensor(GRID)[:, None]).detach().numpy()[:, 0], abs=1e-9)


def test_members_of_the_ensemble_differ_and_the_other_bands_do_not_depend_on_them():
    few, more = (
        SMALL.model_copy(update={"members": members, "passes": 20, "pass_counts": [10, 20]}) for members in (2, 3)
    )
    two, three = (experiment.compute(settings) for settings in (few, more))
    assert np.array_equal(two.arrays["members"], three.arrays["members"][:2])
    assert np.abs(two.arrays["members"][0] - two.arrays["members"][1]).min() > 0
    changed = {name for name in two.values if two.values[name] != three.values[name]}
    assert changed == {"ensemble_growth_gap", "ensemble_growth_outside"}


def test_expected_error_of_the_variance_is_that_of_many_draws():
    settings = Dropout(seeds=3, width=5, rate=0.2, grid=41, pass_counts=[12, 40])
    net = experiment.initialise([1, 5, 1], experiment.generators(range(1), "test"), activation="tanh")
    exact = last_layer_variance(net, torch.as_tensor(GRID)[:, None], torch.tensor([0.2]).double())
    expected = experiment.expected_errors(settings, net, GRID)
    rng = np.random.default_rng(0)
    for count, theory in zip(settings.pass_counts, expected, strict=True):
        kept = torch.as_tensor(rng.random((2000, count, 5)) >= 0.2) / 0.8
        answers = sample_last_layer(net, torch.as_tensor(GRID)[:, None], kept.reshape(1, -1, 5))
        found = answers.reshape(2000, count, 41).var(1, correction=1) / exact
        assert float(((found - 1) ** 2).mean().sqrt()) == pytest.approx(theory, rel=0.05)


def test_the_share_inside_equals_its_integral():
    centre, spread, truth, noise = np.array([0.3]), np.array([0.2]), np.array([0.1]), 0.15
    expected = integrate.quad(stats.norm(0.1, noise).pdf, 0.3 - 1.96 * 0.2, 0.3 + 1.96 * 0.2)[0]
    assert measures.inside_share(centre, spread, truth, noise) == pytest.approx(expected)


def test_the_exact_band_is_that_of_many_wide_random_nets():
    """Rejection-free check of the prior: outputs of random nets have the covariance that the posterior starts from."""
    x = np.array([[-1.0], [0.5], [2.0]])
    rng = np.random.default_rng(1)
    first, bias = rng.normal(size=(4000, 1, 300)), rng.normal(size=(4000, 1, 300))
    last, shift = rng.normal(size=(4000, 300, 1)), rng.normal(size=(4000, 1, 1))
    outputs = (np.maximum(x @ first + bias, 0) @ last * np.sqrt(2 / 300) + shift)[..., 0]
    expected = limit_kernels(x, x, hidden=1, bias_variance=1.0)[0]
    assert outputs.T @ outputs / 4000 == pytest.approx(expected, rel=0.12, abs=0.15)


def test_growth_is_measured_where_it_is_said():
    on_data, gap, outside = measures.regions(SMALL, GRID)
    spreads = np.where(on_data, 1.0, np.where(gap, 3.0, np.where(outside, 5.0, 99.0)))[None].repeat(3, 0)
    found = measures.growth(SMALL, GRID, spreads)
    assert [estimate.value for estimate in found] == pytest.approx([5.0, 3.0])


def test_the_data_keep_to_their_stretches():
    x, y = gap_sample(400, 1.0, 2.0, 0.1, 7)
    assert (np.abs(x) >= 1).all()
    assert (np.abs(x) <= 2).all()
    assert (x < 0).sum() == 200
    assert (y - curve(x)).std() == pytest.approx(0.1, rel=0.2)


def test_bad_stretches_are_refused():
    with pytest.raises(ValueError, match="0 < inner < outer"):
        gap_sample(10, 2.0, 1.0, 0.1, 0)
    with pytest.raises(ValidationError, match="inner < outer < window"):
        Dropout(outer=5.0)


def test_compute_returns_finite_values_and_the_same_twice():
    quick = preset_values(Settings, "quick")["dropout"] | {"steps": 60}
    first, again = (experiment.compute(Dropout(**quick)) for _ in range(2))
    assert {"growth_outside", "growth_gap", "variance_ratio", "rate_ratio"} <= set(first.values)
    assert first.values == again.values
    assert all(np.isfinite(array).all() for array in first.arrays.values())
