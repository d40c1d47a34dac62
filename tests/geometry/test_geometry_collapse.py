import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.geometry import collapse
from scripts.geometry.settings import Collapse
from scripts.maths.batch_norm import with_norm
from scripts.maths.digits import draw_digits
from scripts.maths.ensembles import initialise
from scripts.maths.neural_collapse import within_variability
from scripts.maths.random import generators

SMALL = Collapse(
    **preset_values(Collapse, "quick")
    | {"seeds": 3, "points": 200, "widths": [24, 20], "epochs": 7, "phases": 2, "records": 3, "ufm_starts": 2}
    | {"ufm_examples": 3, "ufm_dimension": 10, "ufm_weight_penalty": 2e-3}
)


@pytest.fixture(scope="module")
def result():
    return collapse.compute(SMALL)


@pytest.fixture(scope="module")
def data():
    return draw_digits(SMALL.points, SMALL.seed_block, "geometry.collapse.data", torch.float32)


def start():
    rngs = generators(SMALL.seed_block, "geometry.collapse.weights")
    return initialise([64, 24, 20, 10], rngs, scheme="he", dtype=torch.float32)


def test_phases_and_measurements_cover_all_epochs():
    assert collapse.phases(SMALL) == [3, 4]
    assert collapse.measured_epochs(SMALL) == [0, 1, 3, 7]
    assert collapse.measured_epochs(Collapse(epochs=350))[-1] == 350


def test_both_kinds_start_at_the_same_weights(data):
    nets = [with_norm(start(), normalised=kind) for kind in (False, True)]
    for one, other in zip(nets[0].parameters, nets[1].parameters, strict=False):
        assert torch.equal(one, other)


def test_the_first_measurement_is_of_the_untrained_net(result, data):
    plain = start()
    features = plain.layers(data.inputs)[-2].detach().double()
    expected = within_variability(features, data.labels, 10).numpy()
    np.testing.assert_allclose(result.arrays["plain_nc1"][0], expected, rtol=1e-4)


def test_training_is_that_of_torch(result, data):
    """Train the last seed's net alone, with torch's own layers, and compare what is measured at the end."""
    order = generators(SMALL.seed_block, "geometry.collapse.batches")[2]
    first = start()
    modules = []
    for depth in range(3):
        layer = torch.nn.Linear(*first.weights[depth].shape[1:], bias=depth == 2)
        layer.weight.data = first.weights[depth][2].detach().T.clone()
        if depth == 2:
            layer.bias.data.zero_()
        modules += [layer] if depth == 2 else [layer, torch.nn.BatchNorm1d(layer.out_features), torch.nn.ReLU()]
    net = torch.nn.Sequential(*modules)
    inputs, labels = data.inputs[2], data.labels[2]
    for epochs, rate in ((3, 0.1), (4, 0.01)):
        stepper = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9, weight_decay=5e-4)
        for _ in range(epochs):
            for chosen in torch.as_tensor(order.permutation(200)).split(50):
                stepper.zero_grad()
                torch.nn.functional.cross_entropy(net(inputs[chosen]), labels[chosen]).backward()
                stepper.step()
    features = net[:-1](inputs)[None].detach().double()  # in training mode: the statistics of all images
    expected = within_variability(features, data.labels[2:], 10).item()
    assert result.arrays["norm_nc1"][-1, 2] == pytest.approx(expected, rel=5e-3)
    loss = torch.nn.functional.cross_entropy(net(inputs), labels).item()
    assert result.arrays["norm_loss"][-1, 2] == pytest.approx(loss, rel=5e-3)


def test_views_keep_the_angles_of_the_means(data):
    net = with_norm(start(), normalised=True)
    flat = torch.as_tensor(collapse.view(net, data)).double()
    labels = data.labels[0][torch.isin(data.labels[0], torch.tensor(collapse.DRAWN))]
    corners = torch.stack([flat[labels == label].mean(0) for label in collapse.DRAWN])
    features = net.layers(data.inputs)[-2][0].double()
    means = torch.stack([features[data.labels[0] == label].mean(0) for label in collapse.DRAWN])
    found, expected = (torch.cdist(each, each) for each in (corners, means))
    torch.testing.assert_close(found / found.max(), (expected / expected.max()).detach(), atol=1e-5, rtol=0)
    assert corners.mean(0).norm() < 1e-5
    assert corners.norm(dim=1).mean().item() == pytest.approx(1, abs=1e-5)
    assert corners[0, 0].abs() < 1e-5
    assert corners[0, 1] > 0


def test_values_are_those_of_the_arrays(result):
    values, arrays = result.values, result.arrays
    for kind in ("plain", "norm"):
        fall = np.exp(np.log(arrays[f"{kind}_nc1"][-1] / arrays[f"{kind}_nc1"][0]).mean())
        assert values[f"{kind}_nc1_fall"].value == pytest.approx(fall)
        assert values[f"{kind}_nc1_end"].value == pytest.approx(arrays[f"{kind}_nc1"][-1].mean())
        assert values[f"{kind}_train_accuracy"].value > 0.5
    ratio = np.exp(np.log(arrays["norm_nc1"][-1] / arrays["plain_nc1"][-1]).mean())
    assert values["nc1_norm_to_plain"].value == pytest.approx(ratio)


def test_the_exact_case_is_met(result):
    values = result.values
    assert values["ufm_nc1"].value < 1e-10
    assert values["ufm_cosine"].value == pytest.approx(-1 / 9, abs=1e-6)
    assert values["ufm_norm"].value == pytest.approx(values["ufm_norm_exact"].value, rel=1e-6)
    assert values["ufm_margin"].value == pytest.approx(values["ufm_margin_exact"].value, rel=1e-6)
