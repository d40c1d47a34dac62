"""A disc inside a ring: which widths can part the two, and how many parts and loops each layer leaves them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Topology
from scripts.maths.disc_and_ring import draw_disc_and_ring, mesh_gap, polar_mesh, spread_ring
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.homology import (
    Bars,
    circle_bar,
    count_betti,
    farthest_points,
    longest_loop,
    persistence,
    winding_number,
)
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval, share_interval
from scripts.maths.training import cross_entropy, train

SCHEMES = {"tanh": "lecun", "relu": "he"}  # each nonlinearity with the weights it was shown to need
PLANE = 2  # dimension of the data, and units of a narrow layer
WIDTHS = ("narrow", "wide", "wider")
KINDS = [f"{activation}_{width}" for activation in SCHEMES for width in WIDTHS]
FOLLOWED = [kind for kind in KINDS if not kind.endswith("wider")]
SHAPES = ("disc", "ring")
SHOWN = ("tanh_narrow", "tanh_wide")
SHOWN_POINTS = 1000  # of each shape
FLAT = 1e-9  # singular values below this share of the largest count as zero
WINDING_POINTS = 20_000  # on the circle whose images are followed around the disc


def compute(settings: Topology) -> Result:
    """Train nets of each kind; judge them all over both shapes, and follow the shapes through the layers."""
    inputs, labels = _draw(settings)
    nets = {kind: train_nets(settings, kind, inputs, labels) for kind in KINDS}
    meshes = shape_meshes(settings)
    right = {kind: mesh_accuracy(net, meshes) for kind, net in nets.items()}
    chosen = {kind: choose(right[kind] == 1, settings.homology_nets) for kind in FOLLOWED}
    before = [mesh_bars(mesh, settings.landmarks) for mesh in meshes]
    betti = {kind: follow(nets[kind], chosen[kind], meshes, settings.landmarks) for kind in FOLLOWED}
    turns = follow_winding(nets["tanh_narrow"], settings)
    values = {f"separated_{kind}": _share(accuracy == 1) for kind, accuracy in right.items()}
    values |= {f"accuracy_{kind}": Value.of(mean_interval(accuracy), 3) for kind, accuracy in right.items()}
    for kind in KINDS[: len(WIDTHS)]:  # tanh
        values[f"injective_{kind}"] = _share(injective(nets[kind]), "every hidden weight matrix has full rank")
    note = "nets whose last hidden layer shows the ring's middle circle wound once around the disc's centre"
    values["around_last_tanh_narrow"] = _share(np.abs(turns[:, -1]) == 1, note)
    values |= _input_values(before, settings)
    values |= _betti_values(betti, {kind: right[kind][chosen[kind]] == 1 for kind in FOLLOWED})
    arrays = {f"accuracy_{kind}": accuracy for kind, accuracy in right.items()}
    arrays |= {f"betti_{kind}": counts for kind, counts in betti.items()}
    arrays["winding_tanh_narrow"] = turns
    return Result(values, arrays | _views(nets, chosen, settings))


def shape_meshes(settings: Topology) -> list[np.ndarray]:
    """Return the mesh of the disc and that of the ring, each of shape (circles, angles, 2)."""
    edges = ((0.0, settings.disc), (settings.inner, settings.outer))
    return [polar_mesh(inner, outer, settings.circles, settings.angles) for inner, outer in edges]


def train_nets(settings: Topology, kind: str, inputs: Tensor, labels: Tensor) -> Ensemble:
    """Return one trained net a seed of a kind such as "tanh_wide"; inputs (seed, n, 2), labels (seed, n)."""
    activation, name = kind.split("_")
    width = {"narrow": PLANE, "wide": settings.wide, "wider": settings.wider}[name]
    net = initialise(
        [PLANE, *[width] * settings.layers, len(SHAPES)],
        generators(settings.seed_block, "geometry.topology.weights"),
        activation=activation,
        scheme=SCHEMES[activation],
    )
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        inputs,
        labels,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
    )
    return net


def mesh_accuracy(net: Ensemble, meshes: list[np.ndarray]) -> np.ndarray:
    """Return the share of both shapes on which each net is right, shape (seed,); 1 if it parts them.

    The mean over the shapes of the share of the mesh's area, by circles of equal steps, so weighted by their radii.
    """
    return np.mean([_area_right(net, mesh, label) for label, mesh in enumerate(meshes)], axis=0)


def choose(separated: np.ndarray, count: int) -> np.ndarray:
    """Return which nets are followed: up to `count` of those that part the shapes; of all nets if fewer than two do."""
    found = np.flatnonzero(separated)
    return (found if found.size > 1 else np.arange(separated.size))[:count]


def mesh_bars(image: np.ndarray, landmarks: int) -> Bars:
    """Return the bars of a shape's image, made from landmarks; image of its mesh, shape (circles, angles, d)."""
    points = image.reshape(-1, image.shape[-1])
    chosen, cover = farthest_points(points, landmarks)
    return persistence(points[chosen], cover + mesh_gap(image))


