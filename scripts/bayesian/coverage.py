"""How often 95 % intervals hold the outcome, on patients that no method has seen, and how wide they are for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.bayesian.regression import (
    dropout_answers,
    heads_answers,
    plain_answers,
    train_dropout,
    train_heads,
    train_plain,
)
from scripts.bayesian.settings import Coverage
from scripts.bayesian.study import Part, Study, diabetes_study, exact_law, linear_study, prepare
from scripts.maths.bayesian_linear import linear_posterior, linear_predictive
from scripts.maths.conformal import conformal_coverage, conformal_radius
from scripts.maths.ensembles import Ensemble, pick
from scripts.maths.laplace import fit_laplace, function_moments
from scripts.maths.normal_forecasts import (
    interval_score,
    likeliest_noise,
    mixture_moments,
    normal_loss,
    normal_reach,
)
from scripts.maths.statistics import bounded, mean_interval, ratio_interval

METHODS = {  # the order of the figure
    "plain": "one net, noise from its own training residuals",
    "dropout_epistemic": "mean and scatter of the passes, no noise term, at the article's rate",
    "dropout_epistemic_low_rate": "mean and scatter of the passes, no noise term, at the low rate",
    "dropout_noise": "scatter plus a noise chosen on held-out training patients, at the article's rate",
    "dropout_noise_low_rate": "scatter plus a noise chosen on held-out training patients, at the low rate",
    "noise_alone": "mean of the passes at the article's rate, and held-out noise in place of their scatter",
    "ensemble_free": "the ensemble with no weight decay",
    "ensemble": "nets with mean and variance, moments of their mixture",
    "laplace_last_layer": "noise and prior by marginal likelihood, last layer",
    "laplace": "noise and prior by marginal likelihood, all weights",
    "bayesian_ridge": "Bayesian linear regression, precisions by marginal likelihood",
    "conformal": "split conformal around one net",
}
SPLITS = "mean over random splits of the same patients, with an interval about the splits, not about other patients"
DRAWS = "mean over draws of data and law"


@dataclass(frozen=True)
class Forecast:
    """Hold a method's intervals for fresh patients, every array of shape (seed, m).

    Args:
        centre: middle of the interval.
        reach: half its width.
        function: variance of the function behind the outcome; None for a method that has none.
        total: variance of the outcome; None for a method without a density.
    """

    centre: np.ndarray
    reach: np.ndarray
    function: np.ndarray | None = None
    total: np.ndarray | None = None


def compute(settings: Coverage) -> Result:
    """Measure every method on the diabetes study, and again where outcomes follow a known linear law."""
    patients = diabetes_study(settings.seed_block)
    real = measures(forecasts(settings, patients), fresh(settings, patients).answers)
    few, many = (settings.model_copy(update={"seeds": count}) for count in (settings.known_seeds, settings.draws))
    known, draws = (linear_study(each.seed_block, each.explained) for each in (few, many))
    model = measures(forecasts(few, known) | {"exact": exact(few, known)}, fresh(few, known).answers)
    truth = measures({"exact": exact(many, draws)}, fresh(many, draws).answers)["exact"]
    expected = conformal_coverage(settings.calibration)
    values = (
        _real_values(real)
        | {
            "exact": Value.of(
                bounded(mean_interval(truth["coverage"]), 0, 1), 4, note=f"right prior and noise, {DRAWS}"
            ),
            "conformal_expected": Value(expected, digits=4, note="exact, for patients in random order"),
        }
        | _gains(real)
        | _known_values(model)
    )
    arrays = {f"{name}_{kind}": array for name, found in real.items() for kind, array in found.items()}
    arrays |= {f"known_{name}_{kind}": array for name, found in model.items() for kind, array in found.items()}
    return Result(values, arrays | {"exact_coverage": truth["coverage"], "conformal_expected": np.array([expected])})


def fresh(settings: Coverage, study: Study) -> Part:
    """Return all training patients of each split, and the fresh ones."""
    return prepare(study, settings.training, slice(settings.training, None))


def forecasts(settings: Coverage, study: Study) -> dict[str, Forecast]:
    """Return the intervals of all methods but exact inference, by name."""
    tuning = prepare(study, settings.fitted, slice(settings.fitted, settings.fitted + settings.tuning))
    part = fresh(settings, study)
    decay = plain_decay(settings, tuning)
    found = (
        plain_and_laplace(settings, part, decay)
        | dropout(settings, tuning, part)
        | ensembles(settings, tuning, part)
        | {"bayesian_ridge": ridge(part), "conformal": conformal(settings, study, decay)}
    )
    return {name: found[name] for name in METHODS}


def plain_decay(settings: Coverage, tuning: Part) -> np.ndarray:
    """Return the weight decay with the smallest squared error on the tuning patients, shape (seed,)."""
    decays = _choices(settings)
    answers = plain_answers(train_plain(settings, tuning, decays), tuning)
    return _best(decays, ((answers - tuning.answers) ** 2).mean(-1))


def plain_and_laplace(settings: Coverage, part: Part, decay: np.ndarray) -> dict[str, Forecast]:
    """Return the intervals of a plain net with the noise of its residuals, and of Laplace's approximation around it."""
    net = train_plain(settings, part, decay[None])
    own = replace(part, asked=part.inputs, answers=part.centre + part.scale * part.targets.numpy())
    noise = ((plain_answers(net, own)[0] - own.answers) ** 2).mean(-1, keepdims=True)
    centre = plain_answers(net, part)[0]
    found = {"plain": normal(centre, np.zeros_like(centre), noise)}
    return found | {
        name: laplace(net, part, weights)
        for name, weights in (("laplace", "all"), ("laplace_last_layer", "last_layer"))
    }


