import numpy as np
import pytest
import torch
from sklearn.datasets import make_moons

from scripts.article.settings import preset_values
from scripts.information.features import (
    CEILING,
    Data,
    compute,
    decoded_information,
    draw_data,
    folded_share,
    layer_information,
    train_nets,
    whiten,
)
from scripts.information.moons import moons_information, table_information
from scripts.information.settings import Features
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.ross import label_information

SMALL = Features(seeds=3, points=80, noise=0.3, fresh_points=120, widths=[4, 4], epochs=20)


@pytest.fixture(scope="module")
def quick():
    return compute(Features(**preset_values(Features, "quick")))


def _nets(seeds=range(3)):
    return initialise([2, 4, 2], [np.random.default_rng(seed) for seed in seeds], activation="tanh")


def test_exact_information_equals_monte_carlo_over_the_density():
    points, noise = 60, 0.35
    centres, labels = make_moons(points, noise=None, shuffle=False)
    rng = np.random.default_rng(5)
    pick = rng.integers(points, size=20000)
    x = centres[pick] + noise * rng.standard_normal((20000, 2))
    kernel = np.exp(-0.5 * ((x[:, None] - centres[None]) ** 2).sum(2) / noise**2)
    own = np.where(labels[pick] == 1, kernel[:, labels == 1].sum(1), kernel[:, labels == 0].sum(1))
    terms = np.log(2 * own / kernel.sum(1))
    error = terms.std() / np.sqrt(terms.size)
    assert abs(moons_information(points, noise)[2] - terms.mean()) < 4 * error


@pytest.mark.parametrize("axis", [0, 1])
def test_exact_information_of_one_coordinate_equals_plain_quadrature(axis):
    points, noise = 41, 0.25
    centres, labels = make_moons(points, noise=None, shuffle=False)
    x = np.linspace(-5, 6, 40001)
    kernel = np.exp(-0.5 * ((x[:, None] - centres[:, axis]) / noise) ** 2) / (noise * np.sqrt(2 * np.pi)) / points
    parts = np.stack([kernel[:, labels == label].sum(1) for label in (0, 1)])
    share = np.array([[(labels == label).mean()] for label in (0, 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(parts > 0, parts * np.log(parts / (parts.sum(0) * share)), 0)
    assert moons_information(points, noise)[axis] == pytest.approx(np.trapezoid(terms.sum(0), x), abs=1e-8)


def test_exact_information_runs_from_the_whole_label_to_nothing():
    assert moons_information(100, 0.02)[2] == pytest.approx(CEILING, abs=1e-6)
    first, second, joint = moons_information(100, 30.0)
    assert max(first, second, joint) < 1e-3
    assert joint >= max(first, second)


def test_table_information_of_known_tables():
    assert table_information(np.eye(3) / 3) == pytest.approx(np.log(3))
    assert table_information(np.outer([0.2, 0.8], [0.5, 0.3, 0.2])) == pytest.approx(0, abs=1e-12)


def test_moons_need_noise_for_a_density():
    with pytest.raises(ValueError, match="noise > 0"):
        moons_information(100, 0.0)


def test_estimates_through_an_invertible_layer_meet_the_exact_value():
    data = draw_data(SMALL.model_copy(update={"fresh_points": 1500, "seeds": 4}), 1500, "test")
    nets = initialise([2, 6, 2], [np.random.default_rng(seed) for seed in range(4)], activation="tanh")
    found = layer_information(nets, data, 3)
    assert found.shape == (4, 3)
    np.testing.assert_allclose(found[:, :2].mean(0), moons_information(1500, SMALL.noise)[2], atol=0.03)


def test_whitened_points_are_uncorrelated_and_keep_their_rank():
    rng = np.random.default_rng(2)
    flat = rng.standard_normal((50, 2)) @ rng.standard_normal((2, 5)) * 1e-3 + 7
    found = whiten(flat)
    assert found.shape == (50, 2)
    np.testing.assert_allclose(np.cov(found.T, bias=True), np.eye(2), atol=1e-8)


def test_layers_over_seeds_equal_the_loop():
    data, nets = draw_data(SMALL, 60, "test"), _nets()
    rows = layer_information(nets, data, 3)
    for seed in range(3):
        hidden = np.tanh(data.inputs[seed].numpy() @ nets.weights[0][seed].detach().numpy() + _bias(nets, seed))
        one = label_information(whiten(hidden), data.labels[seed].numpy(), neighbours=3)
        assert rows[seed, 1] == pytest.approx(one, abs=1e-10)


def _bias(nets, seed):
    return nets.biases[0][seed].detach().numpy()


def test_training_all_seeds_equals_training_each():
    data, together = draw_data(SMALL, 60, "test"), _nets()
    train_nets(together, data, SMALL)
    for seed in range(3):
        alone = _nets([seed])
        train_nets(alone, Data(data.inputs[seed : seed + 1], data.labels[seed : seed + 1]), SMALL)
        for one, all_ in zip(alone.parameters, together.parameters, strict=True):
            torch.testing.assert_close(one[0], all_[seed], atol=1e-10, rtol=0)


def test_decoded_information_of_certain_and_of_blind_nets():
    inputs = torch.tensor([[[-1.0], [1.0]]], dtype=torch.float64)
    data = Data(inputs, torch.tensor([[0, 1]]))
    for slope, expected in ((50.0, CEILING), (0.0, 0.0)):
        weight = torch.tensor([[[-slope, slope]]], dtype=torch.float64)
        net = Ensemble([weight], [torch.zeros(1, 1, 2, dtype=torch.float64)])
        assert decoded_information(net, data)[0] == pytest.approx(expected, abs=1e-12)


def test_folded_share_equals_automatic_jacobians():
    nets = initialise([2, 5, 7, 2], [np.random.default_rng(seed) for seed in range(6)], activation="tanh", scheme="he")
    inputs = torch.as_tensor(np.random.default_rng(9).standard_normal((6, 40, 2)))
    parts = [tensor.detach() for tensor in nets.parameters]
    for seed, share in enumerate(folded_share(nets, inputs)):
        one = Ensemble([w[seed : seed + 1] for w in parts[::2]], [b[seed : seed + 1] for b in parts[1::2]], "tanh")
        jacobian = torch.func.vmap(torch.func.jacrev(lambda x, net=one: net(x[None])[0, 0]))(inputs[seed])
        positive = float((torch.linalg.det(jacobian) > 0).double().mean())
        assert share == pytest.approx(min(positive, 1 - positive), abs=1e-12)


def test_nothing_is_folded_without_nonlinearity():
    nets = initialise([2, 2], [np.random.default_rng(seed) for seed in range(3)], activation="tanh")
    assert folded_share(nets, torch.randn(3, 10, 2, dtype=torch.float64)).tolist() == [0, 0, 0]


def test_quick_values_are_finite_and_below_what_there_is_to_know(quick):
    values = quick.values
    assert all(np.isfinite(value.value) for value in values.values())
    assert values["joint_exact"].value < values["ceiling"].value
    for name in ("feature_1", "feature_2", "layer_1", "layer_2_untrained", "output_gain", "decoded_share"):
        assert values[name].low <= values[name].value <= values[name].high


def test_layers_do_not_create_information(quick):
    assert (quick.arrays["trained"] < quick.values["joint_exact"].value + 0.1).all()