def follow(net: Ensemble, chosen: np.ndarray, meshes: list[np.ndarray], landmarks: int) -> np.ndarray:
    """Return the Betti numbers of both shapes in the input and in every hidden layer.

    Args:
        net: trained.
        chosen: which nets to follow.
        meshes: of the disc and of the ring, each of shape (circles, angles, 2).
        landmarks: points that the complex is built on.

    Returns:
        Shape (net, 1 + hidden, shape, degree), disc before ring, parts before loops.
    """
    columns = []
    for mesh in meshes:
        with torch.no_grad():
            layers = pick(net, chosen).layers(torch.as_tensor(mesh.reshape(-1, PLANE)))[1:-1]
        images = [[image.reshape(*mesh.shape[:2], -1) for image in layer.numpy()] for layer in layers]
        start = [count_betti(mesh_bars(mesh, landmarks))] * chosen.size
        columns.append([start, *([count_betti(mesh_bars(image, landmarks)) for image in layer] for layer in images)])
    return np.array(columns).transpose(2, 1, 0, 3)


def follow_winding(net: Ensemble, settings: Topology) -> np.ndarray:
    """Return how often the ring's middle circle winds around the disc's centre in each layer, shape (seed, hidden).

    Exactly once, either way round, where the layers are two wide and injective: a homeomorphism onto its image.
    """
    middle = (settings.inner + settings.outer) / 2
    circle = polar_mesh(settings.inner, middle, 2, WINDING_POINTS)[1]
    points = torch.as_tensor(np.concatenate([np.zeros((1, PLANE)), circle]))
    with torch.no_grad():
        layers = [layer.numpy() for layer in net.layers(points)[1:-1]]
    return np.array([[winding_number(image[1:], image[0]) for image in layer] for layer in layers]).T


def injective(net: Ensemble) -> np.ndarray:
    """Return for each net whether all hidden weight matrices have full rank, shape (seed,).

    With tanh and layers at least as wide as the ones before them, no two inputs then share a hidden activation. The
    shapes are compact, so each layer's view of them is homeomorphic to them, and their Betti numbers are the input's.
    """
    ranks = [torch.linalg.matrix_rank(weight.detach(), rtol=FLAT) for weight in net.weights[:-1]]
    full = [rank == weight.shape[1] for rank, weight in zip(ranks, net.weights[:-1], strict=True)]
    return torch.stack(full).all(0).numpy()


def circle_error(points: int, radius: float) -> float:
    """Return ripser's largest relative error in birth and death of the loop of a circle of evenly spaced points."""
    angle = np.arange(points) * 2 * np.pi / points
    found = persistence(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)).loops
    exact = np.array(circle_bar(points, radius))
    longest = found[(found[:, 1] / found[:, 0]).argmax()]
    return float(np.abs(longest / exact - 1).max())


def _input_values(before: list[Bars], settings: Topology) -> dict[str, Value]:
    error = circle_error(settings.landmarks, settings.inner)
    values = {"circle_error": Value(error, digits=3, note="relative, ripser against the closed form on a circle")}
    for name, bars in zip(SHAPES, before, strict=True):
        parts, loops = count_betti(bars)
        values[f"{name}_parts_input"] = Value(parts, digits=0)
        values[f"{name}_loops_input"] = Value(loops, digits=0)
        note = "length of the longest loop's bar over the cover; beyond 2 it counts"
        values[f"{name}_bar_input"] = Value(longest_loop(bars), digits=1, note=note)
    return values


