"""Train an ensemble: every net follows its own loss, all in one computation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

Optimiser = Callable[[list[Tensor]], torch.optim.Optimizer]
OPTIMISERS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
}


def train(
    parameters: list[Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    inputs: Tensor,
    targets: Tensor,
    *,
    epochs: int,
    optimiser: str = "adam",
    learning_rate: float,
    batch_size: int | None = None,
    generators: Sequence[np.random.Generator] | None = None,
    after_epoch: Callable[[int], None] | None = None,
    after_step: Callable[[int], bool] | None = None,
    **options: float,
) -> Tensor:
    """Train S nets at once and return the mean loss of every epoch, shape (epochs, seed).

    The nets share no parameter, so the gradient of the sum of their losses is each net's own gradient; every optimiser
    here acts on each number alone. The result equals S separate trainings.

    Args:
        parameters: every tensor with the seed as its leading axis; changed in place.
        loss: from a batch (seed, b, …) of inputs and of targets to one loss per seed, shape (seed,).
        inputs: shape (seed, n, d).
        targets: shape (seed, n, …).
        epochs: passes over the data.
        optimiser: "sgd", "adam", "adagrad" or "rmsprop".
        learning_rate: step size.
        batch_size: examples a step; all n (full batch) when None.
        generators: one per seed, for the order of its batches; needed with `batch_size`.
        after_epoch: called with the number of epochs done, for recording.
        after_step: called with the number of steps done; training ends there once it returns True.
        options: passed to the optimiser (`weight_decay`, `momentum`).

    Raises:
        ValueError: unknown optimiser, or a batch size without generators.
    """
    if optimiser not in OPTIMISERS:
        raise ValueError(f"optimiser is {optimiser!r}, expected one of {', '.join(OPTIMISERS)}")
    if batch_size is not None and generators is None:
        raise ValueError("batch_size needs one generator per seed, got generators=None")
    stepper = OPTIMISERS[optimiser](parameters, lr=learning_rate, **options)  # type: ignore[call-arg]
    history = torch.zeros(0)
    steps = 0
    for epoch in range(epochs):
        losses = []
        for batch_inputs, batch_targets in _batches(inputs, targets, batch_size, generators):
            stepper.zero_grad(set_to_none=True)
            each = loss(batch_inputs, batch_targets)
            each.sum().backward()
            stepper.step()
            losses.append(each.detach())
            steps += 1
            stopped = after_step is not None and after_step(steps)
            if stopped:
                break
        mean = torch.stack(losses).mean(0)
        if epoch == 0:  # one block for all epochs: many small tensors that stay would scatter the memory
            history = mean.new_zeros(epochs, *mean.shape)
        history[epoch] = mean
        if stopped:
            return history[: epoch + 1]
        if after_epoch is not None:
            after_epoch(epoch + 1)
    return history


def _batches(
    inputs: Tensor, targets: Tensor, size: int | None, generators: Sequence[np.random.Generator] | None
) -> Iterator[tuple[Tensor, Tensor]]:
    if size is None or generators is None:
        yield inputs, targets
        return
    count = inputs.shape[1]
    order = torch.as_tensor(np.stack([seed * count + rng.permutation(count) for seed, rng in enumerate(generators)]))
    # Selecting rows of all seeds together takes half as long as indexing by seed and example.
    examples, answers = inputs.flatten(0, 1), targets.flatten(0, 1)
    for start in range(0, count, size):
        chosen = order[:, start : start + size]
        shape, rows = chosen.shape, chosen.flatten()
        yield examples.index_select(0, rows).unflatten(0, shape), answers.index_select(0, rows).unflatten(0, shape)


def spaced_times(last: int, count: int) -> list[int]:
    """Return 0 and up to `count` whole numbers from 1 to `last`, evenly spaced in the logarithm."""
    return sorted({0, *np.geomspace(1, last, count).round().astype(int).tolist()})


def mean_squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return each seed's mean squared error, shape (seed,); outputs and targets have shape (seed, n, k)."""
    return ((outputs - targets) ** 2).flatten(1).mean(1)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return each seed's mean cross-entropy in nats, shape (seed,); logits (seed, n, class), labels (seed, n)."""
    return functional.cross_entropy(logits.transpose(1, 2), labels, reduction="none").mean(1)


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return each seed's share of correct labels, shape (seed,); logits (seed, n, class), labels (seed, n)."""
    return (logits.argmax(2) == labels).double().mean(1)
