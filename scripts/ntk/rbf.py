"""The article's demo made whole: the RBF kernel beside the tangent kernel, by entries and by eigenvalues."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize_scalar

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.empirical_ntk import tangent_gram
from scripts.maths.ntk import propagate
from scripts.maths.random import generator
from scripts.maths.statistics import mean_interval
from scripts.ntk.settings import Rbf
from scripts.ntk.zonal import eigenvalues_by_degree, first_index, multiplicity, rbf_eigenvalues

Kernel = Callable[[np.ndarray], np.ndarray]
EXTRA_DEGREES = 5  # drawn beyond the decay range
ROUNDING = np.finfo(float).eps
BOUNDS = (-5.0, 3.0)  # of the logarithm of a kernel's scale
SMALL_ANGLE = 1e-4  # radians; the kernel's curvature moves the slope by about as much


def compute(settings: Rbf) -> Result:
    """Compare four Gram matrices on the same points of the sphere, once a seed: entries and eigenvalues."""
    kernels = choose_kernels(settings)
    names = [*kernels, "network"]
    spectra, entries = [], []
    for seed in settings.seed_block:
        points = sphere_points(settings, seed)
        grams = {name: kernel(points @ points.T) for name, kernel in kernels.items()}
        grams["network"] = network_gram(settings, points, seed)
        spectra.append([eigenvalues(grams[name]) for name in names])
        entries.append([correlation(grams["ntk"], grams[name]) for name in names])
        if seed == settings.first_seed:
            drawn = draw_order(points, settings.shown)
            shown = {f"gram_{name}": grams[name][np.ix_(drawn, drawn)] for name in names}
    found = np.array(spectra)  # (seed, kernel, index)
    slopes = decay_exponent(found, settings)
    exact = exact_spectra(kernels, settings)
    last = len(next(iter(exact.values())))
    arrays = {f"exact_{name}": line for name, line in exact.items()} | shown
    arrays |= {f"spectrum_{name}": found[:, position, :last] for position, name in enumerate(names)}
    arrays |= {"cosines": (cosines := np.linspace(-1, 1, 201)), "range": np.array(index_range(settings))}
    arrays |= {f"curve_{name}": kernel(cosines) for name, kernel in kernels.items()}
    columns = {name: slopes[:, position] for position, name in enumerate(names)}
    shares = {name: np.array(entries)[:, position] for position, name in enumerate(names)}
    return Result(values_of(settings, columns, shares, exact), arrays)


def values_of(
    settings: Rbf, slopes: dict[str, np.ndarray], entries: dict[str, np.ndarray], exact: dict[str, np.ndarray]
) -> dict[str, Value]:
    """Return the numbers of the report; slopes and entries by kernel, each of shape (seed,)."""
    d = settings.dimension
    note = "paired by seed"
    values = {f"{name}_exponent": Value.of(mean_interval(slope), 2) for name, slope in slopes.items()}
    values |= {
        f"{name}_gap": Value.of(mean_interval(slopes[name] - slopes["ntk"]), 2, note=note)
        for name in ("rbf", "laplace", "network")
    }
    values |= {
        f"{name}_exponent_exact": Value(float(decay_exponent(line, settings)), digits=2, note="infinitely many points")
        for name, line in exact.items()
    }
    degrees = range(settings.first_degree, settings.last_degree + 1)
    lines = {name: [line[first_index(degree, d)] for degree in degrees] for name, line in exact.items()}
    return values | {
        "correlation": Value.of(mean_interval(entries["rbf"]), 3),
        "laplace_correlation": Value.of(mean_interval(entries["laplace"]), 3),
        "network_correlation": Value.of(mean_interval(entries["network"]), 3),
        "exponent_theory": Value(-d / (d - 1), digits=2, note="-d/(d-1), for large index"),
        "ntk_fall": Value(float(np.log10(lines["ntk"][0] / lines["ntk"][-1])), digits=1, note="powers of ten"),
        "rbf_fall": Value(float(np.log10(lines["rbf"][0] / lines["rbf"][-1])), digits=1, note="powers of ten"),
        "gamma": Value(closest_scale(rbf, settings), digits=2),
    }


def choose_kernels(settings: Rbf) -> dict[str, Kernel]:
    """Return the tangent kernel, the RBF kernel that is closest to it, and the Laplace kernel with the same kink."""
    gamma, rate = closest_scale(rbf, settings), kink(settings)
    return {
        "ntk": lambda cosine: relu_tangent(cosine, settings),
        "rbf": lambda cosine: rbf(cosine, gamma),
        "laplace": lambda cosine: laplace(cosine, rate),
    }


def tangent(cosine: np.ndarray, settings: Rbf) -> np.ndarray:
    """Return the tangent kernel of an infinitely wide ReLU network for unit vectors."""
    one = np.ones(())
    bounded = np.clip(cosine, -1, 1)
    return propagate(bounded, one, one, hidden=settings.hidden, bias_variance=settings.bias_variance)[1]


def diagonal(settings: Rbf) -> float:
    """Return the tangent kernel of a unit vector with itself."""
    return float(tangent(np.ones(()), settings))


def relu_tangent(cosine: np.ndarray, settings: Rbf) -> np.ndarray:
    """Return the tangent kernel over its diagonal, so that it is 1 at a point itself, as the RBF kernel is."""
    return tangent(cosine, settings) / diagonal(settings)


def rbf(cosine: np.ndarray, gamma: float) -> np.ndarray:
    """Return exp(−γ‖x − y‖²) for unit vectors, where ‖x − y‖² = 2 − 2 x·y."""
    return np.exp(-gamma * squared_distance(cosine))


def laplace(cosine: np.ndarray, rate: float) -> np.ndarray:
    """Return exp(−c‖x − y‖) for unit vectors."""
    return np.exp(-rate * np.sqrt(squared_distance(cosine)))


def squared_distance(cosine: np.ndarray) -> np.ndarray:
    """Return ‖x − y‖² of unit vectors from their cosine."""
    return np.maximum(2 - 2 * cosine, 0)


def closest_scale(family: Callable[[np.ndarray, float], np.ndarray], settings: Rbf) -> float:
    """Return the scale at which a family's entries correlate best with the tangent kernel's, points uniform.

    No seed enters: the cosine of two uniform points has density proportional to (1 − u²)^{(d−3)/2}.
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    angle = (nodes + 1) * np.pi / 2
    cosine, measure = np.cos(angle), weights * np.sin(angle) ** (settings.dimension - 2)
    target = relu_tangent(cosine, settings)

    def distance(logarithm: float) -> float:
        return -weighted_correlation(family(cosine, float(np.exp(logarithm))), target, measure)

    found = float(minimize_scalar(distance, bounds=BOUNDS, method="bounded").x)
    if min(abs(found - bound) for bound in BOUNDS) < 1e-2:
        raise ValueError(f"expected the best scale within {np.exp(BOUNDS)}, found it at the edge, {np.exp(found):.3g}")
    return float(np.exp(found))