def _betti_values(betti: dict[str, np.ndarray], separated: dict[str, np.ndarray]) -> dict[str, Value]:
    every = np.concatenate(list(betti.values()))
    values = {
        "parts_most": Value(int(every[..., 0].max()), digits=0, note="over all nets, layers and both shapes"),
        "disc_loops_most": Value(int(every[:, :, 0, 1].max()), digits=0, note="over all nets and layers"),
    }
    for kind, counts in betti.items():
        which = "nets that part the shapes" if separated[kind].all() else "the first nets, as fewer than two part them"
        for where, depth in (("first", 1), ("last", -1)):
            note = f"share that still shows a loop in the {where} hidden layer; of {which}"
            values[f"ring_loops_{where}_{kind}"] = _share(counts[:, depth, 1, 1] > 0, note)
        lasts = (counts[:, 1:, 1, 1] > 0).sum(1)
        note = f"hidden layers that still show a loop, mean over {which}"
        values[f"loop_lasts_{kind}"] = Value.of(mean_interval(lasts), 1, note=note)
    return values


def _views(nets: dict[str, Ensemble], chosen: dict[str, np.ndarray], settings: Topology) -> dict[str, np.ndarray]:
    clouds = (
        spread_ring(SHOWN_POINTS, 0, settings.disc),
        spread_ring(SHOWN_POINTS, settings.inner, settings.outer),
    )
    views = {f"shown_input_{name}": cloud.astype(np.float32) for name, cloud in zip(SHAPES, clouds, strict=True)}
    for kind in SHOWN:
        found = last_view(pick(nets[kind], chosen[kind][:1]), clouds)
        views |= {f"shown_{kind}_{name}": view for name, view in zip(SHAPES, found, strict=True)}
    return views


def last_view(net: Ensemble, clouds: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Return clouds (n, 2) in the last hidden layer of one net, turned so that the output's cut is the line x = 0.

    Across lies the distance to the cut; along it, the direction in which the points vary most.
    """
    with torch.no_grad():
        layers = [net.layers(torch.as_tensor(cloud))[-2][0].numpy() for cloud in clouds]
        normal = (net.weights[-1][0, :, 1] - net.weights[-1][0, :, 0]).numpy()
        offset = float(net.biases[-1][0, 0, 1] - net.biases[-1][0, 0, 0])
    length = np.linalg.norm(normal)
    across = normal / length
    together = np.concatenate(layers)
    within = together - together.mean(0)
    along = np.linalg.svd(within - np.outer(within @ across, across), full_matrices=False)[2][0]
    views = [np.stack([layer @ across + offset / length, layer @ along], axis=1) for layer in layers]
    return [view.astype(np.float32) for view in views]


def _area_right(net: Ensemble, mesh: np.ndarray, label: int) -> np.ndarray:
    with torch.no_grad():
        named = net(torch.as_tensor(mesh.reshape(-1, PLANE))).argmax(2).numpy()
    right = (named == label).reshape(-1, *mesh.shape[:2])
    radius = np.linalg.norm(mesh[:, 0], axis=-1)
    share = right.mean(2) @ (radius / radius.sum())
    return np.where(right.all((1, 2)), 1.0, np.minimum(share, np.nextafter(1, 0)))  # 1 only if right everywhere


def _share(found: np.ndarray, note: str = "") -> Value:
    return Value.of(share_interval(int(found.sum()), found.size), 2, note=note)


def _draw(settings: Topology) -> tuple[Tensor, Tensor]:
    rngs = generators(settings.seed_block, "geometry.topology.points")
    radii = (settings.disc, settings.inner, settings.outer)
    inputs, labels = zip(*(draw_disc_and_ring(settings.points, radii, rng) for rng in rngs), strict=True)
    return torch.as_tensor(np.stack(inputs)), torch.as_tensor(np.stack(labels))
