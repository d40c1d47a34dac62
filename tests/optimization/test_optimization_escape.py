import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.maths.linear_autoencoder import exact_loss, loss
from scripts.maths.random import generators
from scripts.optimization.escape import compute, leave_plane, slopes
from scripts.optimization.race import (
    STARTS,
    batch_covariances,
    covariance,
    descend,
    draw_data,
    draw_starts,
    escaping_curvature,
    lowest_sets,
    pass_time,
    step_size,
)
from scripts.optimization.settings import Escape
from scripts.optimization.zero import at_zero, draw_task, exact_curvature, follow, zero_net

SMALL = Escape(
    seeds=4, toy_runs=400, eigenvalues=[3.0, 2.0, 0.8, 0.3], hidden=2, points=30, batch_size=7, steps=300,
    net_inputs=3, net_hidden=2, net_epochs=60, wide_distance=1e-2, close_distance=1e-6,
)  # fmt: skip


@pytest.fixture(scope="module")
def quick():
    return compute(Escape(**preset_values(Escape, "quick") | {"seeds": 6, "steps": 400, "net_epochs": 20}))


def test_slopes_equal_numpys():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(5), rng.standard_normal((5, 7))
    np.testing.assert_allclose(slopes(x, y), np.polyfit(x, y, 1)[0], atol=1e-12)


def test_the_plane_keeps_to_its_theory_at_another_step_size():
    values, arrays = leave_plane(SMALL.model_copy(update={"toy_rate": 0.3, "toy_unstable": 0.5, "toy_steps": 250}))
    assert values["toy_slope"].low - 0.3 <= values["toy_slope_exact"].value <= values["toy_slope"].high + 0.3
    assert values["toy_slope_exact"].value == pytest.approx(1 / np.log(1.15))
    assert values["toy_gd_stays"].value == 1
    assert values["toy_gd_random_share"].value == 1
    assert values["toy_gd_time_error"].value <= 1
    np.testing.assert_allclose(arrays["toy_times"].mean(1), arrays["toy_times_exact"], atol=2)


def test_refuses_walks_that_end_before_they_are_measured():
    with pytest.raises(ValueError, match="expected toy_steps >= toy_variance_step = 50"):
        leave_plane(SMALL.model_copy(update={"toy_steps": 40}))


def test_data_have_exactly_the_wanted_covariance():
    data = draw_data(SMALL)
    assert data.shape == (4, 30, 4)
    torch.testing.assert_close(covariance(data), torch.diag(torch.tensor(SMALL.eigenvalues)).double().expand(4, 4, 4))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"eigenvalues": [1.0, 1.0, 0.5]}, "largest first and all different"),
        ({"eigenvalues": [1.0, 0.5, 0.0]}, "expected positive eigenvalues"),
        ({"eigenvalues": [1.0, 0.5]}, "expected hidden < eigenvalues"),
        ({"batch_size": 31}, "batch_size <= points"),
    ],
)
def test_refuses_data_that_cannot_be_drawn(wrong, message):
    with pytest.raises(ValueError, match=message):
        draw_data(SMALL.model_copy(update=wrong))


def test_mini_batches_are_parts_of_a_shuffled_pass():
    data = draw_data(SMALL)
    batches = batch_covariances(data, 10, generators(range(4), "test"))
    one_pass = torch.stack([next(batches) for _ in range(3)])
    torch.testing.assert_close(one_pass.mean(0), covariance(data))
    assert not torch.allclose(one_pass[0], one_pass[1])
    order = generators(range(4), "test")[2].permutation(30)[:10]
    torch.testing.assert_close(one_pass[0, 2], covariance(data[2, order]))


def test_starts_lie_at_their_distance_from_their_saddle():
    encoders, decoders = draw_starts(SMALL)
    everything = torch.diag(torch.tensor(SMALL.eigenvalues, dtype=torch.float64))
    found = loss(encoders, decoders, everything)
    for place, kept in ((1, lowest_sets(SMALL)[1]), (2, lowest_sets(SMALL)[1]), (3, ()), (4, ())):
        np.testing.assert_allclose(found[place], exact_loss(SMALL.eigenvalues, kept), atol=1e-3)
    length = (encoders[3].square().sum((1, 2)) + decoders[3].square().sum((1, 2))).sqrt()
    np.testing.assert_allclose(length, SMALL.wide_distance)
    torch.testing.assert_close(encoders[4] * 1e4, encoders[3])
    assert encoders[0].abs().max() <= 0.5
    assert len(STARTS) == len(encoders)


