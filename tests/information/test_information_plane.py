import numpy as np
import pytest
import torch
from scipy import stats

from scripts.article.settings import preset_values
from scripts.article.values import check_value
from scripts.information.plane import STARTS, compute, follow, layers_of, measure, spans, untrained
from scripts.information.plane_task import draw_task, label_chances, recorded_epochs, ring_scores, words
from scripts.information.plane_values import exact_values, rises
from scripts.information.settings import Plane
from scripts.maths.ensembles import pick

DEFAULTS = preset_values(Plane, "quick")
CHANGES = {"seeds": 3, "bits": 7, "widths": [6, 4, 3], "flip": 0.1, "epochs": 6, "batch_size": 16, "records": 4}
BINS = {"bins": 8, "middle_bins": 50, "finest_bins": 10**7, "other_bins": [3]}
SMALL = Plane(**DEFAULTS | CHANGES | BINS)


@pytest.fixture(scope="module")
def task():
    return draw_task(SMALL)


@pytest.fixture(scope="module", params=list(STARTS))
def path(request, task):
    return follow(SMALL, task, request.param)


@pytest.fixture(scope="module")
def result():
    return compute(SMALL)


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_scores_are_the_sum_over_pairs_and_stay_when_the_ring_turns(bits):
    spins = words(bits)
    scores = ring_scores(spins)
    assert sorted(map(tuple, spins.tolist())) == sorted(set(map(tuple, spins.tolist())))
    assert np.unique(spins).tolist() == [-1, 1]
    naive = [
        sum(s[i] * s[j] / min(j - i, bits - j + i) for i in range(bits) for j in range(i + 1, bits)) for s in spins
    ]
    scale = scores[-1] / naive[-1]
    np.testing.assert_allclose(scores, scale * np.array(naive), atol=1e-9)
    np.testing.assert_array_equal(ring_scores(np.roll(spins, 1, axis=1)), scores)
    assert scores.argmax() in (0, 2**bits - 1)  # all alike


def test_chances_split_the_scores_in_the_middle():
    chances = label_chances(np.array([4, 9, 1, 7]), 0.2)
    assert chances.tolist() == [0.2, 0.8, 0.2, 0.8]
    with_ties = label_chances(np.array([1, 1, 1, 1, 5]), 0.0)
    assert with_ties.tolist() == [0, 0, 0, 0, 1]
    spread = label_chances(ring_scores(words(10)), 0.0)
    assert abs(spread.mean() - 0.5) < 0.05


def test_every_word_is_seen_or_fresh_and_labels_follow_their_chances(task):
    whole = torch.cat([task.seen, task.fresh], dim=1).sort(1).values
    assert (whole == torch.arange(128)).all()
    assert task.seen.shape == (3, round(0.85 * 128))
    many = draw_task(SMALL.model_copy(update={"seeds": 40}))
    wrong = int((many.labels.numpy() != (many.chances > 0.5)).sum())
    assert stats.binomtest(wrong, 40 * 128, SMALL.flip).pvalue > 1e-3


def test_a_seeds_data_and_nets_do_not_depend_on_the_others(task):
    alone = SMALL.model_copy(update={"seeds": 1, "first_seed": 2})
    one = draw_task(alone)
    assert torch.equal(one.labels[0], task.labels[2])
    assert torch.equal(one.seen[0], task.seen[2])
    state = follow(alone, one, "tanh").states[-1]
    together = follow(SMALL, task, "tanh").states[-1]
    for mine, all_ in zip(state.parameters, together.parameters, strict=True):
        torch.testing.assert_close(mine[0], all_[2], rtol=0, atol=1e-10)


def test_both_kinds_start_from_the_same_draws():
    tanh, relu = (untrained(SMALL, activation) for activation in STARTS)
    for one, other in zip(tanh.weights, relu.weights, strict=True):
        torch.testing.assert_close(one * 2**0.5, other)


