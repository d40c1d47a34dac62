import numpy as np
import pytest
import torch

from scripts.article.errors import ArticleError
from scripts.article.settings import preset_values
from scripts.information.gaussian import (
    bottleneck_loss,
    compute,
    curve_error,
    draw_source,
    measured_settling,
    optimise_codes,
    slowing_exponent,
    stepwise,
    transition,
)
from scripts.information.linear_nets import (
    KINDS,
    draw_task,
    half_error,
    last_layer,
    layer_information,
    record_steps,
    root_mean_square,
    train_linear,
    whole_map,
)
from scripts.information.settings import Gaussian
from scripts.maths.gaussian_bottleneck import bottleneck_points, critical_betas, settling_rates, signals
from scripts.maths.gaussian_information import canonical_correlations
from scripts.maths.training import mean_squared_error, train

SMALL = Gaussian(
    **preset_values(Gaussian, "quick")
    | {"starts": 3, "betas": 12, "encoder_steps": 500, "rho": 0.55, "correlations": [0.9, 0.4], "relevant": 3}
    | {"irrelevant": 5, "widths": [6, 4], "narrow": 2, "points": 60, "epochs": 40, "records": 6, "noises": [0.2, 0.5]}
    | {"noise": 0.5, "distances": [0.01, 0.03, 0.1], "settling_steps": 60}
)


@pytest.fixture(scope="module")
def small():
    return compute(SMALL)


def _log_det(matrix):
    return np.linalg.slogdet(matrix)[1]


def test_source_has_its_canonical_correlations():
    source = draw_source(SMALL, [0.3, 0.8, 0.5])
    explained = source.covariance - source.conditional  # between X and Y, for a Y that is X's best guess
    rho = canonical_correlations(source.covariance, explained, explained)
    np.testing.assert_allclose(rho, [0.8, 0.5, 0.3], atol=1e-9)
    assert np.abs(source.covariance.numpy() - np.diag(np.diag(source.covariance))).max() > 0.01


def test_codes_reach_the_closed_form():
    source = draw_source(SMALL, SMALL.correlations)
    betas = np.array([1.1, 1.6, 3.0, 9.0])
    codes = optimise_codes(SMALL.model_copy(update={"encoder_steps": 800}), source, betas)
    rates, relevances = bottleneck_points(source.correlations, betas)
    np.testing.assert_allclose(codes.rates, np.tile(rates[:, None], 3), atol=2e-3)
    np.testing.assert_allclose(codes.relevances, np.tile(relevances[:, None], 3), atol=2e-3)
    exact = signals(source.correlations, betas)[:, None]
    np.testing.assert_allclose(codes.signals, np.broadcast_to(exact, codes.signals.shape), atol=0.05)
    assert 0 <= curve_error(source, codes) < 0.01


def test_a_code_off_the_curve_counts_as_error():
    source = draw_source(SMALL, SMALL.correlations)
    codes = optimise_codes(SMALL.model_copy(update={"encoder_steps": 2}), source, np.array([2.0, 4.0]))
    assert curve_error(source, codes) > 0.02


def test_loss_is_rate_less_weighted_relevance():
    source = draw_source(SMALL, SMALL.correlations)
    encoder = torch.as_tensor(np.random.default_rng(0).standard_normal((2, 2, 2)))
    betas = torch.tensor([1.5, 4.0], dtype=torch.float64)
    found = bottleneck_loss(encoder, betas)(source.covariance, source.conditional)
    for one, beta, value in zip(encoder.numpy(), betas.numpy(), found, strict=True):
        whole, rest = (
            0.5 * _log_det(np.eye(2) + one @ known.numpy() @ one.T) for known in (source.covariance, source.conditional)
        )
        assert float(value) == pytest.approx(whole - beta * (whole - rest), abs=1e-12)


def test_transition_is_the_root_of_the_line():
    betas = np.linspace(1, 4, 16)
    assert transition(betas, np.maximum(3 * (betas - 2.2), 0)) == pytest.approx(2.2, abs=1e-12)
    with pytest.raises(ValueError, match="2 or more values of beta, got 1"):
        transition(betas, np.maximum(3 * (betas - 3.9), 0))


@pytest.mark.parametrize("side", [-1, 1])
def test_settling_follows_its_closed_form(side):
    critical = float(critical_betas(np.array([SMALL.rho]))[0])
    betas = critical * (1 + side * np.array([0.02, 0.1, 0.5]))
    found = measured_settling(SMALL, betas)
    exact = stepwise(settling_rates(SMALL.rho, betas), SMALL.settling_rate)
    np.testing.assert_allclose(found, exact, rtol=5e-3)


def test_slowing_exponent_of_a_power_law():
    distances = np.array([0.1, 0.2, 0.4, 0.8])
    rates = 3 * distances**1.7
    rates[3] = 99  # too far to count
    assert slowing_exponent(distances, rates) == pytest.approx(-1.7)


