import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.article.settings import preset_values
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators
from scripts.maths.training import mean_squared_error, train
from scripts.optimization.settings import Stability
from scripts.optimization.stability import (
    PRECISION,
    Track,
    compute,
    first_crossing,
    follow,
    halved_squares,
    late_mean,
    preconditioner,
    rising_share,
    threshold,
)

SMALL = Stability(
    **preset_values(Stability, "quick")
    | {"seeds": 3, "points": 25, "widths": [4], "steps": 40, "every": 20, "rate": 0.15}
)


@pytest.fixture(scope="module")
def digits():
    return draw_digits(SMALL.points, SMALL.seed_block, "test.stability", PRECISION)


@pytest.fixture(scope="module")
def found():
    return compute(SMALL)


def untrained() -> Ensemble:
    return initialise(
        [64, 4, 10],
        generators(SMALL.seed_block, "optimization.stability.weights"),
        activation="tanh",
        dtype=PRECISION,
    )


@pytest.mark.parametrize("curvature", [0.01, 400.0])
def test_gradient_descent_diverges_exactly_above_two_over_the_step(curvature):
    rate = 2 / curvature
    assert threshold(rate) == pytest.approx(curvature)
    ends = []
    for share in (0.99, 1.01):
        x = torch.ones(1, dtype=torch.float64, requires_grad=True)
        stepper = torch.optim.SGD([x], lr=share * rate)
        for _ in range(500):
            stepper.zero_grad()
            (curvature * x**2 / 2).sum().backward()
            stepper.step()
        ends.append(abs(x.item()))
    assert ends[0] < 1e-3
    assert ends[1] > 1e3


@settings(max_examples=40, deadline=None)
@given(momentum=st.floats(0, 0.97), rate=st.floats(1e-4, 10))
def test_momentum_diverges_exactly_above_its_threshold(momentum, rate):
    limit = threshold(rate, momentum)
    for share, stable in ((0.99, True), (1.01, False)):
        steps = np.array([[1 + momentum - rate * (1 - momentum) * share * limit, -momentum], [1, 0]])
        assert (np.abs(np.linalg.eigvals(steps)).max() < 1) == stable


def test_adams_averages_and_a_fixed_denominator_diverge_above_38_over_the_step():
    rate, denominators = 0.01, np.array([0.2, 5.0])
    assert threshold(rate, 0.9) == pytest.approx(3800)
    for share, stable in ((0.98, True), (1.02, False)):
        curvature = share * 3800 * denominators  # P⁻¹ H has 0.98 or 1.02 times the limit on its diagonal
        x, average = np.ones(2), np.zeros(2)
        for _ in range(600):
            average = 0.9 * average + 0.1 * curvature * x
            x = x - rate * average / denominators
        assert (np.abs(x) < 0.5).all() if stable else (np.abs(x) > 2).all()


@pytest.mark.parametrize(("rate", "momentum"), [(0.0, 0.5), (-1.0, 0.0), (0.1, 1.0), (0.1, -0.1), (float("nan"), 0.0)])
def test_bad_rates_are_refused(rate, momentum):
    with pytest.raises(ValueError, match="expected rate > 0 and 0 <= momentum < 1"):
        threshold(rate, momentum)


def test_the_preconditioner_is_what_torchs_adam_divides_by(digits):
    net = untrained()
    stepper = torch.optim.Adam(net.parameters, lr=0.01)
    wanted = torch.nn.functional.one_hot(digits.labels, 10).to(PRECISION)
    torch.testing.assert_close(preconditioner(net, stepper, 0), torch.ones(3, 64 * 4 + 4 + 40 + 10))
    for step in (1, 2, 3):
        before = torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], 1)
        stepper.zero_grad()
        halved_squares(net(digits.inputs), wanted).sum().backward()
        stepper.step()
        after = torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], 1)
        average = torch.cat([stepper.state[tensor]["exp_avg"].flatten(1) for tensor in net.parameters], 1)
        expected = before - 0.01 * average / (1 - 0.9**step) / preconditioner(net, stepper, step)
        torch.testing.assert_close(after, expected, rtol=0, atol=2e-6)


