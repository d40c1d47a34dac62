"""The Gaussian information bottleneck against its closed form, and what deep linear networks forget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.errors import ArticleError
from scripts.article.values import Value
from scripts.information.linear_nets import KINDS, Run, draw_task, train_linear
from scripts.information.settings import Gaussian
from scripts.maths.gaussian_bottleneck import (
    best_relevance,
    bottleneck_points,
    code_information,
    critical_betas,
    settling_rates,
    signals,
)
from scripts.maths.gaussian_information import correlation_information
from scripts.maths.random import generator, generators
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import train

CODED = 1e-2  # nats: rates below it are left out of relative comparisons, as the curve starts at 0
NEAR = 1e-4  # how far off its best value a code starts whose settling is timed
PAIRED = "paired by seed"
CURVE_NOTE = "largest relative deviation of the relevance from the closed form at the same rate, of all codes"
SLOWING = "of the settling time over the distance from the transition, the nearest three; −1 in the limit"


@dataclass(frozen=True)
class Source:
    """Hold a pair of Gaussian variables X and Y.

    Args:
        correlations: canonical correlations, largest first, shape (d,).
        covariance: of X, shape (d, d).
        conditional: covariance of X once Y is known, shape (d, d).
    """

    correlations: np.ndarray
    covariance: Tensor
    conditional: Tensor


@dataclass(frozen=True)
class Codes:
    """Hold optimised codes of one source.

    Args:
        betas: their weights, shape (β,).
        rates: I(T; X) in nats, shape (β, start).
        relevances: I(T; Y) in nats, shape (β, start).
        signals: variance of the coded directions over that of the noise, largest first, shape (β, start, d).
    """

    betas: np.ndarray
    rates: np.ndarray
    relevances: np.ndarray
    signals: np.ndarray


def compute(settings: Gaussian) -> Result:
    """Optimise codes of a pair of numbers and of vectors; time the transition; train linear nets and measure them.

    Raises:
        ArticleError: the headline's noise is not among the noises.
    """
    if settings.noise not in settings.noises:
        raise ArticleError(f"information.gaussian.noise is {settings.noise}, expected one of noises {settings.noises}")
    values: dict[str, Value] = {}
    arrays = {"noises": np.array(settings.noises)}
    errors = []
    for name, correlations in (("", [settings.rho]), ("vector_", settings.correlations)):
        source = draw_source(settings, correlations)
        codes = optimise_codes(settings, source, beta_range(settings, correlations))
        errors.append(curve_error(source, codes))
        found = _code_values(settings, source, codes) | _transition_values(source, codes)
        values |= {f"{name}{key}": value for key, value in found.items()}
        arrays |= {f"{name}{key}": array for key, array in _code_arrays(source, codes).items()}
    values["curve_error"] = Value(max(errors), digits=6, note=CURVE_NOTE)
    settled, drawn = settling(settings)
    for name, run in train_all(settings).items():
        values |= _run_values(settings, run, name)
        arrays |= {f"steps{name}": run.steps, f"information{name}": run.information, f"fit{name}": run.fit}
    return Result(values | settled, arrays | drawn)


def draw_source(settings: Gaussian, correlations: list[float]) -> Source:
    """Return a source with these canonical correlations, the axes of X turned and stretched at random."""
    rho = np.sort(correlations)[::-1].copy()
    rng = generator(settings.first_seed, "information.gaussian.axes")
    turn = np.linalg.qr(rng.standard_normal((len(rho), len(rho))))[0]
    axes = turn * rng.uniform(0.7, 1.4, len(rho)) if len(rho) > 1 else np.ones((1, 1))
    mixed = np.linalg.qr(rng.standard_normal((len(rho), len(rho))))[0] if len(rho) > 1 else np.ones((1, 1))
    root = axes @ mixed  # X = root · independent standard normal numbers, the i-th of correlation ρ_i to Y
    return Source(rho, torch.as_tensor(root @ root.T), torch.as_tensor((root * (1 - rho**2)) @ root.T))


def beta_range(settings: Gaussian, correlations: list[float]) -> np.ndarray:
    """Return the weights β, from below the first transition to well above the last."""
    critical = critical_betas(np.array(correlations))
    return np.geomspace(1 + 0.3 * (critical.min() - 1), settings.largest_beta * critical.max(), settings.betas)


def optimise_codes(settings: Gaussian, source: Source, betas: np.ndarray) -> Codes:
    """Minimise I(T; X) − β I(T; Y) by gradient from random starts, for all β at once."""
    size = len(source.correlations)
    rngs = generators(range(settings.first_seed, settings.first_seed + settings.starts), "information.gaussian.encoder")
    drawn = np.stack([rng.standard_normal((size, size)) for rng in rngs])
    encoder = torch.as_tensor(np.tile(drawn, (len(betas), 1, 1, 1)).reshape(-1, size, size)).requires_grad_(True)
    weights = torch.as_tensor(np.repeat(betas, settings.starts))
    for share in (1.0, 0.1):  # large steps first, then small ones that come to rest
        train(
            [encoder],
            bottleneck_loss(encoder, weights),
            source.covariance,
            source.conditional,
            epochs=settings.encoder_steps // 2,
            learning_rate=share * settings.encoder_rate,
        )
    with torch.no_grad():
        rates, relevances = code_information(encoder, source.covariance, source.conditional)
        snr = torch.linalg.eigvalsh(encoder @ source.covariance @ encoder.mT).flip(-1)
    shape = (len(betas), settings.starts)
    return Codes(betas, *(each.numpy().reshape(*shape, *each.shape[1:]) for each in (rates, relevances, snr)))


def bottleneck_loss(encoder: Tensor, betas: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Return I(T; X) − β I(T; Y) of every code, shape (code,), as a function of X's covariance without and with Y."""

    def loss(covariance: Tensor, conditional: Tensor) -> Tensor:
        rate, relevance = code_information(encoder, covariance, conditional)
        return rate - betas * relevance

    return loss


