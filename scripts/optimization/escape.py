"""How gradient descent leaves saddles, with the noise of mini-batches and without it."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.linear_autoencoder import exact_loss
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval, ratio_interval, share_interval
from scripts.maths.strict_saddle import StrictSaddle, first_passage
from scripts.maths.training import mean_squared_error
from scripts.optimization.race import (
    STARTS,
    batch_covariances,
    covariance,
    descend,
    draw_data,
    draw_starts,
    escaping_curvature,
    lowest_sets,
    pass_time,
    step_size,
)
from scripts.optimization.settings import Escape
from scripts.optimization.zero import at_zero, draw_task, exact_curvature, follow, zero_net

CURVES = ("zero_wide", "near_close")  # starts whose losses are kept for the figure
DRAWN = 4  # seeds of each of these
PAIRED = "geometric mean, paired by start"


def compute(settings: Escape) -> Result:
    """Measure escapes from a saddle in the plane, from those of a linear autoencoder, and from a net at zero."""
    toy, times = leave_plane(settings)
    autoencoder, curves = leave_autoencoder(settings)
    return Result(toy | autoencoder | leave_zero(settings), times | curves)


def leave_plane(settings: Escape) -> tuple[dict[str, Value], dict[str, np.ndarray]]:
    """Walk away from a saddle in the plane, with noise of several sizes and without; compare with exact theory.

    Raises:
        ValueError: the walks end before the step at which their variance is measured.
    """
    if settings.toy_steps < settings.toy_variance_step:
        raise ValueError(f"expected toy_steps >= toy_variance_step = {settings.toy_variance_step}")
    saddle = StrictSaddle(settings.toy_stable, settings.toy_unstable, settings.toy_rate)
    noises = np.array(sorted(settings.toy_noises, reverse=True))
    start = np.broadcast_to([1.0, 0.0], (noises.size, settings.toy_runs, 2))
    rng = generator(settings.first_seed, "optimization.escape.toy.noise")
    heights = saddle.walk(start, settings.toy_steps, noises[:, None], rng)
    times = first_passage(np.abs(heights) >= settings.toy_threshold)
    counted = np.where(times < 0, settings.toy_steps, times)
    step = settings.toy_variance_step
    ratios = heights[step, -1] ** 2 / saddle.variance(noises[-1], step)
    exact = saddle.escape_time(noises, settings.toy_threshold)
    note = "at the smallest noise"
    values = {
        "toy_variance_ratio": Value.of(mean_interval(ratios), 3, note=f"measured over exact, {note}"),
        "toy_variance_step": Value(step, digits=0),
        "toy_slope": Value.of(mean_interval(slopes(np.log(1 / noises), counted)), 2, note="steps; one line a walk"),
        "toy_slope_exact": Value(1 / np.log(saddle.growth), digits=2),
        "toy_time": Value.of(mean_interval(counted[-1]), 1, note=f"steps, {note}"),
        "toy_time_exact": Value(float(exact[-1]), digits=1, note=f"steps, {note}"),
        "toy_noisy_share": Value.of(share_interval(int((times >= 0).sum()), times.size), 4),
    }
    arrays = {"toy_noises": noises, "toy_times": counted.astype(np.int32), "toy_times_exact": exact}
    return values | _noiseless_values(settings, saddle), arrays


def slopes(abscissae: np.ndarray, ordinates: np.ndarray) -> np.ndarray:
    """Return the slope of the least-squares line through each run's points, ordinates (point, run), shape (run,)."""
    centred = abscissae - abscissae.mean()
    return centred @ ordinates / (centred @ centred)


def _noiseless_values(settings: Escape, saddle: StrictSaddle) -> dict[str, Value]:
    rng = generator(settings.first_seed, "optimization.escape.toy.starts")
    starts = rng.standard_normal((settings.toy_runs, 2)) * [1.0, settings.toy_spread]
    stays = saddle.walk(starts * [1.0, 0.0], settings.toy_steps)[-1] == 0
    heights, threshold = starts[:, 1], settings.toy_threshold
    times = first_passage(np.abs(saddle.walk(starts, settings.toy_steps)) >= threshold)
    off = np.abs(times - saddle.departure_time(heights, threshold))[(np.abs(heights) < threshold) & (times >= 0)]
    return {
        "toy_gd_stays": Value(float(stays.mean()), digits=0, note="of starts on the line that leads into the saddle"),
        "toy_gd_random_share": Value.of(share_interval(int((times >= 0).sum()), times.size), 4),
        "toy_gd_time_error": Value(float(off.max(initial=0)), digits=0, note="steps, the largest over all starts"),
    }


