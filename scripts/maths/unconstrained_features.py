"""The unconstrained-features model: a classifier whose features are free, and its optimum in closed form.

Minimise, over the features H (n a class, C classes, N = nC examples) and the classifier W, the mean cross-entropy of
the logits W h plus λ_W/2 ‖W‖² + λ_H/2 ‖H‖² (Mixon, Parshall & Pi 2022; Zhu et al. 2021, theorem 3.1, without a bias,
which is 0 at their optimum).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ITERATIONS = 20_000
TOLERANCE = 1e-13  # of the gradient's largest entry


@dataclass(frozen=True)
class Problem:
    """Hold the size of the model and its two penalties.

    Args:
        classes: C, at least 2.
        examples: n, of each class.
        dimension: of a feature, at least C − 1.
        weight_penalty: λ_W.
        feature_penalty: λ_H.
    """

    classes: int
    examples: int
    dimension: int
    weight_penalty: float
    feature_penalty: float

    @property
    def labels(self) -> np.ndarray:
        """Return the class of every example, shape (N,)."""
        return np.repeat(np.arange(self.classes), self.examples)


@dataclass(frozen=True)
class Optimum:
    """Hold the norms of an optimum.

    Args:
        loss: cross-entropy and penalties.
        margin: by how much the logit of the right class is above each other one.
        feature_norm: of one feature.
        weight_norm: of one class's weights.
    """

    loss: float
    margin: float
    feature_norm: float
    weight_norm: float


def exact_optimum(problem: Problem) -> Optimum:
    """Return the optimum in closed form: a simplex, one point a class.

    For given class logits Z = W H̄, penalties are at least √(n λ_W λ_H) times the nuclear norm of Z, with equality at
    balanced factors. By symmetry and convexity in Z the best Z is s (I − 11ᵀ/C), whose nuclear norm is s (C − 1). With
    c = √(n λ_W λ_H) the loss is ln(1 + (C − 1) e^(−s)) + c (C − 1) s, smallest at s = ln(1/c − C + 1).

    Raises:
        ValueError: c ≥ 1/C, where the penalties win and the optimum is 0; or fewer dimensions than a simplex needs.
    """
    classes, others = problem.classes, problem.classes - 1
    if problem.dimension < others:
        raise ValueError(f"dimension is {problem.dimension}, expected at least {others} for {classes} classes")
    strength = np.sqrt(problem.examples * problem.weight_penalty * problem.feature_penalty)
    if strength >= 1 / classes:
        raise ValueError(f"penalties are too strong: √(n λ_W λ_H) is {strength:.3g}, expected below {1 / classes:.3g}")
    margin = np.log(1 / strength - others)
    loss = np.log1p(others * np.exp(-margin)) + strength * others * margin
    balance = np.sqrt(problem.weight_penalty / (problem.examples * problem.feature_penalty))
    share = margin * others / classes
    return Optimum(float(loss), float(margin), float(np.sqrt(share * balance)), float(np.sqrt(share / balance)))


def minimise(problem: Problem, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Minimise from a random start by L-BFGS; return features (N, d), classifier (C, d) and the loss."""
    from scipy.optimize import minimize  # here, as it takes longer to import than most figures to draw

    labels = problem.labels
    wanted = np.eye(problem.classes)[labels]
    sizes = (labels.size, problem.dimension), (problem.classes, problem.dimension)
    cut = sizes[0][0] * sizes[0][1]

    def loss(place: np.ndarray) -> tuple[float, np.ndarray]:
        features, weights = place[:cut].reshape(sizes[0]), place[cut:].reshape(sizes[1])
        logits = features @ weights.T
        logits -= logits.max(1, keepdims=True)
        log_shares = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        slope = (np.exp(log_shares) - wanted) / labels.size
        penalty = problem.feature_penalty * (features**2).sum() + problem.weight_penalty * (weights**2).sum()
        by_features = slope @ weights + problem.feature_penalty * features
        by_weights = slope.T @ features + problem.weight_penalty * weights
        value = -(wanted * log_shares).sum() / labels.size + penalty / 2
        return float(value), np.concatenate([by_features.ravel(), by_weights.ravel()])

    start = rng.standard_normal(cut + sizes[1][0] * sizes[1][1])
    options = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "ftol": 0.0, "gtol": TOLERANCE, "maxcor": 30}
    end = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return end.x[:cut].reshape(sizes[0]), end.x[cut:].reshape(sizes[1]), float(end.fun)
