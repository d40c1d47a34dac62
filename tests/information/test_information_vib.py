import numpy as np
import pytest
import torch
from scipy.stats import linregress

from scripts.article.settings import preset_values
from scripts.information.bottleneck import (
    Schedule,
    code_information,
    judge,
    noisy_nets,
    penalised_nets,
    rates,
    train_nets,
)
from scripts.information.settings import Vib
from scripts.information.vib import compute, measure
from scripts.information.vib_values import bound_values, crossed, penalty_values, slopes, time_values, width_values
from scripts.maths.digits import Digits, draw_digits
from scripts.maths.training import cross_entropy, spaced_times

SEEDS = range(2, 5)
SCHEDULE = Schedule(epochs=2, batch_size=40, learning_rate=0.01)
TINY = {"seeds": 3, "points": 1500, "hidden": 16, "code": 4, "epochs": 6, "records": 5, "other_widths": [4]}


@pytest.fixture(scope="module")
def digits():
    return draw_digits(100, SEEDS, "test", torch.float32)


@pytest.fixture(scope="module")
def result():
    return compute(Vib(**preset_values(Vib, "quick") | TINY))


def _images(digits, count):
    return digits.fresh[:, :count], digits.fresh_labels[:, :count]


def test_the_rate_is_the_divergence_of_normals():
    rng = np.random.default_rng(0)
    means, deviations = torch.as_tensor(rng.normal(size=(2, 5, 3))), torch.as_tensor(rng.uniform(0.2, 3, (2, 5, 3)))
    normal = torch.distributions.Normal
    exact = torch.distributions.kl_divergence(normal(means, deviations), normal(0.0, 1.0)).sum(2).mean(1)
    torch.testing.assert_close(rates(means, deviations), exact)


def test_nets_of_one_seed_begin_alike_and_end_apart_where_penalties_differ(digits):
    net = penalised_nets(SEEDS, 5, 2, 3)
    train_nets(net, digits, SEEDS, SCHEDULE, torch.tensor([0.1, 2.0, 0.1]))
    for tensor in net.parameters:
        rows = tensor.detach().reshape(3, len(SEEDS), -1)
        torch.testing.assert_close(rows[0], rows[2], rtol=0, atol=1e-6)
    apart = (net.encoder.weights[0].detach()[:3] - net.encoder.weights[0].detach()[3:6]).abs().amax((1, 2))
    assert (apart > 1e-3).all()


def test_a_seeds_net_does_not_depend_on_other_seeds_or_penalties(digits):
    net = penalised_nets(SEEDS, 5, 2, 2)
    train_nets(net, digits, SEEDS, SCHEDULE, torch.tensor([1e-3, 0.5]))
    one = Digits(digits.inputs[1:2], digits.labels[1:2], digits.fresh[1:2], digits.fresh_labels[1:2])
    alone = penalised_nets(SEEDS[1:2], 5, 2, 1)
    train_nets(alone, one, SEEDS[1:2], SCHEDULE, torch.tensor([0.5]))
    for many, single in zip(net.parameters, alone.parameters, strict=True):
        torch.testing.assert_close(many.detach()[4], single.detach()[0], rtol=0, atol=1e-5)


def test_the_first_step_goes_down_the_gradient_of_the_objective(digits):
    beta, rate = 0.7, 1e-3
    net = penalised_nets(SEEDS, 5, 2, 1)
    start = [tensor.detach().clone().requires_grad_(True) for tensor in net.encoder.parameters]
    whole = Schedule(epochs=1, batch_size=100, learning_rate=rate)
    train_nets(net, digits, SEEDS, whole, torch.tensor([beta]))
    hidden = torch.relu(digits.inputs @ start[0] + start[1])
    means, logarithms = (hidden @ start[2] + start[3]).chunk(2, 2)
    divergence = ((means**2 + logarithms.exp() - 1 - logarithms) / 2).sum(2).mean(1)
    slope = torch.autograd.grad(beta * divergence.sum(), start[3])[0][:, 0, 2:]  # of log-variances at the start
    moved = (net.encoder.biases[1] - start[3]).detach()[:, 0, 2:]
    strong = slope.abs() > 0.05  # where it outweighs the cross-entropy's
    assert strong.any()
    assert (moved.sign() == -slope.sign())[strong].all()
    torch.testing.assert_close(moved.abs(), torch.full_like(moved, rate), rtol=1e-2, atol=0)  # Adam's first step


def test_the_encoder_sets_mean_and_log_variance_or_a_bounded_mean(digits):
    images, _ = _images(digits, 10)
    free, fixed = penalised_nets(SEEDS, 5, 2, 1), noisy_nets(SEEDS, 5, 2, 0.4)
    means, deviations = free.code(images)
    torch.testing.assert_close(torch.cat([means, 2 * deviations.log()], dim=2), free.encoder(images))
    means, deviations = fixed.code(images)
    torch.testing.assert_close(torch.atanh(means), fixed.encoder(images))
    assert (deviations == 0.4).all()


