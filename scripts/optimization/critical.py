"""Index against loss at critical points: all those of a linear autoencoder, and those a search finds in a tanh net."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.hessian import count_signs, derivatives
from scripts.maths.linear_autoencoder import (
    critical_point,
    exact_index,
    exact_loss,
    exact_nullity,
    gradient,
    index_sets,
    loss,
)
from scripts.maths.random import generator
from scripts.maths.rank_correlation import rank_correlation
from scripts.maths.statistics import share_interval
from scripts.maths.tanh_net import parameter_count
from scripts.optimization.searches import Ends, draw_places, follow_modes, judge, shrink_gradients
from scripts.optimization.settings import Critical

NORMAL_QUANTILE = 1.959964  # of .975


@dataclass(frozen=True)
class Census:
    """Hold what was measured at the critical points of the autoencoder, each array of shape (seed, set).

    Args:
        losses: at the point.
        gradients: largest absolute entry of the gradient.
        negative: eigenvalues of the Hessian below zero.
        zero: eigenvalues as good as zero.
    """

    losses: np.ndarray
    gradients: np.ndarray
    negative: np.ndarray
    zero: np.ndarray


def compute(settings: Critical) -> Result:
    """Count the negative eigenvalues at every critical point of the autoencoder; search for some of a tanh net."""
    sets = index_sets(len(settings.eigenvalues), settings.hidden)
    exact = {
        "losses": np.array([exact_loss(settings.eigenvalues, chosen) for chosen in sets]),
        "index": np.array([exact_index(settings.eigenvalues, chosen, settings.hidden) for chosen in sets]),
        "zero": np.array([exact_nullity(chosen, settings.hidden) for chosen in sets]),
    }
    census = take_census(settings, sets)
    searches = search(settings)
    found = {name: arrived(ends, settings) for name, ends in searches.items()}
    values = _census_values(census, exact) | _net_values(searches, settings)
    values |= _directed_values(searches["directed"], found["directed"]) | _plain_values(searches["plain"], settings)
    arrays = {"exact_losses": exact["losses"], "exact_index": exact["index"], "index": census.negative}
    arrays |= {"set_sizes": np.array([len(chosen) for chosen in sets])}
    for name, ends in searches.items():
        arrays |= {f"{name}_losses": ends.losses, f"{name}_index": ends.negative, f"{name}_gradients": ends.gradients}
        arrays |= {f"{name}_residuals": ends.residuals, f"{name}_found": found[name]}
    return Result(values, arrays)


def take_census(settings: Critical, sets: list[tuple[int, ...]]) -> Census:
    """Build every critical point, in random axes and with a random C a seed, and measure gradient and Hessian there."""
    rows = []
    for seed in settings.seed_block[: settings.rotations]:
        vectors, gauge = _draw_axes(settings, seed)
        covariance = vectors @ torch.diag(torch.tensor(settings.eigenvalues, dtype=torch.float64)) @ vectors.T
        points = [_point(settings, chosen, vectors, gauge) for chosen in sets]
        encoders, decoders = (torch.stack(each) for each in zip(*points, strict=True))
        slopes = gradient(encoders, decoders, covariance)
        largest = torch.stack([slope.abs().amax((1, 2)) for slope in slopes]).amax(0)
        spectra = torch.linalg.eigvalsh(_autoencoder_hessians(encoders, decoders, covariance))
        rows.append((loss(encoders, decoders, covariance), largest, *count_signs(spectra, settings.zero)))
    return Census(*(torch.stack(each).numpy() for each in zip(*rows, strict=True)))


def search(settings: Critical) -> dict[str, Ends]:
    """Search for critical points of the tanh net in three ways.

    `net` with weight decay by any index, `directed` from the same places by the index of the place, and `plain` as
    `net` without weight decay.
    """
    start = draw_places(settings, settings.net_decay)
    bare = draw_places(settings, 0.0)
    return {
        "net": judge(shrink_gradients(start, settings, settings.net_decay), settings, settings.net_decay),
        "directed": judge(follow_modes(start, settings, settings.net_decay), settings, settings.net_decay),
        "plain": judge(shrink_gradients(bare, settings, 0.0), settings, 0.0),
    }


def arrived(ends: Ends, settings: Critical) -> np.ndarray:
    """Return which searches found a critical point: hardly any gradient, and a Newton step from there is short."""
    return (ends.gradients < settings.net_gradient) & (ends.newton < settings.net_newton)


def stuck(ends: Ends, settings: Critical) -> np.ndarray:
    """Return which searches ended where the gradient is not zero and lies in the kernel of the Hessian."""
    return ~arrived(ends, settings) & (ends.residuals < settings.net_flat_residual)


def _draw_axes(settings: Critical, seed: int) -> tuple[Tensor, Tensor]:
    """Draw eigenvectors, evenly over all rotations, and an invertible C with singular values from ½ to 2."""
    rng = generator(seed, "optimization.critical.axes")
    inputs, hidden = len(settings.eigenvalues), settings.hidden
    vectors, left, right = (np.linalg.qr(rng.standard_normal((size, size)))[0] for size in (inputs, hidden, hidden))
    return torch.as_tensor(vectors), torch.as_tensor((left * rng.uniform(0.5, 2, hidden)) @ right)


def _point(settings: Critical, chosen: tuple[int, ...], vectors: Tensor, gauge: Tensor) -> tuple[Tensor, Tensor]:
    return critical_point(chosen, len(settings.eigenvalues), settings.hidden, vectors=vectors, gauge=gauge)


def _autoencoder_hessians(encoders: Tensor, decoders: Tensor, covariance: Tensor) -> Tensor:
    def flat(places: Tensor) -> Tensor:
        first, second = places.split([encoders[0].numel(), decoders[0].numel()], dim=1)
        return loss(first.reshape(encoders.shape), second.reshape(decoders.shape), covariance)

    return derivatives(flat, torch.cat([encoders.flatten(1), decoders.flatten(1)], dim=1))[1]


def _share(chosen: np.ndarray, digits: int = 2, note: str = "") -> Value:
    return Value.of(share_interval(int(chosen.sum()), chosen.size), digits, note=note)


def _correlation(index: np.ndarray, losses: np.ndarray) -> Value:
    """Return Spearman's ρ with the interval of Bonett & Wright (2000), by Fisher's z."""
    if index.size < 5 or np.ptp(index) == 0 or np.ptp(losses) == 0:
        return Value(0.0, digits=2, note="too few points to tell")
    rho = float(rank_correlation(index.astype(float), losses))
    half = NORMAL_QUANTILE * np.sqrt((1 + rho**2 / 2) / (index.size - 3))
    bounded = np.clip(rho, -1 + 1e-12, 1 - 1e-12)
    low, high = np.tanh(np.arctanh(bounded) - half), np.tanh(np.arctanh(bounded) + half)
    return Value(rho, min(float(low), rho), max(float(high), rho), index.size, digits=2, note="Spearman's ρ")


def _census_values(census: Census, exact: dict[str, np.ndarray]) -> dict[str, Value]:
    saddles = census.negative > 0
    worse = exact["losses"] > exact["losses"].min()
    once = census.negative[0]
    return {
        "sets": Value(once.size, digits=0),
        "rotations": Value(census.negative.shape[0], digits=0),
        "index_mismatches": Value(int((census.negative != exact["index"]).sum()), digits=0),
        "nullity_mismatches": Value(int((census.zero != exact["zero"]).sum()), digits=0),
        "loss_error": Value(float(np.abs(census.losses - exact["losses"]).max()), digits=3),
        "largest_gradient": Value(float(census.gradients.max()), digits=3),
        "saddle_share": Value(float(saddles.mean()), digits=3, note="of all critical points, by Hessians"),
        "minima": Value(int((~saddles[0]).sum()), digits=0),
        "bad_minima": Value(int((~saddles & worse).sum()), digits=0, note="minima that are not global"),
        "highest_index": Value(int(once.max()), digits=0),
        "rank_correlation": Value(
            float(rank_correlation(exact["losses"], once.astype(float))),
            digits=2,
            note="Spearman's ρ of index and loss",
        ),
    }


def _net_values(searches: dict[str, Ends], settings: Critical) -> dict[str, Value]:
    ends = searches["net"]
    found, flat = arrived(ends, settings), stuck(ends, settings)
    saddle = found & (ends.negative > 0)
    of_all = "share of all searches"
    return {
        "net_parameters": Value(parameter_count(settings.net_inputs, settings.net_hidden), digits=0),
        "net_found": _share(found, note="share of searches that end at a critical point"),
        "net_saddles": _share(saddle, note=f"{of_all} that end at one with a negative eigenvalue"),
        "net_saddles_found": _share_of_found(saddle, found),
        "net_minima": _share(found & (ends.negative == 0), note=f"{of_all} that end at a minimum"),
        "net_flat": _share(
            flat, note=f"{of_all} that end where a gradient that is not zero lies in the Hessian's kernel"
        ),
        "net_undecided": _share(~found & ~flat, note=f"{of_all} that had not ended"),
        "net_flat_gradient": _median(ends.gradients[flat], "median norm of the gradient where searches are stuck"),
        "net_flat_index": _median(ends.negative[flat], "median number of negative eigenvalues there", digits=0),
        "net_degenerate": Value(
            int((ends.zero[found] > 0).sum()), digits=0, note="found points with an eigenvalue of zero"
        ),
        "net_farthest": Value(float(ends.farthest.max()), digits=1, note="largest weight at the end of any search"),
        "net_correlation": _correlation(ends.negative[found], ends.losses[found]),
    }


def _directed_values(ends: Ends, found: np.ndarray) -> dict[str, Value]:
    return {
        "directed_found": _share(found, note="share of searches by index that end at a critical point"),
        "directed_saddles": _share(
            found & (ends.negative > 0), note="share that end at one with a negative eigenvalue"
        ),
        "directed_saddles_found": _share_of_found(found & (ends.negative > 0), found),
        "directed_degenerate": Value(int((ends.zero[found] > 0).sum()), digits=0),
        "directed_highest_index": Value(int(ends.negative[found].max(initial=0)), digits=0),
        "directed_correlation": _correlation(ends.negative[found], ends.losses[found]),
    }


def _plain_values(ends: Ends, settings: Critical) -> dict[str, Value]:
    found, flat = arrived(ends, settings), stuck(ends, settings)
    return {
        "plain_found": _share(found, note="as net_found, without weight decay"),
        "plain_flat": _share(flat, note="as net_flat, without weight decay"),
        "plain_undecided": _share(~found & ~flat, note="as net_undecided, without weight decay"),
        "plain_gradient": _median(ends.gradients[~found], "median norm of the gradient where none was found"),
        "plain_farthest": Value(float(ends.farthest.max()), digits=1, note="largest weight at the end of any search"),
    }


def _share_of_found(saddle: np.ndarray, found: np.ndarray) -> Value:
    if not found.any():
        return Value(0.0, digits=2, note="no critical point was found")
    return _share(saddle[found], note="share of the critical points found that have a negative eigenvalue")


def _median(numbers: np.ndarray, note: str, digits: int = 5) -> Value:
    if not numbers.size:
        return Value(0.0, digits=digits, note="no such search")
    return Value(float(np.median(numbers)), digits=digits, note=note)
