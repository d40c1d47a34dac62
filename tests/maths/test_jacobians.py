import numpy as np
import pytest
import torch
from torch.autograd.functional import jacobian

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.jacobians import jacobians, mean_log_stretch, softmax_jacobians
from scripts.maths.random import generators


@pytest.fixture(params=[("relu", [5, 7, 6, 4]), ("tanh", [5, 3, 4]), ("tanh", [5, 2])])
def net(request):
    activation, widths = request.param
    return initialise(widths, generators(range(3), "test.weights"), activation=activation)


def points(count, seed=0):
    return torch.as_tensor(np.random.default_rng(seed).normal(size=(3, count, 5)))


def one(net, seed):
    return Ensemble(
        [weight[seed : seed + 1].detach() for weight in net.weights],
        [bias[seed : seed + 1].detach() for bias in net.biases],
        net.activation,
    )


def test_jacobians_are_those_of_automatic_differentiation(net):
    inputs = points(6)
    found = jacobians(net, inputs)
    softened = softmax_jacobians(net(inputs).detach(), found)
    for seed in range(3):
        alone = one(net, seed)
        for place in range(6):
            logits = jacobian(lambda x, alone=alone: alone(x[None, None])[0, 0], inputs[seed, place])
            chances = jacobian(lambda x, alone=alone: torch.softmax(alone(x[None, None])[0, 0], 0), inputs[seed, place])
            torch.testing.assert_close(found[seed, place], logits, rtol=0, atol=1e-12)
            torch.testing.assert_close(softened[seed, place], chances, rtol=0, atol=1e-12)


def test_shared_points_are_seen_by_all_nets(net):
    shared = points(4)[0]
    torch.testing.assert_close(jacobians(net, shared), jacobians(net, shared.expand(3, -1, -1)))


def test_the_volume_of_a_linear_map_is_its_determinant():
    matrices = torch.as_tensor(np.random.default_rng(1).normal(size=(20, 4, 4)))
    expected = torch.linalg.slogdet(matrices).logabsdet / 4
    torch.testing.assert_close(mean_log_stretch(matrices), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_flattened_directions_do_not_count(rank):
    rng = np.random.default_rng(rank)
    matrices = torch.as_tensor(rng.normal(size=(8, 3, rank)) @ rng.normal(size=(8, rank, 6)))
    singular = torch.linalg.svdvals(matrices)[:, :rank]
    torch.testing.assert_close(mean_log_stretch(matrices), singular.log().mean(1), rtol=0, atol=1e-9)
    scaled = mean_log_stretch(10 * matrices) - mean_log_stretch(matrices)
    torch.testing.assert_close(scaled, torch.full_like(scaled, np.log(10)))


def test_a_zero_matrix_has_no_stretch_and_tall_matrices_are_refused():
    assert torch.isnan(mean_log_stretch(torch.zeros(2, 3))).item()
    with pytest.raises(ValueError, match="at most as many outputs as inputs"):
        mean_log_stretch(torch.zeros(4, 3))
