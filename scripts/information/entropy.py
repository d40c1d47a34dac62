"""Entropy by the right formula and by the printed one, and the bias of an entropy that is counted."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy
from scipy.stats import binom

from scripts.article.artifacts import Result
from scripts.article.errors import ArticleError
from scripts.article.values import Value
from scripts.information.settings import Entropy
from scripts.maths.entropy import entropy, miller_madow_entropy, plugin_entropy
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval

FOUR = np.full(4, 0.25)  # four equal outcomes: two tosses of a coin


def compute(settings: Entropy) -> Result:
    """Evaluate both formulas; estimate an entropy, and the information in independent dice, from samples of each size.

    Raises:
        ArticleError: the size that the text quotes is not among the sizes.
    """
    if settings.size not in settings.sizes:
        raise ArticleError(f"information.entropy.size is {settings.size}, expected one of sizes {settings.sizes}")
    p = zipf(settings.outcomes, settings.exponent)
    truth = entropy(p)
    found, exact = entropy_estimates(settings, p)
    dice, dice_exact = dice_information(settings)
    at = settings.sizes.index(settings.size)
    values = {
        "printed_four": Value(printed_formula(0.25), digits=4),
        "entropy_four": Value(entropy(FOUR), digits=3, unit="nats"),
        "entropy": Value(truth, digits=3, unit="nats"),
        "first_order_bias": Value(-(settings.outcomes - 1) / (2 * settings.size), digits=3, unit="nats"),
    }
    for row, name in enumerate(("plugin", "miller_madow")):
        values[name] = Value.of(mean_interval(found[row, at]), 3, unit="nats")
        values[f"{name}_bias"] = Value.of(mean_interval(found[row, at] - truth), 3, unit="nats")
        values[f"{name}_bias_exact"] = Value(exact[row, at] - truth, digits=3, unit="nats")
        values[f"dice_{name}"] = Value.of(mean_interval(dice[row, at]), 3, unit="nats")
        values[f"dice_{name}_exact"] = Value(dice_exact[row, at], digits=3, unit="nats")
    arrays = {"sizes": np.array(settings.sizes), "found": found, "exact": exact}
    return Result(values, arrays | {"dice": dice, "dice_exact": dice_exact})


def printed_formula(p: float) -> float:
    """Return p log p, in nats: the article's formula, without sum and sign, so for one outcome of probability p."""
    return float(xlogy(p, p))


def zipf(outcomes: int, exponent: float) -> np.ndarray:
    """Return probabilities that fall as a power of the rank, shape (outcomes,); equal ones for exponent 0."""
    weights = np.arange(1, outcomes + 1, dtype=float) ** -exponent
    return weights / weights.sum()


def entropy_estimates(settings: Entropy, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the plug-in and the Miller–Madow estimate in nats: drawn, (2, size, seed), and their means, (2, size)."""
    rngs = generators(settings.seed_block, "information.entropy.sample")
    counts = [np.stack([rng.multinomial(n, p) for rng in rngs]) for n in settings.sizes]
    drawn = [[plugin_entropy(rows), miller_madow_entropy(rows)] for rows in counts]
    exact = [[expected_plugin(p, n), expected_miller_madow(p, n)] for n in settings.sizes]
    return np.array(drawn).swapaxes(0, 1), np.array(exact).T


def dice_information(settings: Entropy) -> tuple[np.ndarray, np.ndarray]:
    """Return the estimated mutual information of two independent dice, in nats, in the shapes of `entropy_estimates`.

    I = H(X) + H(Y) − H(X, Y), each entropy by the same estimator; the truth is 0.
    """
    sides = settings.sides
    joint = np.full(sides**2, sides**-2.0)
    rngs = generators(settings.seed_block, "information.entropy.dice")
    drawn = []
    for n in settings.sizes:
        counts = np.stack([rng.multinomial(n, joint) for rng in rngs])
        table = counts.reshape(-1, sides, sides)
        drawn.append([h(table.sum(2)) + h(table.sum(1)) - h(counts) for h in (plugin_entropy, miller_madow_entropy)])
    single = np.full(sides, 1 / sides)
    exact = [
        [2 * mean(single, n) - mean(joint, n) for mean in (expected_plugin, expected_miller_madow)]
        for n in settings.sizes
    ]
    return np.array(drawn).swapaxes(0, 1), np.array(exact).T


def expected_plugin(p: np.ndarray, n: int) -> float:
    """Return the exact mean of the plug-in entropy of n draws, in nats.

    A sum over outcomes, and each count is binomial: E Ĥ = −Σ_k Σ_j Bin(j; n, p_k) (j/n) log(j/n).

    Args:
        p: probabilities, shape (outcomes,).
        n: draws, at least 1.
    """
    share = np.arange(n + 1) / n
    weights = binom.pmf(np.arange(n + 1), n, p[:, None]).sum(0)
    return float(-(weights * xlogy(share, share)).sum())


def expected_miller_madow(p: np.ndarray, n: int) -> float:
    """Return the exact mean of the Miller–Madow entropy of n draws, in nats; arguments as in `expected_plugin`."""
    observed = (1 - (1 - p) ** n).sum()
    return float(expected_plugin(p, n) + (observed - 1) / (2 * n))
