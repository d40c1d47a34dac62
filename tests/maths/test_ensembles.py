import copy

import numpy as np
import pytest
import torch
from torch import nn

from scripts.maths.ensembles import Ensemble, copies, initialise, pick
from scripts.maths.random import generators
from scripts.maths.training import accuracy, cross_entropy, mean_squared_error, train

WIDTHS = [3, 7, 4, 2]


def as_module(net: Ensemble, seed: int) -> nn.Sequential:
    """Return one net of the ensemble as torch's own layers."""
    modules: list[nn.Module] = []
    for depth, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        layer = nn.Linear(*weight.shape[1:], dtype=torch.float64)
        layer.weight.data = weight[seed].detach().T.clone()
        layer.bias.data = bias[seed, 0].detach().clone()
        modules += (
            [layer] if depth == len(net.weights) - 1 else [layer, nn.ReLU() if net.activation == "relu" else nn.Tanh()]
        )
    return nn.Sequential(*modules)


@pytest.fixture(params=["relu", "tanh"])
def net(request):
    return initialise(WIDTHS, generators(range(5), "test.weights"), activation=request.param)


def test_an_ensemble_is_its_nets_side_by_side(net):
    inputs = torch.randn(11, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    outputs = net(inputs)
    assert outputs.shape == (5, 11, 2)
    for seed in range(5):
        torch.testing.assert_close(outputs[seed], as_module(net, seed)(inputs), rtol=0, atol=1e-12)
    assert [layer.shape[-1] for layer in net.layers(inputs)] == WIDTHS


def test_a_net_depends_on_its_own_seed_alone():
    few = initialise(WIDTHS, generators(range(2), "test.weights"))
    many = initialise(WIDTHS, generators(range(9), "test.weights"))
    for one, other in zip(few.parameters, many.parameters, strict=True):
        torch.testing.assert_close(one, other[:2], rtol=0, atol=0)


@pytest.mark.parametrize(("scheme", "variance"), [("he", 2 / 50), ("lecun", 1 / 50), ("torch", 1 / 150)])
def test_schemes_have_their_variance(scheme, variance):
    weights = initialise([50, 40], generators(range(30), "test.variance"), scheme=scheme).weights[0]
    assert weights.var().item() == pytest.approx(variance, rel=0.03)  # 60,000 draws: standard error below 0.6 %


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"widths": [3]}, "at least two positive widths"),
        ({"widths": [3, 0, 1]}, "at least two positive widths"),
        ({"widths": [3, 1], "scheme": "xavier"}, "scheme is 'xavier', expected one of torch, he, lecun"),
        ({"widths": [3, 1], "activation": "gelu"}, "activation is 'gelu', expected one of relu, tanh"),
    ],
)
def test_bad_shapes_and_names_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        initialise(generators=generators(range(2), "test"), **arguments)


@pytest.mark.parametrize(("optimiser", "options"), [("sgd", {"momentum": 0.9}), ("adam", {"weight_decay": 0.01})])
def test_training_together_equals_training_alone(net, optimiser, options):
    rng = np.random.default_rng(1)
    inputs, targets = torch.as_tensor(rng.normal(size=(5, 20, 3))), torch.as_tensor(rng.normal(size=(5, 20, 2)))
    alone = [as_module(net, seed) for seed in range(5)]
    history = train(
        net.parameters,
        lambda x, y: mean_squared_error(net(x), y),
        inputs,
        targets,
        epochs=15,
        optimiser=optimiser,
        learning_rate=0.05,
        batch_size=8,
        generators=generators(range(5), "test.order"),
        **options,
    )
    assert history.shape == (15, 5)
    for seed, module in enumerate(alone):
        order = generators(range(5), "test.order")[seed]
        kind = torch.optim.SGD if optimiser == "sgd" else torch.optim.Adam
        stepper = kind(module.parameters(), lr=0.05, **options)
        for _ in range(15):
            shuffled = torch.as_tensor(order.permutation(20))
            for chosen in shuffled.split(8):
                stepper.zero_grad()
                nn.functional.mse_loss(module(inputs[seed, chosen]), targets[seed, chosen]).backward()
                stepper.step()
        torch.testing.assert_close(net(inputs)[seed], module(inputs[seed]), rtol=0, atol=1e-10)


def test_losses_and_accuracy_agree_with_torch():
    logits = torch.randn(4, 9, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    labels = torch.arange(36).reshape(4, 9) % 3
    for seed in range(4):
        expected = nn.functional.cross_entropy(logits[seed], labels[seed])
        torch.testing.assert_close(cross_entropy(logits, labels)[seed], expected)
        share = (logits[seed].argmax(1) == labels[seed]).double().mean()
        torch.testing.assert_close(accuracy(logits, labels)[seed], share)


def test_training_reports_every_epoch_and_refuses_bad_arguments(net):
    seen: list[int] = []
    inputs, targets = torch.zeros(5, 4, 3, dtype=torch.float64), torch.zeros(5, 4, 2, dtype=torch.float64)
    arguments = {"inputs": inputs, "targets": targets, "epochs": 3, "learning_rate": 0.1}

    def loss(x, y):
        return mean_squared_error(net(x), y)

    before = copy.deepcopy([tensor.detach() for tensor in net.parameters])
    train(net.parameters, loss, after_epoch=seen.append, **arguments)
    assert seen == [1, 2, 3]
    assert any(not torch.equal(old, new) for old, new in zip(before, net.parameters, strict=True))
    with pytest.raises(ValueError, match="optimiser is 'lbfgs', expected one of sgd, adam"):
        train(net.parameters, loss, optimiser="lbfgs", **arguments)
    with pytest.raises(ValueError, match="batch_size needs one generator per seed"):
        train(net.parameters, loss, batch_size=2, **arguments)


@pytest.mark.parametrize("chosen", [slice(1, 3), np.array([2, 0]), slice(1)])
def test_picked_nets_say_what_they_said_among_the_others(chosen):
    net = initialise(WIDTHS, generators(range(4), "pick"), activation="tanh", dtype=torch.float32)
    inputs = torch.linspace(-1, 1, 15).reshape(5, 3)
    part = pick(net, chosen)
    assert torch.equal(part(inputs), net(inputs).detach()[chosen])
    assert not any(tensor.requires_grad for tensor in part.parameters)
    assert pick(net, chosen, torch.float64)(inputs.double()).dtype == torch.float64


def test_copies_stand_one_after_the_other_and_share_nothing():
    net = initialise(WIDTHS, generators(range(2), "copies"))
    twice = copies(net, 2)
    with torch.no_grad():
        twice.weights[0][2:] += 1
    inputs = torch.ones(1, 3, dtype=torch.float64)
    assert torch.equal(twice(inputs)[:2], net(inputs))
    assert not torch.equal(twice(inputs)[2:], net(inputs))
    assert all(tensor.requires_grad for tensor in twice.parameters)
