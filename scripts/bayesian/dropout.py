"""The article's demo made whole: nets trained and sampled with dropout, beside an ensemble and exact inference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.bayesian.data import curve, gap_sample
from scripts.bayesian.masking import (
    draw_uniform,
    forward,
    keep_masks,
    last_layer_variance,
    sample_last_layer,
    sample_passes,
)
from scripts.bayesian.measures import (
    check_values,
    growth_values,
    inside_share,
    rate_values,
    regions,
    relative_profiles,
    rms,
)
from scripts.bayesian.settings import Dropout
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.gaussian_process import gaussian_posterior
from scripts.maths.ntk import limit_kernels
from scripts.maths.random import generators
from scripts.maths.training import mean_squared_error, train

DRAWN_FUNCTIONS = 12


@dataclass(frozen=True)
class Bands:
    """Hold mean and spread of every method on the grid.

    Args:
        functions: the first passes of the first net at the main rate, shape (function, grid).
        centres: mean over passes, one hidden layer, shape (rate, seed, grid).
        spreads: standard deviation over passes, shape (rate, seed, grid).
        deep: the same with two hidden layers at the main rate, shape (seed, grid).
        exact_centre: of the exact posterior, shape (seed, grid).
        exact_spread: of the exact posterior, shape (seed, grid).
        members: nets trained without dropout, shape (member, seed, grid).
    """

    functions: np.ndarray
    centres: np.ndarray
    spreads: np.ndarray
    deep: np.ndarray
    exact_centre: np.ndarray
    exact_spread: np.ndarray
    members: np.ndarray


def compute(settings: Dropout) -> Result:
    """Train nets with one hidden layer at every rate, and with two at the main one; measure their bands."""
    rates = sorted({settings.rate, *settings.other_rates})
    main = rates.index(settings.rate)
    grid = np.linspace(-settings.window, settings.window, settings.grid)
    flat = train_nets(settings, [settings.width], rates)
    bands = all_bands(settings, flat, rates, grid)
    net = pick(flat, slice(main * settings.seeds, (main + 1) * settings.seeds))
    errors, ratio = variance_errors(settings, net, grid)
    on_data = regions(settings, grid)[0]
    centres, spreads = bands.centres[..., on_data], bands.spreads[..., on_data]
    inside = inside_share(centres, spreads, curve(grid[on_data]), settings.noise)
    levels = rms(spreads)  # (rate, seed)
    methods = [bands.spreads[main], bands.deep, bands.exact_spread]
    values = growth_values(settings, grid, [*methods, bands.members.std(0, ddof=1)])
    values |= check_values(settings.pass_counts, errors, ratio) | rate_values(levels, inside)
    arrays = {
        "rates": np.array(rates),
        "main": np.array([main]),
        "profiles": relative_profiles(grid, settings, methods),
        "levels": levels,
        "inside": inside,
        "pass_counts": np.array(settings.pass_counts),
        "errors": errors,
        "exact_errors": expected_errors(settings, net, grid),
    }
    return Result(values, arrays | drawn(settings, net, bands, grid))


def all_bands(settings: Dropout, flat: Ensemble, rates: list[float], grid: np.ndarray) -> Bands:
    """Return the bands of the given nets, of nets with two hidden layers, of Bayes' rule and of an ensemble."""
    main = rates.index(settings.rate)
    passes = draw_bands(settings, flat, rates, grid).reshape(len(rates), settings.seeds, settings.passes, -1)
    deep = draw_bands(settings, train_nets(settings, [settings.width] * 2, [settings.rate]), [settings.rate], grid)
    functions = passes[main, 0, :DRAWN_FUNCTIONS]
    spreads = passes.std(2, ddof=1)
    members = ensemble_answers(settings, grid)
    return Bands(functions, passes.mean(2), spreads, deep.std(1, ddof=1), *exact_bands(settings, grid), members=members)