def test_nets_are_recorded_before_training_and_after_epochs(task, path):
    epochs = recorded_epochs(SMALL)
    assert epochs.tolist() == [0, 1, 2, 3, 6]
    assert len(path.states) == len(epochs)
    start = untrained(SMALL, path.states[0].activation)
    assert torch.equal(path.states[0].weights[0], start.weights[0])
    changes = [
        (one.weights[0] - other.weights[0]).abs().max()
        for one, other in zip(path.states, path.states[1:], strict=False)
    ]
    assert min(changes) > 1e-4


def test_training_works_and_is_judged_on_seen_and_on_fresh_words():
    long = SMALL.model_copy(update={"epochs": 60, "flip": 0.0, "learning_rate": 0.01})
    task = draw_task(long)
    path = follow(long, task, "tanh")
    seen, fresh = path.right
    assert (seen > 0.9).all()
    answers = path.states[-1](task.inputs).argmax(2)
    for seed in range(3):
        right = (answers[seed] == task.labels[seed]).double()
        assert seen[seed] == pytest.approx(float(right[task.seen[seed]].mean()))
        assert fresh[seed] == pytest.approx(float(right[task.fresh[seed]].mean()))


def test_layers_are_the_hidden_ones_and_the_probability_of_class_1(task, path):
    net = path.states[-1]
    *hidden, output = layers_of(net, task.inputs)
    assert [layer.shape for layer in hidden] == [(3, 128, 6), (3, 128, 4), (3, 128, 3)]
    expected = torch.softmax(net(task.inputs), 2)[..., 1:].numpy()
    np.testing.assert_allclose(output, expected, atol=1e-12)


def test_spans_hold_all_activations_of_all_epochs_tightly(task, path):
    ends = spans(path.states, task.inputs)
    every = [np.stack(layers) for layers in zip(*(layers_of(net, task.inputs) for net in path.states), strict=True)]
    for (low, high), layer in zip(ends, every, strict=True):
        assert (layer >= low).all()
        assert (layer <= high).all()
    if path.states[0].activation == "relu":
        for (low, high), layer in zip(ends[:-1], every[:-1], strict=True):
            assert (low == 0).all()
            np.testing.assert_array_equal(high.ravel(), layer.max((0, 2, 3)))


def _naive(layer, chances, bins, low, high):
    """Return I(T; X) and I(T; Y) of one net by counting rows, in bits."""
    rows = np.clip(np.floor((layer - low) / (high - low) * bins), 0, bins - 1)
    _, own, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    ones = np.bincount(own.ravel(), chances)
    table = np.stack([ones, sizes - ones]) / len(layer)
    joint = stats.entropy(table.ravel(), base=2)
    inputs = stats.entropy(sizes, base=2)
    return inputs, inputs + stats.entropy(table.sum(1), base=2) - joint


def test_measured_information_equals_counting_net_by_net(task, path):
    found = measure(SMALL, task, path.states)
    ends = spans(path.states, task.inputs)
    record, seed = 2, 1
    layers = layers_of(path.states[record], task.inputs)
    for depth, (layer, (low, high)) in enumerate(zip(layers, ends, strict=True)):
        for name, bins in (("", 8), ("fine_", 10**7)):
            told = _naive(layer[seed], task.chances, bins, low[seed].item(), high[seed].item())
            assert found[f"{name}inputs"][record, depth, seed] == pytest.approx(told[0], abs=1e-9)
            assert found[f"{name}label"][record, depth, seed] == pytest.approx(told[1], abs=1e-9)
    np.testing.assert_array_equal(
        found["last"][[1, 3]], np.stack([found["inputs"][:, -2], found["fine_inputs"][:, -2]])
    )
    assert found["last"].shape == (4, 5, 3)
    last = layers[-2][seed]
    own = _naive(last, task.chances, 8, last.min(), last.max())[0]
    assert found["own"][record, seed] == pytest.approx(own, abs=1e-9)
    flat = np.abs(layers[-2][seed]) > 0.99 if path.states[0].activation == "tanh" else layers[-2][seed] == 0
    assert found["saturated"][record, seed] == pytest.approx(flat.mean())
    assert found["silent"][record, seed] == pytest.approx((layers[-2][seed] == 0).all(1).mean())


