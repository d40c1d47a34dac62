from itertools import pairwise

import pytest
import torch
from torch import nn

from scripts.maths.architectures import Architecture, architectures, by_widths, draw_nets
from scripts.maths.random import generators

GROUP = [Architecture((5, 3), *each) for each in (("relu", False), ("relu", True), ("tanh", False), ("tanh", True))]
SIZES = {"inputs": 4, "outputs": 2}


def drawn(group=GROUP, seeds=3):
    return draw_nets(group, [generators(range(seeds), "test") for _ in group], **SIZES)


class Plain(nn.Module):
    """Compute one architecture with torch's own layers."""

    def __init__(self, architecture: Architecture, inputs: int, outputs: int) -> None:
        super().__init__()
        sizes = [inputs, *architecture.widths, outputs]
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(sizes))
        self.bend = nn.ReLU() if architecture.activation == "relu" else nn.Tanh()
        self.skip = nn.Linear(inputs, outputs, bias=False) if architecture.skip else None

    def forward(self, inputs):
        hidden = inputs
        for layer in self.layers[:-1]:
            hidden = self.bend(layer(hidden))
        outputs = self.layers[-1](hidden)
        return outputs if self.skip is None else outputs + self.skip(inputs)


def test_the_space_holds_every_combination_once():
    space = architectures([7, 3], 3)
    assert len(space) == len(set(space)) == (2 + 4 + 8) * 4
    assert {each.widths for each in space if len(each.widths) == 2} == {(3, 3), (3, 7), (7, 3), (7, 7)}
    groups = by_widths(space)
    assert [len(group) for group in groups] == [4] * 14
    assert [each for group in groups for each in group] == space


@pytest.mark.parametrize("architecture", [*GROUP, Architecture((6,), "relu", True)])
def test_parameters_are_those_that_torch_counts(architecture):
    plain = Plain(architecture, 4, 2)
    assert architecture.parameters(4, 2) == sum(parameter.numel() for parameter in plain.parameters())


def test_nets_together_are_the_nets_alone():
    nets = drawn()
    inputs = torch.randn(12, 6, 4, generator=torch.Generator().manual_seed(0))
    outputs = nets(inputs)
    for number, architecture in enumerate(each for each in GROUP for _ in range(3)):
        plain = Plain(architecture, 4, 2)
        for layer, weight, bias in zip(plain.layers, nets.weights, nets.biases, strict=True):
            layer.weight.data, layer.bias.data = weight[number].detach().T, bias[number, 0].detach()
        if plain.skip is not None:
            plain.skip.weight.data = nets.skips[nets.skipping.tolist().index(number)].detach().T
        torch.testing.assert_close(outputs[number], plain(inputs[number]), rtol=0, atol=1e-5)


def test_a_net_depends_on_its_own_seed_and_shares_its_draws():
    few, many = drawn(seeds=2), drawn(seeds=5)
    for one, other in zip(few.parameters, many.parameters, strict=True):
        count = 2 if one.shape[0] == 4 else 4
        rows = one.reshape(count, 2, *one.shape[1:]), other.reshape(count, 5, *one.shape[1:])
        torch.testing.assert_close(rows[0], rows[1][:, :2], rtol=0, atol=0)
    relu, tanh = few.weights[0][:2], few.weights[0][4:6]
    torch.testing.assert_close(relu, tanh * 2**0.5)
    torch.testing.assert_close(few.weights[-1][:2], few.weights[-1][4:6])


def test_weights_have_their_variance():
    group = [Architecture((40,), "relu", False), Architecture((40,), "tanh", True)]
    nets = draw_nets(group, [generators(range(40), "test") for _ in group], inputs=50, outputs=8)
    assert nets.weights[0][:40].var().item() == pytest.approx(2 / 50, rel=0.03)
    assert nets.weights[0][40:].var().item() == pytest.approx(1 / 50, rel=0.03)
    assert nets.skips.var().item() == pytest.approx(1 / 50, rel=0.06)


def test_a_group_without_skips_or_of_one_activation_works():
    for group in ([GROUP[0]], [GROUP[2]], [GROUP[1], GROUP[3]]):
        assert drawn(group)(torch.ones(3 * len(group), 1, 4)).isfinite().all()


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ([GROUP[0], Architecture((5,), "relu", False)], "one group of equal widths"),
        ([GROUP[2], GROUP[0]], "ReLU before those with the hyperbolic tangent"),
    ],
)
def test_bad_groups_are_refused(group, message):
    with pytest.raises(ValueError, match=message):
        drawn(group)
