"""Laplace's approximation of a net's posterior, by laplace-torch: a Gaussian at the weights that training found.

The curvature is the full generalised Gauss-Newton matrix (Daxberger et al. 2021), in double precision: by the package's
own Jacobians, as its default way goes through single precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from scripts.maths.ensembles import Ensemble

if TYPE_CHECKING:
    from laplace import ParametricLaplace

LIKELIHOODS = ("regression", "classification")
WEIGHTS = ("last_layer", "all")
MODULES = {"relu": nn.ReLU, "tanh": nn.Tanh}
CHUNKS = {"last_layer": 500, "all": 50}  # inputs at a time; the Jacobians of all weights take time by its square
REACH = 6  # a prior's precision and a noise are sought within 10^-6 and 10^6
SCAN = 121  # precisions tried before the search


def fit_laplace(
    net: Ensemble,
    member: int,
    inputs: Tensor,
    targets: Tensor,
    *,
    likelihood: str,
    weights: str = "last_layer",
    prior_precision: float | None = None,
    noise: float | None = 1.0,
) -> ParametricLaplace:
    """Return the Gaussian around one net's weights, with the full Gauss-Newton matrix.

    Args:
        net: S nets; of a regression, with one output.
        member: which of them.
        inputs: it was trained on, shape (n, d).
        targets: shape (n,): numbers for a regression, whole numbers (classes) for a classification.
        likelihood: "regression" (normal noise) or "classification" (softmax of the outputs).
        weights: which of them are uncertain: "last_layer" or "all"; biases are among them.
        prior_precision: of the normal prior around 0 of each such weight; that of the largest marginal likelihood
            when None (MacKay 1992).
        noise: standard deviation of the observations of a regression; together with the precision, that of the largest
            marginal likelihood when None. Ignored for a classification.

    Raises:
        ValueError: an unknown likelihood or choice of weights, a member that is not there, targets of another length,
            several outputs for a regression, or a precision or noise that is not positive.
    """
    _check(net, member, inputs, targets, likelihood, weights, prior_precision, noise)
    from laplace import FullLaplace, FullLLLaplace
    from laplace.curvature import GGNInterface

    module, classes = as_module(net, member), likelihood == "classification"
    options = {"prior_precision": prior_precision or 1.0, "backend": GGNInterface}
    if weights == "last_layer":
        approximation = FullLLLaplace(module, likelihood, last_layer_name=str(len(module) - 1), **options)
    else:
        approximation = FullLaplace(module, likelihood, **options)
    wanted = targets.long() if classes else targets.double()[:, None]
    pairs = TensorDataset(inputs.detach().double(), wanted)
    approximation.fit(DataLoader(pairs, batch_size=CHUNKS[weights], generator=torch.Generator()))
    if not classes:
        approximation.sigma_noise = noise or _residual(approximation)
    tuned = prior_precision is None, noise is None and not classes
    if any(tuned):
        _maximise_evidence(approximation, *tuned)
    return approximation


def as_module(net: Ensemble, member: int) -> nn.Sequential:
    """Return one net of an ensemble as torch's own layers, in double precision; it shares no memory with the net."""
    modules: list[nn.Module] = []
    for weight, bias in zip(net.weights, net.biases, strict=True):
        layer = nn.utils.skip_init(nn.Linear, *weight.shape[1:], dtype=torch.float64)  # draws no random numbers
        with torch.no_grad():
            layer.weight.copy_(weight[member].T)
            layer.bias.copy_(bias[member, 0])
        modules += [layer, MODULES[net.activation]()]
    return nn.Sequential(*modules[:-1])


def class_probabilities(approximation: ParametricLaplace, inputs: Tensor) -> Tensor:
    """Return the chance of every class at inputs (n, d), shape (n, class), of the net linearised in its weights.

    By the multi-class probit approximation: the softmax of m_c / sqrt(1 + π v_c / 8), with mean m_c and variance v_c of
    every output (MacKay 1992; Daxberger et al. 2021).
    """
    mean, variance = output_moments(approximation, inputs)
    return torch.softmax(mean / torch.sqrt(1 + torch.pi / 8 * variance), dim=1)


