import sys
import warnings

import numpy as np
import pytest
import torch
from torch.func import functional_call, hessian

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.laplace import as_module, class_probabilities, fit_laplace, function_moments, output_moments
from scripts.maths.random import generator, generators
from scripts.maths.training import cross_entropy, train


def linear_net(rng: np.random.Generator, inputs: np.ndarray, targets: np.ndarray, noise: float, precision: float):
    """Return closed-form posterior mean and covariance with the bias last, and the net without hidden layer that sits there."""
    columns = np.hstack([inputs, np.ones((len(inputs), 1))])
    covariance = np.linalg.inv(columns.T @ columns / noise**2 + precision * np.eye(columns.shape[1]))
    mean = covariance @ columns.T @ targets / noise**2
    weight = torch.as_tensor(np.stack([rng.normal(size=mean[:-1].shape), mean[:-1]]))[..., None]
    bias = torch.as_tensor([0.0, mean[-1]])[:, None, None]
    return mean, covariance, Ensemble([weight], [bias])


@pytest.fixture(scope="module")
def regression():
    rng = generator(3, "test.laplace")
    inputs = rng.normal(size=(600, 4))  # more than one chunk
    return rng, inputs, inputs @ [1.0, -2.0, 0.5, 0.0] + 0.7 + 0.3 * rng.normal(size=600)


@pytest.fixture(scope="module")
def classifier():
    """A small trained classifier of three classes, on data that are no straight cut."""
    rng = generator(5, "test.laplace")
    inputs = torch.as_tensor(rng.normal(size=(2, 60, 2)))
    labels = (inputs[..., 0] > 0).long() + (inputs.norm(dim=2) > 1.2).long()
    net = initialise([2, 7, 5, 3], generators(range(2), "test.laplace"), activation="tanh")
    train(net.parameters, lambda x, y: cross_entropy(net(x), y), inputs, labels, epochs=150, learning_rate=0.02)
    return net, inputs[1], labels[1]


@pytest.mark.parametrize("weights", ["last_layer", "all"])
@pytest.mark.parametrize(("noise", "precision"), [(0.3, 2.0), (1.7, 0.05)])
def test_laplace_is_the_exact_posterior_of_a_linear_gaussian_model(regression, weights, noise, precision):
    rng, inputs, targets = regression
    mean, covariance, net = linear_net(rng, inputs, targets, noise, precision)
    data = torch.as_tensor(inputs), torch.as_tensor(targets)
    found = fit_laplace(net, 1, *data, likelihood="regression", weights=weights, prior_precision=precision, noise=noise)
    np.testing.assert_allclose(found.mean.numpy(), mean, rtol=1e-6)
    np.testing.assert_allclose(found.posterior_covariance.numpy(), covariance, rtol=1e-6, atol=1e-6 * covariance.max())
    places = 5 * rng.normal(size=(20, 4))
    columns = np.hstack([places, np.ones((20, 1))])
    centre, variance = function_moments(found, torch.as_tensor(places))
    np.testing.assert_allclose(centre.numpy(), columns @ mean, rtol=1e-8)
    np.testing.assert_allclose(variance.numpy(), np.einsum("np,pq,nq->n", columns, covariance, columns), rtol=1e-8)


def test_the_marginal_likelihood_of_a_linear_gaussian_model_is_exact(regression):
    from scipy.stats import multivariate_normal

    rng, inputs, targets = regression
    inputs, targets = inputs[:40], targets[:40]
    net = linear_net(rng, inputs, targets, 0.4, 1.5)[2]
    data = torch.as_tensor(inputs), torch.as_tensor(targets)
    found = fit_laplace(net, 1, *data, likelihood="regression", prior_precision=1.5, noise=0.4)
    columns = np.hstack([inputs, np.ones((40, 1))])
    exact = multivariate_normal(cov=columns @ columns.T / 1.5 + 0.16 * np.eye(40)).logpdf(targets)
    assert found.log_marginal_likelihood().item() == pytest.approx(exact, rel=1e-8)


