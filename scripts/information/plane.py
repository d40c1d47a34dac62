"""The information plane: what every layer of a small net tells about the input and about the label while it trains.

The experiment of Shwartz-Ziv & Tishby (2017) with a target of our own: all words of 12 bits, equally likely, so that
information is a finite sum and in bits. As a layer is a function of the input, its information is that of its values
cut into bins; how many bins there are is chosen, and is an axis of its own here.

Cut into bins, layers need not obey the data-processing inequality I(X; T_1) ≥ I(X; T_2) ≥ …: a layer is a function of
the values before it, but no function of their bins. Two inputs in the same bins of one layer may come apart in the
next. So the experiment also counts where the inequality is broken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.information.settings import Plane
from scripts.maths.binned_information import Information, bin_codes, binary_entropy, code_information, exact_codes
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.entropy import plugin_entropy
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval
from scripts.maths.training import cross_entropy, train

STARTS = {"tanh": "lecun", "relu": "he"}  # from the same normal draws; ReLU's are larger by the square root of 2
LAST = -2  # the last hidden layer, before the output
ROUNDING = 1e-9  # bits: a smaller rise is none
SATURATED = 0.99  # a unit of tanh beyond it, on either side
PAIRED = "paired by seed"


@dataclass(frozen=True)
class Task:
    """Hold all words, what is known of their labels, and what each seed gets to see.

    Args:
        inputs: the bits as −1 and 1, shape (x, bit).
        chances: p(y = 1 | x), shape (x,).
        labels: drawn once a word, 0 or 1, shape (seed, x).
        seen: the words trained on, by number, shape (seed, n).
        fresh: all others, shape (seed, x − n).
    """

    inputs: Tensor
    chances: np.ndarray
    labels: Tensor
    seen: Tensor
    fresh: Tensor


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


def words(bits: int) -> np.ndarray:
    """Return all words of so many bits as −1 and 1, shape (2^bits, bits)."""
    return 2 * ((np.arange(2**bits)[:, None] >> np.arange(bits)) & 1) - 1


def ring_scores(spins: np.ndarray) -> np.ndarray:
    """Return how alike near bits are: Σ s_i s_j / d_ij over all pairs, times an integer, shape (x,).

    The bits lie on a ring, d_ij is their distance along it; so the score stays when a word is turned. It is scaled to
    whole numbers, which makes equal scores exactly equal.

    Args:
        spins: −1 and 1, shape (x, bit), at least 2 bits.
    """
    bits = spins.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(bits), np.arange(bits)))
    distance = np.minimum(apart, bits - apart)
    common = math.lcm(*range(1, bits // 2 + 1))
    weights = np.where(distance > 0, common // np.maximum(distance, 1), 0)
    return ((spins @ weights) * spins).sum(1) // 2


def label_chances(scores: np.ndarray, flip: float) -> np.ndarray:
    """Return p(y = 1 | x): 1 − flip for the upper half of the scores, flip for the lower, shape (x,).

    It has two values only, so the smallest sufficient statistic is one of two states.

    Args:
        scores: shape (x,).
        flip: chance that the label is the wrong one.
    """
    middle = np.median(scores)
    halves = (scores > middle, scores >= middle)
    upper = min(halves, key=lambda half: abs(half.mean() - 0.5))
    return np.where(upper, 1 - flip, flip)


def draw_task(settings: Plane) -> Task:
    """Draw each seed's labels, and the words that it sees."""
    spins = words(settings.bits)
    chances = label_chances(ring_scores(spins), settings.flip)
    seeds = settings.seed_block
    labels = [rng.random(len(spins)) < chances for rng in generators(seeds, "information.plane.labels")]
    orders = [rng.permutation(len(spins)) for rng in generators(seeds, "information.plane.split")]
    order = torch.as_tensor(np.stack(orders))
    seen = round(settings.seen_share * len(spins))
    drawn = torch.as_tensor(np.stack(labels).astype(np.int64))
    return Task(torch.as_tensor(spins, dtype=torch.float64), chances, drawn, order[:, :seen], order[:, seen:])


