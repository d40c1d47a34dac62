"""How the spread shrinks with the number of data."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import integrate, stats

from scripts.article.settings import preset_values
from scripts.bayesian import contraction, posterior
from scripts.bayesian.contraction import Function, Kind
from scripts.bayesian.data import curve
from scripts.bayesian.masking import last_layer_variance
from scripts.bayesian.settings import Posterior
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.random import generators

SMALL = Posterior(
    seeds=3, sizes=[10, 40], reach=1.5, noise=0.2, places=7, degree=3, width=6, batch_size=5, steps=8, passes=4000
)


def test_small_samples_are_the_starts_of_large_ones_and_evenly_spread():
    inputs, targets = contraction.sample(SMALL)
    assert inputs.shape == targets.shape == (3, 40)
    fewer = contraction.sample(SMALL.model_copy(update={"sizes": [10]}))
    assert np.array_equal(fewer[0], inputs[:, :10])
    assert np.array_equal(fewer[1], targets[:, :10])
    for count in (10, 40):
        ends = np.sort(np.hstack([inputs[:, :count], np.full((3, 2), [-1.5, 1.5])]))
        assert np.diff(ends).max() < 2.7 * 3.0 / count
    many = contraction.sample(SMALL.model_copy(update={"sizes": [4000]}))
    assert (many[1] - curve(many[0])).std() == pytest.approx(0.2, rel=0.05)


def test_features_are_orthonormal_on_the_stretch():
    x = np.linspace(-1.5, 1.5, 20001)
    columns = contraction.features(SMALL, x)
    assert integrate.trapezoid(columns[:, :, None] * columns[:, None, :], x, axis=0) / 3 == pytest.approx(
        np.eye(4), abs=1e-6
    )


@pytest.mark.parametrize("kind", [Kind(0.3), Kind(0.3, fixed=True), Kind(0.0, 1)])
def test_batched_training_equals_the_loop_over_sizes_and_seeds(kind):
    together = contraction.train_nets(SMALL, kind)
    for size in range(2):
        for seed in range(3):
            alone = SMALL.model_copy(update={"seeds": 1, "first_seed": seed, "sizes": SMALL.sizes[size : size + 1]})
            single = contraction.train_nets(alone, kind)
            for one, many in zip(single.parameters, together.parameters, strict=True):
                assert torch.allclose(one[0], many[3 * size + seed], rtol=0, atol=1e-4)  # trained in single precision


def test_kinds_differ_in_what_they_should():
    members = [contraction.train_nets(SMALL, Kind(0.0, member)).weights[0] for member in (0, 1)]
    assert (members[0] - members[1]).abs().min() > 0
    dropped = [contraction.train_nets(SMALL, kind).weights[0] for kind in (Kind(0.3), Kind(0.3, fixed=True))]
    assert 0 < (dropped[0] - dropped[1]).abs().max() < 0.3  # alike but for the decay


def test_the_pull_is_that_of_the_prior():
    """N/(2σ²) times the loss is the negative log posterior, so the pull's share of it is that of the normal prior."""
    settings = SMALL.model_copy(update={"prior_precision": 3.0})
    pull, last = (part.numpy() for part in contraction.pulls(settings, Kind(0.0)))
    prior = stats.norm(0, 3.0**-0.5)
    for place, count in enumerate(np.repeat(SMALL.sizes, 3)):
        share = count / (2 * SMALL.noise**2) * pull[place] * 0.7**2
        assert share == pytest.approx(prior.logpdf(0) - prior.logpdf(0.7), rel=1e-6)
    assert np.array_equal(pull, last)


def test_dropout_pulls_its_last_weights_more_and_a_fixed_decay_is_the_same_at_all_sizes():
    pull, last = contraction.pulls(SMALL, Kind(0.2))
    assert (last / pull).numpy() == pytest.approx(np.full(6, 1 / 0.8))
    fixed = contraction.pulls(SMALL, Kind(0.2, fixed=True))
    assert torch.stack(fixed).unique().numpy() == pytest.approx([SMALL.weight_decay / 2])


def nets(count: int) -> Ensemble:
    return initialise([1, 6, 1], generators(range(count), "test"))


def test_dropout_and_its_closed_form_agree_with_many_masks():
    """By a loop over masks, units dropped one by one."""
    settings = SMALL.model_copy(update={"seeds": 1, "sizes": [2, 3]})
    net, rng, rate = nets(2), np.random.default_rng(0), 0.3
    found = contraction.dropout_function(settings, net, rate)
    x = contraction.grid(settings)
    for place in range(2):
        first, last = (weight[place].detach().numpy() for weight in net.weights)
        shift, end = (bias[place].detach().numpy() for bias in net.biases)
        hidden = np.maximum(x[:, None] @ first + shift, 0)
        drawn = np.stack([hidden * (rng.random(6) >= rate) / (1 - rate) @ last + end for _ in range(20000)])[..., 0]
        assert found.mean[place, 0] == pytest.approx(drawn.mean(0), abs=0.02)
        assert found.variance[place, 0] == pytest.approx(drawn.var(0), rel=0.05)


