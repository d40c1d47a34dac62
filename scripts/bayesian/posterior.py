"""How the spread of a learned function shrinks with the number of data: exact Bayes beside three approximations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.contraction import (
    Function,
    Kind,
    conjugate_function,
    dropout_function,
    ensemble_function,
    features,
    grid,
    laplace_function,
    sample,
    train_nets,
    tuned_function,
)
from scripts.bayesian.data import curve
from scripts.bayesian.masking import draw_uniform, keep_masks, last_layer_variance, sample_passes
from scripts.bayesian.settings import Posterior
from scripts.maths.bayesian_linear import linear_posterior, linear_predictive
from scripts.maths.ensembles import Ensemble, pick
from scripts.maths.laplace import fit_laplace
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval, ratio_interval

EXACT_EXPONENT = -0.5  # of a posterior with any fixed number of parameters


def compute(settings: Posterior) -> Result:
    """Train nets on data of every size and compare how their spreads shrink with how that of exact inference does."""
    rates = sorted({settings.rate, settings.low_rate, *settings.other_rates})
    kinds = [*(Kind(rate) for rate in rates), Kind(settings.rate, fixed=True)]
    kinds += [Kind(0.0, member) for member in range(settings.members)]
    parts = {kind: train_nets(settings, kind) for kind in kinds}
    functions, best = all_functions(settings, parts, rates)
    spreads = {name: function.spread() for name, function in functions.items()}
    errors = {name: function.error(curve(grid(settings))) for name, function in functions.items()}
    values = (
        exponent_values(settings, spreads)
        | end_values(settings, spreads, errors)
        | tuned_values(settings, np.array(rates)[best])
        | conjugate_values(settings, spreads["conjugate"])
        | check_values(settings, parts, functions["laplace"])
    )
    arrays = {f"spread_{name}": spread for name, spread in spreads.items()}
    arrays |= {f"error_{name}": error for name, error in errors.items()}
    arrays |= {"sizes": np.array(settings.sizes), "fixed_rates": np.array([settings.low_rate, settings.rate])}
    return Result(values, arrays | {"tuned_rates": np.array(rates)[best]})


def all_functions(
    settings: Posterior, parts: dict[Kind, Ensemble], rates: list[float]
) -> tuple[dict[str, Function], np.ndarray]:
    """Return what every method says of the function, and the place of the rate that is best, shape (size, seed)."""
    dropped = {kind: dropout_function(settings, net, kind.rate) for kind, net in parts.items() if kind.rate}
    tuned, best = tuned_function(settings, [dropped[Kind(rate)] for rate in rates])
    functions = {
        "dropout": dropped[Kind(settings.rate)],
        "dropout_fixed": dropped[Kind(settings.rate, fixed=True)],
        "dropout_low": dropped[Kind(settings.low_rate)],
        "tuned": tuned,
        "ensemble": ensemble_function(settings, [net for kind, net in parts.items() if not kind.rate]),
        "laplace": laplace_function(settings, parts[Kind(0.0)]),
        "conjugate": conjugate_function(settings),
    }
    return functions, best


def exponents(sizes: Sequence[int], spreads: np.ndarray) -> np.ndarray:
    """Return the slope of log spread over log size, shape (seed,); spreads have shape (size, seed)."""
    return np.polyfit(np.log(sizes), np.log(spreads), 1)[0]


def exponent_values(settings: Posterior, spreads: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return the power of N with which each method's spread shrinks."""
    note = "slope of log spread over log N, a line a seed"
    return {
        f"{name}_exponent": Value.of(mean_interval(exponents(settings.sizes, spread)), 3, note=note)
        for name, spread in spreads.items()
    }


def end_values(settings: Posterior, spreads: dict[str, np.ndarray], errors: dict[str, np.ndarray]) -> dict[str, Value]:
    """Return each method's spread, and its error over its spread, at the smallest and the largest size."""
    ends = {"smallest": 0, "largest": -1}
    note = "root mean square over places of the function's standard deviation, without noise"
    share = "root mean square error of the mean over the spread, geometric mean over seeds; about 1 for exact inference"
    values = {}
    for name, spread in spreads.items():
        for end, size in ends.items():
            values[f"{name}_spread_{end}"] = Value.of(mean_interval(spread[size]), 4, note=note)
            ratio = ratio_interval(errors[name][size], spread[size])
            values[f"{name}_error_ratio_{end}"] = Value.of(ratio, 2, note=share)
        fall = ratio_interval(spread[ends["smallest"]], spread[ends["largest"]])
        values[f"{name}_fall"] = Value.of(fall, 2, note="spread at the smallest size over that at the largest")
    return values


def tuned_values(settings: Posterior, chosen: np.ndarray) -> dict[str, Value]:
    """Return which dropout rates foretell fresh data best; chosen has shape (size, seed)."""
    note = "geometric mean over seeds of the rate with the largest expected log-likelihood of fresh data"
    low, high = (np.exp(np.log(chosen[end]).mean()) for end in (0, -1))
    return {
        "tuned_rate_smallest": Value(float(low), digits=4, n=settings.seeds, note=note),
        "tuned_rate_largest": Value(float(high), digits=4, n=settings.seeds, note=note),
    }