def recorded_epochs(settings: Plane) -> np.ndarray:
    """Return the epochs after which nets are looked at: 0, then evenly on a logarithmic scale as far as whole."""
    return np.unique([0, *np.geomspace(1, settings.epochs, settings.records).round().astype(int)])


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


def bin_numbers(settings: Plane) -> list[int]:
    """Return all numbers of bins, from few to many."""
    return sorted({settings.bins, settings.middle_bins, settings.finest_bins, *settings.other_bins})


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


def rises(told: np.ndarray) -> tuple[np.ndarray, float]:
    """Return how often information rises from a layer to the next, and the largest rise.

    Args:
        told: shape (record, layer, seed).

    Returns:
        Share of all epochs and neighbouring layers, shape (seed,), and the largest rise in any net.
    """
    steps = np.diff(told, axis=1)
    return (steps > ROUNDING).mean((0, 1)), max(0.0, float(steps.max()))


def exact_values(task: Task) -> dict[str, Value]:
    """Return what the input tells about the label, and the entropy of the smallest sufficient statistic, in bits.

    A statistic is sufficient if p(y | x) can be told from it; the smallest is p(y | x) itself, of which every other
    sufficient statistic tells. Its entropy is that of the sets of inputs that share a value.
    """
    chances = task.chances
    counts = np.unique(chances, return_counts=True)[1]
    label = binary_entropy(chances.mean())
    smallest = plugin_entropy(counts) / np.log(2)
    exact = {
        "ceiling": (np.log2(len(chances)), 0, "entropy of the input, exact"),
        "label_exact": (label - binary_entropy(chances).mean(), 3, "I(X; Y), exact"),
        "label_entropy": (label, 3, "entropy of the label, exact"),
        "sufficient_exact": (smallest, 3, "entropy of the smallest sufficient statistic, exact"),
    }
    return {name: Value(float(number), unit="bits", digits=d, note=note) for name, (number, d, note) in exact.items()}


def plane_values(settings: Plane, found: dict[str, np.ndarray], exact: dict[str, Value]) -> dict[str, Value]:
    """Return the values of one activation, without its name."""
    return (
        _last_values(settings, found, exact["ceiling"].value)
        | _layer_values(found, exact)
        | _output_values(found, exact)
        | _chain_values(found)
    )


def accuracy_values(right: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, Value]:
    """Return the accuracies after training, in percent, and what tanh gains over ReLU on fresh words."""
    values = {}
    for activation, shares in right.items():
        for name, share in zip(("train", "fresh"), shares, strict=True):
            estimate = bounded(mean_interval(100 * share), 0, 100)
            values[f"{activation}_{name}_accuracy"] = Value.of(estimate, 1, unit="%")
    gain = mean_interval(100 * (right["tanh"][1] - right["relu"][1]))
    note = f"percentage points on fresh inputs, tanh minus ReLU, {PAIRED}"
    return values | {"accuracy_gain": Value.of(gain, 2, unit="%", note=note)}


def _bits(rows: np.ndarray, most: float, note: str = "", digits: int = 2) -> Value:
    """Return the mean of what nets tell, or of how far it fell from its highest; neither is below 0 or above `most`."""
    return Value.of(bounded(mean_interval(rows), 0, most), digits, unit="bits", note=note)


