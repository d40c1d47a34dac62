import numpy as np
import pytest
import torch

from scripts.maths.ensembles import initialise
from scripts.maths.hessian_vector import hessian_product
from scripts.maths.lanczos import largest_eigenvalue
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval
from scripts.maths.trace import traces
from scripts.maths.training import cross_entropy


def times(matrices: torch.Tensor):
    return lambda vectors: (matrices @ vectors[:, :, None])[:, :, 0]


def signs(count: int, nets: int, size: int) -> torch.Tensor:
    return torch.as_tensor(2.0 * np.random.default_rng(8).integers(0, 2, (count, nets, size)) - 1)


@pytest.fixture
def matrices():
    entries = np.random.default_rng(2).normal(size=(2, 25, 25))
    steep = 40 * np.outer(np.ones(25), np.ones(25)) / 25  # one large eigenvalue, as a Hessian has
    return torch.as_tensor(entries + entries.transpose(0, 2, 1) + steep)


def test_the_mean_over_probes_is_the_trace_with_hutchinsons_variance(matrices):
    estimates = traces(times(matrices), signs(4000, 2, 25))
    for net in range(2):
        found = mean_interval(estimates[:, net], level=0.9999)
        assert found.low <= float(matrices[net].trace()) <= found.high
        beside = matrices[net] - torch.diag(matrices[net].diagonal())
        assert float(estimates[:, net].var()) == pytest.approx(2 * float((beside**2).sum()), rel=0.15)


def test_a_diagonal_matrix_needs_one_probe():
    matrices = torch.diag_embed(torch.tensor([[1.0, -4.0, 9.0]], dtype=torch.float64))
    assert traces(times(matrices), signs(1, 1, 3)).tolist() == [[6.0]]


def test_known_directions_leave_it_unbiased_and_less_noisy(matrices):
    start = torch.as_tensor(np.random.default_rng(1).normal(size=(2, 25)))
    top = largest_eigenvalue(times(matrices), start, steps=8, tolerance=0)
    probes = signs(4000, 2, 25)
    plain, better = traces(times(matrices), probes), traces(times(matrices), probes, top.basis, top.ritz)
    for net in range(2):
        found = mean_interval(better[:, net], level=0.9999)
        assert found.low <= float(matrices[net].trace()) <= found.high
        assert float(better[:, net].var()) < 0.5 * float(plain[:, net].var())


def test_all_directions_known_leave_nothing_to_chance(matrices):
    basis = torch.eye(25, dtype=torch.float64).expand(2, 25, 25)
    known = matrices.diagonal(dim1=1, dim2=2).sum(1)
    estimates = traces(times(matrices), signs(2, 2, 25), basis, known)
    torch.testing.assert_close(estimates, known.expand(2, 2))


def test_the_trace_of_a_relu_nets_hessian_is_the_closed_form_by_jacobians():
    """A ReLU net is linear in each single weight, so that only the Gauss–Newton part has a diagonal."""
    net = initialise([3, 6, 4], generators(range(2), "test.trace"))
    rng = np.random.default_rng(4)
    inputs, labels = torch.as_tensor(rng.normal(size=(2, 9, 3))), torch.as_tensor(rng.integers(0, 4, (2, 9)))
    outputs = net(inputs)
    chance = torch.softmax(outputs, 2).detach()
    expected = torch.zeros(2, dtype=torch.float64)
    for image in range(9):
        rows = []
        for unit in range(4):
            parts = torch.autograd.grad(outputs[:, image, unit].sum(), net.parameters, retain_graph=True)
            rows.append(torch.cat([part.flatten(1) for part in parts], 1))
        jacobian = torch.stack(rows, 1)  # (net, class, parameter)
        p = chance[:, image]
        expected += ((p[..., None] * jacobian**2).sum((1, 2)) - ((p[..., None] * jacobian).sum(1) ** 2).sum(1)) / 9
    product = hessian_product(cross_entropy(outputs, labels), net.parameters)
    count = sum(tensor[0].numel() for tensor in net.parameters)
    units = torch.eye(count, dtype=torch.float64)[:, None].expand(count, 2, count)
    torch.testing.assert_close(traces(product, units).sum(0), expected, rtol=0, atol=1e-12)
    estimates = traces(product, signs(500, 2, count))
    for each in range(2):
        found = mean_interval(estimates[:, each], level=0.9999)
        assert found.low <= float(expected[each]) <= found.high


@pytest.mark.parametrize("given", [{"basis": torch.zeros(1, 2, 3)}, {"on_basis": torch.zeros(1)}])
def test_a_basis_comes_with_its_trace(given):
    with pytest.raises(ValueError, match="a basis and its trace, or neither"):
        traces(lambda vectors: vectors, torch.ones(1, 1, 3), **given)
