import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from scripts.article.settings import preset_values
from scripts.geometry import distortion
from scripts.geometry.settings import Distortion, Settings
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generator, generators

QUICK = preset_values(Settings, "quick")["distortion"]
SMALL = QUICK | {"points": 60, "noise": [0.0, 0.3], "widths": [4, 6], "epochs": 20, "pairs": 6, "steps": 4}


def settings(**changes):
    return Distortion(**SMALL | changes)


@given(st.integers(0, 10_000), st.integers(10, 300), st.floats(0, 1), st.floats(0, 1))
def test_the_wanted_share_of_labels_is_wrong_and_a_lower_rate_corrupts_a_part_of_it(seed, count, low, high):
    low, high = sorted((low, high))
    labels = np.random.default_rng(seed).integers(0, 10, count)
    few, many = (distortion.corrupt_labels(labels, rate, generator(seed, "test.noise")) for rate in (low, high))
    assert (few != labels).sum() == round(low * count)
    assert (many != labels).sum() == round(high * count)
    assert ((few == labels) | (few == many)).all()
    assert set(np.unique(many)) <= set(range(10))


def test_wrong_labels_are_spread_evenly_over_the_other_classes():
    labels = np.full(90_000, 7)
    wrong = distortion.corrupt_labels(labels, 1.0, np.random.default_rng(0))
    shares = np.bincount(wrong, minlength=10) / labels.size
    assert shares[7] == 0
    np.testing.assert_allclose(np.delete(shares, 7), 1 / 9, atol=0.005)  # standard error .001


def test_the_gap_is_what_corrupted_fresh_labels_give_on_average():
    data = draw_digits(200, range(2), "test.distortion")
    net = initialise([64, 5, 10], generators(range(2), "test.distortion"))
    found = distortion.outcomes(net, [data.inputs, data.fresh], data.labels, data.fresh_labels, 0.4)
    with torch.no_grad():
        named = net(data.fresh).argmax(2).numpy()
    for seed in range(2):
        rng, own = np.random.default_rng(seed), data.fresh_labels[seed].numpy()
        drawn = [(named[seed] == distortion.corrupt_labels(own, 0.4, rng)).mean() for _ in range(300)]
        assert found["trained"][seed] - found["gap"][seed] == pytest.approx(np.mean(drawn), abs=0.004)
        assert found["error"][seed] == pytest.approx((named[seed] != own).mean())


def test_pairs_are_within_a_class_and_between_two():
    labels = np.random.default_rng(0).integers(0, 10, (3, 50))
    pairs = distortion.draw_pairs(labels, settings(pairs=40))
    assert pairs.shape == (3, 2, 40, 2)
    assert (pairs[..., 0] != pairs[..., 1]).all()
    for seed in range(3):
        first, second = labels[seed][pairs[seed]].transpose(2, 0, 1)
        assert (first[0] == second[0]).all()
        assert (first[1] != second[1]).all()


def test_a_linear_net_stretches_segments_by_its_matrix_and_makes_no_detour():
    net = initialise([5, 3], generators(range(2), "test.distortion"))
    ends = torch.as_tensor(np.random.default_rng(1).normal(size=(2, 3, 7, 2, 5)))
    stretch, detour = distortion.stretch_segments(net, ends, 6)
    step = (ends[..., 1, :] - ends[..., 0, :]).flatten(1, 2)
    image = step @ net.weights[0].detach()
    expected = (image - image.mean(-1, keepdim=True)).norm(dim=-1) / step.norm(dim=-1)
    torch.testing.assert_close(stretch.detach().flatten(1), expected)
    torch.testing.assert_close(detour.detach(), torch.ones_like(detour))


def test_the_length_of_a_curve_is_that_of_many_small_steps():
    net = initialise([4, 6, 3], generators(range(2), "test.distortion"), activation="tanh", scheme="he")
    ends = torch.as_tensor(np.random.default_rng(2).normal(size=(2, 5, 2, 4))) * 3
    coarse, fine = (distortion.stretch_segments(net, ends, steps)[0].detach() for steps in (64, 4096))
    torch.testing.assert_close(coarse, fine, rtol=0.005, atol=0)
    assert (coarse <= fine + 1e-12).all()


