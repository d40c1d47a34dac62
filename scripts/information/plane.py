"""The information plane: what every layer of a small net tells about the input and about the label while it trains.

The experiment of Shwartz-Ziv & Tishby (2017) with a target of our own: all words of 12 bits, equally likely, so that
information is a finite sum and in bits. As a layer is a function of the input, its information is that of its values
cut into bins; how many bins there are is chosen, and is an axis of its own here.

Cut into bins, layers need not obey the data-processing inequality I(X; T_1) ≥ I(X; T_2) ≥ …: a layer is a function of
the values before it, but no function of their bins. Two inputs in the same bins of one layer may come apart in the
next. So the experiment also counts where the inequality is broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.information.plane_task import Task, bin_numbers, draw_task, recorded_epochs
from scripts.information.plane_values import LAST, accuracy_values, exact_values, plane_values
from scripts.information.settings import Plane
from scripts.maths.binned_information import Information, bin_codes, code_information, exact_codes
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.random import generators
from scripts.maths.training import cross_entropy, train

STARTS = {"tanh": "lecun", "relu": "he"}  # from the same normal draws; ReLU's are larger by the square root of 2
SATURATED = 0.99  # a unit of tanh beyond it, on either side


@dataclass(frozen=True)
class Path:
    """Hold the nets of one activation through training.

    Args:
        states: all nets, before training and after each recorded epoch.
        right: share of right answers on all seen and on all fresh words after training, each of shape (seed,).
    """

    states: list[Ensemble]
    right: tuple[np.ndarray, np.ndarray]


def compute(settings: Plane) -> Result:
    """Train nets with tanh and with ReLU on the same data and follow every layer's information through training."""
    task = draw_task(settings)
    values, arrays = exact_values(task), {"epochs": recorded_epochs(settings), "bins": np.array(bin_numbers(settings))}
    right = {}
    for activation in STARTS:
        path = follow(settings, task, activation)
        right[activation] = path.right
        found = measure(settings, task, path.states)
        values |= {f"{activation}_{name}": value for name, value in plane_values(settings, found, values).items()}
        arrays |= {f"{activation}_{name}": rows for name, rows in found.items()}
    return Result(values | accuracy_values(right), arrays)


def untrained(settings: Plane, activation: str) -> Ensemble:
    """Return one net a seed before training; those with tanh and with ReLU come from the same draws."""
    rngs = generators(settings.seed_block, "information.plane.weights")
    widths = [settings.bits, *settings.widths, 2]
    return initialise(widths, rngs, activation=activation, scheme=STARTS[activation])


def follow(settings: Plane, task: Task, activation: str) -> Path:
    """Train all nets of one activation and keep them as they are at every recorded epoch."""
    net = untrained(settings, activation)
    epochs, everyone = set(recorded_epochs(settings)), np.arange(settings.seeds)
    states = [pick(net, everyone)]

    def record(epoch: int) -> None:
        if epoch in epochs:
            states.append(pick(net, everyone))

    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        task.inputs[task.seen],
        task.labels.gather(1, task.seen),
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        generators=generators(settings.seed_block, "information.plane.batches"),
        after_epoch=record,
        fused=True,
    )
    right = (states[-1](task.inputs).argmax(2) == task.labels).double()
    seen, fresh = (right.gather(1, chosen).mean(1).numpy() for chosen in (task.seen, task.fresh))
    return Path(states, (seen, fresh))


def layers_of(net: Ensemble, inputs: Tensor) -> list[np.ndarray]:
    """Return every hidden layer, shape (seed, x, unit), and as the output the probability of class 1, (seed, x, 1)."""
    with torch.no_grad():
        *hidden, logits = net.layers(inputs)[1:]
        chance = torch.sigmoid(logits[..., 1:] - logits[..., :1])
    return [layer.numpy() for layer in (*hidden, chance)]


def spans(states: list[Ensemble], inputs: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return between which values each layer is cut into bins, output last, each of shape (seed, 1, 1).

    From −1 to 1 with tanh; with ReLU from 0 to the layer's largest activation in that net, over all inputs and states
    (Saxe et al. 2018); the output's probability from 0 to 1.
    """
    shape = (states[0].weights[0].shape[0], 1, 1)
    output = (np.zeros(shape), np.ones(shape))
    hidden = len(states[0].weights) - 1
    if states[0].activation == "tanh":
        return [(-np.ones(shape), np.ones(shape))] * hidden + [output]
    highest = [np.zeros(shape)] * hidden
    for net in states:
        layers = layers_of(net, inputs)[:-1]
        highest = [
            np.maximum(top, layer.max((1, 2), keepdims=True)) for top, layer in zip(highest, layers, strict=True)
        ]
    return [(np.zeros(shape), top) for top in highest] + [output]


def measure(settings: Plane, task: Task, states: list[Ensemble]) -> dict[str, np.ndarray]:
    """Return what layers tell at every recorded epoch, in bits.

    Returns:
        `inputs` and `label`, I(T; X) and I(T; Y) of every layer in the usual bins, `fine_inputs` and `fine_label` in
        the finest, each of shape (record, layer, seed), output last. Of the last hidden one: `last`, I(T; X) for every
        number of bins, shape (number, record, seed); `stored`, the same of its 64-bit numbers as they are; `own`, of
        the usual bins, but from its lowest to its highest activation at that very epoch; `saturated`, the share of its
        activations beyond ±0.99 with tanh, or exactly 0 with ReLU; `silent`, the share of inputs at which all of its
        units are exactly 0; each of shape (record, seed).
    """
    ends = spans(states, task.inputs)
    found: dict[str, list[np.ndarray]] = {}
    for net in states:
        layers = layers_of(net, task.inputs)
        for name, bins in (("", settings.bins), ("fine_", settings.finest_bins)):
            told = [layer_information(layer, task, bins, span) for layer, span in zip(layers, ends, strict=True)]
            found.setdefault(f"{name}inputs", []).append(np.stack([each.inputs for each in told]))
            found.setdefault(f"{name}label", []).append(np.stack([each.label for each in told]))
        last = layers[LAST]
        each = [layer_information(last, task, bins, ends[LAST]).inputs for bins in bin_numbers(settings)]
        found.setdefault("last", []).append(np.stack(each))
        found.setdefault("stored", []).append(code_information(exact_codes(last), task.chances).inputs)
        own = (last.min((1, 2), keepdims=True), last.max((1, 2), keepdims=True))
        found.setdefault("own", []).append(layer_information(last, task, settings.bins, own).inputs)
        flat = np.abs(last) > SATURATED if net.activation == "tanh" else last == 0
        found.setdefault("saturated", []).append(flat.mean((1, 2)))
        found.setdefault("silent", []).append((last == 0).all(2).mean(1))
    arrays = {name: np.stack(rows) for name, rows in found.items()}
    return arrays | {"last": arrays["last"].swapaxes(0, 1)}


def layer_information(layer: np.ndarray, task: Task, bins: int, span: tuple[np.ndarray, np.ndarray]) -> Information:
    """Return what a layer (seed, x, unit), cut into bins over a span, tells about input and label, each (seed,)."""
    low, high = span
    return code_information(bin_codes(layer, bins, low=low, high=high), task.chances)
