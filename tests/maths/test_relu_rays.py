import pytest
import torch

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generator, generators
from scripts.maths.relu_rays import Tail, ray_points, softmax_limit, tails


@pytest.fixture
def rays():
    """Three nets with biases, their starts and forty directions."""
    rng = generator(2, "test.rays")
    net = initialise([3, 9, 6, 4], generators(range(3), "test.rays"))
    return net, torch.as_tensor(rng.normal(size=(3, 3))), torch.as_tensor(rng.normal(size=(3, 40, 3)))


def test_points_lie_where_the_rays_lead(rays):
    _, start, directions = rays
    distances = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]).double()
    points = ray_points(start, directions, distances)
    assert points.shape == (3, 80, 3)
    for net, place, ray in ((0, 0, 5), (2, 1, 39), (1, 1, 0)):
        expected = start[net] + distances[net, place] * directions[net, ray]
        torch.testing.assert_close(points[net, place * 40 + ray], expected)
    assert torch.equal(ray_points(start, directions, distances[0])[0], points[0])


def test_far_out_the_net_is_its_tail(rays):
    net, start, directions = rays
    hidden, outputs = tails(net, start, directions)
    for distance in (1e7, 1e9):
        points = ray_points(start, directions, torch.tensor([distance]).double())
        found = net.layers(points)
        for layer, tail in ((found[-2], hidden), (found[-1], outputs)):
            torch.testing.assert_close(layer.detach(), tail.slope * distance + tail.intercept, rtol=1e-9, atol=1e-5)


def test_slopes_are_the_derivative_along_the_ray(rays):
    net, start, directions = rays
    points = ray_points(start, directions, torch.tensor([1e8]).double())
    derivative = torch.autograd.functional.jvp(net, points, directions)[1]
    torch.testing.assert_close(tails(net, start, directions)[1].slope, derivative, rtol=1e-9, atol=1e-12)


def test_a_ray_on_which_all_units_are_off_ends_in_a_constant():
    net = Ensemble(
        [torch.tensor([[[1.0, 2.0]]]), torch.tensor([[[1.0, -1.0], [0.5, 3.0]]])],
        [torch.tensor([[[-1.0, 1.0]]]), torch.tensor([[[0.2, 0.9]]])],
    )
    hidden, outputs = tails(net, torch.zeros(1, 1), torch.tensor([[[-1.0], [1.0]]]))
    assert torch.equal(hidden.slope[0, 0], torch.zeros(2))
    torch.testing.assert_close(outputs.intercept[0, 0], torch.tensor([0.2, 0.9]))
    limit = softmax_limit(outputs)[0]
    torch.testing.assert_close(limit[0], torch.tensor([0.2, 0.9]).softmax(0))
    torch.testing.assert_close(limit[1], torch.tensor([0.0, 1.0]))  # slopes 1 · 1 + 2 · 0.5 = 2 and 2 · 3 − 1 = 5


def test_a_unit_at_rest_stays_as_it_is():
    net = Ensemble([torch.eye(2)[None], torch.eye(2)[None]], [torch.tensor([[[0.3, -0.4]]]), torch.zeros(1, 1, 2)])
    outputs = tails(net, torch.zeros(1, 2), torch.zeros(1, 1, 2))[1]
    torch.testing.assert_close(outputs.intercept[0, 0], torch.tensor([0.3, 0.0]))


def test_the_limit_of_the_softmax_is_its_value_far_out(rays):
    net, start, directions = rays
    outputs = tails(net, start, directions)[1]
    far = (outputs.slope * 1e7 + outputs.intercept).softmax(2)
    torch.testing.assert_close(softmax_limit(outputs), far, rtol=0, atol=1e-12)
    tied = Tail(torch.tensor([[[2.0, 2.0, 1.0]]]), torch.tensor([[[0.0, 1.0, 50.0]]]))
    torch.testing.assert_close(softmax_limit(tied)[0, 0, :2], torch.tensor([0.0, 1.0]).softmax(0))


def test_other_activations_are_refused(rays):
    net, start, directions = rays
    with pytest.raises(ValueError, match="activation is 'tanh', expected relu"):
        tails(Ensemble(net.weights, net.biases, "tanh"), start, directions)
