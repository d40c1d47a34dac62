"""Codes with noise, where information is well defined: how far a penalty, training and width compress them."""

from __future__ import annotations

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.information.bottleneck import (
    Bottleneck,
    Schedule,
    code_information,
    judge,
    noisy_nets,
    penalised_nets,
    train_nets,
)
from scripts.information.settings import Vib
from scripts.information.vib_values import bound_values, penalty_values, time_values, width_values
from scripts.maths.digits import Digits, draw_digits
from scripts.maths.entropy import plugin_entropy
from scripts.maths.training import spaced_times


def compute(settings: Vib) -> Result:
    """Train nets with a penalised code over penalties, and nets with a noisy code over time and width; measure both."""
    digits = draw_digits(settings.points, settings.seed_block, "information.vib.digits", torch.float32)
    label_entropy = plugin_entropy(np.stack([np.bincount(row) for row in digits.fresh_labels.numpy()]))
    penalised = penalised_arrays(settings, digits, label_entropy)
    noisy = noisy_arrays(settings, digits, label_entropy)
    arrays = penalised | noisy | {"label_entropy": label_entropy}
    values = bound_values(arrays, digits.fresh.shape[1])
    values |= penalty_values(arrays, settings.fitted) | time_values(arrays) | width_values(arrays)
    return Result(values, arrays)


def penalised_arrays(settings: Vib, digits: Digits, label_entropy: np.ndarray) -> dict[str, np.ndarray]:
    """Train a net a seed for every penalty and measure all nets on fresh images.

    Returns:
        `betas` (penalty,); `halves`, share of errors on either half of the fresh images, (2, penalty, seed); all else
        of shape (penalty, seed).
    """
    betas, seeds = np.array(sorted(settings.betas)), settings.seed_block
    net = penalised_nets(seeds, settings.hidden, settings.code, len(betas))
    train_nets(net, digits, seeds, schedule(settings), torch.as_tensor(betas, dtype=torch.float32))
    found = measure(net, settings, digits, label_entropy)
    rows = {name: each.reshape(len(betas), settings.seeds, *each.shape[1:]) for name, each in found.items()}
    halves = [half.mean(-1) for half in np.array_split(rows.pop("wrong"), 2, axis=-1)]  # images are in random order
    return rows | {"betas": betas, "halves": np.stack(halves)}


def schedule(settings: Vib) -> Schedule:
    """Return how all nets are trained."""
    return Schedule(settings.epochs, settings.batch_size, settings.learning_rate)


def measure(net: Bottleneck, settings: Vib, digits: Digits, label_entropy: np.ndarray) -> dict[str, np.ndarray]:
    """Return what nets do, each of shape (net,) but for `wrong`, (net, image); in nats, and on fresh images.

    Returns:
        `cross_entropy`, mean over the code's noise, and the same on the images trained on (`cross_entropy_trained`);
        their difference `gap`, and that of the cross-entropies of the mean prediction (`gap_averaged`); `relevance`,
        label entropy minus cross-entropy, a lower bound on I(Y; Z) (Barber & Agakov 2003); `rate`, an upper bound on
        I(X; Z); `information`, I(X; Z), and `label_information`, I(Y; Z), for X uniform on the fresh images; shares
        of errors `error` and `error_trained`, and which fresh images are misread (`wrong`).
    """
    seeds = settings.seed_block
    fresh = judge(net, digits.fresh, digits.fresh_labels, seeds, settings.passes)
    trained = judge(net, digits.inputs, digits.labels, seeds, settings.passes)
    count = len(fresh.rate) // settings.seeds
    with torch.no_grad():
        code = net.code(digits.fresh.repeat(count, 1, 1))
    information = code_information(*code, digits.fresh_labels, seeds, settings.samples, "measured")
    return {
        "cross_entropy": fresh.cross_entropy,
        "cross_entropy_trained": trained.cross_entropy,
        "gap": fresh.cross_entropy - trained.cross_entropy,
        "gap_averaged": fresh.averaged - trained.averaged,
        "relevance": np.tile(label_entropy, count) - fresh.cross_entropy,
        "rate": fresh.rate,
        "information": information[:, 0],
        "label_information": information[:, 1],
        "error": fresh.wrong.mean(-1),
        "error_trained": trained.wrong.mean(-1),
        "wrong": fresh.wrong,
    }


def noisy_arrays(settings: Vib, digits: Digits, label_entropy: np.ndarray) -> dict[str, np.ndarray]:
    """Train nets with a noisy code and no penalty: one width followed over time, all widths measured at the end.

    Returns:
        What `follow` returns; `widths` (width,); and what is measured at the end, (width, seed), under names that begin
        with `wide_`.
    """
    seeds = settings.seed_block
    widths = sorted({settings.hidden, *settings.other_widths})
    followed: dict[str, np.ndarray] = {}
    ends = []
    for width in widths:
        net = noisy_nets(seeds, width, settings.code, settings.noise)
        if width == settings.hidden:
            followed = follow(net, settings, digits)
        else:
            train_nets(net, digits, seeds, schedule(settings))
        ends.append(measure(net, settings, digits, label_entropy))
    last = {f"wide_{name}": np.stack([end[name] for end in ends]) for name in ends[0] if name not in ("wrong", "rate")}
    return followed | last | {"widths": np.array(widths)}


def follow(net: Bottleneck, settings: Vib, digits: Digits) -> dict[str, np.ndarray]:
    """Train nets, measuring the information in their codes on the way, and once more at the points that matter.

    The largest of many noisy numbers is too large on average. So one set of draws finds each net's highest point, and
    another measures it there.

    Returns:
        `steps` (time,); `path` and `label_path`, I(X; Z) and I(Y; Z) in nats, (time, seed); `checked` and
        `label_checked`, the same with the other draws at the start, the path's highest point and the end, (3, seed);
        `peak_step` (seed,).
    """
    seeds, labels = settings.seed_block, digits.fresh_labels
    total = settings.epochs * -(-settings.points // settings.batch_size)
    steps = spaced_times(total, settings.records - 1)
    codes = []

    def look(step: int) -> None:
        if step in steps:
            with torch.no_grad():
                codes.append(net.code(digits.fresh))

    look(0)
    train_nets(net, digits, seeds, schedule(settings), after_step=look)
    path = np.stack([code_information(*code, labels, seeds, settings.samples, "path") for code in codes])
    peak = path[:, :, 0].argmax(0)
    checked = []
    for place in (np.zeros_like(peak), peak, np.full_like(peak, len(codes) - 1)):
        chosen = [torch.stack([codes[time][part][seed] for seed, time in enumerate(place)]) for part in (0, 1)]
        checked.append(code_information(*chosen, labels, seeds, settings.samples, "checked"))
    return {
        "steps": np.array(steps),
        "path": path[:, :, 0],
        "label_path": path[:, :, 1],
        "checked": np.stack(checked)[:, :, 0],
        "label_checked": np.stack(checked)[:, :, 1],
        "peak_step": np.array(steps)[peak],
    }
