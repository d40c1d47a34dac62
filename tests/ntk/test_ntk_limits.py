"""Parities, learned by networks and by kernels."""

from itertools import combinations, product

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from sklearn.kernel_ridge import KernelRidge

from scripts.article.settings import preset_values
from scripts.maths.ntk import limit_kernels
from scripts.ntk import limits
from scripts.ntk.limits import Cube, draw_cube, draw_start, fit_kernel, judge_net, signs, train_net
from scripts.ntk.settings import Limits

SMALL = Limits(
    **preset_values(Limits, "quick")
    | {"seeds": 3, "first_seed": 5, "dimension": 8, "points": 40, "fewer_points": [20], "held_out": 20}
    | {"fresh_points": 60, "width": 24, "bias_variance": 0.5, "ridges": [0.5], "batch_size": 8, "steps": 12}
)


def change(settings, **update):
    return settings.model_copy(update=update)


def test_nothing_that_is_judged_on_was_seen():
    cube = draw_cube(SMALL)
    for parts in zip(cube.inputs, cube.held, cube.fresh, strict=True):
        rows = np.concatenate(parts)
        assert len(np.unique(rows, axis=0)) == len(rows) == 120
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    assert cube.inputs.shape == (3, 40, 8)
    again = draw_cube(change(SMALL, seeds=5))
    assert np.array_equal(again.fresh[:3], cube.fresh)


def test_kernel_regression_is_scikit_learns():
    cube = draw_cube(SMALL)
    found = fit_kernel(SMALL, cube, [1, 2])
    for seed in range(3):
        gram, cross = (
            limit_kernels(one, cube.inputs[seed], hidden=1, bias_variance=0.5)[1]
            for one in (cube.inputs[seed], cube.fresh[seed])
        )
        for degree, each in zip((1, 2), found, strict=True):
            oracle = KernelRidge(alpha=0.5 * gram.diagonal().mean(), kernel="precomputed")
            oracle.fit(gram, signs(cube.inputs, degree)[seed, :, 0])
            right = np.sign(oracle.predict(cross)) == signs(cube.fresh, degree)[seed, :, 0]
            assert each["kernel"][seed] == pytest.approx(100 * right.mean())


def test_held_out_examples_choose_the_ridge():
    """Noise in the examples makes a tiny ridge bad, and a huge one names all inputs alike."""
    settings = change(SMALL, dimension=12, points=200, held_out=200, fresh_points=400, ridges=[1e-8, 0.03, 1e8])
    cube = draw_cube(settings)
    alone = [fit_kernel(change(settings, ridges=[ridge]), cube, [2])[0]["kernel"] for ridge in settings.ridges]
    chosen = fit_kernel(settings, cube, [2])[0]["kernel"]
    assert all(any(found == each[seed] for each in alone) for seed, found in enumerate(chosen))
    assert chosen.mean() >= max(each.mean() for each in alone) - 3
    swapped = fit_kernel(settings, Cube(cube.inputs, cube.held, np.flip(cube.fresh, 1)), [2])[0]["kernel"]
    assert swapped == pytest.approx(chosen)


def test_a_wide_nets_own_kernel_answers_as_the_limit_does():
    settings = change(SMALL, width=3000, ridges=[0.1])
    cube = draw_cube(settings)
    own = fit_kernel(settings, cube, [1, 2], draw_start(settings))
    for one, two in zip(own, fit_kernel(settings, cube, [1, 2]), strict=True):
        assert one["kernel"] == pytest.approx(two["kernel"], abs=5)


def test_one_lazy_step_moves_answers_along_the_tangent_kernel():
    settings = change(SMALL, batch_size=40, steps=1, laziness=100.0, width=2000, rate=0.7)
    cube = draw_cube(settings)
    start, end = draw_start(settings), train_net(settings, cube, 2, "lazy")
    for seed in range(3):
        kernel = limit_kernels(cube.fresh[seed], cube.inputs[seed], hidden=1, bias_variance=0.5)[1]
        expected = 0.7 / 40 * kernel @ signs(cube.inputs, 2)[seed, :, 0]
        points = torch.as_tensor(cube.fresh, dtype=torch.float32)
        moved = 100 * (end(points) / 100 - start(points))[seed, :, 0].numpy()
        assert np.abs(moved - expected).max() < 0.15 * np.abs(expected).max()


def test_small_outputs_move_weights_and_large_ones_hardly():
    cube, start = draw_cube(SMALL), draw_start(SMALL)
    moved = {way: judge_net(cube, 2, start, train_net(SMALL, cube, 2, way), way) for way in ("net", "lazy")}
    assert (moved["lazy"]["lazy_moved"] < 0.2 * moved["net"]["net_moved"]).all()
    untrained = judge_net(cube, 2, start, start, "net")
    assert untrained["net_moved"].tolist() == [0.0] * 3
    assert untrained["net"].tolist() == [0.0] * 3  # f − f₀ = 0 has no sign
    assert judge_net(cube, 2, start, draw_start(SMALL, 8.0), "lazy")["lazy"].tolist() == [0.0] * 3


def test_permuted_labels_give_chance(monkeypatch):
    settings = change(SMALL, seeds=8, dimension=16, fresh_points=400, ridges=[1e-3, 0.1], steps=100, rate=0.1)
    monkeypatch.setattr(
        limits, "parity", lambda corners, _: np.random.default_rng(0).choice([-1.0, 1.0], corners.shape[:-1])
    )
    found = limits.compute(settings).arrays
    for name in ("parity_net", "parity_kernel", "linear_lazy", "parity_own_end"):
        assert found[name].mean() == pytest.approx(50, abs=6 * 50 / np.sqrt(8 * 400))


def test_values_are_finite_and_consistent():
    result = limits.compute(SMALL)
    values, arrays = result.values, result.arrays
    assert all(np.isfinite(value.value) for value in values.values())
    assert values["parity_gap"].value == pytest.approx((arrays["parity_net"] - arrays["parity_kernel"]).mean())
    assert values["linear_gap"].n == 3
    assert values["functions"].value == 56
    assert values["explained"].value == pytest.approx(100 * 40 / 56)
    assert arrays["net_curve"].shape == (3, 2)
    assert arrays["kernel_curve"][:, -1].tolist() == arrays["parity_kernel"].tolist()


def test_a_kernel_holds_no_more_of_all_parities_than_it_has_examples_and_as_much_of_each():
    """The bound printed as `explained`, on the whole cube: the squared length of a parity within the kernel's span."""
    corners = np.array(list(product([-1.0, 1.0], repeat=8))) / np.sqrt(8)
    parities = np.stack([np.sign(corners[:, list(chosen)]).prod(1) for chosen in combinations(range(8), 3)], axis=1)
    rng, shares = np.random.default_rng(0), []
    for _ in range(60):
        kernel = limit_kernels(corners, corners[rng.choice(256, 20, replace=False)], hidden=1, bias_variance=0.5)[1]
        shares.append(((np.linalg.qr(kernel)[0].T @ parities / 16) ** 2).sum(0))
    shares = np.array(shares)  # (draw, parity)
    assert shares.sum(1).max() <= 20
    error = shares[:, 0].std() / np.sqrt(60)
    assert shares[:, 0].mean() == pytest.approx(shares.mean(), abs=4 * error)


def test_more_of_fewer_examples_is_refused():
    with pytest.raises(ValidationError, match="fewer_points below points, got \\[40\\] and 40"):
        Limits(points=40, fewer_points=[40])