def test_layer_information_equals_joint_covariances():
    rng = np.random.default_rng(4)
    weights, noise = rng.standard_normal((2, 7, 4)), np.array([0.4, 1.3])
    found = dict(zip(KINDS, layer_information(torch.as_tensor(weights), torch.as_tensor(noise), 3), strict=True))
    for seed, (one, sigma) in enumerate(zip(weights, noise, strict=True)):
        joint = np.block([[np.eye(7), one], [one.T, one.T @ one + sigma**2 * np.eye(4)]])
        code = list(range(7, 11))

        def information(inputs, known=(), joint=joint, code=code):
            parts = [[*inputs, *known], [*code, *known], list(known), [*inputs, *code, *known]]
            first, second, given, both = (_log_det(joint[np.ix_(part, part)]) if part else 0 for part in parts)
            return 0.5 * (first + second - given - both)

        assert float(found["all"][seed]) == pytest.approx(information(range(7)), abs=1e-9)
        assert float(found["relevant"][seed]) == pytest.approx(information(range(3)), abs=1e-9)
        assert float(found["irrelevant"][seed]) == pytest.approx(information(range(3, 7)), abs=1e-9)
        conditional = information(range(3, 7), range(3))
        assert float(found["irrelevant_conditional"][seed]) == pytest.approx(conditional, abs=1e-9)


def test_chain_rule_and_order(small):
    for name in ("", "_decay", "_narrow"):
        whole, relevant, irrelevant, conditional = small.arrays[f"information{name}"]
        np.testing.assert_allclose(whole, relevant + conditional, atol=1e-9)
        assert (irrelevant <= conditional + 1e-9).all()
        assert (irrelevant > 0).all()


def test_teacher_looks_at_relevant_inputs_alone_and_has_unit_signal():
    task = draw_task(SMALL, 2)
    assert not task.teacher[:, 3:].any()
    np.testing.assert_allclose((task.teacher**2).sum(1), 1)
    large = draw_task(SMALL.model_copy(update={"points": 100_000}), 2)
    np.testing.assert_allclose(large.inputs[0], np.eye(8), atol=0.02)
    np.testing.assert_allclose(large.between, large.teacher, atol=0.02)
    np.testing.assert_allclose(large.targets, 2 * (1 + SMALL.target_noise**2), rtol=0.02)


def test_training_on_moments_equals_training_on_points():
    rng = np.random.default_rng(2)
    inputs, targets = torch.as_tensor(rng.standard_normal((3, 20, 4))), torch.as_tensor(rng.standard_normal((3, 20, 2)))
    moments = inputs.mT @ inputs / 20, inputs.mT @ targets / 20
    squares = (targets**2).sum((1, 2)) / 20
    start = [torch.as_tensor(rng.standard_normal((3, *shape))) / 2 for shape in ((4, 5), (5, 2))]
    by_moments, by_points = ([w.clone().requires_grad_(True) for w in start] for _ in range(2))
    options = {"epochs": 30, "optimiser": "sgd", "learning_rate": 0.1, "weight_decay": 0.05}
    first = train(by_moments, lambda a, b: half_error(whole_map(by_moments), a, b, squares), *moments, **options)
    second = train(by_points, lambda a, b: mean_squared_error(a @ whole_map(by_points), b), inputs, targets, **options)
    np.testing.assert_allclose(first.numpy(), second.numpy(), atol=1e-10)  # half of two outputs' sum is their mean
    np.testing.assert_allclose(by_moments[0].detach(), by_points[0].detach(), atol=1e-10)


def test_layers_of_a_net():
    weights = [torch.as_tensor(np.random.default_rng(seed).standard_normal((2, 3, 3))) for seed in range(3)]
    np.testing.assert_allclose(last_layer(weights), weights[0] @ weights[1])
    np.testing.assert_allclose(whole_map(weights), weights[0] @ weights[1] @ weights[2])
    inputs = torch.as_tensor(np.random.default_rng(5).standard_normal((200_000, 3)))
    sampled = ((inputs @ last_layer(weights)) ** 2).mean((1, 2)).sqrt()
    np.testing.assert_allclose(root_mean_square(last_layer(weights)), sampled, rtol=0.02)


def test_training_reaches_least_squares_and_records_begin_before_it():
    settings = SMALL.model_copy(update={"epochs": 400, "records": 8})
    run = train_linear(settings, draw_task(settings, 1), [6, 4], 0.0)
    assert run.steps.tolist() == record_steps(settings)
    assert run.steps[[0, -1]].tolist() == [0, 400]
    assert run.information.shape == (4, len(run.steps), 2, 3)
    np.testing.assert_allclose(run.fit[-1], 1, atol=0.02)
    assert (run.fit[0] > 1.2).all()
    assert (run.fit >= 1 - 1e-9).all()
    assert (run.fresh >= 1).all()


def test_seeds_are_apart():
    both = train_linear(SMALL, draw_task(SMALL, 1), [6, 4], 0.01)
    alone = SMALL.model_copy(update={"first_seed": 2, "seeds": 1})
    one = train_linear(alone, draw_task(alone, 1), [6, 4], 0.01)
    np.testing.assert_allclose(one.information[..., 0], both.information[..., 2], atol=1e-9)


def test_values_of_the_headline(small):
    information = small.arrays["information"][KINDS.index("irrelevant"), :, 1]
    ratio = np.exp(np.log(information[-1] / information[0]).mean())
    assert small.values["irrelevant_ratio"].value == pytest.approx(ratio)
    assert small.values["irrelevant_ratio_noise_2"].value == pytest.approx(ratio)
    assert small.values["critical_beta_exact"].value == pytest.approx(0.55**-2)
    for name in ("critical_beta", "vector_critical_beta_1", "vector_critical_beta_2"):
        assert small.values[name].value == pytest.approx(small.values[f"{name}_exact"].value, rel=0.01)
    assert small.values["curve_error"].value < 0.02
    assert all(np.isfinite(value.value) for value in small.values.values())


def test_noise_of_the_headline_must_be_measured():
    with pytest.raises(ArticleError, match=r"noise is 0\.3, expected one of"):
        compute(SMALL.model_copy(update={"noise": 0.3}))
