"""Two nets trained from independent starts: how far apart as weights, how near as functions, before and after matching.

The neurons of a hidden layer have no order. So a net has very many weight vectors for one function, and two trained
nets may lie apart for no other reason than the names of their neurons (Entezari et al. 2022; Ainsworth et al. 2023).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.functions.settings import DEEP, NAMED_WIDTHS, Symmetry
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.jackknife import jackknife_interval
from scripts.maths.loss_barrier import along_line, barrier, between
from scripts.maths.random import generators
from scripts.maths.statistics import bounded, mean_interval
from scripts.maths.training import accuracy, cross_entropy, train
from scripts.maths.weight_matching import cosine, match_neurons, permute

STREAM = "functions.symmetry"
TRAINING = torch.float32  # what is measured is measured in float64
PER_CENT = 100.0
LINES = ("naive", "matched", "start")
MEASURES = {  # digits, unit, lowest and highest possible value, what it is
    "barrier_naive": (4, "nats", 0, np.inf, "highest rise of the test loss above the straight connection of its ends"),
    "barrier_matched": (4, "nats", 0, np.inf, "the same with the second net's neurons ordered to fit the first"),
    "barrier_start": (4, "nats", 0, np.inf, "the same in the order that fits the nets' starts"),
    "error_naive": (2, "%", -PER_CENT, PER_CENT, "test error half-way minus mean of the ends, in percentage points"),
    "error_matched": (2, "%", -PER_CENT, PER_CENT, "the same after matching"),
    "cosine": (4, "", -1, 1, "between all weights and biases of the two nets"),
    "matched_cosine": (4, "", -1, 1, "the same after matching"),
    "start_cosine": (4, "", -1, 1, "of the nets before training, after matching these"),
    "moved": (2, "", 0, np.inf, "distance from the start over the length of the start"),
    "fitted": (4, "", 0, 1, "share of training images that get their label"),
    "error": (4, "", 0, 1, "share of fresh images that get another label, mean of the two nets"),
    "agreement": (4, "", 0, 1, "share of fresh images on which the two nets give the same answer"),
    "disagreement": (4, "", 0, 1, "share of fresh images on which they differ"),
    "independent": (4, "", 0, 1, "what two independent functions with these errors would differ on"),
}
SHARES = {  # of two measures: the ratio of their means
    "barrier_share": ("barrier_matched", "barrier_naive"),
    "start_share": ("barrier_start", "barrier_naive"),
    "disagreement_share": ("disagreement", "independent"),
}


def compute(settings: Symmetry) -> Result:
    """Train pairs of nets of every width, and some with several hidden layers; compare each pair."""
    digits = draw_digits(settings.points, settings.seed_block, f"{STREAM}.split")
    widths = sorted(set(settings.widths))
    shapes = {str(width): [width] for width in widths} | {DEEP: settings.deep_widths}
    found = {name: study(settings, digits, hidden) for name, hidden in shapes.items()}
    values = {}
    for name in (*map(str, NAMED_WIDTHS), DEEP):
        values |= pair_values(found[name], name)
    arrays = {f"{key}_{name}": rows for name, each in found.items() for key, rows in each.items()}
    return Result(values, arrays | {"widths": np.array(widths)})


def study(settings: Symmetry, digits: Digits, hidden: list[int]) -> dict[str, np.ndarray]:
    """Train one pair of nets a seed and compare the two.

    Returns:
        Every measure, shape (pair,), and the test loss along the line from the first net to the second as it is, to the
        second in the order that fits the first, and to the second in the order that fits their starts: `line_naive`,
        `line_matched` and `line_start`, shape (point, pair).
    """
    starts, (one, other) = train_pairs(settings, digits, hidden)
    order = generators(settings.seed_block, f"{STREAM}.order")
    matched = permute(other, match_neurons(one, other, order))
    start_orders = match_neurons(*starts, order)
    ends = dict(zip(LINES, (other, matched, permute(other, start_orders)), strict=True))
    lines = {
        name: along_line(
            one, end, lambda net: cross_entropy(net(digits.fresh), digits.fresh_labels), settings.line_points
        )
        for name, end in ends.items()
    }
    found = {f"barrier_{name}": barrier(line) for name, line in lines.items()}
    errors = [wrong(net, digits) for net in (one, other)]
    for name in LINES[:2]:
        found[f"error_{name}"] = PER_CENT * (wrong(between(one, ends[name], 0.5), digits) - sum(errors) / 2)
    measures = {key: tensor.numpy() for key, tensor in (found | compare_answers(one, other, digits)).items()}
    measures |= {
        "cosine": cosine(one, other),
        "matched_cosine": cosine(one, matched),
        "start_cosine": cosine(starts[0], permute(starts[1], start_orders)),
        "moved": np.mean([moved_share(*pair) for pair in zip(starts, (one, other), strict=True)], axis=0),
        "fitted": np.mean([accuracy(net(digits.inputs), digits.labels).numpy() for net in (one, other)], axis=0),
    }
    return measures | {f"line_{name}": line.numpy() for name, line in lines.items()}


def train_pairs(
    settings: Symmetry, digits: Digits, hidden: list[int]
) -> tuple[tuple[Ensemble, Ensemble], tuple[Ensemble, Ensemble]]:
    """Return the two nets of every pair before and after training on the same images, in float64.

    The two differ in their first weights and in the order of their batches.
    """
    name = "-".join(map(str, hidden))
    net = initialise([PIXELS, *hidden, CLASSES], _members(settings, f"weights.{name}"), dtype=TRAINING)
    starts = _pairs(net, settings.seeds)
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        digits.inputs.to(TRAINING).repeat(2, 1, 1),
        digits.labels.repeat(2, 1),
        epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        generators=_members(settings, f"batches.{name}"),
    )
    return starts, _pairs(net, settings.seeds)


def wrong(net: Ensemble, digits: Digits) -> Tensor:
    """Return the share of fresh images that get another label than their own, shape (pair,)."""
    return 1 - accuracy(net(digits.fresh), digits.fresh_labels)


def compare_answers(one: Ensemble, other: Ensemble, digits: Digits) -> dict[str, Tensor]:
    """Return how often two nets err, agree and differ on fresh images, each of shape (pair,)."""
    errors = wrong(one, digits), wrong(other, digits)
    agreement = (one(digits.fresh).argmax(2) == other(digits.fresh).argmax(2)).double().mean(1)
    return {
        "error": (errors[0] + errors[1]) / 2,
        "agreement": agreement,
        "disagreement": 1 - agreement,
        "independent": independent_disagreement(*errors),
    }


def independent_disagreement(one: Tensor, other: Tensor, classes: int = CLASSES) -> Tensor:
    """Return how often two independent functions with given shares of errors give different answers.

    A wrong answer is any of the k − 1 wrong classes alike. So the two agree if both are right, or both are wrong and
    chance lets them name the same class: (1 − e₁)(1 − e₂) + e₁e₂/(k − 1).
    """
    return one + other - (1 + 1 / (classes - 1)) * one * other


def moved_share(start: Ensemble, end: Ensemble) -> np.ndarray:
    """Return the distance between two nets' parameters over the length of the first's, shape (pair,)."""
    before, after = (torch.cat([tensor.detach().flatten(1) for tensor in net.parameters], 1) for net in (start, end))
    return ((after - before).norm(dim=1) / before.norm(dim=1)).numpy()


def pair_values(found: dict[str, np.ndarray], name: str) -> dict[str, Value]:
    """Return every measure of the pairs of one shape, and the shares, under ids that end in its name."""
    values = {}
    for key, (digits, unit, lowest, highest, note) in MEASURES.items():
        estimate = bounded(mean_interval(found[key]), lowest, highest)
        values[f"{key}_{name}"] = Value.of(estimate, digits, unit=unit, note=note)
    for key, (above, below) in SHARES.items():
        ratio = jackknife_interval(
            lambda pairs: pairs[:, 0].mean() / pairs[:, 1].mean(), np.stack([found[above], found[below]], axis=1)
        )
        note = f"mean of {above} over mean of {below}; interval by jackknife over pairs"
        values[f"{key}_{name}"] = Value.of(ratio, 4, note=note)
    return values


def _members(settings: Symmetry, purpose: str) -> list[np.random.Generator]:
    """Return a source of draws for the first net of every pair, then one for the second of every pair."""
    streams = (f"{STREAM}.{purpose}.{member}" for member in ("first", "second"))
    return [rng for stream in streams for rng in generators(settings.seed_block, stream)]


def _pairs(net: Ensemble, pairs: int) -> tuple[Ensemble, Ensemble]:
    """Return copies of the first and the second nets of all pairs as they are now, to measure on."""
    return pick(net, slice(pairs), torch.float64), pick(net, slice(pairs, None), torch.float64)
