import pytest
import torch

from scripts.maths.ensembles import initialise
from scripts.maths.loss_barrier import along_line, barrier, between
from scripts.maths.random import generators


@pytest.fixture
def pair():
    return tuple(initialise([3, 4, 2], generators(range(2), f"test.barrier.{name}")) for name in ("one", "other"))


def test_the_line_ends_at_the_nets_and_moves_every_parameter_in_step(pair):
    one, other = pair
    for share in (0.0, 0.3, 1.0):
        found = between(one, other, share)
        for first, second, middle in zip(one.parameters, other.parameters, found.parameters, strict=True):
            torch.testing.assert_close(middle, (1 - share) * first + share * second)


def test_a_linear_net_without_hidden_layer_has_a_convex_loss_and_so_no_barrier():
    one, other = (initialise([3, 2], generators(range(4), f"test.barrier.{name}")) for name in ("one", "other"))
    inputs = torch.randn(9, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    line = along_line(one, other, lambda net: (net(inputs) ** 2).flatten(1).mean(1), 11)
    assert line.shape == (11, 4)
    assert torch.equal(barrier(line), torch.zeros(4, dtype=torch.float64))


def test_the_barrier_is_the_highest_rise_above_the_straight_connection():
    share = torch.linspace(0, 1, 21, dtype=torch.float64)
    bump, slope = 0.7 * (1 - (2 * share - 1) ** 2), 3 - 2 * share
    line = torch.stack([bump + slope, slope, slope - bump], dim=1)
    torch.testing.assert_close(barrier(line), torch.tensor([0.7, 0.0, 0.0], dtype=torch.float64), atol=1e-12, rtol=0)


def test_a_line_without_a_point_between_its_ends_is_refused(pair):
    with pytest.raises(ValueError, match="points is 2, expected at least 3"):
        along_line(*pair, lambda net: net.biases[0][:, 0, 0], 2)