def function_moments(approximation: ParametricLaplace, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of a regression's function at inputs (n, d), each of shape (n,), without the noise."""
    mean, variance = output_moments(approximation, inputs)
    return mean[:, 0], variance[:, 0]


def output_moments(approximation: ParametricLaplace, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance of every output at inputs (n, d), each of shape (n, out), of the linearised net.

    The variances of a last layer are taken from its own blocks of the covariance, which saves most of the work.
    """
    from laplace import FullLLLaplace

    found, last = [], isinstance(approximation, FullLLLaplace)
    with torch.no_grad():
        covariance = approximation.posterior_covariance
        for part in inputs.detach().double().split(CHUNKS["last_layer" if last else "all"]):
            if last:
                mean, features = approximation.model.forward_with_features(part)
                found.append((mean, _block_variance(covariance, features, mean.shape[1])))
            else:
                jacobians, mean = approximation.backend.jacobians(part)
                found.append((mean, ((jacobians @ covariance) * jacobians).sum(2)))
    means, variances = zip(*found, strict=True)
    return torch.cat(means), torch.cat(variances)


def _block_variance(covariance: Tensor, features: Tensor, outputs: int) -> Tensor:
    """Return the variance of every output, shape (n, out); weights stand output by output, then all the biases."""
    width = features.shape[1]
    own = torch.arange(outputs * width).reshape(outputs, width)
    own = torch.cat([own, outputs * width + torch.arange(outputs)[:, None]], dim=1)
    blocks = covariance[own[:, :, None], own[:, None, :]]
    with_one = torch.cat([features, torch.ones_like(features[:, :1])], dim=1)
    return ((with_one @ blocks) * with_one).sum(2).T


def _maximise_evidence(approximation: ParametricLaplace, tune_precision: bool, tune_noise: bool) -> None:
    """Set the prior's precision, the noise, or both to where the marginal likelihood is largest.

    With the eigenvalues h of the Gauss-Newton matrix it is plain arithmetic: its logarithm is
    −loss/σ² − n ln σ − ½ (Σ ln(h/σ² + δ) − P ln δ + δ |w|²), apart from a constant; here with its slopes in ln δ, ln σ.
    """
    from scipy.optimize import minimize

    eigenvalues = torch.linalg.eigvalsh(approximation.H).clamp(min=0).numpy()
    loss, length = float(approximation.loss), float(approximation.mean.square().sum())
    count = approximation.n_data if approximation.likelihood == "regression" else 0
    tuned = np.array([tune_precision, tune_noise])
    start = np.log([float(approximation.prior_precision), float(approximation.sigma_noise)])

    def lack(free: np.ndarray) -> tuple[float, np.ndarray]:
        logs = start.copy()
        logs[tuned] = free
        precision, shrink = np.exp(logs[0]), np.exp(-2 * logs[1])
        total = shrink * eigenvalues + precision
        fit = shrink * loss + count * logs[1]
        value = fit + 0.5 * (np.log(total).sum() - len(total) * logs[0] + precision * length)
        slopes = (
            0.5 * ((precision / total).sum() - len(total) + precision * length),
            count - 2 * shrink * loss - (shrink * eigenvalues / total).sum(),
        )
        return value, np.array(slopes)[tuned]

    far = REACH * np.log(10)
    if tune_precision:
        places = np.linspace(-far, far, SCAN)
        free = np.tile(start[tuned], (SCAN, 1))
        free[:, 0] = places
        start[0] = places[int(np.argmin([lack(each)[0] for each in free]))]
    bounds = [(-far, far)] * int(tuned.sum())
    found = minimize(lack, start[tuned], jac=True, bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9})
    start[tuned] = found.x
    approximation.prior_precision = float(np.exp(start[0]))
    if tune_noise:
        approximation.sigma_noise = float(np.exp(start[1]))


def _residual(approximation: ParametricLaplace) -> float:
    """Return the root mean square error of a regression on its own data, at least the smallest noise that is sought."""
    return max(float(2 * approximation.loss / approximation.n_data) ** 0.5, 10.0**-REACH)


def _check(
    net: Ensemble,
    member: int,
    inputs: Tensor,
    targets: Tensor,
    likelihood: str,
    weights: str,
    prior_precision: float | None,
    noise: float | None,
) -> None:
    if likelihood not in LIKELIHOODS:
        raise ValueError(f"likelihood is {likelihood!r}, expected one of {', '.join(LIKELIHOODS)}")
    if weights not in WEIGHTS:
        raise ValueError(f"weights is {weights!r}, expected one of {', '.join(WEIGHTS)}")
    nets, _, outputs = net.weights[-1].shape
    if not 0 <= member < nets:
        raise ValueError(f"member is {member}, expected between 0 and {nets - 1}")
    if likelihood == "regression" and outputs != 1:
        raise ValueError(f"expected one output for a regression, got {outputs}")
    if inputs.dim() != 2 or targets.shape != inputs.shape[:1]:
        shapes = f"inputs {tuple(inputs.shape)} and targets {tuple(targets.shape)}"
        raise ValueError(f"expected inputs (n, d) and targets (n,), got {shapes}")
    for name, value in (("prior_precision", prior_precision), ("noise", noise)):
        if value is not None and value <= 0:
            raise ValueError(f"{name} is {value}, expected a positive number or None")