def leave_autoencoder(settings: Escape) -> tuple[dict[str, Value], dict[str, np.ndarray]]:
    """Descend from the same starts with all data a step and with mini-batches; time the way past all saddles."""
    data, starts = draw_data(settings), draw_starts(settings)
    rngs = generators(settings.seed_block, "optimization.escape.batches")
    covariances = {"gd": repeat(covariance(data)), "sgd": batch_covariances(data, settings.batch_size, rngs)}
    losses = {name: descend(*starts, each, settings) for name, each in covariances.items()}
    minimum, saddle = (exact_loss(settings.eigenvalues, kept) for kept in lowest_sets(settings))
    level = saddle - settings.past * (saddle - minimum)
    passed = {name: pass_time(rows, level, settings.window) for name, rows in losses.items()}
    values = {
        "minimum": Value(minimum, digits=3),
        "lowest_saddle": Value(saddle, digits=3),
        "past_level": Value(level, digits=3),
        "rate": Value(step_size(settings), digits=3),
    }
    for place, start in enumerate(STARTS):
        suffix = "" if start == "random" else f"_{start}"
        values |= _race_values(suffix, passed["gd"][place], passed["sgd"][place], settings.steps)
    for name, rows in losses.items():
        excess = (rows[-settings.window :, 0].mean(0) - minimum) / (saddle - minimum)
        note = "loss at the end above the minimum's, over the lowest saddle's above it"
        values[f"{name}_excess"] = Value.of(mean_interval(excess), 3, note=note)
    kept = [STARTS.index(start) for start in CURVES]
    arrays = {f"{name}_losses": rows[:, kept, :DRAWN].astype(np.float32) for name, rows in losses.items()}
    arrays |= {f"{name}_passed": times for name, times in passed.items()}
    plateaus = [exact_loss(settings.eigenvalues, range(count)) for count in range(settings.hidden + 1)]
    return values | _linearised_values(settings, passed["gd"]), arrays | {"plateaus": np.array(plateaus)}


def _race_values(suffix: str, gd: np.ndarray, sgd: np.ndarray, steps: int) -> dict[str, Value]:
    values, counted = {}, {}
    for name, times in (("gd", gd), ("sgd", sgd)):
        counted[name] = np.where(times < 0, steps, times)
        values[f"{name}_share{suffix}"] = Value.of(share_interval(int((times >= 0).sum()), times.size), 3)
        values[f"{name}_steps{suffix}"] = Value.of(mean_interval(counted[name]), 0, note="to get past all saddles")
    name = "speedup" if not suffix else suffix.removeprefix("_").replace("_", "_speedup_")
    values[name] = Value.of(ratio_interval(counted["gd"], counted["sgd"]), 2, note=f"steps of GD over SGD's, {PAIRED}")
    return values


def _linearised_values(settings: Escape, passed: np.ndarray) -> dict[str, Value]:
    place = settings.hidden - 1
    curvature = escaping_curvature(settings.eigenvalues[place + 1], settings.eigenvalues[place])
    times = np.where(passed < 0, settings.steps, passed)
    wide, close = (times[STARTS.index(f"near_{name}")] for name in ("wide", "close"))
    later = (close - wide) / np.log(settings.wide_distance / settings.close_distance)
    return {
        "near_slope": Value.of(
            mean_interval(later), 2, note="steps of GD per factor e of the distance, paired by start"
        ),
        "near_slope_exact": Value(float(1 / np.log1p(step_size(settings) * curvature)), digits=2),
    }


def leave_zero(settings: Escape) -> dict[str, Value]:
    """Start tanh nets with all weights zero: mini-batches leave them there, noise on the weights does not."""
    inputs, targets = draw_task(settings)
    plain, noisy = zero_net(settings), zero_net(settings)
    follow(plain, inputs, targets, settings, noise=0.0)
    follow(noisy, inputs, targets, settings, noise=settings.net_noise)
    stays = torch.stack([(weight == 0).flatten(1).all(1) for weight in plain.weights]).all(0)
    with torch.no_grad():
        first = mean_squared_error(torch.zeros_like(targets), targets)
        left = mean_squared_error(noisy(inputs), targets) < settings.net_left * first
    each, _ = at_zero(settings, inputs[0][:, None], targets[0][:, None])  # one run an example
    _, spectra = at_zero(settings, inputs, targets)
    lowest = spectra[:, 0].numpy()
    off = np.abs(lowest - exact_curvature(inputs, targets).numpy()).max()
    return {
        "origin_slope": Value(float(each.abs().max()), digits=0, note="the largest of any example and weight"),
        "origin_sgd_stays": Value(float(stays.double().mean()), digits=0, note="share of nets; all weights still zero"),
        "origin_noisy_share": Value.of(share_interval(int(left.sum()), left.numel()), 3),
        "origin_is_saddle": Value(float((lowest < 0).mean()), digits=0, note="share of data sets"),
        "origin_curvature": Value.of(mean_interval(lowest), 3, note="smallest eigenvalue of the Hessian"),
        "origin_curvature_error": Value(float(off), digits=3, note="largest distance from the closed form"),
    }
