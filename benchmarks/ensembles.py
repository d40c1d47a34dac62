"""Time the training of many small nets as one batched computation against a loop over seeds.

    python -m benchmarks.ensembles --repeat 5

Both train the nets of `geometry.layers` with the report's own settings, on one thread: one net a seed on two moons, one
on digits. The loop is what one would write for a single net, `torch.nn.Sequential` and `torch.optim.Adam`, seed after
seed, with the same initial weights, data and order of batches. Prints a table in Markdown: medians of seconds of
processor time, which other programs on the machine change less than seconds of the clock, with the smallest and the
largest in brackets; and the largest difference between both ways in any weight, and in any output on fresh points.
Ends with an error if they differ by more than 1e-4.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from scripts.article.settings import preset_values
from scripts.geometry.classifiers import Task, Training, initial_nets, train_nets
from scripts.geometry.layers import stream, tasks
from scripts.geometry.settings import Layers
from scripts.maths.ensembles import Ensemble
from scripts.maths.random import generators

COMPARED = ("moons", "digits")
LARGEST_DIFFERENCE = 1e-4  # more, and the two ways are not the same computation
Found = TypeVar("Found")


def train_in_a_loop(
    task: Task, training: Training, seeds: range, name: str, *, fused: bool = False
) -> list[nn.Sequential]:
    """Train the net of each seed by itself; `fused` takes Adam's step in one kernel, as the batched training does."""
    untrained = initial_nets(task, training, seeds, name)
    orders = generators(seeds, f"{name}.batches")
    loss = nn.CrossEntropyLoss()
    nets = []
    for place, order in enumerate(orders):
        net = as_module(untrained, place)
        inputs, labels = task.inputs[place], task.labels[place]
        stepper = torch.optim.Adam(net.parameters(), lr=training.learning_rate, fused=fused)
        for _ in range(training.epochs):
            for batch in torch.as_tensor(order.permutation(len(inputs))).split(training.batch_size):
                stepper.zero_grad()
                loss(net(inputs[batch]), labels[batch]).backward()
                stepper.step()
        nets.append(net)
    return nets


def as_module(nets: Ensemble, place: int) -> nn.Sequential:
    """Return a copy of one net of an ensemble as torch's own layers."""
    modules: list[nn.Module] = []
    for weight, bias in zip(nets.weights, nets.biases, strict=True):
        layer = nn.Linear(*weight.shape[1:], dtype=weight.dtype)
        layer.weight.data = weight[place].detach().T.clone()
        layer.bias.data = bias[place, 0].detach().clone()
        modules += [layer, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def largest_differences(together: Ensemble, alone: list[nn.Sequential], task: Task) -> tuple[float, float]:
    """Return the largest difference in any weight and in any output on fresh points, over all nets."""
    with torch.no_grad():
        outputs = together(task.fresh)
        weights = [
            (one - other).abs().max()
            for place, net in enumerate(alone)
            for one, other in zip(as_module(together, place).parameters(), net.parameters(), strict=True)
        ]
        shown = [(outputs[place] - net(task.fresh[place])).abs().max() for place, net in enumerate(alone)]
    return float(max(weights)), float(max(shown))


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Return the seconds of processor time that some work takes, and what it returns."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def brackets(seconds: list[float]) -> str:
    """Return the median of some timings with their range, as text."""
    return f"{statistics.median(seconds):.2f} s [{min(seconds):.2f}, {max(seconds):.2f}]"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--preset", default="standard", help="quick, standard or paper")
    parser.add_argument("--fused", action="store_true", help="the loop too takes Adam's step in one kernel")
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1)])  # the first one loads half of torch
    settings = Layers(**preset_values(Layers, given.preset))
    print("| nets | steps each | batched | loop | times | weights differ by | outputs differ by |")
    print("|:--|--:|--:|--:|--:|--:|--:|")
    worst = 0.0
    for name in COMPARED:
        task, training, seeds = tasks(settings)[name]
        arguments = (task, training, seeds, stream(name))
        together, alone = [], []
        for _ in range(given.repeat):  # in turns, so that a busy moment of the machine slows both
            seconds, nets = timed(lambda: train_nets(*arguments))  # noqa: B023
            together.append(seconds)
            seconds, modules = timed(lambda: train_in_a_loop(*arguments, fused=given.fused))  # noqa: B023
            alone.append(seconds)
        weights, outputs = largest_differences(nets, modules, task)
        worst = max(worst, weights, outputs)
        steps = training.epochs * -(-task.inputs.shape[1] // training.batch_size)
        times = statistics.median(alone) / statistics.median(together)
        print(
            f"| {len(seeds)} on {name} | {steps} | {brackets(together)} | {brackets(alone)} | {times:.1f} "
            f"| {weights:.0e} | {outputs:.0e} |",
            flush=True,
        )
    if worst > LARGEST_DIFFERENCE:
        sys.exit(f"the two ways differ by {worst:.1e}, expected at most {LARGEST_DIFFERENCE}")


if __name__ == "__main__":
    main()
