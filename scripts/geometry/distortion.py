"""Does a net that stretches its input space more generalise worse? Over label noise, width and weight decay."""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Distortion
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.jacobians import jacobians, mean_log_stretch, softmax_jacobians
from scripts.maths.random import generator, generators
from scripts.maths.rank_correlation import rank_correlation
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import accuracy, cross_entropy, train

SCHEMES = {"tanh": "lecun", "relu": "he"}
MEASURES = ("jacobian", "volume", "stretch", "logits", "detour", "doubt")
Measured = dict[str, np.ndarray]


def compute(settings: Distortion) -> Result:
    """Train every configuration on every seed's data; rank them by distortion and by generalisation gap."""
    data = draw_digits(settings.points, settings.seed_block, "geometry.distortion.images", torch.float32)
    labels = noisy_labels(data.labels.numpy(), settings)
    pairs = draw_pairs(data.fresh_labels[:, : settings.fresh_points].numpy(), settings)
    by_width = []
    for width in settings.widths:
        net = train_nets(settings, width, data, labels)
        by_width.append(measure_nets(net, data, labels, pairs, settings))
    found = {name: np.stack([each[name] for each in by_width], axis=1) for name in by_width[0]}
    values = _rank_values(found) | _level_values(found)
    return Result(values, found | {"noise": np.array(settings.noise), "widths": np.array(settings.widths)})