def transition(betas: np.ndarray, snr: np.ndarray) -> float:
    """Return where a direction's signal leaves 0: the root of the line through the first four β at which it is coded.

    Args:
        betas: shape (β,), rising.
        snr: variance of the direction over that of the noise, shape (β,).

    Raises:
        ValueError: coded at fewer than two β.
    """
    coded = np.flatnonzero(snr > 2 * CODED)[:4]
    if len(coded) < 2:
        raise ValueError(f"expected a direction that is coded at 2 or more values of beta, got {len(coded)}")
    slope, offset = np.polyfit(betas[coded], snr[coded], 1)
    return float(-offset / slope)


def measured_settling(settings: Gaussian, betas: np.ndarray) -> np.ndarray:
    """Return how fast plain gradient descent on a code of one number comes to rest, per unit of time, shape (β,).

    Every code starts a little off its best value, and the distance's decay is timed over the last steps.
    """
    rest = 1 - settings.rho**2
    target = torch.as_tensor(np.sqrt(signals(np.array([settings.rho]), betas)[:, 0]))
    encoder = (target + NEAR)[:, None, None].clone().requires_grad_(True)
    covariance = torch.ones(1, 1, dtype=torch.float64)
    distances = []
    train(
        [encoder],
        bottleneck_loss(encoder, torch.as_tensor(betas)),
        covariance,
        rest * covariance,
        epochs=settings.settling_steps,
        optimiser="sgd",
        learning_rate=settings.settling_rate,
        after_epoch=lambda _: distances.append((encoder.detach()[:, 0, 0] - target).abs()),
    )
    first, last = distances[-1 - settings.settling_timed].log(), distances[-1].log()
    return ((first - last) / (settings.settling_timed * settings.settling_rate)).numpy()


def stepwise(rates: np.ndarray, step: float) -> np.ndarray:
    """Return how fast gradient descent in steps settles where gradient flow has these rates, −ln(1 − step·r)/step."""
    return -np.log1p(-step * rates) / step


def train_all(settings: Gaussian) -> dict[str, Run]:
    """Train the nets of the headline (""), the same with weight decay, and others that end narrow."""
    few, several = draw_task(settings, settings.outputs), draw_task(settings, settings.narrow)
    narrow = [*settings.widths[:-1], settings.narrow]
    return {
        "": train_linear(settings, few, settings.widths, 0.0),
        "_decay": train_linear(settings, few, settings.widths, settings.decay),
        "_narrow": train_linear(settings, several, narrow, 0.0),
    }


def curve_error(source: Source, codes: Codes) -> float:
    """Return the largest relative deviation of the codes' relevance from the best at their rate.

    Every code of one number lies on its curve; only for vectors can a code miss it.
    """
    coded = codes.rates > CODED
    return float(np.abs(codes.relevances[coded] / best_relevance(source.correlations, codes.rates[coded]) - 1).max())


def _code_values(settings: Gaussian, source: Source, codes: Codes) -> dict[str, Value]:
    rho, betas = source.correlations, codes.betas
    rates, relevances = bottleneck_points(rho, betas)
    gaps = codes.rates - betas[:, None] * codes.relevances - (rates - betas * relevances)[:, None]
    total = float(correlation_information(torch.as_tensor(rho)))
    best = float(best_relevance(rho, np.array(settings.rate)))
    return {
        "objective_gap": Value(float(gaps.max()), digits=6, unit="nats", note="largest of all codes, over the exact"),
        "rate_error": Value(
            float(np.abs(codes.rates - rates[:, None]).max()),
            digits=6,
            unit="nats",
            note="largest difference of a code's rate from the closed form at the same β",
        ),
        "codes": Value(codes.rates.size, digits=0, note="optimised: weights β times random starts"),
        "relevance": Value(best, digits=3, unit="nats", note="exact, the most that a code of the quoted rate can have"),
        "total": Value(total, digits=3, unit="nats", note="exact I(X; Y), which no code can pass"),
        "relevance_share": Value(best / total, digits=3, note="of I(X; Y), at the quoted rate, exact"),
    }


