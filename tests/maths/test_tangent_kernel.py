"""The tangent kernel by automatic differentiation against its closed form, and its two contractions beside each other."""

import numpy as np
import pytest
import torch

from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.random import generator, generators
from scripts.maths.tangent_kernel import cheaper, tangent_kernel
from scripts.maths.wide_networks import draw_wide

POINTS = torch.as_tensor(generator(0, "test.inputs").normal(size=(9, 4)))


def _net(outputs, scale=1.0):
    return draw_wide(generators(range(2), "test.net"), [4, 7, 5, outputs], bias_variance=0.4, output_scale=scale)


@pytest.mark.parametrize("contraction", ["jacobian", "vector", None])
def test_both_contractions_equal_the_closed_form(contraction):
    net = _net(1, scale=0.6)
    found = tangent_kernel(net, POINTS, POINTS[:3], contraction=contraction)
    assert found.shape == (2, 9, 1, 3, 1)
    for seed in range(2):
        weights, biases = (
            [weight[seed].numpy() for weight in net.weights],
            [bias[seed, 0].numpy() for bias in net.biases],
        )
        expected = 0.6**2 * tangent_gram(weights, biases, POINTS.numpy(), bias_variance=0.4)
        np.testing.assert_allclose(found[seed, :, 0, :, 0], expected[:, :3], rtol=1e-10)


def test_both_contractions_agree_with_many_outputs_in_blocks_of_any_size():
    net, left, right = _net(3), POINTS[:6], POINTS[4:]
    whole = tangent_kernel(net, left, right, contraction="jacobian")
    for contraction in ("jacobian", "vector"):
        for size in (1, 6000):  # one point at a time, and blocks that do not divide the points
            found = tangent_kernel(net, left, right, contraction=contraction, block_bytes=size)
            torch.testing.assert_close(found, whole, rtol=1e-10, atol=1e-10)


def test_the_kernel_of_one_output_is_a_block_of_that_of_all():
    net = _net(3)
    whole = tangent_kernel(net, POINTS, POINTS)
    last = net.with_parameters([*net.parameters()[:-2], net.weights[-1][:, :, 1:2], net.biases[-1][:, :, 1:2]])
    torch.testing.assert_close(tangent_kernel(last, POINTS, POINTS)[:, :, 0, :, 0], whole[:, :, 1, :, 1])


def test_the_chosen_contraction_takes_fewer_multiplications():
    """Both, counted by PyTorch, which counts a multiplication with its addition as two operations."""
    from torch.utils.flop_counter import FlopCounterMode

    for outputs, points in ((1, 12), (6, 12)):
        net = draw_wide(generators(range(1), "test.net"), [40, 50, 40, outputs], bias_variance=0.4)
        inputs = torch.as_tensor(generator(1, "test.inputs").normal(size=(points, 40)))
        counts = {}
        for contraction in ("jacobian", "vector"):
            with FlopCounterMode(display=False) as counter:
                tangent_kernel(net, inputs, inputs, contraction=contraction)
            counts[contraction] = counter.get_total_flops()
        assert cheaper(points, points, outputs) == min(counts, key=counts.get), counts
    assert {cheaper(12, 12, 1), cheaper(12, 12, 6)} == {"jacobian", "vector"}
