"""Time the information plane, training and binning, as one batched computation against one net after the other.

    python -m benchmarks.plane --repeat 3 --epochs 40 --records 5

Both follow the nets of `information.plane` with the report's own settings, on one thread; with fewer epochs and looks
where told so, at best about ten epochs a look as in the report. The loop is what one would
write for a single net: `torch.nn.Sequential` and `torch.optim.Adam`, a copy of the net at every recorded epoch, and
`numpy.unique` over the rows of bins of every layer; seed after seed, with the same initial weights, data and order of
batches. With `--same-kernels` the loop too takes Adam's step in one kernel and bins by hashing and sorting, so that the
gain is that of the batching alone. Prints a table in Markdown: medians of seconds of processor time with the smallest
and the largest in brackets, and the largest difference between both ways in any weight, and in any information. Ends
with an error if they differ by more than 1e-4.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.ensembles import LARGEST_DIFFERENCE, brackets, timed
from scripts.article.settings import preset_values
from scripts.information.plane import SATURATED, STARTS, follow, measure, untrained
from scripts.information.plane_task import Task, bin_numbers, draw_task, recorded_epochs
from scripts.information.plane_values import LAST
from scripts.information.settings import Plane
from scripts.maths.binned_information import bin_codes, binary_entropy, code_information, exact_codes
from scripts.maths.ensembles import Ensemble
from scripts.maths.random import generators

MODULES: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "relu": nn.ReLU}
Told = tuple[float, float]


def as_module(nets: Ensemble, place: int) -> nn.Sequential:
    """Return a copy of one net of an ensemble as torch's own layers."""
    modules: list[nn.Module] = []
    for weight, bias in zip(nets.weights, nets.biases, strict=True):
        layer = nn.Linear(*weight.shape[1:], dtype=weight.dtype)
        layer.weight.data = weight[place].detach().T.clone()
        layer.bias.data = bias[place, 0].detach().clone()
        modules += [layer, MODULES[nets.activation]()]
    return nn.Sequential(*modules[:-1])


def follow_in_a_loop(settings: Plane, task: Task, activation: str, *, fused: bool) -> list[list[nn.Sequential]]:
    """Train net after net; return copies of each at every recorded epoch, a list a seed."""
    start = untrained(settings, activation)
    epochs = set(recorded_epochs(settings))
    loss = nn.CrossEntropyLoss()
    every = []
    for place, order in enumerate(generators(settings.seed_block, "information.plane.batches")):
        net = as_module(start, place)
        inputs, labels = task.inputs[task.seen[place]], task.labels[place][task.seen[place]]
        stepper = torch.optim.Adam(net.parameters(), lr=settings.learning_rate, fused=fused)
        states = [copy.deepcopy(net)]
        for epoch in range(1, settings.epochs + 1):
            for batch in torch.as_tensor(order.permutation(len(inputs))).split(settings.batch_size):
                stepper.zero_grad()
                loss(net(inputs[batch]), labels[batch]).backward()
                stepper.step()
            if epoch in epochs:
                states.append(copy.deepcopy(net))
        every.append(states)
    return every


def layers_of_one(net: nn.Sequential, inputs: Tensor) -> list[np.ndarray]:
    """Return every hidden layer of one net, shape (x, unit), and the probability of class 1, (x, 1)."""
    found, values = [], inputs
    with torch.no_grad():
        for module in net:
            values = module(values)
            if not isinstance(module, nn.Linear):
                found.append(values.numpy())
        return [*found, torch.softmax(values, 1)[:, 1:].numpy()]


def count_rows(rows: np.ndarray, chances: np.ndarray) -> Told:
    """Return what a code tells about input and label, in bits, by the distinct rows of its bins, shape (x, unit)."""
    _, own, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    shares, ones = sizes / len(rows), np.bincount(own.ravel(), chances) / sizes
    label = binary_entropy(chances.mean()) - (shares * binary_entropy(np.clip(ones, 0, 1))).sum()
    return float(-(shares * np.log2(shares)).sum()), float(label)


def by_rows(layer: np.ndarray, chances: np.ndarray, bins: int, low: float, high: float) -> Told:
    """Cut one layer into bins and count."""
    span = high - low if high > low else 1.0
    return count_rows(np.minimum((layer - low) * (bins / span), bins - 1).astype(np.int64), chances)


def by_hash(layer: np.ndarray, chances: np.ndarray, bins: int, low: float, high: float) -> Told:
    """Do the same with the report's own functions."""
    told = code_information(bin_codes(layer, bins, low=low, high=high), chances)
    return float(told.inputs), float(told.label)


