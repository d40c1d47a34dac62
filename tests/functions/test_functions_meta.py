"""Check how starts are trained and adapted, against one task at a time, and what is reported of it."""

import math

import numpy as np
import pytest
import torch

from scripts.functions import meta, starts
from scripts.functions.settings import Meta
from scripts.maths.ensembles import pick

TINY = {"seeds": 3, "shots": 5, "widths": [6], "tasks": 40, "batch_size": 10, "learning_rates": [0.01, 0.001]}
TINY |= {"rates": [1e-4, 0.01, 0.03], "validation_tasks": 6, "test_tasks": 8, "points": 12, "inner_rate": 0.02}


@pytest.fixture(scope="module")
def tiny():
    return Meta(**TINY)


@pytest.fixture(scope="module")
def nets(tiny):
    return starts.train_starts(tiny)


def test_new_tasks_are_what_they_say(tiny):
    tasks = starts.new_tasks(tiny, 4, "test")
    assert tasks.drawn.shape == (3, 4, 2)
    assert tasks.inputs.shape == tasks.targets.shape == (12, 5, 1)
    amplitude, phase = tasks.drawn[1, 2]
    place = 4 + 2
    for x, y in ((tasks.inputs[place], tasks.targets[place]), (tasks.grid, tasks.curves[place])):
        np.testing.assert_allclose(y.numpy(), amplitude * np.sin(x.numpy() - phase), atol=1e-5)


def test_tasks_differ_by_seed_and_purpose_and_not_by_the_number_of_seeds(tiny):
    test, validation = (starts.new_tasks(tiny, 4, purpose) for purpose in ("test", "validation"))
    more = starts.new_tasks(tiny.model_copy(update={"seeds": 5}), 4, "test")
    assert not np.isclose(test.drawn, validation.drawn).any()
    assert not np.isclose(test.drawn[0], test.drawn[1]).any()
    np.testing.assert_array_equal(test.drawn, more.drawn[:3])


def test_all_seeds_at_once_equal_other_blocks_of_them(tiny, nets):
    other = starts.train_starts(tiny.model_copy(update={"first_seed": 2}))
    for name in starts.STARTS:
        for mine, shifted in zip(nets[name].parameters, other[name].parameters, strict=True):
            torch.testing.assert_close(mine[2], shifted[0], rtol=1e-4, atol=1e-5)


def test_the_untrained_start_is_where_the_others_began(tiny, nets):
    for mine, expected in zip(nets["random"].parameters, starts.untrained(tiny).parameters, strict=True):
        torch.testing.assert_close(mine, expected, rtol=0, atol=0)
    for name in starts.TRAINED:
        assert (nets[name].weights[0] - nets["random"].weights[0]).abs().max() > 0.01


def test_errors_equal_one_task_at_a_time(tiny, nets):
    tasks, rates = starts.new_tasks(tiny, 4, "test"), np.array([0.01, 0.03, 0.05])
    found = starts.errors_by_step(nets["maml"], tasks, rates, (0, 1, 3))
    assert found.shape == (3, 3, 4)
    for seed, task in ((0, 1), (2, 3)):
        place = 4 * seed + task
        for row, steps in enumerate((0, 1, 3)):
            net = pick(nets["maml"], slice(seed, seed + 1), torch.float64)
            parameters = [each.requires_grad_(True) for each in net.parameters]
            descent = torch.optim.SGD(parameters, lr=rates[seed])
            for _ in range(steps):
                descent.zero_grad()
                ((net(tasks.inputs[place].double())[0] - tasks.targets[place]) ** 2).mean().backward()
                descent.step()
            expected = ((net(tasks.grid.double())[0] - tasks.curves[place]) ** 2).mean()
            assert found[row, seed, task] == pytest.approx(expected.item(), rel=1e-3)