def test_without_noise_both_gaps_are_one_and_relevance_is_what_the_loss_leaves(digits):
    settings = Vib(**preset_values(Vib, "quick") | TINY | {"first_seed": SEEDS[0]})
    net = noisy_nets(SEEDS, 6, 3, 1e-6)
    train_nets(net, digits, SEEDS, Schedule(60, 100, 0.02))
    entropies = np.array([2.0, 2.1, 2.2])
    found = measure(net, settings, digits, entropies)
    exact = [
        cross_entropy(net.decoder(net.code(images)[0]), labels).detach().numpy()
        for images, labels in ((digits.fresh, digits.fresh_labels), (digits.inputs, digits.labels))
    ]
    np.testing.assert_allclose(found["gap"], exact[0] - exact[1], atol=1e-3)
    np.testing.assert_allclose(found["gap_averaged"], found["gap"], atol=1e-3)
    np.testing.assert_allclose(found["relevance"], entropies - exact[0], atol=1e-3)
    assert (found["gap"] > 0.05).all()


def test_without_noise_a_pass_is_the_net_itself(digits):
    images, labels = _images(digits, 50)
    net = noisy_nets(SEEDS, 6, 3, 1e-6)
    judged = judge(net, images, labels, SEEDS, 3)
    means, _ = net.code(images)
    exact = net.decoder(means)
    np.testing.assert_allclose(judged.cross_entropy, cross_entropy(exact, labels).detach().numpy(), rtol=1e-4)
    np.testing.assert_allclose(judged.averaged, judged.cross_entropy, rtol=1e-4)
    np.testing.assert_array_equal(judged.wrong, (exact.argmax(2) != labels).numpy())


def test_judgement_averages_over_passes(digits):
    images, labels = _images(digits, 30)
    net = penalised_nets(SEEDS, 6, 3, 2)
    judged = judge(net, images, labels, SEEDS, 400)
    means, deviations = (part.detach() for part in net.code(images.repeat(2, 1, 1)))
    rng = np.random.default_rng(3)
    logits = torch.stack(
        [
            net.decoder(means + deviations * torch.as_tensor(rng.standard_normal(means.shape, dtype=np.float32)))
            for _ in range(400)
        ]
    ).detach()
    chances = logits.softmax(3).gather(3, labels.repeat(2, 1)[None, :, :, None].expand(400, -1, -1, 1))[..., 0]
    np.testing.assert_allclose(judged.cross_entropy, -chances.log().mean((0, 2)).numpy(), atol=0.01)
    np.testing.assert_allclose(judged.averaged, -chances.mean(0).log().mean(1).numpy(), atol=0.01)
    assert (judged.averaged <= judged.cross_entropy).all()
    np.testing.assert_allclose(judged.rate, rates(means, deviations).numpy())


def test_information_lies_between_zero_and_its_bounds(digits):
    images, labels = _images(digits, 60)
    net = penalised_nets(SEEDS, 5, 2, 2)
    train_nets(net, digits, SEEDS, SCHEDULE, torch.tensor([1e-6, 0.3]))
    means, deviations = (part.detach() for part in net.code(images.repeat(2, 1, 1)))
    found = code_information(means, deviations, labels, SEEDS, 100, "test")
    assert found.shape == (6, 2)
    assert (found[:, 1] > -0.02).all()
    assert (found[:, 1] <= found[:, 0] + 0.02).all()
    assert (found[:, 0] <= np.minimum(np.log(60), rates(means, deviations).numpy()) + 0.02).all()


def test_information_needs_each_seeds_own_labels(digits):
    labels = digits.fresh_labels[:, :60]
    means, deviations = torch.zeros(6, 60, 10), torch.full((6, 60, 10), 0.01)
    means.scatter_(2, labels.repeat(2, 1)[:, :, None], 1.0)
    found = code_information(means, deviations, labels, SEEDS, 2, "test")
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-9)


def test_a_penalty_past_one_collapses_the_code_and_a_small_one_keeps_it(result):
    assert result.arrays["rate"][-1].max() < 0.1
    assert result.arrays["information"][-1].max() < 0.1
    assert result.arrays["information"][0].min() > 1
    assert result.arrays["error_trained"][0].max() < 0.2


@pytest.mark.parametrize("records", [3, 9])
def test_records_begin_before_training_and_end_with_it(records):
    steps = spaced_times(640, records - 1)
    assert steps[:2] == [0, 1]
    assert steps[-1] == 640
    assert len(steps) <= records
    assert (np.diff(steps) > 0).all()


def test_the_path_ends_where_the_net_of_that_width_does(result):
    arrays = result.arrays
    place = list(arrays["widths"]).index(16)
    np.testing.assert_allclose(arrays["path"][-1], arrays["wide_information"][place], atol=0.3)
    np.testing.assert_array_equal(arrays["peak_step"], arrays["steps"][arrays["path"].argmax(0)])
    np.testing.assert_allclose(arrays["checked"][1], arrays["path"].max(0), atol=0.3)
    assert arrays["path"].shape == (len(arrays["steps"]), 3)
    assert arrays["steps"][-1] == 6 * 30
    np.testing.assert_allclose(arrays["checked"][2], arrays["path"][-1], atol=0.3)
    assert not np.array_equal(arrays["checked"][2], arrays["path"][-1])  # other draws