def test_the_ratio_of_the_variances_is_near_one_and_sees_a_wrong_form(monkeypatch):
    assert posterior.variance_ratios(SMALL, nets(6)) == pytest.approx(np.ones(3), abs=0.1)
    monkeypatch.setattr(posterior, "last_layer_variance", lambda *given: 2 * last_layer_variance(*given))
    assert posterior.variance_ratios(SMALL, nets(6)) == pytest.approx(np.full(3, 0.5), abs=0.05)


def test_laplace_on_the_last_layer_is_exact_regression_on_its_features():
    net = nets(6)
    found = contraction.laplace_function(SMALL, net)
    assert found.mean == pytest.approx(contraction.outputs(SMALL, net), abs=1e-10)
    assert posterior.features_difference(SMALL, net, found) < 1e-8
    wrong = Function(found.mean, found.variance * 1.01)
    assert posterior.features_difference(SMALL, net, wrong) == pytest.approx(0.01, rel=1e-3)


def test_laplace_of_a_linear_model_is_its_exact_posterior(monkeypatch):
    assert posterior.linear_difference(SMALL) < 1e-9
    exact = posterior.linear_posterior
    monkeypatch.setattr(posterior, "linear_posterior", lambda *a, **k: (exact(*a, **k)[0], 1.1 * exact(*a, **k)[1]))
    assert posterior.linear_difference(SMALL) > 0.05


def test_exact_inference_falls_as_one_over_the_root_of_n():
    settings = SMALL.model_copy(update={"sizes": [1000, 4000]})
    spread = contraction.conjugate_function(settings).spread()
    assert posterior.exponents(settings.sizes, spread) == pytest.approx(np.full(3, -0.5), abs=0.005)
    values = posterior.conjugate_values(settings, spread)
    assert values["conjugate_theory_ratio"].value == pytest.approx(1, abs=0.005)
    assert values["exact_fall"].value == pytest.approx(2)


def test_exponents_are_those_of_a_power_law():
    sizes = [3, 10, 50]
    spreads = np.array([2.0, 5.0]) * np.array(sizes)[:, None] ** np.array([-0.5, 0.25])
    assert posterior.exponents(sizes, spreads) == pytest.approx([-0.5, 0.25])


def test_the_expected_log_likelihood_equals_its_integral():
    function = Function(np.full((1, 1, 2), 0.3), np.array([[[0.04, 0.5]]]))
    truth = np.array([0.1, -0.4])
    found = contraction.expected_log_likelihood(SMALL, function, truth)
    normal, weights = np.polynomial.hermite_e.hermegauss(8)
    fresh = truth[:, None] + 0.2 * normal
    each = stats.norm(0.3, np.sqrt([[0.04 + 0.04], [0.5 + 0.04]])).logpdf(fresh) @ weights / weights.sum()
    assert found[0, 0] == pytest.approx(each.mean())


def test_the_best_rate_is_taken_for_each_size_and_seed():
    truth = curve(contraction.grid(SMALL))
    shape = (2, 3, 7)
    good, bad = (Function(np.broadcast_to(truth + shift, shape), np.full(shape, 0.01)) for shift in (0.0, 3.0))
    mixed = [Function(np.where(np.arange(3)[:, None] == one, good.mean, bad.mean), good.variance) for one in range(3)]
    tuned, best = contraction.tuned_function(SMALL, mixed)
    assert best.tolist() == [[0, 1, 2]] * 2
    assert tuned.error(truth) == pytest.approx(np.zeros((2, 3)))


def test_an_ensemble_has_the_mean_and_variance_of_its_members():
    members = [pick(nets(18), slice(place, place + 6)) for place in (0, 6, 12)]
    found = contraction.ensemble_function(SMALL, members)
    x = torch.as_tensor(contraction.grid(SMALL))[:, None]
    answers = [float(member(x)[4, 2, 0]) for member in members]  # size 1, seed 1
    assert found.mean[1, 1, 2] == pytest.approx(np.mean(answers))
    assert found.variance[1, 1, 2] == pytest.approx(np.var(answers, ddof=1))
    spread = np.sqrt(np.mean(found.variance[1, 1]))
    assert found.spread()[1, 1] == pytest.approx(spread)


def test_sizes_that_do_not_ascend_are_refused():
    with pytest.raises(ValidationError, match="ascending sizes"):
        Posterior(sizes=[40, 10])


def test_compute_returns_finite_values_and_the_same_twice():
    quick = preset_values(Posterior, "quick") | {"steps": 2, "sizes": [8, 16], "other_rates": [0.2], "members": 2}
    first, again = (posterior.compute(Posterior(**quick)) for _ in range(2))
    assert {"dropout_exponent", "conjugate_exponent", "laplace_exact_difference"} <= set(first.values)
    assert first.values == again.values
    assert all(np.isfinite(array).all() for array in first.arrays.values())
    assert set(np.unique(first.arrays["tuned_rates"])) <= {0.1, 0.2, 0.5}