def test_narrower_bins_and_no_bins_tell_at_least_as_much(task, path):
    found = measure(SMALL.model_copy(update={"bins": 8, "middle_bins": 16, "other_bins": [2, 4]}), task, path.states)
    steps = np.diff(found["last"][:4], axis=0)  # 2, 4, 8, 16: each cuts the bins of the one before in two
    assert (steps > -1e-9).all()
    assert (found["stored"] >= found["last"][-1] - 1e-9).all()
    assert (found["stored"] <= 7 + 1e-9).all()


def test_numbers_as_they_are_obey_the_chain(task, path):
    from scripts.maths.binned_information import code_information, exact_codes

    for net in path.states:
        layers = layers_of(net, task.inputs)[:-1]
        told = np.stack([code_information(exact_codes(layer), task.chances).inputs for layer in layers])
        assert (np.diff(told, axis=0) <= 1e-9).all()


def test_rises_are_counted_over_epochs_and_layers():
    told = np.zeros((2, 3, 2))
    told[0, :, 0] = [3, 4, 1]
    told[1, :, 0] = [3, 3, 3.5]
    told[:, :, 1] = [5, 5 + 1e-12, 2]
    share, largest = rises(told)
    assert share.tolist() == [0.5, 0]
    assert largest == pytest.approx(1)
    assert rises(-told.cumsum(1) - 1)[1] == 0


def test_exact_values_of_a_fair_label_that_is_wrong_sometimes(task):
    values = exact_values(task)
    assert values["ceiling"].value == 7
    flip = stats.entropy([0.1, 0.9], base=2)
    assert values["label_exact"].value == pytest.approx(values["label_entropy"].value - flip)
    upper = (task.chances > 0.5).mean()
    assert values["sufficient_exact"].value == pytest.approx(stats.entropy([upper, 1 - upper], base=2))


def test_a_dead_layer_of_relu_tells_nothing(task):
    net = pick(untrained(SMALL, "relu"), np.arange(3))
    net.biases[1] -= 1e3
    found = measure(SMALL, task, [net])
    assert (found["inputs"][0, 1:] == 0).all()
    assert (found["silent"] == 1).all()
    assert (found["inputs"][0, 0] > 1).all()


def test_values_are_differences_of_what_was_measured(result):
    values, data = result.values, result.arrays
    for kind in STARTS:
        inputs, label = data[f"{kind}_inputs"], data[f"{kind}_label"]
        last = inputs[:, -2]
        expected = {
            "last_peak": last.max(0),
            "last_end": last[-1],
            "last_fall": last.max(0) - last[-1],
            "last_fine_bins": data[f"{kind}_fine_inputs"][-1, -2],
            "last_fine_fall": data[f"{kind}_fine_inputs"][:, -2].max(0) - data[f"{kind}_fine_inputs"][-1, -2],
            "last_irrelevant_fall": (inputs - label)[0, -2] - (inputs - label)[-1, -2],
            "first_share": inputs[-1, 0] / 7,
            "first_gain": inputs[-1, 0] - inputs[0, 0],
            "output_share": label[-1, -1] / values["label_exact"].value,
            "output_excess": inputs[-1, -1] - values["sufficient_exact"].value,
        }
        for name, rows in expected.items():
            value = values[f"{kind}_{name}"]
            assert value.value == pytest.approx(rows.mean()), name
            assert value.low <= value.value <= value.high
    gain = values["tanh_fresh_accuracy"].value - values["relu_fresh_accuracy"].value
    assert values["accuracy_gain"].value == pytest.approx(gain)
    assert values["accuracy_gain"].unit == "%"


def test_every_value_may_be_printed_and_no_interval_leaves_what_is_possible(result):
    for name, value in result.values.items():
        check_value(value, where=name)
        if value.unit == "bits" and name.removeprefix("tanh_").removeprefix("relu_").startswith("layer_"):
            assert 0 <= value.low <= value.high <= 7


def test_no_layer_tells_more_than_there_is(result):
    for kind in STARTS:
        for name in ("", "fine_"):
            assert (result.arrays[f"{kind}_{name}inputs"] <= 7 + 1e-9).all()
            assert (result.arrays[f"{kind}_{name}label"] <= result.values["label_exact"].value + 1e-9).all()