def test_slopes_are_those_of_least_squares():
    rng = np.random.default_rng(1)
    across, up = rng.normal(size=(2, 7, 4))
    exact = [linregress(across[:, seed], up[:, seed]).slope for seed in range(4)]
    np.testing.assert_allclose(slopes(across, up), exact)


def test_choice_and_judgement_use_different_images():
    halves = np.array([[[0.3, 0.2], [0.1, 0.2]], [[0.2, 0.5], [0.4, 0.6]]])
    best, error = crossed(halves)
    np.testing.assert_array_equal(best, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(error, [[0.4, 0.5], [0.3, 0.2]])


def test_where_penalties_make_no_difference_choosing_gains_nothing():
    rng = np.random.default_rng(2)
    halves = rng.binomial(50, 0.2, (2, 8, 4000)) / 50
    _, error = crossed(halves)
    gain = (halves[:, 0] - error).mean(0)
    assert abs(gain.mean()) < 4 * gain.std() / np.sqrt(4000)
    assert (halves[:, 0] - halves.min(1)).mean() > 0.05  # what choosing and judging on the same images would claim


def _penalised(seeds=4, penalties=5):
    rng = np.random.default_rng(3)
    information = np.sort(rng.uniform(0, 7, (penalties, seeds)), axis=0)[::-1]
    names = ("relevance", "label_information", "rate", "cross_entropy", "gap_averaged", "error")
    found = {name: rng.uniform(0, 1, (penalties, seeds)) for name in names}
    trained = np.array([0, 0, 0.005, 0.4, 0.9])[:, None] * np.ones(seeds)
    halves = np.tile([[0.3], [0.2], [0.1], [0.5], [0.9]], (2, 1, seeds))
    found |= {"betas": 10.0 ** np.arange(-4, 1), "halves": halves, "error_trained": trained}
    return found | {"information": information, "gap": 0.2 + 0.03 * information}


def test_penalty_values_tell_slopes_gains_and_places():
    found = _penalised()
    values = penalty_values(found, 0.01)
    assert values["gap_slope"].value == pytest.approx(0.03)
    assert values["gap_slope_fitted"].value == pytest.approx(0.03)
    assert values["gap_rank"].value == pytest.approx(1)
    assert values["error_gain"].value == pytest.approx(20)
    assert values["error_best"].value == pytest.approx(10)
    assert values["beta_best"].value == pytest.approx(1e-2)
    assert values["fitted_penalties"].value == 3
    assert values["beta_tightest"].value == pytest.approx(1e-2)
    assert values["gap_largest"].value == pytest.approx(found["gap"][-1].mean())
    assert values["gap_best_change"].value == pytest.approx((found["gap"][2] - found["gap"][0]).mean())
    assert values["error_trained_tightest"].value == pytest.approx(0.5)


def test_without_nets_that_fit_there_is_no_slope_among_them():
    values = penalty_values(_penalised() | {"error_trained": np.ones((5, 4))}, 0.01)
    assert values["fitted_penalties"].value == 0
    assert "gap_slope_fitted" not in values


def test_bound_values_name_the_smallest_distance():
    found = {name: np.full((2, 3), height) for height, name in enumerate(("relevance", "label_information"))}
    found |= {"information": np.full((2, 3), 4.0), "rate": np.full((2, 3), 9.0), "label_entropy": np.full(3, 2.0)}
    found["rate"][1, 2] = 4.25
    assert bound_values(found, 50)["bound_slack"].value == pytest.approx(0.25)
    assert bound_values(found, 50)["ceiling"].value == pytest.approx(np.log(50))


def test_time_values_compare_the_peak_with_the_end():
    checked = np.array([[0.1, 0.2, 0.3], [4.0, 4.2, 4.4], [3.0, 3.6, 4.2]])
    found = {"checked": checked, "label_checked": checked / 2, "peak_step": np.array([0, 10, 100])}
    values = time_values(found | {"steps": np.array([0, 1, 10, 100, 640])})
    assert values["noisy_fall"].value == pytest.approx(0.6)
    assert values["noisy_label_fall"].value == pytest.approx(0.3)
    assert values["noisy_irrelevant_fall"].value == pytest.approx(0.3)
    assert values["noisy_peak"].value == pytest.approx(4.2)
    assert values["noisy_peak_step"].value == pytest.approx(10)
    assert values["noisy_steps"].value == 640


def test_width_values_are_paired_and_by_width():
    rows = np.array([[0.10, 0.20], [0.05, 0.06], [0.02, 0.18]])
    names = ("information", "label_information", "cross_entropy", "cross_entropy_trained", "error", "error_trained")
    values = width_values({f"wide_{name}": rows for name in names} | {"widths": np.array([4, 8, 16])})
    assert values["wide_error_change"].value == pytest.approx(-5)
    assert values["wide_error_change"].unit == "%"
    assert values["wide_information_change"].value == pytest.approx(-0.05)
    assert values["error_width_8"].value == pytest.approx(5.5)
    assert values["narrow_error"].value == pytest.approx(15)
    assert values["widest"].value == 16
