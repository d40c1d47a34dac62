"""Baird's star: values that all lie within reach of the features, and learning that runs away from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval
from scripts.reinforcement.settings import Divergence

FIRST_WEIGHTS = (1.0, 10.0, 1.0)  # upper states' own, last state's own, shared (Sutton & Barto 2018, section 11.2)
GRID = 100  # discounts at which the growth is drawn
SHOWN = 101  # numbers of updates at which errors are drawn


@dataclass(frozen=True)
class Prediction:
    """Hold a prediction by linear features in a world without rewards, whose values therefore are all 0.

    Args:
        features: of each state, shape (state, weight).
        transitions: chances of the next state under the policy whose values are learned, shape (state, state).
        visits: share of the updates that each state gets, shape (state,).
        discount: γ by which the next state's predicted value counts.
    """

    features: np.ndarray
    transitions: np.ndarray
    visits: np.ndarray
    discount: float

    def drift(self) -> np.ndarray:
        """Return K, by which an expected update with step α turns predicted values v into v + α K v.

        The semi-gradient update w ← w + α Σ d(s) (γ Σ P(s'|s) v(s') − v(s)) φ(s) gives K = Φ Φᵀ D (γ P − I). On
        directions of w that change no value, it does nothing; they are left out.
        """
        ahead = self.discount * self.transitions - np.eye(len(self.visits))
        return self.features @ self.features.T @ (self.visits[:, None] * ahead)

    def growth(self, step: float) -> float:
        """Return the largest factor by which an expected update multiplies values, the spectral radius of I + α K."""
        return float(np.abs(1 + step * np.linalg.eigvals(self.drift())).max())


def compute(settings: Divergence) -> Result:
    """Follow expected and sampled updates, and take away one by one what the divergence needs."""
    cases = predictions(settings.upper, settings.discount)
    errors = {name: expected_errors(settings, case) for name, case in cases.items()}
    sampled = sampled_errors(settings, cases["star"])
    growth = {name: case.growth(settings.step) for name, case in cases.items()}
    simulated = late_growth(errors["star"])
    values = {
        "growth_matrix": Value(growth["star"], digits=6, note="largest factor per expected update, by the matrix"),
        "growth_simulated": Value(simulated, digits=6, note="factor per expected update at the end, simulated"),
        "growth_gap": Value(abs(simulated - growth["star"]), digits=9, note="simulated against matrix"),
        "growth_percent": Value((growth["star"] - 1) * 100, digits=3, unit="%", note="per expected update"),
        "doubling": Value(np.log(2) / np.log(growth["star"]), digits=0, note="expected updates in which errors double"),
        "growth_sampled": Value.of(
            mean_interval(late_growth(sampled)), 6, note="factor per sampled update, typical run"
        ),
        "growth_onpolicy": Value(growth["onpolicy"], digits=6, note="experience from the policy that is judged"),
        "growth_table": Value(growth["table"], digits=6, note="a table in place of features"),
        "growth_unbootstrapped": Value(
            growth["unbootstrapped"], digits=6, note="targets without the learner's guesses"
        ),
        "critical_discount": Value(critical_discount(settings.upper), digits=4, note="exact, for small steps"),
        "error_start": Value(float(errors["star"][0]), digits=1, note="root mean square over states"),
        "error_end": Value(float(errors["star"][-1]), digits=0, note="root mean square over states, expected updates"),
        "error_onpolicy_end": Value(float(errors["onpolicy"][-1]), digits=3, note="root mean square over states"),
    }
    discounts = np.linspace(0, 1, GRID, endpoint=False)
    curve = [replace(cases["star"], discount=discount).growth(settings.step) for discount in discounts]
    times = np.unique(np.linspace(0, settings.updates, SHOWN).round().astype(int))
    arrays = {f"errors_{name}": every[times] for name, every in errors.items()} | {"times": times}
    return Result(values, arrays | {"sampled": sampled[times], "discounts": discounts, "growth": np.array(curve)})


def predictions(upper: int, discount: float) -> dict[str, Prediction]:
    """Return the star, and the star without one of the three things that its divergence needs.

    In state i ≤ n the value is predicted as 2 w_i + w_(n+2), in the last as w_(n+1) + 2 w_(n+2). The policy that is
    judged always moves to the last state; the one that acts moves to every state equally often.
    """
    states = upper + 1
    features = np.hstack([np.diag([2.0] * upper + [1.0]), np.array([[1.0]] * upper + [[2.0]])])
    everywhere = np.full(states, 1 / states)
    star = Prediction(features, np.tile(np.eye(states)[-1], (states, 1)), everywhere, discount)
    return {
        "star": star,
        "onpolicy": replace(star, transitions=np.tile(everywhere, (states, 1))),
        "table": replace(star, features=np.eye(states)),
        "unbootstrapped": replace(star, discount=0.0),
    }


def critical_discount(upper: int) -> float:
    """Return the discount above which expected updates grow however small their step, (n + 9) / (2n + 5).

    By symmetry two numbers stay, the value u of the upper states and v of the last one. Φ Φᵀ D (γ P − I) maps them to
    (−(n+4) u + ((n+6)γ − 2) v, −2n u + ((2n+5)γ − 5) v) / (n+1). Its determinant, (1−γ)(n+20) / (n+1)², is positive,
    so that growth begins where the trace turns positive.
    """
    return (upper + 9) / (2 * upper + 5)


def first_weights(case: Prediction) -> np.ndarray:
    """Return the weights at the start; a table starts from the values that these give, so that all start alike."""
    star = predictions(len(case.visits) - 1, 0.0)["star"].features
    own, last, shared = FIRST_WEIGHTS
    weights = np.array([own] * (len(star) - 1) + [last, shared])
    return weights if case.features.shape == star.shape else star @ weights


def expected_errors(settings: Divergence, case: Prediction) -> np.ndarray:
    """Return the root mean square error over states before each expected update and at the end, shape (update + 1,)."""
    weights, errors = first_weights(case), []
    for _ in range(settings.updates + 1):
        values = case.features @ weights
        errors.append(np.sqrt((values**2).mean()))
        surprise = case.discount * case.transitions @ values - values
        weights = weights + settings.step * case.features.T @ (case.visits * surprise)
    return np.array(errors)


def sampled_errors(settings: Divergence, case: Prediction) -> np.ndarray:
    """Return the error as `expected_errors` does, of sampled updates, shape (update + 1, seed).

    Each update draws a state and an action of the policy that acts. Only the action of the policy that is judged
    counts, and by one over its chance (importance sampling), so that the mean update is the expected one.
    """
    states = len(case.visits)
    rngs = generators(settings.seed_block, "reinforcement.divergence.samples")
    drawn = np.stack([rng.integers(states, size=(2, settings.updates)) for rng in rngs], axis=-1)
    weights = np.tile(first_weights(case), (settings.seeds, 1))
    errors = np.empty((settings.updates + 1, settings.seeds))
    for update in range(settings.updates + 1):
        values = weights @ case.features.T
        errors[update] = np.sqrt((values**2).mean(-1))
        if update < settings.updates:
            state, ratio = drawn[0, update], states * (drawn[1, update] == states - 1)
            surprise = case.discount * values[:, -1] - values[np.arange(settings.seeds), state]
            weights = weights + (settings.step * ratio * surprise)[:, None] * case.features[state]
    return errors


def late_growth(errors: np.ndarray) -> np.ndarray:
    """Return the factor per update over the later half, by the errors before and after; errors (update, …)."""
    half = len(errors) // 2
    return (errors[-1] / errors[half]) ** (1 / (len(errors) - 1 - half))
