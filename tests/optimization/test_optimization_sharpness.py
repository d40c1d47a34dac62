import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.maths.digits import draw_digits
from scripts.maths.random import generators
from scripts.maths.rescaling import rescale
from scripts.maths.statistics import Estimate, bounded
from scripts.maths.training import cross_entropy, train
from scripts.optimization.paths import Approach, flatten, match, rebuild
from scripts.optimization.settings import Sharpness
from scripts.optimization.sharpness import (
    Run,
    arrive,
    ball_rise,
    compute,
    layer_blocks,
    rescaled_nets,
    sharpest,
    training_loss,
    untrained,
    ways,
)

SMALL = Sharpness(
    **preset_values(Sharpness, "quick")
    | {"seeds": 3, "points": 30, "widths": [4, 3], "level": 1.6, "middle_batch": 15, "epochs": 600}
    | {"adam_rate": 0.01, "rate": 0.2}
)
COUNT = 64 * 4 + 4 + 4 * 3 + 3 + 3 * 10 + 10


@pytest.fixture(scope="module")
def digits():
    return draw_digits(SMALL.points, SMALL.seed_block, "test.sharpness")


@pytest.fixture(scope="module")
def ends(digits):
    return arrive(SMALL, digits, Run("sgd", 0.2, 7), "test")


@pytest.fixture(scope="module")
def found():
    return compute(SMALL.model_copy(update={"level": 1.9, "widths": [8, 6]}))


def dense_hessians(digits, place: torch.Tensor) -> torch.Tensor:
    """Return each net's Hessian of the training loss, by autograd's own, shape (net, parameter, parameter)."""
    like, hessians = untrained(SMALL), []
    for net in range(place.shape[0]):

        def loss(row, net=net):
            rows = torch.cat([place[:net], row[None], place[net + 1 :]])
            return training_loss(digits, like, rows)[net]

        hessians.append(torch.autograd.functional.hessian(loss, place[net]))
    return torch.stack(hessians)


def test_an_approach_keeps_the_first_crossing():
    places = torch.tensor([[[4.0], [4.0]], [[3.0], [1.0]], [[1.0], [5.0]], [[6.0], [0.0]]], dtype=torch.float64)
    losses = places[..., 0] ** 2
    approach = Approach(4.0, places[0], losses[0])
    seen = [approach.watch(place, loss) for place, loss in zip(places[1:], losses[1:], strict=True)]
    assert seen == [False, True, True]
    assert approach.looks.tolist() == [2, 1]
    assert approach.path.places[..., 0].tolist() == [[3.0, 4.0], [1.0, 1.0]]
    level = torch.full((2,), 4.0, dtype=torch.float64)
    found = match(approach.path, level, lambda place: place[:, 0] ** 2)
    torch.testing.assert_close(found, torch.full((2, 1), 2.0, dtype=torch.float64))


def test_training_ends_where_the_look_says(digits):
    net, seen = untrained(SMALL), []

    def look(step):
        seen.append((step, flatten(net)))
        return step == 7

    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        digits.inputs.float(),
        digits.labels,
        epochs=9,
        optimiser="sgd",
        learning_rate=0.1,
        batch_size=10,
        generators=generators(range(3), "test.order"),
        after_step=look,
    )
    assert [step for step, _ in seen] == [1, 2, 3, 4, 5, 6, 7]
    assert torch.equal(seen[-1][1], flatten(net))
    assert (seen[-1][1] != seen[-2][1]).any(1).all()


@pytest.mark.parametrize("run", [Run("sgd", 0.2, 7), Run("sgd", 0.3, None), Run("adam", 0.01, 15)])
def test_every_net_ends_at_the_level(digits, run):
    place = arrive(SMALL, digits, run, "test").place
    losses = training_loss(digits, untrained(SMALL), place)
    torch.testing.assert_close(losses, torch.full((3,), 1.6, dtype=torch.float64), rtol=0, atol=1e-6)


def test_all_seeds_together_equal_one_by_one(digits, ends):
    for seed in range(3):
        settings = SMALL.model_copy(update={"first_seed": seed, "seeds": 1})
        alone = arrive(
            settings, draw_digits(SMALL.points, settings.seed_block, "test.sharpness"), Run("sgd", 0.2, 7), "test"
        )
        torch.testing.assert_close(alone.place[0], ends.place[seed], rtol=0, atol=1e-4)
        assert alone.sharpness[0] == pytest.approx(ends.sharpness[seed], rel=0.01)
        assert alone.steps[0] == ends.steps[seed]


def test_curvature_is_the_dense_hessians(digits, ends):
    dense = dense_hessians(digits, ends.place)
    largest = torch.linalg.eigvalsh(dense)[:, -1].numpy()
    np.testing.assert_allclose(ends.sharpness, largest, rtol=1e-3)
    trace = dense.diagonal(dim1=1, dim2=2).sum(1).numpy()
    assert (np.abs(ends.trace - trace) < 8 * ends.trace_noise + 1e-9).all()  # few probes: wide tails
    assert ends.place.shape == (3, COUNT)


