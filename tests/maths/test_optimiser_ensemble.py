import pytest
import torch

from scripts.maths.ensembles import copies, initialise, pick
from scripts.maths.optimiser_ensemble import RULES, OptimiserEnsemble
from scripts.maths.random import generators
from scripts.maths.training import mean_squared_error

TORCH = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
}


def one_net():
    return initialise([3, 5, 2], generators(range(1), "test.optimisers"))


def test_every_net_moves_as_torch_moves_it_alone():
    inputs = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    targets = torch.ones(1, 8, 2, dtype=torch.float64)
    names, rates = [*RULES, *RULES], [0.02] * len(RULES) + [0.3] * len(RULES)
    together = copies(one_net(), len(names))
    stepper = OptimiserEnsemble(together.parameters, names, rates)
    for _ in range(12):
        mean_squared_error(together(inputs), targets).sum().backward()
        stepper.step()
    for place, (name, rate) in enumerate(zip(names, rates, strict=True)):
        alone, (kind, options) = one_net(), TORCH[name]
        optimiser = kind(alone.parameters, lr=rate, **options)
        for _ in range(12):
            optimiser.zero_grad()
            mean_squared_error(alone(inputs), targets).sum().backward()
            optimiser.step()
        for one, other in zip(pick(together, slice(place, place + 1)).parameters, alone.parameters, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11, msg=name)


def test_a_net_that_diverges_takes_no_other_with_it():
    together = copies(one_net(), 2)
    stepper = OptimiserEnsemble(together.parameters, ["sgd", "sgd"], [1e200, 0.1])
    inputs = torch.ones(4, 3, dtype=torch.float64)
    for _ in range(5):
        (together(inputs) ** 2).flatten(1).mean(1).sum().backward()
        stepper.step()
    finite = together(inputs).isfinite().flatten(1).all(1)
    assert finite.tolist() == [False, True]


@pytest.mark.parametrize(
    ("names", "rates", "message"),
    [
        (["sgd", "lion"], [0.1, 0.1], "optimiser is 'lion', expected one of sgd, momentum"),
        (["sgd"], [0.1, 0.1], "one rule and rate a net, got 1, 2, 2"),
        (["sgd", "adam"], [0.1], "one rule and rate a net, got 2, 1, 2"),
    ],
)
def test_rules_must_be_known_and_fit_the_nets(names, rates, message):
    with pytest.raises(ValueError, match=message):
        OptimiserEnsemble(copies(one_net(), 2).parameters, names, rates)