def test_steps_that_spoil_their_own_examples_leave_the_start(tiny, nets):
    tasks, looks = starts.new_tasks(tiny, 4, "test"), range(12)
    start = starts.errors_by_step(nets["maml"], tasks, np.full(3, 0.01), (0,))[0]
    spoilt = starts.errors_by_step(nets["maml"], tasks, np.full(3, 1e6), looks)
    np.testing.assert_array_equal(spoilt, np.broadcast_to(start, spoilt.shape))
    mixed = starts.errors_by_step(nets["maml"], tasks, np.array([0.01, 1e6, 0.01]), looks)
    np.testing.assert_array_equal(mixed[:, 1], np.broadcast_to(start[1], mixed[:, 1].shape))
    assert (mixed[-1, [0, 2]] != start[[0, 2]]).any()


def test_chosen_step_sizes_are_best_on_the_validation_tasks(tiny, nets):
    tasks = starts.new_tasks(tiny, tiny.validation_tasks, "validation")
    wide = tiny.model_copy(update={"rates": [1e-5, 0.02, 1e3]})
    for name, net in nets.items():
        chosen = starts.best_rates(wide, net, tasks)
        for steps, rates in chosen.items():
            best = starts.errors_by_step(net, tasks, rates, (steps,))[0].mean(1)
            for rate in wide.rates:
                other = starts.errors_by_step(net, tasks, np.full(3, rate), (steps,))[0].mean(1)
                assert (best <= other).all(), (name, steps)
        assert (chosen[starts.MANY] < 1e3).all()


def test_compute_gives_what_the_claim_asks_for(tiny):
    result = meta.compute(tiny)
    found = {name: value.value for name, value in result.values.items()}
    assert all(math.isfinite(value) for value in found.values())
    assert found["pretrained_optimum"] == pytest.approx(3.0057, abs=5e-5)
    for steps in (0, 1, 10):
        assert found[f"gain_{steps}"] == pytest.approx(found[f"pretrained_{steps}"] - found[f"maml_{steps}"])
    for steps in (1, 10):
        assert found[f"maml_{steps}"] == pytest.approx(result.arrays[f"errors_maml_{steps}"][steps].mean())
        expected = found["pretrained_optimum"] - found[f"maml_{steps}"]
        assert found[f"optimum_gain_{steps}"] == pytest.approx(expected)
    excess = found["pretrained_0"] - found["optimum_sampled"]
    assert found["pretrained_excess"] == pytest.approx(100 * excess / found["pretrained_optimum"], rel=1e-4)
    assert result.arrays["errors_maml_10"].shape == (11, 3)
    assert result.arrays["example_pretrained"].shape == (3, tiny.points)
    assert 0 <= found["rates_at_end"] <= 3 * 2 * 3


def test_one_example_is_enough_to_run(tiny):
    result = meta.compute(tiny.model_copy(update={"shots": 1, "learning_rates": [0.01]}))
    assert result.arrays["example_inputs"].shape == (1,)


def test_bounds_in_the_wrong_order_are_refused(tiny):
    with pytest.raises(ValueError, match="amplitudes: expected a lower bound below the upper one"):
        meta.compute(tiny.model_copy(update={"amplitudes": [5.0, 0.1]}))


@pytest.mark.slow
def test_training_finds_the_exact_optimum_and_maml_a_start_that_is_better_to_adapt():
    """Amplitudes and phases are narrower than in the report, so that a short training arrives."""
    settings = Meta(**TINY | {"shots": 10, "widths": [20], "tasks": 10000, "batch_size": 25})
    settings = settings.model_copy(update={"amplitudes": [1.0, 3.0], "inputs": [-3.0, 3.0]})
    nets = starts.train_starts(settings)
    family, tasks = starts.sinusoids(settings), starts.new_tasks(settings, 400, "test")
    errors = {name: starts.errors_by_step(nets[name], tasks, np.full(3, 0.02), (0, 1)) for name in starts.TRAINED}
    best = torch.as_tensor(family.best_single(tasks.grid.numpy()))
    same = ((best - tasks.curves) ** 2).mean((1, 2)).reshape(3, 400).numpy()
    missed = (errors["pretrained"][0] - same).mean(1)
    assert (missed > -0.02 * family.single_risk()).all()  # nothing is below the optimum but by chance
    assert (missed < 0.05 * family.single_risk()).all()
    assert (errors["maml"][1].mean(1) < errors["pretrained"][1].mean(1)).all()
    assert (errors["maml"][1].mean(1) < family.single_risk()).all()
