"""The article's demo made whole: what the inputs tell about the label, and then what was meant, the layers of a net."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.feature_selection import mutual_info_classif
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.information.moons import moons_information
from scripts.information.settings import Features
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.moons import draw_moons
from scripts.maths.random import generators
from scripts.maths.ross import label_information
from scripts.maths.statistics import mean_interval
from scripts.maths.training import cross_entropy, train

CEILING = float(np.log(2))  # the entropy of a label with two equally frequent values, in nats
NEGLIGIBLE = 1e-9  # of the largest singular value: rounding, not a direction of the data


@dataclass(frozen=True)
class Data:
    """Hold the points of every seed.

    Args:
        inputs: shape (seed, n, 2).
        labels: 0 or 1, shape (seed, n).
    """

    inputs: Tensor
    labels: Tensor


def compute(settings: Features) -> Result:
    """Estimate the information of each input, then of every layer before and after training, beside exact values."""
    seen, fresh = draw_data(settings, settings.points, "train"), draw_data(settings, settings.fresh_points, "fresh")
    rngs = generators(settings.seed_block, "information.features.weights")
    net = initialise([2, *settings.widths, 2], rngs, activation="tanh")
    found = {"features": feature_information(settings, seen)}
    found |= {
        "untrained": layer_information(net, fresh, settings.neighbours),
        "decoded_untrained": decoded_information(net, fresh),
        "folded_untrained": folded_share(net, fresh.inputs),
    }
    train_nets(net, seen, settings)
    found |= {
        "trained": layer_information(net, fresh, settings.neighbours),
        "decoded": decoded_information(net, fresh),
        "folded": folded_share(net, fresh.inputs),
    }
    return Result(_values(settings, found), found | {"widths": np.array(settings.widths)})


def draw_data(settings: Features, points: int, purpose: str) -> Data:
    """Draw one sample of the moons a seed."""
    samples = [draw_moons(points, settings.noise, seed, f"information.moons.{purpose}") for seed in settings.seed_block]
    inputs, labels = zip(*samples, strict=True)
    return Data(torch.as_tensor(np.stack(inputs)), torch.as_tensor(np.stack(labels)))


def feature_information(settings: Features, data: Data) -> np.ndarray:
    """Return scikit-learn's estimate for each input alone, the article's demo, in nats, shape (seed, 2)."""
    states = [int(rng.integers(2**32)) for rng in generators(settings.seed_block, "information.features.jitter")]
    rows = [
        mutual_info_classif(inputs, labels, n_neighbors=settings.neighbours, random_state=state)
        for inputs, labels, state in zip(data.inputs.numpy(), data.labels.numpy(), states, strict=True)
    ]
    return np.stack(rows)


def train_nets(net: Ensemble, data: Data, settings: Features) -> None:
    """Train every net in place on its own points."""
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        data.inputs,
        data.labels,
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
    )


def layer_information(net: Ensemble, data: Data, neighbours: int) -> np.ndarray:
    """Return the estimated information on the label in every layer, input first, in nats, shape (seed, 2 + hidden)."""
    with torch.no_grad():
        layers = [layer.numpy() for layer in net.layers(data.inputs)]
    labels = data.labels.numpy()
    rows = [
        [label_information(whiten(layer[seed]), labels[seed], neighbours=neighbours) for layer in layers]
        for seed in range(len(labels))
    ]
    return np.array(rows)


def whiten(points: np.ndarray) -> np.ndarray:
    """Return points (n, d) turned and scaled to unit variance in every direction, shape (n, rank).

    Invertible, so it changes no mutual information; the nearest-neighbour estimate is best where scales are alike.
    """
    left, singular, _ = np.linalg.svd(points - points.mean(0), full_matrices=False)
    return left[:, singular > NEGLIGIBLE * singular[0]] * np.sqrt(len(points))


def decoded_information(net: Ensemble, data: Data) -> np.ndarray:
    """Return log 2 minus the cross-entropy on the data, in nats, shape (seed,).

    On fresh data its mean is a lower bound on the information in the output (Barber & Agakov 2003): what the net's
    own probabilities make of it. Below 0 where they are worse than a coin.
    """
    with torch.no_grad():
        return CEILING - cross_entropy(net(data.inputs), data.labels).numpy()


def folded_share(net: Ensemble, inputs: Tensor) -> np.ndarray:
    """Return the share of points where the plane lies turned over in the output, shape (seed,), at most 1/2.

    A map of the plane to two outputs folds where its Jacobian determinant changes sign. The share counts the points
    with the rarer sign; 0 means that no fold runs through the data.

    Args:
        net: two inputs, hidden layers of tanh, two outputs.
        inputs: shape (seed, n, 2).
    """
    with torch.no_grad():
        slopes = [1 - layer**2 for layer in net.layers(inputs)[1:-1]]
        jacobian = net.weights[0][:, None].expand(-1, inputs.shape[1], -1, -1)
        for slope, weight in zip(slopes, net.weights[1:], strict=True):
            jacobian = (jacobian * slope[:, :, None]) @ weight[:, None]
        positive = (torch.linalg.det(jacobian) > 0).double().mean(1).numpy()
    return np.minimum(positive, 1 - positive)


def _values(settings: Features, found: dict[str, np.ndarray]) -> dict[str, Value]:
    trained, untrained, decoded = found["trained"], found["untrained"], found["decoded"]
    joint = moons_information(settings.fresh_points, settings.noise)[2]
    samples = {
        "feature_1": found["features"][:, 0],
        "feature_2": found["features"][:, 1],
        "input": trained[:, 0],
        "output": trained[:, -1],
        "output_untrained": untrained[:, -1],
        "decoded": decoded,
        "decoded_untrained": found["decoded_untrained"],
    }
    for depth in range(1, len(settings.widths) + 1):
        samples |= {f"layer_{depth}": trained[:, depth], f"layer_{depth}_untrained": untrained[:, depth]}
    differences = {
        "output_gain": trained[:, -1] - untrained[:, -1],
        "output_change": trained[:, -1] - trained[:, 0],
        "decoded_gain": decoded - found["decoded_untrained"],
    }
    values = {name: Value.of(mean_interval(rows), 3, unit="nats") for name, rows in samples.items()}
    for name, rows in differences.items():
        values[name] = Value.of(mean_interval(rows), 3, unit="nats", note="paired by data set")
    for name, rows in (("output_share", trained[:, -1]), ("decoded_share", decoded)):
        values[name] = Value.of(mean_interval(rows / joint), 3, note="of the exact information of the inputs")
    for name in ("folded", "folded_untrained"):
        values[name] = Value.of(mean_interval(found[name]), 3, note="share of fresh points")
    return values | _exact_values(settings, joint)


def _exact_values(settings: Features, joint: float) -> dict[str, Value]:
    first, second, _ = moons_information(settings.points, settings.noise)
    exact = {"ceiling": CEILING, "feature_1_exact": first, "feature_2_exact": second, "joint_exact": joint}
    return {name: Value(number, digits=3, unit="nats") for name, number in exact.items()}