def laplace(net: Ensemble, part: Part, weights: str) -> Forecast:
    """Return the intervals of Laplace's approximation; its prior and noise maximise the marginal likelihood."""
    exact_net, moments, noises = pick(net, slice(None), torch.float64), [], []
    for seed, (inputs, targets, asked) in enumerate(zip(part.inputs, part.targets, part.asked, strict=True)):
        approximation = fit_laplace(
            exact_net, seed, inputs, targets, likelihood="regression", weights=weights, noise=None
        )
        moments.append(torch.stack(function_moments(approximation, asked)))
        noises.append(float(approximation.sigma_noise))
    mean, function = torch.stack(moments, dim=1).numpy()
    noise = part.scale**2 * np.array(noises)[:, None] ** 2
    return normal(part.centre + part.scale * mean, part.scale**2 * function, noise)


def dropout(settings: Coverage, tuning: Part, part: Part) -> dict[str, Forecast]:
    """Return the intervals of dropout kept on, bare and with noise, and with the noise alone.

    Weight decay and noise, Gal and Ghahramani's 1/τ, are those of the largest likelihood on the tuning patients.
    """
    rates = {"": settings.rate, "_low_rate": settings.low_rate}
    found = {}
    for name, rate in rates.items():
        decays = _choices(settings)
        drawn = [rate] * len(decays)
        mean, scatter = dropout_answers(settings, train_dropout(settings, tuning, decays, drawn), tuning, drawn)
        residuals = tuning.answers - mean
        noises = likeliest_noise(residuals, scatter)
        losses = normal_loss(mean, scatter + noises[..., None], tuning.answers).mean(-1)
        noise, alone = _best(noises, losses)[:, None], _best((residuals**2).mean(-1), losses)[:, None]
        net = train_dropout(settings, part, _best(decays, losses)[None], [rate])
        centre, spread = (each[0] for each in dropout_answers(settings, net, part, [rate]))
        found[f"dropout_epistemic{name}"] = Forecast(centre, normal_reach(spread))
        found[f"dropout_noise{name}"] = normal(centre, spread, noise)
        if not name:
            found["noise_alone"] = normal(centre, np.zeros_like(spread), alone)
    return found


def ensembles(settings: Coverage, tuning: Part, part: Part) -> dict[str, Forecast]:
    """Return the intervals of an ensemble with chosen weight decay, and of the same one with none."""
    decays = _choices(settings)
    means, variances = heads_answers(settings, train_heads(settings, tuning, decays), tuning)
    mean, between, within = mixture_moments(means, variances, 1)
    best = _best(decays, normal_loss(mean, between + within, tuning.answers).mean(-1))
    net = train_heads(settings, part, np.stack([best, np.zeros_like(best)]))
    mean, between, within = mixture_moments(*heads_answers(settings, net, part), 1)
    return {
        name: normal(mean[one], between[one], within[one]) for one, name in enumerate(("ensemble", "ensemble_free"))
    }


def ridge(part: Part) -> Forecast:
    """Return the intervals of scikit-learn's Bayesian linear regression."""
    from sklearn.linear_model import BayesianRidge  # here, as it takes long to import

    means, deviations, noises = [], [], []
    for inputs, targets, asked in zip(part.inputs, part.targets, part.asked, strict=True):
        model = BayesianRidge().fit(inputs.numpy(), targets.numpy())
        mean, deviation = model.predict(asked.numpy(), return_std=True)
        means.append(mean)
        deviations.append(deviation)
        noises.append([1 / model.alpha_])
    noise, total = np.array(noises), np.stack(deviations) ** 2
    scale = part.scale**2
    return normal(part.centre + part.scale * np.stack(means), scale * (total - noise), scale * noise)


def conformal(settings: Coverage, study: Study, decay: np.ndarray) -> Forecast:
    """Return the split conformal intervals of a plain net that has not seen the calibration patients."""
    rest = prepare(
        study, settings.training - settings.calibration, slice(settings.training - settings.calibration, None)
    )
    centre = plain_answers(train_plain(settings, rest, decay[None]), rest)[0]
    scores = np.abs(centre - rest.answers)[:, : settings.calibration]
    centre = centre[:, settings.calibration :]
    return Forecast(centre, np.repeat(conformal_radius(scores)[:, None], centre.shape[1], axis=1))