def test_the_curvature_is_the_hessian_of_the_loss_in_the_last_layer(classifier):
    net, inputs, labels = classifier
    found = fit_laplace(net, 1, inputs, labels, likelihood="classification", prior_precision=0.7)
    features = net.layers(inputs)[-2][1].detach()

    def loss(last: torch.Tensor) -> torch.Tensor:
        logits = features @ last[:15].reshape(3, 5).T + last[15:]
        return torch.nn.functional.cross_entropy(logits, labels, reduction="sum")

    exact = hessian(loss)(found.mean) + 0.7 * torch.eye(18, dtype=torch.float64)
    torch.testing.assert_close(found.posterior_precision, exact, rtol=0, atol=1e-10)


def test_the_curvature_of_all_weights_is_the_gauss_newton_matrix(classifier):
    net, inputs, labels = classifier
    found = fit_laplace(net, 1, inputs, labels, likelihood="classification", weights="all", prior_precision=0.7)
    module = as_module(net, 1)
    names = dict(module.named_parameters())
    sizes = [value.numel() for value in names.values()]

    def logits(flat: torch.Tensor) -> torch.Tensor:
        parts = [part.reshape(value.shape) for part, value in zip(flat.split(sizes), names.values(), strict=True)]
        return functional_call(module, dict(zip(names, parts, strict=True)), (inputs,))

    jacobian = torch.autograd.functional.jacobian(logits, found.mean)
    chances = torch.softmax(logits(found.mean), 1)
    middle = torch.diag_embed(chances) - chances[:, :, None] * chances[:, None, :]
    exact = sum(one.T @ part @ one for one, part in zip(jacobian, middle, strict=True)) + 0.7 * torch.eye(
        sum(sizes), dtype=torch.float64
    )
    torch.testing.assert_close(found.posterior_precision, exact.detach(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("weights", ["last_layer", "all"])
def test_class_probabilities_are_those_of_the_package_and_of_the_probit_formula(classifier, weights):
    net, inputs, labels = classifier
    found = fit_laplace(net, 1, inputs, labels, likelihood="classification", weights=weights, prior_precision=0.3)
    places = torch.as_tensor(generator(1, "test.laplace.places").normal(0, 3, (700, 2)))
    chances = class_probabilities(found, places)
    torch.testing.assert_close(chances, found(places, link_approx="probit"), rtol=1e-9, atol=1e-12)
    mean, covariance = found._glm_predictive_distribution(places[:1])
    torch.testing.assert_close(mean, net(places[:1])[1].detach())
    by_hand = np.exp(mean[0].numpy() / np.sqrt(1 + np.pi * covariance[0].diagonal().numpy() / 8))
    np.testing.assert_allclose(chances[0].numpy(), by_hand / by_hand.sum(), rtol=1e-9)


def test_the_variance_of_a_last_layer_by_hand(classifier):
    net, inputs, labels = classifier
    found = fit_laplace(net, 1, inputs, labels, likelihood="classification", prior_precision=0.3)
    features = torch.cat([net.layers(inputs)[-2][1].detach(), torch.ones(60, 1)], dim=1)
    chances = torch.softmax(net(inputs)[1].detach(), 1)
    middle = torch.diag_embed(chances) - chances[:, :, None] * chances[:, None, :]
    order = [*range(5), 15, *range(5, 10), 16, *range(10, 15), 17]  # each class with its bias
    curvature = torch.einsum("na,nck,nb->cakb", features, middle, features).reshape(18, 18) + 0.3 * torch.eye(
        18, dtype=torch.float64
    )
    covariance = torch.linalg.inv(curvature)
    torch.testing.assert_close(found.posterior_covariance[order][:, order], covariance, rtol=0, atol=1e-9)
    jacobians = torch.einsum("ck,na->ncka", torch.eye(3).double(), features).reshape(60, 3, 18)
    exact = torch.einsum("ncp,pq,ncq->nc", jacobians, covariance, jacobians)
    torch.testing.assert_close(output_moments(found, inputs)[1], exact, rtol=1e-8, atol=0)


@pytest.mark.parametrize("weights", ["last_layer", "all"])
def test_no_other_precision_has_a_larger_marginal_likelihood(classifier, weights):
    net, inputs, labels = classifier
    fits = {"likelihood": "classification", "weights": weights}
    tuned = fit_laplace(net, 1, inputs, labels, **fits)
    best, most = float(tuned.prior_precision), float(tuned.log_marginal_likelihood())
    start = float(fit_laplace(net, 1, inputs, labels, prior_precision=1.0, **fits).log_marginal_likelihood())
    assert most > start + 0.01
    assert all(float(tuned.log_marginal_likelihood(torch.tensor(best * step))) < most for step in (0.9, 1.1, 30, 1e-3))


@pytest.mark.parametrize("precision", [None, 4.0])
def test_precision_and_noise_are_tuned_together(regression, precision):
    rng, inputs, targets = regression
    net = linear_net(rng, inputs, targets, 0.3, 1e-6)[2]
    data = torch.as_tensor(inputs), torch.as_tensor(targets)
    found = fit_laplace(net, 1, *data, likelihood="regression", prior_precision=precision, noise=None)
    assert float(found.sigma_noise) == pytest.approx(0.3, rel=0.12)  # standard error of 600 residuals: 3 %
    assert precision is None or float(found.prior_precision) == pytest.approx(4.0)
    logs = torch.tensor([float(found.prior_precision), float(found.sigma_noise)]).double().log().requires_grad_(True)
    (slopes,) = torch.autograd.grad(found.log_marginal_likelihood(logs[:1].exp(), logs[1].exp()), logs)
    assert abs(slopes[1]) < 1e-3
    assert abs(slopes[0]) < 1e-3 or precision == 4.0


def test_fitting_is_silent_repeatable_and_leaves_the_net_alone(classifier, capfd):
    net, inputs, labels = classifier
    before = [tensor.detach().clone() for tensor in net.parameters]
    state = torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = (
            class_probabilities(fit_laplace(net, 1, inputs, labels, likelihood="classification"), inputs) for _ in "ab"
        )
    assert torch.equal(one, other)
    assert torch.equal(state, torch.get_rng_state())
    assert capfd.readouterr() == ("", "")
    assert all(torch.equal(old, new) for old, new in zip(before, net.parameters, strict=True))


def test_a_single_precision_net_is_measured_in_double_precision(classifier):
    net, inputs, labels = classifier
    single = Ensemble([each.float() for each in net.weights], [each.float() for each in net.biases], net.activation)
    found = fit_laplace(single, 1, inputs.float(), labels, likelihood="classification", prior_precision=1.0)
    assert class_probabilities(found, inputs.float()).dtype == found.H.dtype == torch.float64
    torch.testing.assert_close(as_module(net, 0)(inputs), net(inputs)[0], rtol=0, atol=1e-12)


def test_the_package_needs_no_torchvision(classifier):
    net, inputs, labels = classifier
    fit_laplace(net, 1, inputs, labels, likelihood="classification", prior_precision=1.0)
    assert "laplace" in sys.modules
    assert "torchvision" not in sys.modules


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"likelihood": "poisson"}, "likelihood is 'poisson', expected one of regression, classification"),
        ({"weights": "first"}, "weights is 'first', expected one of last_layer, all"),
        ({"member": 2}, "member is 2, expected between 0 and 1"),
        ({"likelihood": "regression"}, "expected one output for a regression, got 3"),
        ({"targets": torch.zeros(7)}, r"got inputs \(60, 2\) and targets \(7,\)"),
        ({"prior_precision": 0.0}, "prior_precision is 0.0, expected a positive number or None"),
        ({"noise": -1.0}, "noise is -1.0, expected a positive number or None"),
    ],
)
def test_bad_arguments_are_refused(classifier, changes, message):
    net, inputs, labels = classifier
    arguments = {"net": net, "member": 1, "inputs": inputs, "targets": labels, "likelihood": "classification"}
    with pytest.raises(ValueError, match=message):
        fit_laplace(**arguments | changes)
