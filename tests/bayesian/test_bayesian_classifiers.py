"""The classifiers that calibration, selective and faraway compare."""

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from sklearn.metrics import log_loss
from torch.nn import functional

from scripts.article.settings import preset_values
from scripts.bayesian.classifiers import (
    METHODS,
    dropout_passes,
    fit_nets,
    mixture,
    predict,
    predict_laplace,
    predict_low_dropout,
    train_dropout,
    train_plain,
    tune_laplace,
)
from scripts.bayesian.masking import draw_uniform, forward, keep_masks
from scripts.bayesian.settings import Calibration
from scripts.maths.digits import draw_digits
from scripts.maths.laplace import class_probabilities, fit_laplace
from scripts.maths.random import generator, generators
from scripts.maths.training import accuracy

SMALL = Calibration(
    **preset_values(Calibration, "quick")
    | {"seeds": 3, "points": 50, "widths": [7, 6], "epochs": 6, "batch_size": 20, "members": 2, "passes": 4}
)


@pytest.fixture(scope="module")
def digits():
    return draw_digits(SMALL.points, SMALL.seed_block, "test.classifiers")


@pytest.fixture(scope="module")
def nets(digits):
    return fit_nets(SMALL, digits.inputs, digits.labels, "test.classifiers")


def test_training_equals_torch_one_net_at_a_time(digits):
    """The first member of seed 1, trained by hand with torch's own layers and optimiser."""
    found = train_plain(SMALL, digits.inputs, digits.labels, "test.classifiers", members=2)
    start = train_plain(SMALL.model_copy(update={"epochs": 0}), digits.inputs, digits.labels, "test.classifiers")
    weights = [
        tensor[1].clone().requires_grad_(True)
        for pair in zip(start.weights, start.biases, strict=True)
        for tensor in pair
    ]
    stepper, order = torch.optim.Adam(weights, lr=SMALL.learning_rate), generator(1, "test.classifiers.batches.0")
    for _ in range(SMALL.epochs):
        for chosen in torch.as_tensor(order.permutation(SMALL.points)).split(SMALL.batch_size):
            hidden = digits.inputs[1, chosen]
            for depth in (0, 2):
                hidden = torch.relu(hidden @ weights[depth] + weights[depth + 1])
            stepper.zero_grad()
            functional.cross_entropy(hidden @ weights[4] + weights[5], digits.labels[1, chosen]).backward()
            stepper.step()
    for tensor, expected in zip(found.parameters, weights, strict=True):
        torch.testing.assert_close(tensor[1], expected.detach(), rtol=1e-3, atol=1e-4)  # one is in single precision


def test_a_net_does_not_depend_on_how_many_train_beside_it(digits, nets):
    alone = train_plain(SMALL, digits.inputs, digits.labels, "test.classifiers")
    fewer = SMALL.model_copy(update={"seeds": 2})
    two = train_dropout(fewer, digits.inputs[:2], digits.labels[:2], "test.classifiers")
    for tensor, member in zip(alone.parameters, nets.members.parameters, strict=True):
        assert tensor.dtype == torch.float64
        torch.testing.assert_close(tensor, member[:3], rtol=0, atol=1e-5)
    for tensor, net in zip(two.parameters, nets.dropout.parameters, strict=True):
        torch.testing.assert_close(tensor, net[:2], rtol=0, atol=1e-5)


def test_long_training_fits_the_images(digits):
    longer = SMALL.model_copy(update={"epochs": 150, "widths": [20, 10]})
    net = train_plain(longer, digits.inputs, digits.labels, "test.classifiers")
    assert accuracy(net(digits.inputs), digits.labels).min() == 1


def test_every_method_answers_with_probabilities(digits, nets):
    found = predict(nets, digits.fresh[:, :9])
    assert tuple(found) == METHODS
    for answers in found.values():
        assert answers.logs.shape == (3, 9, 10)
        torch.testing.assert_close(answers.logs.exp().sum(2), torch.ones(3, 9, dtype=torch.float64))
    assert [name for name, answers in found.items() if answers.disagreement is not None] == ["dropout", "ensemble"]


