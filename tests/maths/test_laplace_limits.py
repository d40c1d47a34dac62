import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.laplace import class_probabilities, fit_laplace
from scripts.maths.laplace_limits import (
    binary_probit,
    largest_limit,
    logistic_mean,
    multiclass_limit,
    output_covariance,
    two_class_limits,
    two_class_moments,
)
from scripts.maths.random import generator, generators
from scripts.maths.relu_rays import Tail, ray_points, tails

FAR = 1e8
SIGNS = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).double()  # variance of the second less the first


@pytest.fixture(scope="module", params=[2, 4])
def case(request):
    """One net of two or four classes, Laplace's approximation, the start of thirty rays, their directions and tails."""
    classes, rng = request.param, generator(7, "test.limits")
    net = initialise([3, 8, 6, classes], generators(range(1), f"test.limits.{classes}"), scheme="he")
    inputs, labels = torch.as_tensor(rng.normal(size=(50, 3))), torch.as_tensor(rng.integers(0, classes, 50))
    found = fit_laplace(net, 0, inputs, labels, likelihood="classification", prior_precision=0.4)
    start, directions = torch.as_tensor(rng.normal(size=(1, 3))), torch.as_tensor(rng.normal(size=(1, 30, 3)))
    hidden, outputs = (Tail(*(part[0] for part in tail)) for tail in tails(net, start, directions))
    return found, start, directions, hidden, outputs


def at(start: torch.Tensor, directions: torch.Tensor, distance: float) -> torch.Tensor:
    return ray_points(start, directions, torch.tensor([distance]).double())[0]


def test_the_covariance_of_the_outputs_is_the_packages(case):
    found, start, directions, _, _ = case
    points = at(start, directions, 2.0)
    _, features = found.model.forward_with_features(points)
    with_one = torch.cat([features.detach(), torch.ones(30, 1).double()], dim=1)
    torch.testing.assert_close(output_covariance(found, with_one), found._glm_predictive_distribution(points)[1])


def test_the_limit_is_what_the_package_says_far_out(case):
    found, start, directions, hidden, outputs = case
    limit = multiclass_limit(found, hidden, outputs)
    far = class_probabilities(found, at(start, directions, FAR))
    torch.testing.assert_close(limit, far, rtol=0, atol=1e-6)
    assert float(limit.max()) < 1 - 1e-4
    near = class_probabilities(found, at(start, directions, 1.0))
    assert float((near - limit).abs().max()) > 0.01  # or the test would say nothing


def test_the_limits_of_two_classes_are_those_far_out(case):
    found, start, directions, hidden, outputs = case
    if outputs.slope.shape[1] > 2:
        pytest.skip("for two classes")
    probit, exact = two_class_limits(found, hidden, outputs)
    mean, variance = two_class_moments(found, at(start, directions, FAR))
    torch.testing.assert_close(probit, binary_probit(mean.abs(), variance), rtol=0, atol=1e-6)
    torch.testing.assert_close(exact, logistic_mean(mean.abs(), variance), rtol=0, atol=1e-6)
    assert float((probit - exact).abs().max()) < 0.02  # the probit approximation's error (MacKay 1992)


def test_no_direction_of_the_hidden_layer_has_a_larger_limit(case):
    found, _, _, hidden, outputs = case
    if outputs.slope.shape[1] > 2:
        pytest.skip("for two classes")
    most = largest_limit(found, 6)
    assert bool((two_class_limits(found, hidden, outputs)[0] <= most).all())
    weights = found.mean[:12].reshape(2, 6)
    slopes = torch.as_tensor(generator(1, "test.slopes").normal(size=(2000, 6)))
    spread = torch.autograd.functional.hessian(
        lambda a: 0.5 * output_covariance(found, torch.cat([a, torch.zeros(1).double()])[None])[0].mul(SIGNS).sum(),
        slopes[0],
    )
    top = torch.linalg.solve(spread, weights[1] - weights[0])
    tried = torch.cat([slopes, top[None]])
    limits, _ = two_class_limits(found, Tail(tried, 0 * tried), Tail(tried @ weights.T, 0 * tried[:, :2]))
    assert float(limits[:-1].max()) < float(most)
    assert float(limits[-1]) == pytest.approx(float(most), abs=1e-9)


def test_where_all_units_are_off_the_limit_is_the_constant():
    rng = generator(4, "test.limits")
    net = Ensemble(
        [torch.ones(1, 1, 2).double(), torch.as_tensor(rng.normal(size=(1, 2, 2)))],
        [torch.tensor([[[0.5, -0.5]]]).double(), torch.tensor([[[0.2, 0.9]]]).double()],
    )
    inputs, labels = torch.as_tensor(rng.normal(size=(40, 1))), torch.as_tensor(rng.integers(0, 2, 40))
    found = fit_laplace(net, 0, inputs, labels, likelihood="classification", prior_precision=0.4)
    start, left = torch.zeros(1, 1).double(), torch.tensor([[[-1.0]]]).double()
    hidden, outputs = (Tail(*(part[0] for part in tail)) for tail in tails(net, start, left))
    constant = class_probabilities(found, torch.tensor([[-50.0]]))
    torch.testing.assert_close(multiclass_limit(found, hidden, outputs), constant)
    mean, variance = two_class_moments(found, torch.tensor([[-50.0]]).double())
    probit, exact = two_class_limits(found, hidden, outputs)
    torch.testing.assert_close(probit, binary_probit(mean.abs(), variance))
    torch.testing.assert_close(exact, logistic_mean(mean.abs(), variance))


@pytest.mark.parametrize(("mean", "variance"), [(0.7, 0.01), (2.0, 1.0), (-1.5, 9.0), (30.0, 400.0), (0.0, 5.0)])
def test_the_mean_of_the_logistic_function_is_its_integral(mean, variance):
    spread = np.sqrt(variance)
    exact, _ = quad(lambda z: expit(mean + spread * z) * norm.pdf(z), -12, 12, points=[-mean / spread], limit=200)
    pair = torch.tensor([mean]).double(), torch.tensor([variance]).double()
    assert float(logistic_mean(*pair)) == pytest.approx(exact, abs=1e-3)
    assert float(binary_probit(*pair)) == pytest.approx(exact, abs=0.02)