def exact(settings: Coverage, study: Study) -> Forecast:
    """Return the intervals of exact Bayesian inference on a study whose prior and noise are known."""
    precision, noise = exact_law(settings.explained)
    inputs, outcomes = study.inputs.numpy(), study.outcomes.numpy()
    seen = slice(0, settings.training)
    posterior = linear_posterior(inputs[:, seen], outcomes[:, seen], noise=noise, prior_precision=precision)
    mean, function = linear_predictive(inputs[:, settings.training :], *posterior)
    return normal(mean, function, np.full((len(mean), 1), noise**2))


def normal(centre: np.ndarray, function: np.ndarray, noise: np.ndarray) -> Forecast:
    """Return the central intervals of normal laws with the variances of function and noise added."""
    return Forecast(centre, normal_reach(function + noise), function, function + noise)


def measures(found: dict[str, Forecast], outcomes: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Return for each method its measures, each of shape (seed,), against outcomes of shape (seed, m).

    Coverage, width, root mean square error and interval score of each; negative log-likelihood and the function's
    share of the variance where there is a density.
    """
    return {name: _measures(forecast, outcomes) for name, forecast in found.items()}


def _measures(forecast: Forecast, outcomes: np.ndarray) -> dict[str, np.ndarray]:
    centre, reach = forecast.centre, forecast.reach
    found = {
        "coverage": (np.abs(outcomes - centre) <= reach).mean(1),
        "width": 2 * reach.mean(1),
        "error": np.sqrt(((outcomes - centre) ** 2).mean(1)),
        "score": interval_score(centre - reach, centre + reach, outcomes).mean(1),
    }
    if forecast.function is not None and forecast.total is not None:
        found["loss"] = normal_loss(centre, forecast.total, outcomes).mean(1)
        found["function_share"] = (forecast.function / forecast.total).mean(1)
    return found


def _real_values(real: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    values = {}
    for name, what in METHODS.items():
        found = real[name]
        values[name] = Value.of(bounded(mean_interval(found["coverage"]), 0, 1), 3, note=f"{what}; {SPLITS}")
        values[f"{name}_width"] = Value.of(mean_interval(found["width"]), 0, note="full, in units of the outcome")
        values[f"{name}_error"] = Value.of(mean_interval(found["error"]), 1, note="root mean square, of the centre")
        values[f"{name}_score"] = Value.of(mean_interval(found["score"]), 0, note="interval score; smaller is better")
        if "loss" in found:
            note = "negative log-likelihood of the outcome under the normal law of the interval"
            values[f"{name}_loss"] = Value.of(mean_interval(found["loss"]), 2, unit="nats", note=note)
        if np.any(found.get("function_share", 0)):
            note = "of the predictive variance, the part that is the function's, not the noise"
            values[f"{name}_function_share"] = Value.of(
                bounded(mean_interval(found["function_share"]), 0, 1), 3, note=note
            )
        if name != "conformal":
            note = "width over that of conformal intervals, geometric mean, paired by split"
            values[f"{name}_width_ratio"] = Value.of(
                ratio_interval(found["width"], real["conformal"]["width"]), 3, note=note
            )
    return values


def _gains(real: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    """Return what dropout's scatter adds to its noise term, and weight decay to the ensemble, paired by split."""
    values = {}
    for gain, one, other in (("scatter", "dropout_noise", "noise_alone"), ("decay", "ensemble", "ensemble_free")):
        for measure, digits in (("coverage", 3), ("score", 1)):
            difference = mean_interval(real[one][measure] - real[other][measure])
            note = f"{measure} of {one} minus that of {other}, paired by split"
            values[f"{gain}_{measure}_change"] = Value.of(difference, digits, note=note)
    return values


def _known_values(model: dict[str, dict[str, np.ndarray]]) -> dict[str, Value]:
    values = {}
    for name, found in model.items():
        note = f"coverage where the law is known; {DRAWS}"
        values[f"known_{name}"] = Value.of(bounded(mean_interval(found["coverage"]), 0, 1), 3, note=note)
        if name != "exact":
            ratio = ratio_interval(found["width"], model["exact"]["width"])
            note = "width over that of exact inference, geometric mean, paired by draw"
            values[f"known_{name}_width_ratio"] = Value.of(ratio, 3, note=note)
    return values


def _choices(settings: Coverage) -> np.ndarray:
    return np.repeat(np.array(settings.decays)[:, None], settings.seeds, axis=1)


def _best(choices: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Return each seed's choice of the smallest loss, shape (seed,); both of shape (choice, seed)."""
    return np.take_along_axis(choices, losses.argmin(0)[None], axis=0)[0]