def test_plain_is_the_first_member_and_the_ensemble_the_mean_of_all(digits, nets):
    inputs = digits.fresh[:, :9]
    found = predict(nets, inputs)
    chances = nets.members(inputs.repeat(2, 1, 1)).softmax(2)
    torch.testing.assert_close(found["plain"].logs.exp(), chances[:3])
    torch.testing.assert_close(found["ensemble"].logs.exp(), (chances[:3] + chances[3:]) / 2)


def test_dropout_averages_passes_with_one_mask_each(digits, nets):
    inputs = digits.fresh[:, :5]
    uniform = draw_uniform(generators(range(3), "test.classifiers.passes"), 4, [7, 6])
    masks = keep_masks(uniform, torch.full((3,), SMALL.rate, dtype=torch.float64))
    passes = [forward(nets.dropout, inputs, [m[:, one : one + 1] for m in masks]).softmax(2) for one in range(4)]
    found = predict(nets, inputs)["dropout"]
    torch.testing.assert_close(found.logs.exp(), torch.stack(passes).mean(0))
    assert len(list(dropout_passes(nets.dropout, nets.masks, inputs))) == 4


def test_laplace_belongs_to_the_first_member_of_its_seed(digits, nets):
    own = fit_laplace(nets.members, 2, digits.inputs[2], digits.labels[2], likelihood="classification")
    expected = class_probabilities(own, digits.fresh[2, :9])
    torch.testing.assert_close(predict(nets, digits.fresh[:, :9])["laplace"].logs[2].exp(), expected)


def test_disagreement_is_the_mutual_information():
    logs = torch.as_tensor(np.random.default_rng(0).normal(0, 2, (5, 2, 6, 4))).log_softmax(3)
    found = mixture(iter(logs))
    chances = logs.exp().numpy()
    expected = entropy(chances.mean(0), axis=2) - entropy(chances, axis=3).mean(0)
    np.testing.assert_allclose(found.logs.exp().numpy(), chances.mean(0))
    np.testing.assert_allclose(found.disagreement.numpy(), expected, atol=1e-12)
    assert mixture([logs[0], logs[0]]).disagreement.abs().max() < 1e-12


def test_disagreement_of_sure_opposites_is_one_bit():
    logs = torch.tensor([[[[0.0, -800.0]]], [[[-800.0, 0.0]]]], dtype=torch.float64)
    assert float(mixture(logs).disagreement) == pytest.approx(np.log(2))


def test_no_members_are_refused():
    with pytest.raises(ValueError, match="at least one member"):
        mixture([])


def test_the_lower_rate_changes_the_rate_alone(digits):
    lower, inputs = SMALL.model_copy(update={"low_rate": 0.1}), digits.fresh[:, :5]
    found = predict_low_dropout(lower, digits.inputs, digits.labels, inputs, "test.classifiers")
    nets = fit_nets(lower.model_copy(update={"rate": 0.1}), digits.inputs, digits.labels, "test.classifiers")
    torch.testing.assert_close(found.logs, predict(nets, inputs)["dropout"].logs)


def test_tuning_takes_the_precision_of_the_least_loss(digits):
    nets = fit_nets(SMALL, digits.inputs, digits.labels, "test.classifiers")
    held, labels, tried = digits.fresh[:, :60], digits.fresh_labels[:, :60], [0.5, 20.0, 4.0, 800.0]
    chosen = tune_laplace(nets.approximations, held, labels, tried)
    answers = predict_laplace(nets.approximations, held).logs
    for seed, own in enumerate(nets.approximations):
        assert float(own.prior_precision) == pytest.approx(float(chosen[seed]))
        least = log_loss(labels[seed], answers[seed].exp(), labels=range(10))
        for precision in tried:
            other = fit_laplace(
                nets.members, seed, digits.inputs[seed], digits.labels[seed],
                likelihood="classification", prior_precision=precision,
            )  # fmt: skip
            assert least <= log_loss(labels[seed], class_probabilities(other, held[seed]), labels=range(10)) + 1e-9