def _transition_values(source: Source, codes: Codes) -> dict[str, Value]:
    exact = critical_betas(source.correlations)
    note = "where the signal's straight line reaches 0; interval over random starts"
    values, errors = {}, []
    for place, beta in enumerate(exact):
        found = mean_interval([transition(codes.betas, snr) for snr in codes.signals[:, :, place].T])
        name = f"critical_beta_{place + 1}" if len(exact) > 1 else "critical_beta"
        values |= {name: Value.of(found, 4, note=note), f"{name}_exact": Value(float(beta), digits=4, note="1/ρ²")}
        errors.append(abs(found.value / beta - 1))
    return values | {
        "transition_error": Value(float(max(errors)), digits=6, note="largest relative deviation from 1/ρ²")
    }


def _code_arrays(source: Source, codes: Codes) -> dict[str, np.ndarray]:
    rates = np.linspace(0, codes.rates.max(), 200)
    betas = np.geomspace(codes.betas[0], codes.betas[-1], 200)
    return {
        "betas": codes.betas,
        "rates": codes.rates,
        "relevances": codes.relevances,
        "signals": codes.signals,
        "curve_rates": rates,
        "curve": best_relevance(source.correlations, rates),
        "grid_betas": betas,
        "grid_signals": signals(source.correlations, betas),
        "critical": critical_betas(source.correlations),
    }


def settling(settings: Gaussian) -> tuple[dict[str, Value], dict[str, np.ndarray]]:
    """Return how settling slows down at the transition of the pair of numbers, from below and from above."""
    distances = np.array(settings.distances)
    critical = float(critical_betas(np.array([settings.rho]))[0])
    betas = critical * (1 + np.concatenate([-distances, distances]))
    found = measured_settling(settings, betas).reshape(2, -1)
    exact = stepwise(settling_rates(settings.rho, betas), settings.settling_rate).reshape(2, -1)
    note = "to fall by the factor e, in units of the inverse slope"
    values = {"settling_error": Value(float(np.abs(found / exact - 1).max()), digits=6, note="largest, relative")}
    for side, measured, theory in zip(("below", "above"), found, exact, strict=True):
        values |= {
            f"slowing_exponent_{side}": Value(slowing_exponent(distances, measured), digits=3, note=SLOWING),
            f"slowing_exponent_{side}_exact": Value(slowing_exponent(distances, theory), digits=3, note=SLOWING),
            f"settling_time_{side}_close": Value(float(1 / measured[0]), digits=1, note=note),
            f"settling_time_{side}_far": Value(float(1 / measured[-1]), digits=1, note=note),
        }
    return values, {"distances": distances, "settling": found, "settling_exact": exact}


def slowing_exponent(distances: np.ndarray, rates: np.ndarray) -> float:
    """Return the slope of log settling time over log distance from the transition, at the nearest three distances."""
    near = np.argsort(distances)[:3]
    return float(-np.polyfit(np.log(distances[near]), np.log(rates[near]), 1)[0])


def _run_values(settings: Gaussian, run: Run, name: str) -> dict[str, Value]:
    at = settings.noises.index(settings.noise)
    values = {}
    for kind, rows in zip(KINDS, run.information, strict=True):
        before, after, note = rows[0, at], rows[-1, at], f"after over before, {PAIRED}"
        values |= {
            f"{kind}_before{name}": Value.of(mean_interval(before), 2, unit="nats"),
            f"{kind}_after{name}": Value.of(mean_interval(after), 2, unit="nats"),
            f"{kind}_ratio{name}": Value.of(ratio_interval(after, before), 3, note=note),
        }
    irrelevant, whole = (run.information[KINDS.index(kind)] for kind in ("irrelevant", "all"))
    for place, noise in enumerate(settings.noises):
        note = f"as irrelevant_ratio, with noise of {noise:g} times the layer's root mean square before training"
        ratio = ratio_interval(irrelevant[-1, place], irrelevant[0, place])
        values[f"irrelevant_ratio_noise_{place + 1}{name}"] = Value.of(ratio, 3, note=note)
    peak = ratio_interval(irrelevant[-1, at], irrelevant[:, at].max(0))
    least = "training error over that of least squares"
    return values | {
        f"irrelevant_to_peak{name}": Value.of(peak, 3, note=f"end over highest of training, {PAIRED}"),
        f"all_change{name}": Value.of(mean_interval(whole[-1, at] - whole[0, at]), 2, unit="nats", note=PAIRED),
        f"fit{name}": Value.of(mean_interval(run.fit[-1]), 4, note=least),
        f"fit_before{name}": Value.of(mean_interval(run.fit[0]), 1, note=least),
        f"fresh{name}": Value.of(
            mean_interval(run.fresh[-1]), 3, note="error on fresh points over that of the teacher"
        ),
    }