def test_too_few_epochs_are_said(digits):
    with pytest.raises(ValueError, match=r"slow: expected a loss of 1\.6 within 1 epochs for every net"):
        arrive(SMALL.model_copy(update={"epochs": 1}), digits, Run("sgd", 0.01, None), "slow")


def test_the_rise_in_a_ball_of_a_round_bowl_is_exact():
    place = torch.tensor([[3.0, 4.0], [0.0, 1.0]], dtype=torch.float64)
    rise = ball_rise(lambda place: (place**2).sum(1) / 2, place, 0.1, 1)
    expected = [((1.1 * length) ** 2 - length**2) / 2 for length in (5.0, 1.0)]
    assert rise.tolist() == pytest.approx(expected)


def test_the_rise_in_a_ball_is_the_best_of_all_directions():
    matrix = torch.tensor([[9.0, 2.0], [2.0, 1.0]], dtype=torch.float64)

    def loss(place):
        return (place * (place @ matrix)).sum(1) / 2

    place = torch.tensor([[0.3, -1.0]], dtype=torch.float64)
    angles = torch.linspace(0, 2 * np.pi, 5000, dtype=torch.float64)
    around = place + 0.4 * place.norm() * torch.stack([angles.cos(), angles.sin()], 1)
    best = float(loss(around).max() - loss(place)[0])
    assert float(ball_rise(loss, place, 0.4, 30)) == pytest.approx(best, rel=1e-5)
    assert float(ball_rise(loss, place, 0.4, 1)) <= best


def test_blocks_are_the_first_layer_and_the_next_weights(digits, ends):
    like = untrained(SMALL)
    net = rebuild(ends.place, like)
    changed = (flatten(rescale(net, 2.0)) / flatten(net)).nan_to_num(1.0)
    first, second = layer_blocks(like, COUNT)
    expected = 1 + first - second / 2  # twice, half, as it was
    torch.testing.assert_close(changed, expected.expand(3, COUNT))
    dense = dense_hessians(digits, ends.place)
    for block in (first, second):
        inside = dense[:, block.bool()][:, :, block.bool()]
        largest = torch.linalg.eigvalsh(inside)[:, -1]
        torch.testing.assert_close(
            sharpest(SMALL, digits, like, ends.place, block).values, largest, rtol=1e-3, atol=1e-6
        )


def test_rescaled_nets_say_the_same_and_are_as_sharp_as_their_dense_hessians(digits, ends):
    rescaled = rescaled_nets(SMALL.model_copy(update={"factor": 3.0, "factors": [0.1]}), digits, ends.place)
    assert rescaled["factors"].tolist() == [0.1, 1.0, 3.0]
    assert rescaled["change"].max() < 1e-12 < rescaled["size"].min()
    np.testing.assert_allclose(rescaled["rescaled_sharpness"][1], ends.sharpness, rtol=1e-3)
    assert (rescaled["rescaled_sharpness"] >= 0.999 * rescaled["rescaled_bound"]).all()
    net = rebuild(ends.place, untrained(SMALL))
    for row, factor in ((0, 0.1), (2, 3.0)):
        dense = dense_hessians(digits, flatten(rescale(net, factor)))
        largest = torch.linalg.eigvalsh(dense)[:, -1].numpy()
        np.testing.assert_allclose(rescaled["rescaled_sharpness"][row], largest, rtol=2e-3)
    middle = rescaled["line"][:, len(rescaled["distances"]) // 2]
    np.testing.assert_allclose(middle, 1.6, atol=1e-6)  # both lines pass through one function


def test_ways_of_training_differ_as_said():
    runs = ways(SMALL)
    assert runs["small"] == Run("sgd", SMALL.rate, SMALL.small_batch)
    assert runs["large_fast"] == Run("sgd", SMALL.fast_rate, None)
    assert runs["random_small"] == Run("sgd", SMALL.rate, SMALL.small_batch, random=True)
    assert sum(not run.random for run in runs.values()) == 7


def test_values_are_finite_and_consistent(found):
    values = found.values
    assert all(np.isfinite(value.value) for value in values.values())
    wanted = {"batch_sharpness_ratio", "batch_accuracy_difference", "batch_trace_ratio", "random_label_ratio"}
    assert wanted | {"rank_correlation", "rescaled_sharpness_ratio", "rescaled_function_change"} <= set(values)
    ratio = found.arrays["sharpness_small"] / found.arrays["sharpness_large"]
    assert values["batch_sharpness_ratio"].value == pytest.approx(np.exp(np.log(ratio).mean()))
    memorised = found.arrays["sharpness_random_small"] / found.arrays["sharpness_small"]
    assert values["random_label_ratio"].value == pytest.approx(np.exp(np.log(memorised).mean()))
    assert values["configurations"].value == 7 == len(found.arrays["names"])


def test_intervals_end_where_the_quantity_does():
    assert bounded(Estimate(0.1, -0.2, 0.4, 3), 0, 1) == (0.1, 0, 0.4, 3)
    assert bounded(Estimate(0.9, 0.8, 1.3, 3), 0, 1) == (0.9, 0.8, 1, 3)