def kink(settings: Rbf) -> float:
    """Return the slope at which the tangent kernel, 1 at angle zero, falls off: the rate c of the Laplace kernel.

    Near angle zero ‖x − y‖ is the angle, so exp(−c‖x − y‖) falls off with slope c.
    """
    return float((1 - relu_tangent(np.cos(SMALL_ANGLE), settings)) / SMALL_ANGLE)


def weighted_correlation(one: np.ndarray, two: np.ndarray, weights: np.ndarray) -> float:
    """Return Pearson's correlation of two functions under a measure."""
    share = weights / weights.sum()
    left, right = one - share @ one, two - share @ two
    return float((share @ (left * right)) / np.sqrt((share @ left**2) * (share @ right**2)))


def correlation(one: np.ndarray, two: np.ndarray) -> float:
    """Return Pearson's correlation of two Gram matrices' entries off the diagonal."""
    weights = 1 - np.eye(len(one))
    return weighted_correlation(one.ravel(), two.ravel(), weights.ravel())


def sphere_points(settings: Rbf, seed: int) -> np.ndarray:
    """Return points uniform on the unit sphere, shape (points, dimension)."""
    drawn = generator(seed, "ntk.rbf.points").normal(size=(settings.points, settings.dimension))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def network_gram(settings: Rbf, points: np.ndarray, seed: int) -> np.ndarray:
    """Return the tangent kernel of one finite network at random weights, shape (n, n)."""
    rng = generator(seed, "ntk.rbf.weights")
    shapes = list(pairwise([settings.dimension, *[settings.width] * settings.hidden, 1]))
    weights = [rng.normal(size=shape) for shape in shapes]
    biases = [rng.normal(size=out) for _, out in shapes]
    return tangent_gram(weights, biases, points, bias_variance=settings.bias_variance) / diagonal(settings)


def eigenvalues(gram: np.ndarray) -> np.ndarray:
    """Return a Gram matrix's eigenvalues over its size, largest first, not below four units of rounding.

    Divided by the number of points they approach the kernel's eigenvalues (Koltchinskii and Giné 2000).
    """
    found = np.linalg.eigvalsh(gram)[::-1] / len(gram)
    return np.maximum(found, 4 * ROUNDING * found[0])


def index_range(settings: Rbf) -> tuple[int, int]:
    """Return the first eigenvalue of the decay range and the one after its last, counted from 0."""
    degrees = settings.first_degree, settings.last_degree + 1
    first, stop = (first_index(degree, settings.dimension) for degree in degrees)
    return first, stop


def decay_exponent(spectrum: np.ndarray, settings: Rbf) -> np.ndarray:
    """Return the slope of log eigenvalue against log index over the decay range; spectra along the last axis."""
    first, stop = index_range(settings)
    index = np.log(np.arange(first + 1, stop + 1))
    index -= index.mean()
    return np.log(spectrum[..., first:stop]) @ index / (index @ index)


def exact_spectra(kernels: dict[str, Kernel], settings: Rbf) -> dict[str, np.ndarray]:
    """Return the kernels' own eigenvalues by index, each degree's as often as it occurs."""
    degrees, dimension = settings.last_degree + EXTRA_DEGREES, settings.dimension
    by_degree = {name: eigenvalues_by_degree(kernel, degrees, dimension) for name, kernel in kernels.items()}
    by_degree["rbf"] = rbf_eigenvalues(closest_scale(rbf, settings), degrees, dimension)
    times = [multiplicity(degree, dimension) for degree in range(degrees + 1)]
    return {name: np.repeat(each, times)[: settings.points] for name, each in by_degree.items()}


def draw_order(points: np.ndarray, count: int) -> np.ndarray:
    """Return some of the points, from the south pole to the north."""
    return np.argsort(points[:count, -1], kind="stable")
