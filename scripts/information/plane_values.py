"""What the report tells of the information plane: values from what was measured at every recorded epoch."""

from __future__ import annotations

import numpy as np

from scripts.article.values import Value
from scripts.information.plane_task import Task, bin_numbers, recorded_epochs
from scripts.information.settings import Plane
from scripts.maths.binned_information import binary_entropy
from scripts.maths.entropy import plugin_entropy
from scripts.maths.statistics import bounded, mean_interval

LAST = -2  # the last hidden layer, before the output
ROUNDING = 1e-9  # bits: a smaller rise is none
PAIRED = "paired by seed"


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
