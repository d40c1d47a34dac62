"""Five ways to classify, each with the parameters that inner folds may choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product

import numpy as np
import torch

from scripts.maths.ensembles import copies, initialise
from scripts.maths.nested_cross_validation import Method, Part
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generators
from scripts.maths.ridgeless import from_kernel
from scripts.maths.training import cross_entropy, train
from scripts.ntk.settings import Classical

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]
TRAINING = torch.float32
STREAM = "ntk.classical"


def methods(settings: Classical) -> dict[str, tuple[Method, list[tuple[float, ...]]]]:
    """Return every method with its candidates, the plainest first."""
    tangents = {float(hidden): partial(tangent, hidden=hidden, settings=settings) for hidden in settings.hidden}
    gaussians = {gamma: partial(gaussian, gamma=gamma) for gamma in settings.gammas}
    return {
        "ntk": (partial(machine, tangents), list(product(tangents, settings.costs))),
        "rbf": (partial(machine, gaussians), list(product(gaussians, settings.costs))),
        "ridge": (partial(regression, tangents), list(product(tangents, sorted(settings.ridges, reverse=True)))),
        "forest": (partial(forest, settings), [()]),
        "net": (
            partial(network, settings),
            list(product(settings.net_hidden, sorted(settings.penalties, reverse=True), settings.epochs)),
        ),
    }


def tangent(one: np.ndarray, two: np.ndarray, *, hidden: int, settings: Classical) -> np.ndarray:
    """Return the limit's tangent kernel, shape (n, m), of inputs whose squared length is about 1."""
    scale = np.sqrt(one.shape[1])
    return limit_kernels(one / scale, two / scale, hidden=hidden, bias_variance=settings.bias_variance)[1]


def gaussian(one: np.ndarray, two: np.ndarray, *, gamma: float) -> np.ndarray:
    """Return exp(−γ‖x − y‖²/d), shape (n, m)."""
    squares = (one**2).sum(1)[:, None] + (two**2).sum(1) - 2 * one @ two.T
    return np.exp(-gamma * np.maximum(squares, 0) / one.shape[1])


def grams(
    kernels: dict[float, Kernel], part: Part, candidates: Sequence[tuple[float, float]]
) -> Iterator[tuple[np.ndarray, np.ndarray, list[tuple[int, float]]]]:
    """Yield each kernel that the candidates name, and the numbers of those candidates with their other parameter.

    Both matrices, of the fitted inputs, shape (n, n), and of the fresh ones with them, shape (m, n), are scaled so that
    the former has a mean of 1 on its diagonal: one grid then suits all kernels.
    """
    for name in dict.fromkeys(name for name, _ in candidates):
        fitted, fresh = (kernels[name](points, part.inputs) for points in (part.inputs, part.fresh))
        size = fitted.diagonal().mean()
        yield fitted / size, fresh / size, [(k, other) for k, (one, other) in enumerate(candidates) if one == name]


def machine(
    kernels: dict[float, Kernel], parts: Sequence[Part], candidates: Sequence[tuple[float, float]]
) -> np.ndarray:
    """Return what support vector machines answer, shape (part, candidate, m); candidates are (kernel, cost)."""
    import sklearn  # here, as it takes longer to import than most figures to draw
    from sklearn.svm import SVC

    answers = _empty(parts, candidates)
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):  # a third of the time
        for found, part in zip(answers, parts, strict=True):
            for fitted, fresh, members in grams(kernels, part, candidates):
                for k, cost in members:
                    found[k] = SVC(C=cost, kernel="precomputed").fit(fitted, part.labels).predict(fresh)
    return answers


def regression(
    kernels: dict[float, Kernel], parts: Sequence[Part], candidates: Sequence[tuple[float, float]]
) -> np.ndarray:
    """Return what kernel ridge regression answers, shape (part, candidate, m); candidates are (kernel, ridge).

    The targets are 1 for an example's class and 0 for the others, less their mean; the largest output names the class.
    """
    answers = _empty(parts, candidates)
    for found, part in zip(answers, parts, strict=True):
        targets = np.eye(part.labels.max() + 1)[part.labels]
        for fitted, fresh, members in grams(kernels, part, candidates):
            solved = from_kernel(fitted, fresh)
            for k, ridge in members:
                outputs = solved.predict(targets - targets.mean(0), ridge) + targets.mean(0)
                found[k] = outputs.argmax(1)
    return answers


def forest(settings: Classical, parts: Sequence[Part], candidates: Sequence[tuple[()]]) -> np.ndarray:
    """Return what random forests answer, shape (part, 1, m); they are known to do well as they come (Breiman 2001)."""
    from sklearn.ensemble import RandomForestClassifier  # here, as it takes longer to import than most figures to draw

    answers = _empty(parts, candidates)
    for found, part in zip(answers, parts, strict=True):
        grown = RandomForestClassifier(settings.trees, random_state=part.seed).fit(part.inputs, part.labels)
        found[0] = grown.predict(part.fresh)
    return answers


def network(settings: Classical, parts: Sequence[Part], candidates: Sequence[tuple[int, float, int]]) -> np.ndarray:
    """Return what trained networks answer, shape (part, candidate, m).

    All parts train at once. Candidates are (hidden layers, penalty, epochs): each net pays half its penalty times the
    sum of its squared parameters, and is asked after several numbers of epochs.
    """
    answers = _empty(parts, candidates)
    for hidden in dict.fromkeys(hidden for hidden, _, _ in candidates):
        members = {(penalty, epochs): k for k, (one, penalty, epochs) in enumerate(candidates) if one == hidden}
        penalties = list(dict.fromkeys(penalty for penalty, _ in members))
        looks = {epochs for _, epochs in members}
        for epochs, named in _train_nets(settings, parts, hidden, penalties, looks):
            for place, penalty in enumerate(penalties):
                answers[:, members[penalty, epochs]] = named[place]
    return answers


def _train_nets(
    settings: Classical, parts: Sequence[Part], hidden: int, penalties: Sequence[float], looks: set[int]
) -> list[tuple[int, np.ndarray]]:
    """Return the answers after some numbers of epochs, each of shape (penalty, part, m)."""
    seeds, count = [part.seed for part in parts], len(penalties)
    inputs, fresh = (
        torch.as_tensor(np.stack(arrays), dtype=TRAINING).repeat(count, 1, 1)
        for arrays in ([part.inputs for part in parts], [part.fresh for part in parts])
    )
    labels = torch.as_tensor(np.stack([part.labels for part in parts])).repeat(count, 1)
    widths = [inputs.shape[2], *[settings.width] * hidden, int(labels.max()) + 1]
    net = copies(initialise(widths, generators(seeds, f"{STREAM}.weights"), scheme="he", dtype=TRAINING), count)
    pull = torch.as_tensor(penalties, dtype=TRAINING).repeat_interleave(len(parts)) / 2
    found = []

    def loss(outputs_of: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        squares = sum((tensor**2).flatten(1).sum(1) for tensor in net.parameters)
        return cross_entropy(net(outputs_of), truth) + pull * squares

    def look(epoch: int) -> None:
        if epoch in looks:
            with torch.no_grad():
                found.append((epoch, net(fresh).argmax(2).numpy().reshape(count, len(parts), -1)))

    train(
        net.parameters,
        loss,
        inputs,
        labels,
        epochs=max(looks),
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        generators=generators(seeds * count, f"{STREAM}.batches"),
        after_epoch=look,
    )
    return found


def _empty(parts: Sequence[Part], candidates: Sequence[tuple[float, ...]]) -> np.ndarray:
    return np.zeros((len(parts), len(candidates), len(parts[0].fresh)), int)