def measure_in_a_loop(
    settings: Plane, task: Task, activation: str, every: list[list[nn.Sequential]], *, same: bool
) -> dict[str, np.ndarray]:
    """Return what `measure` returns, net by net, epoch by epoch, layer by layer."""
    cut: Callable[..., Told] = by_hash if same else by_rows
    chances = task.chances
    found: dict[str, list[list]] = {}
    for states in every:
        paths = [layers_of_one(net, task.inputs) for net in states]
        tanh = activation == "tanh"
        ends = [
            (-1.0, 1.0) if tanh else (0.0, max(float(layer.max()) for layer in each))
            for each in zip(*paths, strict=True)
        ]
        ends[-1] = (0.0, 1.0)
        rows: dict[str, list] = {}
        for layers in paths:
            for name, bins in (("", settings.bins), ("fine_", settings.finest_bins)):
                told = [cut(layer, chances, bins, *span) for layer, span in zip(layers, ends, strict=True)]
                rows.setdefault(f"{name}inputs", []).append([inputs for inputs, _ in told])
                rows.setdefault(f"{name}label", []).append([label for _, label in told])
            last = layers[LAST]
            rows.setdefault("last", []).append(
                [cut(last, chances, bins, *ends[LAST])[0] for bins in bin_numbers(settings)]
            )
            stored = (
                float(code_information(exact_codes(last), chances).inputs) if same else count_rows(last, chances)[0]
            )
            rows.setdefault("stored", []).append(stored)
            rows.setdefault("own", []).append(cut(last, chances, settings.bins, last.min(), last.max())[0])
            rows.setdefault("saturated", []).append((np.abs(last) > SATURATED if tanh else last == 0).mean())
            rows.setdefault("silent", []).append((last == 0).all(1).mean())
        for name, values in rows.items():
            found.setdefault(name, []).append(values)
    arrays = {name: np.moveaxis(np.array(values), 0, -1) for name, values in found.items()}
    return arrays | {"last": arrays["last"].swapaxes(0, 1)}


def weight_difference(states: list[Ensemble], every: list[list[nn.Sequential]]) -> float:
    """Return the largest difference in any weight after training, over all nets."""
    pairs = [
        float((one - other).detach().abs().max())
        for place, nets in enumerate(every)
        for one, other in zip(as_module(states[-1], place).parameters(), nets[-1].parameters(), strict=True)
    ]
    return max(pairs)


def compare(settings: Plane, task: Task, activation: str, repeat: int, *, same: bool) -> tuple[float, str]:
    """Return the largest difference between both ways for one activation, and a row of the table for each part."""
    seconds: dict[str, tuple[list[float], list[float]]] = {part: ([], []) for part in ("training", "binning", "both")}
    for _ in range(repeat):  # in turns, so that a busy moment of the machine slows both
        trained, path = timed(lambda: follow(settings, task, activation))
        binned, found = timed(lambda: measure(settings, task, path.states))  # noqa: B023
        looped, every = timed(lambda: follow_in_a_loop(settings, task, activation, fused=same))
        counted, other = timed(lambda: measure_in_a_loop(settings, task, activation, every, same=same))  # noqa: B023
        for part, one, two in (
            ("training", trained, looped),
            ("binning", binned, counted),
            ("both", trained + binned, looped + counted),
        ):
            seconds[part][0].append(one)
            seconds[part][1].append(two)
    weights = weight_difference(path.states, every)
    told = max(float(np.abs(found[name] - other[name]).max()) for name in found)
    rows = [
        f"| {settings.seeds} with {activation} | {part} | {brackets(together)} | {brackets(alone)} "
        f"| {statistics.median(alone) / statistics.median(together):.1f} | {weights:.0e} | {told:.0e} |"
        for part, (together, alone) in seconds.items()
    ]
    return max(weights, told), "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--preset", default="standard", help="quick, standard or paper")
    for name in ("epochs", "records"):
        parser.add_argument(f"--{name}", type=int, help="in place of the preset's")
    parser.add_argument("--same-kernels", action="store_true", help="the loop has the same Adam and the same binning")
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1)])  # the first one loads half of torch
    changes = {name: getattr(given, name) for name in ("epochs", "records") if getattr(given, name)}
    settings = Plane(**preset_values(Plane, given.preset) | changes)
    task = draw_task(settings)
    print("| nets | part | batched | loop | times | weights differ by | information differs by |")
    print("|:--|:--|--:|--:|--:|--:|--:|")
    worst = 0.0
    for activation in STARTS:
        difference, rows = compare(settings, task, activation, given.repeat, same=given.same_kernels)
        worst = max(worst, difference)
        print(rows, flush=True)
    if worst > LARGEST_DIFFERENCE:
        sys.exit(f"the two ways differ by {worst:.1e}, expected at most {LARGEST_DIFFERENCE}")


if __name__ == "__main__":
    main()
