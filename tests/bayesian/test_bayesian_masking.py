"""Dropout masks and their variance."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from scripts.bayesian import masking
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators

PLACES = torch.linspace(-3, 3, 11, dtype=torch.float64)[:, None]


def _net(widths=(1, 4, 3, 1), seeds=2, activation="relu"):
    return initialise(list(widths), generators(range(seeds), "test.net"), activation=activation)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.05, 0.9), st.integers(1, 4))
def test_exact_variance_equals_the_sum_over_all_masks(p, width):
    """Enumerate the 2^width masks with their chances."""
    net = _net((1, 5, width, 1), seeds=1, activation="tanh")
    kept = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * width).reshape(1, -1, width)
    chance = (kept * (1 - p) + (1 - kept) * p).prod(2)[0]
    answers = masking.sample_last_layer(net, PLACES, kept / (1 - p))[0]
    mean = chance @ answers
    variance = chance @ (answers - mean) ** 2
    rates = torch.tensor([p], dtype=torch.float64)
    assert torch.allclose(masking.last_layer_variance(net, PLACES, rates)[0], variance, rtol=1e-10, atol=1e-12)
    assert torch.allclose(mean, net(PLACES)[0, :, 0].detach(), rtol=1e-10, atol=1e-12)


def test_forward_without_dropout_is_the_plain_net():
    net = _net()
    ones = [torch.ones(2, 1, width, dtype=torch.float64) for width in (4, 3)]
    assert torch.equal(masking.forward(net, PLACES, ones), net(PLACES))


def test_masks_follow_torch_dropout_in_mean_and_variance():
    uniform = masking.draw_uniform(generators(range(1), "test"), 40000, [1])
    mask = masking.keep_masks(uniform, torch.tensor([0.3], dtype=torch.float64))[0].flatten()
    torch.manual_seed(0)
    oracle = functional.dropout(torch.ones(40000, dtype=torch.float64), 0.3)
    assert sorted(set(mask.tolist())) == pytest.approx(sorted(set(oracle.tolist())))
    assert float(mask.mean()) == pytest.approx(1, abs=5 * (3 / 7 / 40000) ** 0.5)
    assert float(mask.var()) == pytest.approx(3 / 7, abs=0.02)


def test_batched_nets_equal_the_loop():
    net, rates = _net((1, 4, 3, 1), seeds=3), torch.tensor([0.2, 0.2, 0.2], dtype=torch.float64)
    masks = masking.keep_masks(masking.draw_uniform(generators(range(3), "test"), 6, [4, 3]), rates)
    found = masking.sample_passes(net, PLACES, masks)
    for one in range(3):
        alone = Ensemble([part[one : one + 1] for part in net.weights], [part[one : one + 1] for part in net.biases])
        for step in range(6):
            own = [layer[one : one + 1, step : step + 1] for layer in masks]
            expected = masking.forward(alone, PLACES, own)[0, :, 0].detach()
            assert torch.allclose(found[one, step], expected, rtol=0, atol=1e-10)


def test_with_one_hidden_layer_the_two_samplers_agree():
    net, rates = _net((1, 6, 1)), torch.tensor([0.5, 0.5], dtype=torch.float64)
    masks = masking.keep_masks(masking.draw_uniform(generators(range(2), "test"), 20, [6]), rates)
    whole, last = masking.sample_passes(net, PLACES, masks), masking.sample_last_layer(net, PLACES, masks[0])
    assert torch.allclose(whole, last, rtol=0, atol=1e-12)


@given(st.integers(0, 50), st.floats(0.05, 0.9))
def test_one_hidden_layer_cannot_bulge_in_a_gap(seed, p):
    """Foong et al. 2020, theorem 2: the spread is convex along a line."""
    net = initialise([1, 9, 1], generators([seed], "test.convex"))
    spread = masking.last_layer_variance(net, PLACES, torch.tensor([p], dtype=torch.float64)).sqrt()[0].numpy()
    assert np.diff(spread, 2).min() > -1e-12


def test_blocks_share_their_uniform_numbers():
    uniform = masking.draw_uniform(generators(range(2), "test"), 5, [7])
    rates = torch.tensor([0.2, 0.2, 0.6, 0.6], dtype=torch.float64)
    mask = masking.keep_masks(uniform, rates)[0]
    assert bool(((mask[2:] > 0) <= (mask[:2] > 0)).all())


def test_bad_inputs_are_refused():
    uniform = masking.draw_uniform(generators(range(2), "test"), 5, [7])
    with pytest.raises(ValueError, match=r"rates in \[0, 1\)"):
        masking.keep_masks(uniform, torch.tensor([1.0, 0.2]))
    with pytest.raises(ValueError, match="blocks of 2 nets"):
        masking.keep_masks(uniform, torch.tensor([0.1, 0.2, 0.3]))
    with pytest.raises(ValueError, match="masks of widths"):
        masking.forward(_net(), PLACES, [torch.ones(2, 1, 1, dtype=torch.float64)] * 2)