def test_the_path_is_plain_gradient_descents(digits):
    track = follow(SMALL, digits, 0.1)
    net = untrained()
    wanted = torch.nn.functional.one_hot(digits.labels, 10).to(PRECISION)
    losses = train(  # the mean over ten outputs and the half of the sum differ by a factor of 5
        net.parameters,
        lambda batch, target: 5 * mean_squared_error(net(batch), target),
        digits.inputs,
        wanted,
        epochs=SMALL.steps,
        optimiser="sgd",
        learning_rate=0.1,
    )
    np.testing.assert_allclose(track.losses[:-1], losses.numpy(), rtol=1e-3)
    assert track.steps.tolist() == [0, 20, 40]
    assert track.losses.shape == (41, 3)


def test_curvature_before_training_is_the_dense_hessians(digits):
    track = follow(SMALL, digits, 0.1)
    net = untrained()
    wanted = torch.nn.functional.one_hot(digits.labels, 10).to(PRECISION)
    shapes = [tensor[:1].shape for tensor in net.parameters]
    for seed in range(SMALL.seeds):

        def loss(flat, seed=seed):
            split = torch.split(flat, [shape.numel() for shape in shapes])
            parts = [part.reshape(shape).float() for part, shape in zip(split, shapes, strict=True)]
            alone = Ensemble(parts[0::2], parts[1::2], "tanh")
            return halved_squares(alone(digits.inputs[seed : seed + 1]), wanted[seed : seed + 1])[0]

        flat = torch.cat([tensor[seed].detach().flatten() for tensor in net.parameters])
        largest = torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat))[-1]
        assert track.sharpness[0, seed] == pytest.approx(float(largest), rel=3e-3)


def test_summaries_of_a_known_track():
    sharpness = np.array([[5.0, 30.0], [20.0, 10.0], [24.0, 12.0]])
    losses = np.array([[4.0, 4.0], [3.0, 5.0], [3.5, 4.0], [2.0, 3.0], [1.0, 4.0]])
    track = Track(np.array([0, 2, 4]), sharpness, losses, np.ones(2), rate=0.1)
    assert late_mean(track, 2).tolist() == pytest.approx([1.1, 0.55])
    assert rising_share(track, 0).tolist() == [0.25, 0.5]
    assert rising_share(track, 2).tolist() == [0.0, 0.5]
    assert first_crossing(track).tolist() == [2, 0]
    flat = Track(np.array([0, 2, 4]), 0 * sharpness, losses, np.ones(2), rate=0.1)
    assert first_crossing(flat).tolist() == [4, 4]
    with_momentum = Track(np.array([0, 2, 4]), sharpness, losses, np.ones(2), rate=0.1, momentum=0.9)
    assert late_mean(with_momentum, 2).tolist() == pytest.approx([22 / 380, 11 / 380])


def test_descent_goes_to_the_edge_and_stays(digits):
    changed = {"steps": 500, "every": 25, "widths": [16]}
    track = follow(SMALL.model_copy(update=changed), digits, 0.12)
    assert (track.ratios[0] < 0.9).all()
    assert 0.9 < late_mean(track, 250).mean() < 1.2
    assert rising_share(track, 250).mean() > 0.02
    assert (track.losses[-1] < track.losses[250]).all()


def test_divergence_is_said():
    with pytest.raises(ValueError, match=r"training diverges at step size 500\.0"):
        compute(SMALL.model_copy(update={"rate": 500.0}))


def test_values_are_finite_and_consistent(found):
    values = found.values
    assert all(np.isfinite(value.value) for value in values.values())
    assert {"ratio", "ratio_other", "ratio_small_step", "ratio_start", "adam_ratio", "adam_threshold"} <= set(values)
    assert values["threshold"].value == pytest.approx(2 / SMALL.rate)
    assert values["adam_threshold"].value == pytest.approx(38 / SMALL.adam_rate)
    late = found.arrays["main_steps"] >= found.arrays["late"]
    mean = found.arrays["main_sharpness"][late].mean() * SMALL.rate / 2
    assert values["ratio"].value == pytest.approx(mean)
    assert values["rising_small"].value == 0  # a stable step on all data never raises the loss
