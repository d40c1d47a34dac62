import numpy as np
import pytest
import torch

from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.hessian_vector import hessian_product, scaled_product
from scripts.maths.random import generators
from scripts.maths.training import cross_entropy

WIDTHS = [3, 4, 3]
COUNT = 3 * 4 + 4 + 4 * 3 + 3


@pytest.fixture(params=["relu", "tanh"])
def net(request):
    return initialise(WIDTHS, generators(range(3), "test.hessian"), activation=request.param)


@pytest.fixture
def data():
    rng = np.random.default_rng(3)
    return torch.as_tensor(rng.normal(size=(3, 8, 3))), torch.as_tensor(rng.integers(0, 3, (3, 8)))


def dense_hessians(net: Ensemble, inputs, labels) -> torch.Tensor:
    """Return each net's Hessian by autograd's own, one net at a time, shape (net, parameter, parameter)."""
    found = []
    for seed in range(inputs.shape[0]):
        shapes = [tensor[seed : seed + 1].shape for tensor in net.parameters]

        def loss(flat, seed=seed, shapes=shapes):
            split = torch.split(flat, [shape.numel() for shape in shapes])
            parts = [part.reshape(shape) for part, shape in zip(split, shapes, strict=True)]
            alone = Ensemble(parts[0::2], parts[1::2], net.activation)
            return cross_entropy(alone(inputs[seed : seed + 1]), labels[seed : seed + 1])[0]

        flat = torch.cat([tensor[seed].detach().flatten() for tensor in net.parameters])
        found.append(torch.autograd.functional.hessian(loss, flat))
    return torch.stack(found)


def test_products_equal_the_dense_hessian_of_each_net(net, data):
    product = hessian_product(cross_entropy(net(data[0]), data[1]), net.parameters)
    dense = dense_hessians(net, *data)
    for draw in range(3):
        vectors = torch.as_tensor(np.random.default_rng(draw).normal(size=(3, COUNT)))
        expected = (dense @ vectors[:, :, None])[:, :, 0]
        torch.testing.assert_close(product(vectors), expected, rtol=0, atol=1e-12)
        assert expected.abs().max() > 0.1


def test_products_may_be_taken_at_parameters_in_rows():
    matrix = torch.tensor([[[2.0, 1.0], [1.0, -3.0]], [[1.0, 0.0], [0.0, 5.0]]], dtype=torch.float64)
    place = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    product = hessian_product((place * (matrix @ place[:, :, None])[:, :, 0]).sum(1) / 2, [place])
    vectors = torch.tensor([[1.0, 2.0], [3.0, -1.0]], dtype=torch.float64)
    torch.testing.assert_close(product(vectors), torch.tensor([[4.0, -5.0], [3.0, -5.0]], dtype=torch.float64))


def test_scaling_stands_on_both_sides(net, data):
    rng = np.random.default_rng(5)
    scale = torch.as_tensor(rng.uniform(0.1, 3, (3, COUNT)))
    vectors = torch.as_tensor(rng.normal(size=(3, COUNT)))
    product = scaled_product(hessian_product(cross_entropy(net(data[0]), data[1]), net.parameters), scale)
    dense = scale[:, :, None] * dense_hessians(net, *data) * scale[:, None, :]
    torch.testing.assert_close(product(vectors), (dense @ vectors[:, :, None])[:, :, 0], rtol=0, atol=1e-11)
