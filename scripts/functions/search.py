"""Every architecture under one budget of parameters, trained on digits; then searches on the table that results.

The table comes first, as in NAS-Bench-101 (Ying et al. 2019), so that a search costs no training and can be repeated.
A search sees one training of each architecture; its answer is judged by the mean over all trainings.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.errors import ArticleError
from scripts.functions.search_values import (
    METHODS,
    PER_CENT,
    STREAM,
    Trained,
    chance_values,
    choice_values,
    front_values,
    gain_values,
    spread_values,
)
from scripts.functions.searches import Found, Table, halving_search, random_search, tpe_search
from scripts.functions.settings import Search
from scripts.maths.architectures import Architecture, Nets, architectures, by_widths, draw_nets
from scripts.maths.digits import CLASSES, PIXELS, draw_digits
from scripts.maths.random import generator, generators
from scripts.maths.training import accuracy, cross_entropy, train


def compute(settings: Search) -> Result:
    """Train every architecture within the budget; repeat three searches at equal cost on each training."""
    space = within_budget(settings)
    sizes = np.array([each.parameters(PIXELS, CLASSES) for each in space])
    trained = train_space(settings, space)
    found = search_all(settings, space, trained)
    front = pareto_front(sizes, trained.mean)
    values = (
        gain_values(trained, found)
        | chance_values(settings, trained, found)
        | spread_values(settings, trained)
        | choice_values(space, trained)
        | front_values(sizes, trained, front)
    )
    arrays = {"parameters": sizes, "validation": trained.mean, "test": trained.test.mean(1), "front": front}
    arrays |= {"skip": np.array([each.skip for each in space])}
    arrays |= {name: np.array([[each.answer for each in row] for row in found[name]]) for name in METHODS}
    return Result(values, arrays)


def within_budget(settings: Search) -> list[Architecture]:
    """Return the architectures that have no more parameters than allowed.

    Raises:
        ArticleError: too few for a share of best ones, or none with a skip.
    """
    space = architectures(settings.widths, settings.layers)
    small = [each for each in space if each.parameters(PIXELS, CLASSES) <= settings.budget]
    fewest = int(np.ceil(1 / settings.top))
    if len(small) < fewest or not any(each.skip for each in small):
        raise ArticleError(
            f"functions.search.budget is {settings.budget}, which {len(small)} architectures keep to; expected at "
            f"least {fewest}, and one with a skip among them"
        )
    return small


def train_space(settings: Search, space: list[Architecture]) -> Trained:
    """Train each architecture once a seed; a seed has its own split of the images and order of batches."""
    seeds, points = settings.seed_block, settings.points
    digits = draw_digits(points + settings.validation, seeds, f"{STREAM}.digits", torch.float32)
    labels = digits.labels
    held = (digits.inputs[:, points:], labels[:, points:])
    fresh = (digits.fresh, digits.fresh_labels)
    validation, test = [], []
    for group in by_widths(space):
        name = ".".join(str(width) for width in group[0].widths)
        nets = draw_nets(
            group, [generators(seeds, f"{STREAM}.weights.{name}") for _ in group], inputs=PIXELS, outputs=CLASSES
        )
        looks: list[np.ndarray] = []

        def look(epoch: int, nets: Nets = nets, looks: list[np.ndarray] = looks) -> None:
            if epoch in settings.looks:
                looks.append(wrong(nets, *held))

        train(
            nets.parameters,
            lambda batch, wanted, nets=nets: cross_entropy(*answer(nets, batch, wanted)),
            digits.inputs[:, :points],
            labels[:, :points],
            epochs=settings.looks[-1],
            learning_rate=settings.learning_rate,
            batch_size=settings.batch_size,
            generators=generators(seeds, f"{STREAM}.order"),
            after_epoch=look,
        )
        validation.append(np.stack(looks, axis=-1))
        test.append(wrong(nets, *fresh))
    return Trained(np.concatenate(validation), np.concatenate(test))


def answer(nets: Nets, inputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return every net's logits, shape (net, n, class), and its labels (net, n), for inputs (seed, n, d)."""
    count = len(nets.weights[0]) // len(inputs)
    return nets(inputs.repeat(count, 1, 1)), labels.repeat(count, 1)


def wrong(nets: Nets, inputs: Tensor, labels: Tensor) -> np.ndarray:
    """Return the share of wrong labels in %, shape (architecture, seed)."""
    with torch.no_grad():
        right = accuracy(*answer(nets, inputs, labels))
    return PER_CENT * (1 - right.reshape(-1, len(inputs)).numpy())


def search_all(settings: Search, space: list[Architecture], trained: Trained) -> dict[str, list[list[Found]]]:
    """Return how each search ended, for every seed's training of the table and every repetition.

    In one repetition all three begin with the same random draws.
    """
    total = settings.trials * settings.looks[-1]
    enough = total // settings.looks[0] + 1
    found: dict[str, list[list[Found]]] = {name: [[] for _ in settings.seed_block] for name in METHODS}
    for index, seed in enumerate(settings.seed_block):
        table = Table(space, settings.looks, trained.validation[:, index])
        rng = generator(seed, f"{STREAM}.draws")
        for _ in range(settings.repetitions):
            draws = rng.integers(len(space), size=enough)
            sampler = int(rng.integers(2**31))
            ends = (
                random_search(table, draws[: settings.trials]),
                tpe_search(table, draws[: settings.startup], trials=settings.trials, seed=sampler),
                halving_search(table, draws, total=total, factor=settings.factor),
            )
            for name, end in zip(METHODS, ends, strict=True):
                found[name][index].append(end)
    return found


def pareto_front(sizes: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Return the numbers of those than which none is both no larger and better, nor smaller and as good, by size."""
    order = np.lexsort((errors, sizes))
    lowest = np.minimum.accumulate(errors[order])
    first = np.concatenate([[True], errors[order][1:] < lowest[:-1]])
    return order[first]