def conjugate_values(settings: Posterior, spreads: np.ndarray) -> dict[str, Value]:
    """Return what theory says of exact inference: the power in the limit, and the spread at the largest size.

    As the data fill the stretch evenly, XᵀX nears N times the identity and the variance σ² |φ(x)|² / (N + σ² λ).
    """
    smallest, *_, largest = settings.sizes
    prior = settings.noise**2 * settings.prior_precision
    length = (features(settings, grid(settings)) ** 2).sum(1).mean()
    theory = settings.noise * np.sqrt(length / (largest + prior))
    ratio = mean_interval(spreads[-1] / theory)
    return {
        "exact_exponent": Value(EXACT_EXPONENT, digits=1, note="for N without end"),
        "exact_fall": Value(float(np.sqrt(largest / smallest)), digits=1, note="at the power −1/2"),
        "conjugate_theory_ratio": Value.of(ratio, 4, note="spread at the largest size over its limit"),
    }


def check_values(settings: Posterior, parts: dict[Kind, Ensemble], laplace: Function) -> dict[str, Value]:
    """Return how far approximations that ought to be exact are from what they ought to be."""
    ratios = variance_ratios(settings, parts[Kind(settings.rate)])
    deviation = "largest relative difference"
    return {
        "variance_ratio": Value.of(
            mean_interval(ratios), 3, note="Monte Carlo over closed form, over places and sizes"
        ),
        "laplace_exact_difference": Value(
            linear_difference(settings), digits=3, note=f"{deviation} of mean or covariance, linear-Gaussian model"
        ),
        "laplace_features_difference": Value(
            features_difference(settings, parts[Kind(0.0)], laplace),
            digits=3,
            note=f"{deviation} of the function's variance, last layer of the trained nets",
        ),
    }


def variance_ratios(settings: Posterior, net: Ensemble) -> np.ndarray:
    """Return the variance over forward passes relative to its closed form, summed over places, shape (seed,)."""
    rates = torch.full((len(net.weights[0]),), settings.rate, dtype=torch.float64)
    new = torch.as_tensor(grid(settings))[:, None]
    rngs = generators(settings.seed_block, "bayesian.posterior.passes")
    masks = keep_masks(draw_uniform(rngs, settings.passes, [settings.width]), rates)
    sampled = sample_passes(net, new, masks).var(1, correction=1).mean(1)
    ratio = sampled / last_layer_variance(net, new, rates).mean(1)
    return ratio.reshape(len(settings.sizes), settings.seeds).mean(0).numpy()


def linear_difference(settings: Posterior) -> float:
    """Return how far Laplace's approximation of a linear model is from its exact posterior, over sizes and seeds.

    The approximation stands where one Newton step on the loss leads, which for a quadratic is the minimum.
    """
    inputs, targets = sample(settings)
    columns = features(settings, inputs)
    prior = {"noise": settings.noise, "prior_precision": settings.prior_precision}
    largest = 0.0
    for count, seed in product(settings.sizes, range(settings.seeds)):
        seen, observed = columns[seed, :count], targets[seed, :count]
        weights = newton_step(settings, torch.as_tensor(seen), torch.as_tensor(observed))
        net = Ensemble([weights[None, 1:, None]], [weights[None, None, :1]])
        chosen = torch.as_tensor(seen[:, 1:]), torch.as_tensor(observed)  # the first polynomial is the net's bias
        found = fit_laplace(net, 0, *chosen, likelihood="regression", weights="all", **prior)
        order = np.r_[1 : len(weights), 0]  # the package lists the bias last
        mean, covariance = linear_posterior(seen, observed, **prior)
        pairs = (found.mean, mean[order]), (found.posterior_covariance, covariance[order][:, order])
        largest = max(
            largest, *(float(np.abs(one.numpy() - other).max() / np.abs(other).max()) for one, other in pairs)
        )
    return largest


def newton_step(settings: Posterior, columns: Tensor, targets: Tensor) -> Tensor:
    """Return where one Newton step from zero leads on the negative logarithm of the posterior, shape (d,)."""

    def loss(weights: Tensor) -> Tensor:
        misfit = ((targets - columns @ weights) ** 2).sum() / settings.noise**2
        return (misfit + settings.prior_precision * (weights**2).sum()) / 2

    start = torch.zeros(columns.shape[1], dtype=torch.float64)
    return -torch.linalg.solve(torch.func.hessian(loss)(start), torch.func.grad(loss)(start))


def features_difference(settings: Posterior, net: Ensemble, laplace: Function) -> float:
    """Return how far Laplace's variance is from that of exact regression on the trained hidden units."""
    inputs, targets = (torch.as_tensor(part) for part in sample(settings))
    new, largest = torch.as_tensor(grid(settings)), 0.0
    for place, (size, seed) in enumerate(np.ndindex(laplace.variance.shape[:2])):
        alone, count = pick(net, slice(place, place + 1)), settings.sizes[size]
        seen, asked = (_hidden(alone, part) for part in (inputs[seed, :count], new))
        exact = linear_predictive(
            asked,
            *linear_posterior(
                seen,
                targets[seed, :count].numpy(),
                noise=settings.noise,
                prior_precision=settings.prior_precision,
            ),
        )[1]
        largest = max(largest, float(np.abs(laplace.variance[size, seed] / exact - 1).max()))
    return largest


def _hidden(net: Ensemble, places: Tensor) -> np.ndarray:
    """Return the hidden units of one net, and a one for the bias, at places (n,), shape (n, width + 1)."""
    with torch.no_grad():
        hidden = net.layers(places[:, None])[-2][0].numpy()
    return np.hstack([hidden, np.ones((len(hidden), 1))])
