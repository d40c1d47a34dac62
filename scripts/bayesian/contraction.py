"""What each method says of a function, on data of many sizes: dropout, an ensemble, Laplace, exact Bayes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.polynomial.legendre import legvander
from torch import Tensor

from scripts.bayesian.data import curve
from scripts.bayesian.masking import draw_uniform, forward, keep_masks, last_layer_variance
from scripts.bayesian.measures import rms
from scripts.bayesian.settings import Posterior
from scripts.maths.bayesian_linear import linear_posterior, linear_predictive
from scripts.maths.ensembles import Ensemble, initialise, pick
from scripts.maths.laplace import fit_laplace, function_moments
from scripts.maths.random import generator, generators
from scripts.maths.training import mean_squared_error, train

TRAINING = torch.float32  # what is measured is measured in float64
GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Kind:
    """Hold what nets of one kind have in common; there is one net of it a size of the data and seed.

    Args:
        rate: chance that a hidden unit is dropped in training; 0 for no dropout.
        member: nets of the same seed and member start alike and see the same batches.
        fixed: whether the weight decay is the same at all sizes, or falls as 1/N, as a prior's part in the loss does.
    """

    rate: float
    member: int = 0
    fixed: bool = False


@dataclass(frozen=True)
class Function:
    """Hold what a method says of the function at each place: mean and variance, each of shape (size, seed, place)."""

    mean: np.ndarray
    variance: np.ndarray

    def spread(self) -> np.ndarray:
        """Return the root mean square over places of the standard deviation, shape (size, seed)."""
        return np.sqrt(self.variance.mean(-1))

    def error(self, truth: np.ndarray) -> np.ndarray:
        """Return the root mean square error of the mean over places, shape (size, seed)."""
        return rms(self.mean - truth)


def sample(settings: Posterior) -> tuple[np.ndarray, np.ndarray]:
    """Return places and observations at the largest size, each of shape (seed, n); smaller samples are their starts.

    The places go on by the golden section from a random start, so that they are spread evenly at every size: what is
    measured is then what N does, and not the luck of a stretch that few of the points fell on.
    """
    count, found = settings.sizes[-1], []
    for seed in settings.seed_block:
        start = generator(seed, "bayesian.posterior.places").random()
        inputs = settings.reach * (2 * ((start + GOLDEN * np.arange(count)) % 1) - 1)
        noise = generator(seed, "bayesian.posterior.noise").normal(0, settings.noise, count)
        found.append((inputs, curve(inputs) + noise))
    inputs, targets = zip(*found, strict=True)
    return np.stack(inputs), np.stack(targets)


def grid(settings: Posterior) -> np.ndarray:
    """Return where the spread is measured: evenly over the stretch of the data, shape (place,)."""
    return settings.reach * (2 * (np.arange(settings.places) + 0.5) / settings.places - 1)


def features(settings: Posterior, inputs: np.ndarray) -> np.ndarray:
    """Return the Legendre polynomials on the stretch of the data, of mean square 1 there, shape (…, degree + 1)."""
    return legvander(inputs / settings.reach, settings.degree) * np.sqrt(2 * np.arange(settings.degree + 1) + 1)


def train_nets(settings: Posterior, kind: Kind) -> Ensemble:
    """Return the trained nets of one kind, shape (size × seed), the seed running fastest.

    Every step takes a batch of the same number of examples, drawn anew with replacement, so that nets on data of all
    sizes train in one computation for the same number of steps.
    """
    seeds, block = settings.seeds, settings.seed_block
    starts = [rng for _ in settings.sizes for rng in generators(block, f"bayesian.posterior.weights.{kind.member}")]
    net = initialise([1, settings.width, 1], starts, dtype=TRAINING)
    batches = generators(block, f"bayesian.posterior.batches.{kind.member}")
    masks = generators(block, "bayesian.posterior.masks")
    counts = torch.tensor(settings.sizes)[:, None, None]
    owner = torch.arange(seeds).repeat(len(settings.sizes))[:, None]
    rates = torch.full((len(owner),), kind.rate)
    pull, last_pull = pulls(settings, kind)

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        drawn = torch.as_tensor(np.stack([rng.random(settings.batch_size) for rng in batches]))
        chosen = (drawn * counts).long().reshape(len(owner), -1)
        places, wanted = inputs[owner, chosen], targets[owner, chosen]
        if kind.rate:
            uniform = draw_uniform(masks, settings.batch_size, [settings.width])[0].to(TRAINING)
            outputs = forward(net, places, keep_masks([uniform], rates))
        else:
            outputs = net(places)
        *others, last = [(tensor**2).sum((1, 2)) for tensor in (*net.biases, *net.weights)]
        return mean_squared_error(outputs, wanted) + pull * sum(others) + last_pull * last

    inputs, targets = (torch.as_tensor(part).to(TRAINING)[..., None] for part in sample(settings))
    for learning_rate in settings.learning_rates:
        train(net.parameters, loss, inputs, targets, epochs=settings.steps, learning_rate=learning_rate)
    return pick(net, slice(None), torch.float64)


def pulls(settings: Posterior, kind: Kind) -> tuple[Tensor, Tensor]:
    """Return what every net's loss adds per squared parameter: of all but the last weights, and of these, each (net,).

    For the mean squared error, the prior's part is σ² λ/N with λ the prior's precision. Under dropout the last weights
    count 1/(1 − p) times (Gal and Ghahramani 2016, equation 7, written for masks of mean 1).
    """
    prior = settings.noise**2 * settings.prior_precision / np.array(settings.sizes)
    fixed = np.full(len(settings.sizes), settings.weight_decay / 2)  # torch's weight decay is the slope of half of it
    each, last = (fixed, fixed) if kind.fixed else (prior, prior / (1 - kind.rate))
    pull, last_pull = (torch.as_tensor(np.repeat(part, settings.seeds)).to(TRAINING) for part in (each, last))
    return pull, last_pull


def dropout_function(settings: Posterior, net: Ensemble, rate: float) -> Function:
    """Return mean and variance over all masks, both exact, as the output is linear in the one mask.

    Args:
        settings: of the experiment.
        net: nets with one hidden layer, shape (size × seed).
        rate: chance that a hidden unit is dropped.
    """
    rates = torch.full((len(net.weights[0]),), rate, dtype=torch.float64)
    variance = last_layer_variance(net, torch.as_tensor(grid(settings))[:, None], rates)
    return Function(outputs(settings, net), _by_size(settings, variance))


def tuned_function(settings: Posterior, tried: Sequence[Function]) -> tuple[Function, np.ndarray]:
    """Return, for every size and seed, the function that foretells fresh data best, and its place, (size, seed).

    The score is the expected log-likelihood of fresh observations, which is what held-out data in any number estimate.
    """
    places = grid(settings)
    best = np.argmax([expected_log_likelihood(settings, each, curve(places)) for each in tried], axis=0)
    size, seed = np.indices(best.shape)
    means, variances = (np.stack(part) for part in zip(*((each.mean, each.variance) for each in tried), strict=True))
    return Function(means[best, size, seed], variances[best, size, seed]), best


def expected_log_likelihood(settings: Posterior, function: Function, truth: np.ndarray) -> np.ndarray:
    """Return the mean of log N(y; m, v + σ²) over places and fresh observations y there, shape (size, seed)."""
    total = function.variance + settings.noise**2
    misfit = (function.mean - truth) ** 2 + settings.noise**2
    return -0.5 * (np.log(2 * np.pi * total) + misfit / total).mean(-1)


def ensemble_function(settings: Posterior, members: Sequence[Ensemble]) -> Function:
    """Return mean and variance over nets that were trained from different starts."""
    answers = np.stack([outputs(settings, member) for member in members])
    return Function(answers.mean(0), answers.var(0, ddof=1))


def laplace_function(settings: Posterior, net: Ensemble) -> Function:
    """Return mean and variance by Laplace's approximation of the last layer; nets of shape (size × seed)."""
    new = torch.as_tensor(grid(settings))[:, None]
    inputs, targets = (torch.as_tensor(part) for part in sample(settings))
    found = []
    for place, (size, seed) in enumerate(np.ndindex(len(settings.sizes), settings.seeds)):
        count = settings.sizes[size]
        fitted = fit_laplace(
            net,
            place,
            inputs[seed, :count, None],
            targets[seed, :count],
            likelihood="regression",
            prior_precision=settings.prior_precision,
            noise=settings.noise,
        )
        found.append(function_moments(fitted, new))
    means, variances = zip(*found, strict=True)
    return Function(_by_size(settings, torch.stack(means)), _by_size(settings, torch.stack(variances)))


def conjugate_function(settings: Posterior) -> Function:
    """Return mean and variance by exact Bayesian regression on polynomials."""
    inputs, targets = sample(settings)
    new, columns = features(settings, grid(settings)), features(settings, inputs)
    prior = {"noise": settings.noise, "prior_precision": settings.prior_precision}
    found = [
        linear_predictive(new, *linear_posterior(columns[:, :count], targets[:, :count], **prior))
        for count in settings.sizes
    ]
    return Function(*(np.stack(part) for part in zip(*found, strict=True)))


def outputs(settings: Posterior, net: Ensemble) -> np.ndarray:
    """Return what nets of shape (size × seed) answer without masks, shape (size, seed, place)."""
    with torch.no_grad():
        return _by_size(settings, net(torch.as_tensor(grid(settings))[:, None])[..., 0])


def _by_size(settings: Posterior, rows: Tensor) -> np.ndarray:
    return rows.detach().numpy().reshape(len(settings.sizes), settings.seeds, -1)