def _last_values(settings: Plane, found: dict[str, np.ndarray], ceiling: float) -> dict[str, Value]:
    numbers = bin_numbers(settings)
    usual, middle, finest = (
        found["last"][numbers.index(bins)] for bins in (settings.bins, settings.middle_bins, settings.finest_bins)
    )
    peak = f"highest over the recorded epochs, {settings.bins} bins"
    fall = f"highest over the recorded epochs minus end, {PAIRED}"
    tops = usual.argmax(0)
    beyond = found["inputs"][:, LAST] - found["label"][:, LAST]
    own = found["own"]
    falls = (("", usual), ("_middle", middle), ("_fine", finest), ("_stored", found["stored"]), ("_own", own))
    note = f"I(X; T | Y), before training minus after, {settings.bins} bins, {PAIRED}"
    epochs = recorded_epochs(settings)
    values = {
        "last_peak": _bits(usual.max(0), ceiling, peak),
        "last_end": _bits(usual[-1], ceiling, f"{settings.bins} bins"),
        "last_middle_end": _bits(middle[-1], ceiling, f"{settings.middle_bins} bins"),
        "last_fine_bins": _bits(finest[-1], ceiling, f"{settings.finest_bins} bins"),
        "last_stored_end": _bits(found["stored"][-1], ceiling, "64-bit numbers as they are, no bins"),
        "last_own_untrained": _bits(own[0], ceiling, f"{settings.bins} bins over the activations of that epoch"),
        "last_own_end": _bits(own[-1], ceiling, f"{settings.bins} bins over the activations of that epoch"),
        **{f"last{name}_fall": _bits(rows.max(0) - rows[-1], ceiling, fall) for name, rows in falls},
        "last_irrelevant_fall": Value.of(mean_interval(beyond[0] - beyond[-1]), 2, unit="bits", note=note),
        "last_irrelevant_end": _bits(beyond[-1], ceiling, "I(X; T | Y) after training"),
        "last_irrelevant_peak_fall": _bits(beyond.max(0) - beyond[-1], ceiling, f"I(X; T | Y), {fall}"),
        "last_peak_epoch": Value.of(bounded(mean_interval(epochs[tops]), 0, float(epochs[-1])), 0, unit="epochs"),
    }
    seeds = np.arange(usual.shape[1])
    for name, place in (("untrained", np.zeros_like(tops)), ("peak", tops), ("end", np.full_like(tops, -1))):
        for key in ("saturated", "silent"):
            estimate = bounded(mean_interval(found[key][place, seeds]), 0, 1)
            values[f"last_{key}_{name}"] = Value.of(estimate, 3, note="share of activations, or of inputs for silent")
    return values


def _layer_values(found: dict[str, np.ndarray], exact: dict[str, Value]) -> dict[str, Value]:
    inputs, label = found["inputs"], found["label"]
    most, most_label = exact["ceiling"].value, exact["label_exact"].value
    share, gain = mean_interval(inputs[-1, 0] / most), mean_interval(inputs[-1, 0] - inputs[0, 0])
    values = {
        "first_share": Value.of(bounded(share, 0, 1), 4, note="of all the input's bits"),
        "first_gain": Value.of(gain, 3, unit="bits", note=f"by training, {PAIRED}"),
    }
    names = [f"layer_{depth}" for depth in range(1, inputs.shape[1])] + ["output"]
    for depth, name in enumerate(names):
        values |= {
            name: _bits(inputs[-1, depth], most),
            f"{name}_untrained": _bits(inputs[0, depth], most),
            f"{name}_fine": _bits(found["fine_inputs"][-1, depth], most),
            f"{name}_label": _bits(label[-1, depth], most_label, digits=3),
            f"{name}_label_untrained": _bits(label[0, depth], most_label, digits=3),
        }
    return values


def _output_values(found: dict[str, np.ndarray], exact: dict[str, Value]) -> dict[str, Value]:
    label, smallest = exact["label_exact"].value, exact["sufficient_exact"].value
    beyond = "I(X; T) of the output minus the entropy of the smallest sufficient statistic"
    values = {}
    for name, fine in (("", ""), ("fine_", "_fine")):
        share, told = found[f"{name}label"][-1, -1] / label, found[f"{name}inputs"][-1, -1]
        values |= {
            f"output{fine}_share": Value.of(bounded(mean_interval(share), 0, 1), 3, note="of I(X; Y)"),
            f"output{fine}_excess": Value.of(mean_interval(told - smallest), 2, unit="bits", note=beyond),
        }
    return values


def _chain_values(found: dict[str, np.ndarray]) -> dict[str, Value]:
    values = {}
    for name in ("inputs", "label", "fine_inputs", "fine_label"):
        share, largest = rises(found[name])
        note = "share of epochs and neighbouring layers at which binned information rises"
        values[f"rises_{name}"] = Value.of(bounded(mean_interval(share), 0, 1), 3, note=note)
        values[f"rise_{name}"] = Value(largest, unit="bits", digits=2, note="largest rise from a layer to the next")
    return values
