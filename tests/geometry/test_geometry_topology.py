import numpy as np
import pytest
import torch

from scripts.article.settings import preset_values
from scripts.geometry import topology
from scripts.geometry.settings import Settings, Topology
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.random import generators

QUICK = preset_values(Settings, "quick")["topology"]
SMALL = QUICK | {"seeds": 3, "points": 60, "epochs": 30, "circles": 12, "angles": 120, "landmarks": 64}


def settings(**changes):
    return Topology(**SMALL | changes)


def by_hand(normal, bias, activation="relu"):
    """Return one net of one hidden layer whose outputs differ by normal · hidden + bias."""
    hidden, out = torch.eye(2, dtype=torch.float64)[None], torch.zeros(1, 2, 2, dtype=torch.float64)
    out[0, :, 1] = torch.as_tensor(normal, dtype=torch.float64)
    biases = [torch.zeros(1, 1, 2, dtype=torch.float64) for _ in range(2)]
    biases[1][0, 0, 1] = bias
    return Ensemble([hidden, out], biases, activation)


@pytest.mark.parametrize("width", [2, 3, 5])
def test_a_tanh_net_of_random_rotations_keeps_the_ring_a_ring_and_the_disc_a_disc(width):
    net = initialise([2, width, width, 2], generators(range(3), "test.topology"), activation="tanh")
    for weight in net.weights:
        left, _, right = torch.linalg.svd(weight.detach(), full_matrices=False)
        weight.data = 0.8 * left @ right
    assert topology.injective(net).all()
    counts = topology.follow(net, np.arange(3), topology.shape_meshes(settings()), 64)
    assert counts.shape == (3, 3, 2, 2)
    assert (counts[:, :, 0] == (1, 0)).all()
    assert (counts[:, :, 1] == (1, 1)).all()
    if width == 2:
        assert (np.abs(topology.follow_winding(net, settings())) == 1).all()


def test_a_layer_that_flattens_the_plane_opens_the_ring():
    net = initialise([2, 2, 2], generators(range(2), "test.topology"), activation="tanh")
    flat = torch.tensor([[1.0, 2.0], [0.5, 1.0]], dtype=torch.float64)
    with torch.no_grad():
        net.weights[0][1] = flat
    assert topology.injective(net).tolist() == [True, False]
    counts = topology.follow(net, np.arange(2), topology.shape_meshes(settings()), 64)
    assert counts[:, 1, 1].tolist() == [[1, 1], [1, 0]]


def test_a_narrowing_layer_is_not_injective():
    net = initialise([2, 3, 2, 2], generators(range(2), "test.topology"), activation="tanh")
    assert not topology.injective(net).any()


def test_the_shapes_are_judged_by_area_and_only_a_faultless_net_gets_one():
    meshes = topology.shape_meshes(settings(circles=40, angles=400, disc=0.5, inner=1.0, outer=1.5))
    ring_only, half = by_hand([0, 0], 1.0), by_hand([1, 0], -0.0, "tanh")
    assert topology.mesh_accuracy(ring_only, meshes) == pytest.approx(0.5)
    assert topology.mesh_accuracy(half, meshes) == pytest.approx(0.5, abs=0.01)
    narrow = topology.shape_meshes(settings(circles=20, angles=2000, disc=0.01, inner=1.0, outer=1.5))
    cut = by_hand([1, 1], -0.9, "relu")  # wrong where relu(x) + relu(y) < .9: most of the ring, and right on the disc
    expected = _right_area(1.0, 1.5)
    assert topology.mesh_accuracy(cut, narrow)[0] == pytest.approx((1 + expected) / 2, abs=0.01)
    aside = [meshes[0] + [10, 0], meshes[1]]
    assert 0.999 < topology.mesh_accuracy(by_hand([-1, 0], 1.4999), aside)[0] < 1  # wrong at the ring's rightmost point
    assert topology.mesh_accuracy(by_hand([-1, 0], 1.5001), aside)[0] == 1


def _right_area(inner, outer):
    rng = np.random.default_rng(0)
    radius, angle = np.sqrt(rng.uniform(inner**2, outer**2, 400_000)), rng.uniform(0, 2 * np.pi, 400_000)
    return (np.maximum(radius * np.cos(angle), 0) + np.maximum(radius * np.sin(angle), 0) > 0.9).mean()


def test_nets_that_part_the_shapes_are_followed_first():
    assert topology.choose(np.array([False, True, False, True, True]), 2).tolist() == [1, 3]
    assert topology.choose(np.array([False, True, False]), 2).tolist() == [0, 1]


def test_the_last_view_puts_the_cut_at_zero():
    net = initialise([2, 3, 3, 2], generators(range(1), "test.topology"), activation="tanh")
    clouds = tuple(np.random.default_rng(2).normal(size=(2, 50, 2)))
    views = topology.last_view(net, clouds)
    for cloud, view in zip(clouds, views, strict=True):
        with torch.no_grad():
            outputs = net(torch.as_tensor(cloud))[0].numpy()
            hidden = net.layers(torch.as_tensor(cloud))[-2][0].numpy()
        length = np.linalg.norm((net.weights[-1][0, :, 1] - net.weights[-1][0, :, 0]).detach().numpy())
        np.testing.assert_allclose(view[:, 0], (outputs[:, 1] - outputs[:, 0]) / length, atol=1e-6)
        shown = np.linalg.norm(view[1:] - view[:-1], axis=1)
        assert (shown <= np.linalg.norm(hidden[1:] - hidden[:-1], axis=1) + 1e-6).all()


def test_ripser_meets_the_circle():
    assert topology.circle_error(37, 2.5) < 1e-6


def test_topology_has_its_values_and_no_narrow_net_parts_the_shapes():
    result = topology.compute(settings(epochs=60))
    values = result.values
    wanted = {f"separated_{kind}_{width}" for kind in ("tanh", "relu") for width in ("narrow", "wide")}
    assert wanted | {"ring_loops_last_tanh_wide", "ring_loops_last_relu_narrow", "circle_error"} <= set(values)
    assert values["separated_tanh_narrow"].value == values["separated_relu_narrow"].value == 0
    assert values["around_last_tanh_narrow"].value == 1
    assert (values["ring_loops_input"].value, values["disc_loops_input"].value, values["parts_most"].value) == (1, 0, 1)
    assert values["separated_tanh_wider"].value == (result.arrays["accuracy_tanh_wider"] == 1).mean()
    assert result.arrays["betti_relu_wide"].shape == (SMALL["homology_nets"], 1 + SMALL["layers"], 2, 2)