def corrupt_labels(labels: np.ndarray, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return labels (n,) of which a share, rounded to whole labels, became another class, each with equal chance.

    Generators that start alike corrupt alike: at a lower rate a part of what a higher rate corrupts, in the same way.
    """
    order, shift = rng.permutation(labels.size), rng.integers(1, CLASSES, labels.size)
    wrong = order[: round(rate * labels.size)]
    corrupted = labels.copy()
    corrupted[wrong] = (labels[wrong] + shift[wrong]) % CLASSES
    return corrupted


def noisy_labels(labels: np.ndarray, settings: Distortion) -> np.ndarray:
    """Return the labels (seed, n) at every level of noise, shape (noise, seed, n)."""
    stream = "geometry.distortion.noise"
    seeds = settings.seed_block
    return np.stack(
        [
            np.stack(
                [corrupt_labels(own, rate, generator(seed, stream)) for own, seed in zip(labels, seeds, strict=True)]
            )
            for rate in settings.noise
        ]
    )


def draw_pairs(labels: np.ndarray, settings: Distortion) -> np.ndarray:
    """Return pairs of fresh images, as many of one class as of two, shape (seed, same or different, pair, 2)."""
    rngs = generators(settings.seed_block, "geometry.distortion.pairs")
    every = np.stack(np.triu_indices(labels.shape[1], 1), axis=1)
    drawn = []
    for own, rng in zip(labels, rngs, strict=True):
        same = own[every[:, 0]] == own[every[:, 1]]
        drawn.append(np.stack([rng.choice(every[kind], settings.pairs) for kind in (same, ~same)]))
    return np.stack(drawn)


def train_nets(settings: Distortion, width: int, data: Digits, labels: np.ndarray) -> Ensemble:
    """Return trained nets of one width for every level of noise, weight decay and seed, in this order.

    All nets of one seed see the same images and start from the same weights. The loss is the mean cross-entropy plus
    half the decay times the sum of all squared weights; biases are left free.
    """
    levels, decays = len(settings.noise), len(settings.decays)
    alike = [generators(settings.seed_block, "geometry.distortion.weights") for _ in range(levels * decays)]
    net = initialise(
        [PIXELS, *[width] * settings.layers, CLASSES],
        [rng for block in alike for rng in block],
        activation=settings.activation,
        scheme=SCHEMES[settings.activation],
        dtype=torch.float32,
    )
    decay = torch.tensor(settings.decays).repeat_interleave(settings.seeds).repeat(levels)
    wanted = torch.as_tensor(np.repeat(labels, decays, axis=0)).flatten(0, 1)

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        penalty = sum((weight**2).flatten(1).sum(1) for weight in net.weights)
        return cross_entropy(net(inputs), targets) + decay / 2 * penalty

    train(
        net.parameters,
        loss,
        data.inputs.repeat(levels * decays, 1, 1),
        wanted,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
    )
    return net


def measure_nets(net: Ensemble, data: Digits, labels: np.ndarray, pairs: np.ndarray, settings: Distortion) -> Measured:
    """Return outcomes and measures of nets that stand as `train_nets` returns them, each (noise, decay, seed)."""
    shape = (len(settings.noise), len(settings.decays), settings.seeds)
    exact = [data.inputs.double(), data.fresh.double()]
    rows = []
    for index, (level, _) in enumerate(product(range(shape[0]), range(shape[1]))):
        part = pick(net, slice(index * settings.seeds, (index + 1) * settings.seeds), torch.float64)
        outcome = outcomes(part, exact, torch.as_tensor(labels[level]), data.fresh_labels, settings.noise[level])
        rows.append(outcome | measures(part, exact[1][:, : settings.fresh_points], pairs, settings.steps))
    return {name: np.stack([row[name] for row in rows]).reshape(shape) for name in rows[0]}


def outcomes(net: Ensemble, inputs: list[Tensor], labels: Tensor, fresh_labels: Tensor, rate: float) -> Measured:
    """Return each net's training accuracy, its gap and its error on the true labels of fresh images, each (seed,).

    The gap is the accuracy on the training images, by the labels that were given, minus that on fresh images whose
    labels are corrupted at the same rate: the expectation over that corruption, (1 − q) a + q (1 − a)/(C − 1) at rate q
    and accuracy a on the true labels.
    """
    with torch.no_grad():
        trained = accuracy(net(inputs[0]), labels).numpy()
        fresh = accuracy(net(inputs[1]), fresh_labels).numpy()
    expected = (1 - rate) * fresh + rate * (1 - fresh) / (CLASSES - 1)
    return {"trained": trained, "gap": trained - expected, "error": 1 - fresh}


def measures(net: Ensemble, points: Tensor, pairs: np.ndarray, steps: int) -> Measured:
    """Return how much each net distorts its input space, each of shape (seed,).

    Args:
        net: S nets.
        points: fresh images, shape (seed, n, d).
        pairs: which of them to join by a segment, shape (seed, same or different, pair, 2).
        steps: straight pieces that stand for a segment's image.

    Returns:
        `jacobian` and `logits`: mean Frobenius norm of the Jacobian of the class probabilities (Novak et al. 2018), and
        of the logits; `volume`: mean log of the nonzero singular values of the latter; `stretch`: length of a segment's
        image among the logits over the segment's own; `detour`: the same over the distance of the image's ends.
        `stretch_same` and `stretch_different` are the means over segments within a class and between two. `doubt` is a
        control that knows no geometry: the mean probability that a net leaves to classes other than its answer.
        All logits are centred, as the class probabilities see only their differences.
    """
    with torch.no_grad():
        logits, jacobian = net(points), jacobians(net, points)
        jacobian = jacobian - jacobian.mean(2, keepdim=True)
        volume = mean_log_stretch(jacobian).nanmean(1)
        ends = points[torch.arange(len(points))[:, None, None, None], torch.as_tensor(pairs)]
        stretch, detour = stretch_segments(net, ends, steps)
    found = {
        "jacobian": _frobenius(softmax_jacobians(logits, jacobian)),
        "logits": _frobenius(jacobian),
        "volume": volume,
        "stretch": stretch.mean((1, 2)),
        "detour": detour.nanmean((1, 2)),
        "doubt": 1 - torch.softmax(logits, dim=2).amax(2).mean(1),
        "stretch_same": stretch[:, 0].mean(1),
        "stretch_different": stretch[:, 1].mean(1),
    }
    return {name: tensor.numpy() for name, tensor in found.items()}


def stretch_segments(net: Ensemble, ends: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Return the length of each segment's image over the segment's length, and over the distance of the image's ends.

    Args:
        net: S nets; the image lies among their centred logits.
        ends: shape (seed, …, 2, d).
        steps: straight pieces that stand for the image.

    Returns:
        Two tensors of shape (seed, …); the second is NaN where the net does not move at all along the segment.
    """
    start, end = ends[..., 0, :], ends[..., 1, :]
    share = torch.linspace(0, 1, steps + 1, dtype=ends.dtype)[:, None]
    path = start[..., None, :] + share * (end - start)[..., None, :]
    logits = net(path.flatten(1, -2)).unflatten(1, path.shape[1:-1])
    image = logits - logits.mean(-1, keepdim=True)
    length = torch.linalg.vector_norm(image.diff(dim=-2), dim=-1).sum(-1)
    straight = torch.linalg.vector_norm(image[..., -1, :] - image[..., 0, :], dim=-1)
    return length / torch.linalg.vector_norm(end - start, dim=-1), length / straight


def rank_over(measure: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return each seed's rank correlation over all configurations, shape (seed,); arrays have the seed last."""
    rows = [each.reshape(-1, each.shape[-1]).T for each in (measure, outcome)]
    return rank_correlation(*rows)


def rank_within(measure: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return each seed's rank correlation among nets with equally many wrong labels, averaged over the levels."""
    return np.mean([rank_over(*level) for level in zip(measure, outcome, strict=True)], axis=0)


def _rank_values(found: Measured) -> dict[str, Value]:
    values = {}
    for name in MEASURES:
        measure = found[name]
        ranks = {
            "": (rank_over(measure, found["gap"]), "over all configurations"),
            "_within": (rank_within(measure, found["gap"]), "within a level of label noise, mean over levels"),
            "_clean": (rank_over(measure[0], found["gap"][0]), "at the lowest level of label noise"),
            "_noisy": (rank_over(measure[-1], found["gap"][-1]), "at the highest level of label noise"),
            "_error": (rank_over(measure, found["error"]), "with the error on fresh images' true labels"),
            "_error_within": (rank_within(measure, found["error"]), "with the error, within a level of label noise"),
        }
        for ending, (rank, where) in ranks.items():
            note = f"Spearman's rank correlation, {where}; mean over seeds"
            values[f"rank_{name}{ending}"] = Value.of(mean_interval(rank), 2, note=note)
    return values


def _level_values(found: Measured) -> dict[str, Value]:
    values = {}
    for level, row in (("clean", 0), ("noisy", -1)):
        free, bound = (row, -1, 0), (row, -1, -1)  # the widest net with the least and the most weight decay
        for name in ("gap", "error", "trained", "doubt", "jacobian", "stretch", "stretch_same", "stretch_different"):
            digits = 1 if name.startswith("stretch") else 3
            values[f"{name}_{level}"] = Value.of(mean_interval(found[name][free]), digits, note="the widest net")
            note = "the widest net with the most weight decay"
            values[f"{name}_{level}_decayed"] = Value.of(mean_interval(found[name][bound]), digits, note=note)
        values[f"trained_{level}_narrow"] = Value.of(mean_interval(found["trained"][row, 0, 0]), 3)
        for name in ("jacobian", "stretch"):
            ratio = ratio_interval(found[name][free], found[name][bound])
            note = "geometric mean, least over most weight decay, the widest net, paired"
            values[f"{name}_decay_ratio_{level}"] = Value.of(ratio, 1, note=note)
    for name in ("jacobian", "stretch"):
        ratio = ratio_interval(found[name][-1, -1, 0], found[name][0, -1, 0])
        note = "geometric mean, highest over lowest label noise, the widest net, paired"
        values[f"{name}_noise_ratio"] = Value.of(ratio, 1, note=note)
    return values


def _frobenius(jacobian: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(jacobian).mean(1)