def test_measures_of_a_linear_net_are_those_of_its_matrix():
    rng = np.random.default_rng(3)
    net = initialise([64, 10], generators(range(2), "test.distortion"))
    points, offset = torch.as_tensor(rng.uniform(size=(2, 9, 64))), np.array([0, 5])
    pairs = rng.integers(0, 4, (2, 2, 5, 2)) + offset
    found = distortion.measures(net, points, pairs, 3)
    for seed in range(2):
        matrix = net.weights[0][seed].detach()
        singular = torch.linalg.svdvals(matrix - matrix.mean(1, keepdim=True))
        assert found["logits"][seed] == pytest.approx(float(singular.norm()))
        assert found["volume"][seed] == pytest.approx(float(singular[:9].log().mean()))
        assert found["stretch"][seed] == pytest.approx((found["stretch_same"] + found["stretch_different"])[seed] / 2)
    scaled = Ensemble([2 * weight for weight in net.weights], [2 * bias for bias in net.biases])
    doubled = distortion.measures(scaled, points, pairs, 3)
    np.testing.assert_allclose(doubled["stretch"], 2 * found["stretch"])
    np.testing.assert_allclose(doubled["volume"], found["volume"] + np.log(2))
    np.testing.assert_allclose(doubled["detour"], found["detour"])
    assert (doubled["doubt"] < found["doubt"]).all()


def test_nets_trained_side_by_side_equal_nets_trained_alone():
    together, alone = settings(), settings(noise=[0.0, 0.3], decays=[0.01, 0.02])
    data = draw_digits(60, together.seed_block, "test.distortion", torch.float32)
    many = distortion.train_nets(together, 4, data, distortion.noisy_labels(data.labels.numpy(), together))
    few = distortion.train_nets(alone, 4, data, distortion.noisy_labels(data.labels.numpy(), alone))
    assert together.decays == [0.0, 0.001, 0.01]
    for one, other in zip(many.weights, few.weights, strict=True):
        rows = one.detach().unflatten(0, (2, 3, 3)), other.detach().unflatten(0, (2, 2, 3))
        torch.testing.assert_close(rows[0][:, 2], rows[1][:, 0], rtol=1e-3, atol=1e-4)
        assert rows[0][:, 2].norm() < rows[0][:, 0].norm()  # weight decay is at work
        assert not torch.allclose(rows[0][0], rows[0][1])  # and so is label noise


def test_ranks_are_taken_seed_by_seed_and_level_by_level():
    measure, outcome = np.random.default_rng(4).normal(size=(2, 3, 2, 4, 5))
    over, within = distortion.rank_over(measure, outcome), distortion.rank_within(measure, outcome)
    for seed in range(5):
        one, other = measure[..., seed], outcome[..., seed]
        assert over[seed] == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)
        levels = [spearmanr(one[level].ravel(), other[level].ravel()).statistic for level in range(3)]
        assert within[seed] == pytest.approx(np.mean(levels))
    shifted = outcome + 100 * np.arange(3)[:, None, None, None]
    np.testing.assert_allclose(distortion.rank_within(measure, shifted), within)


def test_distortion_has_its_values():
    result = distortion.compute(settings())
    kinds = ("jacobian", "volume", "stretch")
    wanted = {f"rank_{kind}{ending}" for kind in kinds for ending in ("", "_within")}
    assert wanted | {"gap_clean", "gap_noisy", "jacobian_clean", "jacobian_noisy"} <= set(result.values)
    assert result.arrays["gap"].shape == (2, 2, 3, SMALL["seeds"])
    assert result.values["gap_noisy"].value == pytest.approx(result.arrays["gap"][-1, -1, 0].mean())
    assert result.values["gap_noisy"].value > result.values["gap_clean"].value