def test_descent_equals_autograd():
    settings = SMALL.model_copy(update={"steps": 3})
    data, (encoder, decoder) = draw_data(settings), draw_starts(settings)
    rngs = [generators(settings.seed_block, "test") for _ in range(2)]
    found = descend(encoder, decoder, batch_covariances(data, 7, rngs[0]), settings)
    seen, (one, other) = batch_covariances(data, 7, rngs[1]), (encoder[0, 2], decoder[0, 2])
    for step in range(3):
        batch, whole = next(seen)[2], covariance(data)[2]
        assert found[step, 0, 2] == pytest.approx(loss(one, other, whole).item())
        places = [part.clone().requires_grad_(True) for part in (one, other)]
        slopes_ = torch.autograd.grad(loss(*places, batch), places)
        one, other = (part - step_size(settings) * slope for part, slope in zip((one, other), slopes_, strict=True))
    assert found[3, 0, 2] == pytest.approx(loss(one, other, whole).item())


def test_the_step_is_stable_at_the_minimum_and_twice_the_limit_is_not():
    encoder, decoder = (part[1:2] for part in draw_starts(SMALL))
    whole = covariance(draw_data(SMALL))
    stable = descend(encoder, decoder, iter([whole] * 300), SMALL)
    assert (np.diff(stable, axis=0) <= 1e-12).all()
    unstable = descend(encoder, decoder, iter([whole] * 300), SMALL.model_copy(update={"stable_share": 1.9}))
    assert (np.diff(unstable, axis=0) > 0).any()


def test_pass_time_equals_a_loop():
    losses = np.random.default_rng(0).standard_normal((60, 3)).cumsum(0)
    for window in (1, 4):
        for run, found in enumerate(pass_time(losses, -2.0, window)):
            means = [losses[step - window + 1 : step + 1, run].mean() for step in range(window - 1, 60)]
            first = [step for step, mean in enumerate(means, window - 1) if mean <= -2.0]
            assert found == (first[0] if first else -1)


@pytest.mark.parametrize("window", [0, 61])
def test_refuses_a_window_that_does_not_fit(window):
    with pytest.raises(ValueError, match="expected a window from 1 to 60"):
        pass_time(np.zeros((60, 2)), 1.0, window)


def test_escaping_curvature_is_the_lowest_eigenvalue_of_the_whole_hessian():
    values = torch.tensor([3.0, 2.0, 0.8, 0.3], dtype=torch.float64)
    encoder, decoder = torch.zeros(2, 4, dtype=torch.float64), torch.zeros(4, 2, dtype=torch.float64)
    for unit, kept in enumerate((0, 2)):
        encoder[unit, kept] = decoder[kept, unit] = 1

    def height(flat):
        return loss(flat[:8].reshape(2, 4), flat[8:].reshape(4, 2), torch.diag(values))

    place = torch.cat([encoder.flatten(), decoder.flatten()])
    lowest = torch.linalg.eigvalsh(torch.autograd.functional.hessian(height, place))[0]
    assert escaping_curvature(0.8, 2.0) == pytest.approx(-lowest.item())


def test_zero_is_a_saddle_where_mini_batches_stay_and_noise_does_not():
    inputs, targets = draw_task(SMALL)
    plain, noisy = zero_net(SMALL), zero_net(SMALL)
    follow(plain, inputs, targets, SMALL, noise=0.0)
    follow(noisy, inputs, targets, SMALL, noise=1e-2)
    assert all((weight == 0).all() for weight in plain.weights)
    losses = [((net(inputs) - targets) ** 2).mean().item() for net in (plain, noisy)]
    assert losses[1] < 0.5 * losses[0]
    assert all((bias == 0).all() for bias in noisy.biases)


def test_hessian_at_zero_equals_the_dense_one():
    inputs, targets = draw_task(SMALL)

    def error(first, second):
        return ((torch.tanh(inputs[1] @ first) @ second - targets[1]) ** 2).mean()

    zeros = (torch.zeros(3, 2, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64))
    blocks = torch.autograd.functional.hessian(error, zeros)
    dense = torch.cat([torch.cat([b.reshape(n, -1) for b in row], 1) for n, row in zip((6, 2), blocks, strict=True)])
    found, spectra = at_zero(SMALL, inputs, targets)
    torch.testing.assert_close(spectra[1], torch.linalg.eigvalsh(dense))
    torch.testing.assert_close(exact_curvature(inputs, targets), spectra[:, 0])
    assert (found == 0).all()
    assert (spectra[:, 0] < 0).all()


def test_quick_values(quick):
    values = quick.values
    assert all(np.isfinite(value.value) for value in values.values())
    assert values["gd_share"].value == 1
    assert values["near_speedup_close"].value > values["near_speedup_wide"].value
    assert values["origin_sgd_stays"].value == values["origin_is_saddle"].value == 1
    assert values["origin_slope"].value == 0
    assert quick.arrays["plateaus"][-1] == values["minimum"].value