def drawn(settings: Dropout, net: Ensemble, bands: Bands, grid: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the picture of the bands shows: everything on the first seed's data."""
    places, observed = data(settings)
    exact = last_layer_variance(net, _places(grid), _per_net([settings.rate], settings.seeds)).sqrt()
    return {
        "grid": grid,
        "places": places[0],
        "observed": observed[0],
        "functions": bands.functions,
        "centres": bands.centres[:, 0],
        "spreads": bands.spreads[:, 0],
        "exact_band": exact[0].numpy(),
        "posterior_mean": bands.exact_centre[0],
        "posterior_spread": bands.exact_spread[0],
        "members": bands.members[:, 0],
    }


def data(settings: Dropout) -> tuple[np.ndarray, np.ndarray]:
    """Return places and observations of every seed, each of shape (seed, points)."""
    drawn = [
        gap_sample(settings.points, settings.inner, settings.outer, settings.noise, seed)
        for seed in settings.seed_block
    ]
    places, observed = zip(*drawn, strict=True)
    return np.stack(places), np.stack(observed)


def train_nets(settings: Dropout, widths: list[int], rates: list[float]) -> Ensemble:
    """Return trained nets, one a rate and seed: blocks of seeds, one block a rate.

    Nets of the same seed see the same data, start from the same weights and draw their masks from the same uniform
    numbers, so that the rate alone tells them apart.
    """
    depth, block = len(widths), settings.seed_block
    starts = [rng for _ in rates for rng in generators(block, f"bayesian.dropout.weights.{depth}")]
    net = initialise([1, *widths, 1], starts)
    places, observed = data(settings)
    inputs, targets = (torch.as_tensor(part)[..., None].repeat(len(rates), 1, 1) for part in (places, observed))
    rngs = generators(block, f"bayesian.dropout.masks.{depth}")
    each = _per_net(rates, settings.seeds)
    train(
        net.parameters,
        lambda batch, wanted: mean_squared_error(
            forward(net, batch, keep_masks(draw_uniform(rngs, settings.points, widths), each)), wanted
        ),
        inputs,
        targets,
        epochs=settings.steps,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    return net


def draw_bands(settings: Dropout, net: Ensemble, rates: list[float], grid: np.ndarray) -> np.ndarray:
    """Return what every net answers in every pass, shape (net, pass, grid)."""
    widths = [weight.shape[2] for weight in net.weights[:-1]]
    rngs = generators(settings.seed_block, f"bayesian.dropout.passes.{len(widths)}")
    masks = keep_masks(draw_uniform(rngs, settings.passes, widths), _per_net(rates, settings.seeds))
    return sample_passes(net, _places(grid), masks).numpy()


def ensemble_answers(settings: Dropout, grid: np.ndarray) -> np.ndarray:
    """Return what nets answer that were trained without dropout from different starts, shape (member, seed, grid).

    One hidden layer, the same data, steps and weight decay as the nets with dropout (Lakshminarayanan et al. 2017).
    """
    streams = [f"bayesian.dropout.ensemble.{member}" for member in range(settings.members)]
    net = initialise([1, settings.width, 1], [rng for each in streams for rng in generators(settings.seed_block, each)])
    inputs, targets = (torch.as_tensor(part)[..., None].repeat(settings.members, 1, 1) for part in data(settings))
    train(
        net.parameters,
        lambda batch, wanted: mean_squared_error(net(batch), wanted),
        inputs,
        targets,
        epochs=settings.steps,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    with torch.no_grad():
        return net(_places(grid)).numpy().reshape(settings.members, settings.seeds, -1)


def exact_bands(settings: Dropout, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact posterior's mean and standard deviation on every seed's data, each of shape (seed, grid).

    The prior is that of the net with one hidden layer and normal weights, its width sent to infinity (Neal 1996): a
    Gaussian process, for which Bayes' rule can be worked out.
    """
    new = grid[:, None]
    found = []
    for places, observed in zip(*data(settings), strict=True):
        seen = places[:, None]
        gram, cross, prior = (
            limit_kernels(one, two, hidden=1, bias_variance=settings.prior_bias)[0]
            for one, two in ((seen, seen), (seen, new), (new, new))
        )
        found.append(gaussian_posterior(gram, cross, prior.diagonal(), observed, settings.noise))
    means, spreads = zip(*found, strict=True)
    return np.stack(means), np.stack(spreads)


def variance_errors(settings: Dropout, net: Ensemble, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compare the last layer's Monte Carlo variance with its exact value, at every number of passes.

    Returns:
        The relative error's root mean square over the grid, shape (seed, count), and the ratio of the two variances at
        the largest number of passes, averaged over the grid, shape (seed,).
    """
    each = _per_net([settings.rate], settings.seeds)
    exact = last_layer_variance(net, _places(grid), each)
    rngs = generators(settings.seed_block, "bayesian.dropout.check")
    columns = []
    for count in settings.pass_counts:
        mask = keep_masks(draw_uniform(rngs, count, [settings.width]), each)[0]
        sampled = sample_last_layer(net, _places(grid), mask).var(1, correction=1)
        columns.append(torch.where(exact > 0, sampled / exact, 1.0).numpy())  # no unit active: both variances are 0
    return np.stack([rms(ratio - 1) for ratio in columns], axis=1), columns[int(np.argmax(settings.pass_counts))].mean(
        1
    )


def expected_errors(settings: Dropout, net: Ensemble, grid: np.ndarray) -> np.ndarray:
    """Return the root mean square relative error of the variance that theory expects, shape (count,).

    A sample variance over T passes has relative variance (κ − (T−3)/(T−1))/T, with κ the kurtosis of the output: for
    contributions a_j = w_j h_j under independent masks, κ = 3 + ((1 − 6pq)/(pq)) Σ a⁴ / (Σ a²)², q = 1 − p.
    """
    p = settings.rate
    with torch.no_grad():
        squares = (net.layers(_places(grid))[-2] * net.weights[-1].transpose(1, 2)) ** 2
        total = squares.sum(2) ** 2
        share = torch.where(total > 0, (squares**2).sum(2) / total, 0.0).numpy()
    kurtosis = 3 + (1 - 6 * p * (1 - p)) / (p * (1 - p)) * share
    counts = settings.pass_counts
    return np.array([np.sqrt(((kurtosis - (passes - 3) / (passes - 1)) / passes).mean()) for passes in counts])


def _per_net(rates: list[float], seeds: int) -> Tensor:
    return torch.tensor(rates, dtype=torch.float64).repeat_interleave(seeds)


def _places(grid: np.ndarray) -> Tensor:
    return torch.as_tensor(grid)[:, None]
