import numpy as np
import pytest
import torch
from pydantic import ValidationError

from scripts.article.settings import preset_values
from scripts.functions.settings import DEEP, NAMED_WIDTHS, Symmetry
from scripts.functions.symmetry import (
    MEASURES,
    SHARES,
    compare_answers,
    compute,
    independent_disagreement,
    moved_share,
    study,
    train_pairs,
    wrong,
)
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators
from scripts.maths.training import cross_entropy

SMALL = Symmetry(
    **preset_values(Symmetry, "quick")
    | {"seeds": 3, "points": 300, "widths": [64, 512], "deep_widths": [12, 9], "epochs": 3, "line_points": 5}
)


@pytest.fixture(scope="module")
def digits():
    return draw_digits(SMALL.points, SMALL.seed_block, "test.symmetry")


@pytest.fixture(scope="module")
def found(digits):
    return study(SMALL.model_copy(update={"epochs": 8}), digits, [12])


@pytest.mark.parametrize(("errors", "classes"), [((0.3, 0.2), 10), ((0.5, 0.9), 3), ((0.0, 0.4), 10)])
def test_independent_functions_differ_as_often_as_sampled_ones(errors, classes):
    rng = np.random.default_rng(0)
    count = 200_000
    answers = [np.where(rng.random(count) < error, rng.integers(1, classes, count), 0) for error in errors]
    expected = independent_disagreement(*(torch.tensor(error) for error in errors), classes).item()
    assert abs((answers[0] != answers[1]).mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / count)


def test_answers_are_counted_image_by_image(digits):
    one, other = (initialise([64, 6, 10], generators(range(3), name)) for name in ("one", "other"))
    compared = compare_answers(one, other, digits)
    for pair in range(3):
        inputs, labels = digits.fresh[pair], digits.fresh_labels[pair].numpy()
        first, second = (net(inputs)[pair].argmax(1).numpy() for net in (one, other))
        assert compared["agreement"][pair].item() == pytest.approx(np.mean(first == second))
        assert compared["error"][pair].item() == pytest.approx(
            (np.mean(first != labels) + np.mean(second != labels)) / 2
        )
    assert torch.equal(compared["agreement"] + compared["disagreement"], torch.ones(3, dtype=torch.float64))


def test_a_net_that_stays_has_moved_by_nothing_and_one_doubled_by_its_own_length():
    net = initialise([3, 4, 2], generators(range(2), "test"))
    double = Ensemble([2 * tensor for tensor in net.weights], [2 * tensor for tensor in net.biases])
    np.testing.assert_allclose(moved_share(net, net), 0)
    np.testing.assert_allclose(moved_share(net, double), 1)


def test_lines_end_at_the_losses_of_the_two_nets_and_matching_keeps_these(digits, found):
    _, (one, other) = train_pairs(SMALL.model_copy(update={"epochs": 8}), digits, [12])
    for name in ("naive", "matched", "start"):
        for end, net in ((0, one), (-1, other)):
            loss = cross_entropy(net(digits.fresh), digits.fresh_labels).numpy()
            np.testing.assert_allclose(found[f"line_{name}"][end], loss, rtol=1e-10)
    lines = found["line_naive"]
    straight = np.linspace(lines[0], lines[-1], SMALL.line_points)
    np.testing.assert_allclose(found["barrier_naive"], (lines - straight).max(0), atol=1e-12)
    np.testing.assert_allclose(found["error"], (wrong(one, digits) + wrong(other, digits)).numpy() / 2)


def test_matching_brings_weights_nearer_and_lowers_the_barrier(found):
    assert (found["matched_cosine"] > found["cosine"] + 0.1).all()
    assert found["barrier_matched"].mean() < found["barrier_naive"].mean()


def test_a_pair_shares_images_and_nothing_else(digits):
    (first, second), (one, other) = train_pairs(SMALL, digits, [8])
    for start, end in ((first, one), (second, other)):
        assert not torch.equal(start.weights[0], end.weights[0])
        assert end.weights[0].dtype == torch.float64
    assert not torch.equal(first.weights[0], second.weights[0])
    again = train_pairs(SMALL.model_copy(update={"first_seed": 1, "seeds": 2}), _part(digits, slice(1, 3)), [8])
    torch.testing.assert_close(again[1][0].weights[1], one.weights[1][1:], rtol=1e-4, atol=1e-5)


def _part(digits, chosen):
    return type(digits)(*(getattr(digits, name)[chosen] for name in ("inputs", "labels", "fresh", "fresh_labels")))


@pytest.mark.slow
def test_compute_names_every_measure_of_every_named_shape():
    result = compute(SMALL)
    names = (*map(str, NAMED_WIDTHS), DEEP)
    assert set(result.values) == {f"{key}_{name}" for key in (*MEASURES, *SHARES) for name in names}
    assert result.arrays["line_naive_64"].shape == (SMALL.line_points, 3)
    share = result.values["barrier_share_64"]
    raw = result.values["barrier_matched_64"].value / result.values["barrier_naive_64"].value
    assert share.low < raw < share.high


def test_the_widths_of_the_claims_cannot_be_left_out():
    with pytest.raises(ValidationError, match=r"expected the widths \(64, 512\) among others, got \[64, 128\]"):
        Symmetry(widths=[64, 128])
