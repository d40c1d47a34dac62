"""Linear attention trained on in-context linear regression, against the best that its one layer can do.

A prompt shows n examples (x_i, y_i) of a function y = w·x that is new in every prompt, then a query x. The layer
answers ŷ = pᵀ G K x, where G = (1/n) Σ z_i z_iᵀ is made of the tokens z_i = (x_i, y_i): linear attention from the query
to the examples, with the key–query matrix K, shape (d+1, d), and the row p of the value matrix that writes the answer
(von Oswald et al. 2023; Ahn et al. 2023; Zhang et al. 2024).

With x and w standard normal and no noise, the best such layer is one step of gradient descent on the examples,
ŷ = c xᵀ S w with S = (1/n) Σ x_i x_iᵀ. Its risk follows from E S = I and E S² = (n+d+1)/n · I (a moment of the Wishart
distribution):
    E (y − ŷ)² = tr E (I − cS)² = d (1 − 2c + c² (n+d+1)/n),
smallest at c = n/(n+d+1), where risk/d = (d+1)/(n+d+1). That no other p and K do better is Ahn et al.'s theorem 1.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.functions.settings import Context
from scripts.maths.linear_attention import best_risk, best_step, step_risk
from scripts.maths.random import generator, generators
from scripts.maths.statistics import LEVEL, mean_interval, share_interval
from scripts.maths.training import mean_squared_error, train

FOUND = 1.1  # a model further above the optimum than this factor has not found it

Layers = tuple[Tensor, Tensor]  # value row p, shape (seed, d+1), and key–query matrix K, shape (seed, d+1, d)


def compute(settings: Context) -> Result:
    """Train one layer a seed, length and dimension; score each on new functions, the main one also in other units."""
    lengths = sorted({*settings.sweep, settings.length})
    models = {length: train_layers(settings, length) for length in lengths}
    risks = np.stack([fresh_risk(settings, models[length], length) for length in lengths])
    shifted = fresh_risk(settings, models[settings.length], settings.length, settings.shift)
    learned = gradient_step(*models[settings.length])
    risk = risks[lengths.index(settings.length)]
    values = risk_values(settings, risk, shifted) | step_values(settings, learned)
    last = lengths[-1]
    many = settings.model_copy(update={"seeds": settings.random_seeds})
    random = fresh_risk(many, train_layers(many, last, start=random_start(many)), last)
    values |= longest_values(settings, last, risks[-1], random)
    shown, other = sorted({*settings.grid_lengths}), sorted({*settings.dimensions})
    grid = np.stack([grid_risks(settings, dimension, shown) for dimension in other])
    pairs = {(settings.dimension, length): row for length, row in zip(lengths, risks, strict=True)}
    pairs |= dict(zip(product(other, shown), grid.reshape(-1, settings.seeds), strict=True))
    values |= grid_values({pair: (row / best_risk(*pair[::-1]) - 1) * 100 for pair, row in pairs.items()})
    arrays = {"lengths": np.array(lengths), "risks": risks, "random": random, "grid": grid}
    return Result(values, arrays | {"grid_lengths": np.array(shown), "dimensions": np.array(other)})


def draw_prompts(
    count: int, length: int, dimension: int, rng: np.random.Generator, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw prompts, each of a function of its own.

    Args:
        count: how many.
        length: examples n in each.
        dimension: d of an input.
        rng: source of the draws.
        scale: standard deviation of the inputs.

    Returns:
        What the layer reads of each prompt, G and then the query, shape (count, (d+1)² + d); and the query's answer,
        shape (count, 1).
    """
    moments, weights = draw_examples(count, length, dimension, rng, scale)
    query = scale * rng.standard_normal((count, dimension))
    answer = (query[:, None] @ weights)[..., 0]
    return np.concatenate([moments.reshape(count, -1), query], axis=-1), answer


def draw_examples(
    count: int, length: int, dimension: int, rng: np.random.Generator, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the examples of prompts: G, shape (count, d+1, d+1), and the functions' weights w, shape (count, d, 1).

    As y_i = w·x_i, all of G follows from S = (1/n) Σ x_i x_iᵀ: its last column is S w, its corner wᵀ S w.
    """
    weights = rng.standard_normal((count, dimension, 1))
    examples = rng.standard_normal((count, length, dimension))
    spread = examples.transpose(0, 2, 1) @ examples * (scale**2 / length)
    answers = spread @ weights
    turned = answers.transpose(0, 2, 1)
    return np.block([[spread, answers], [turned, turned @ weights]]), weights


def attend(value: Tensor, key: Tensor, inputs: Tensor) -> Tensor:
    """Return the answers pᵀ G K x of every seed's layer, shape (seed, prompt, 1).

    Args:
        value: p, shape (seed, d+1).
        key: K, shape (seed, d+1, d).
        inputs: G and x as `draw_prompts` packs them, shape (seed, prompt, (d+1)² + d).
    """
    size = value.shape[1]
    moments = inputs[..., : size**2].unflatten(-1, (size, size))
    keys = inputs[..., size**2 :] @ key.transpose(1, 2)
    return ((value[:, None, None] @ moments)[..., 0, :] * keys).sum(-1, keepdim=True)


def train_layers(settings: Context, length: int, *, start: Layers | None = None) -> Layers:
    """Return one trained layer a seed, as value row (seed, d+1) and key–query matrix (seed, d+1, d).

    Args:
        settings: of the experiment.
        length: examples in a prompt.
        start: first weights, changed in place; the structured start by default.
    """
    value, key = start or structured_start(settings)
    rngs = _seeded(settings, f"train.{length}")
    drawn = [draw_prompts(settings.prompts, length, settings.dimension, rng) for rng in rngs]
    inputs, answers = (torch.as_tensor(np.stack(column)) for column in zip(*drawn, strict=True))
    order = _seeded(settings, f"order.{length}")
    for learning_rate in settings.learning_rates:
        train(
            [value, key],
            lambda batch, wanted: mean_squared_error(attend(value, key, batch), wanted),
            inputs,
            answers,
            epochs=settings.epochs,
            learning_rate=learning_rate,
            batch_size=settings.batch_size,
            generators=order,
        )
    return value.detach(), key.detach()


def fresh_risk(settings: Context, model: Layers, length: int, scale: float = 1.0) -> np.ndarray:
    """Return every seed's mean squared error on new functions, relative to the answers' variance, shape (seed,).

    The layer's answer is linear in the query, so the mean over standard normal queries is exact: ‖w − Kᵀ G p‖² for each
    prompt. The mean over prompts takes the best gradient step, whose risk is known, as a control variate with the
    coefficient of least variance (Glasserman 2003, section 4.1).
    """
    dimension, step = settings.dimension, best_step(length, settings.dimension)
    known, risks = step_risk(step, length, dimension, scale), []
    for index, seed in enumerate(settings.seed_block):
        rng = generator(seed, f"functions.context.test.{length}")
        moments, weights = draw_examples(settings.test_prompts, length, dimension, rng, scale)
        value, key = (tensor[index].numpy() for tensor in model)
        missed = ((weights[..., 0] - moments @ value @ key) ** 2).sum(1)
        control = ((weights[..., 0] - step * moments[:, :-1, -1]) ** 2).sum(1)
        coefficient = np.cov(missed, control)[0, 1] / control.var(ddof=1)
        risks.append(missed.mean() / dimension - coefficient * (control.mean() / dimension - known))
    return np.array(risks)


def grid_risks(settings: Context, dimension: int, lengths: list[int]) -> np.ndarray:
    """Train layers in another dimension and return their risks on new functions, shape (length, seed)."""
    other = settings.model_copy(update={"dimension": dimension})
    return np.stack([fresh_risk(other, train_layers(other, length), length) for length in lengths])


def gradient_step(value: Tensor, key: Tensor) -> np.ndarray:
    """Return every seed's step size c, the mean diagonal of the d × d part that turns xᵀ S w into the answer."""
    matrix = value[:, -1, None, None] * key[:, :-1]
    return matrix.diagonal(dim1=1, dim2=2).mean(1).numpy()


def risk_values(settings: Context, risk: np.ndarray, shifted: np.ndarray) -> dict[str, Value]:
    """Describe the layers trained at the main length; risks of shape (seed,)."""
    length, dimension = settings.length, settings.dimension
    exact, step = best_risk(length, dimension), best_step(length, dimension)
    return {
        "risk": Value.of(mean_interval(risk), 4, note="relative to the variance of the answers"),
        "risk_exact": Value(exact, digits=4, note="(d+1)/(n+d+1)"),
        "excess": Value.of(mean_interval((risk / exact - 1) * 100), 2, unit="%", note="over the exact optimum"),
        "shifted_risk": Value.of(mean_interval(shifted), 2, note="inputs scaled, relative to the answers' variance"),
        "shifted_risk_exact": Value(step_risk(step, length, dimension, settings.shift), digits=2),
    }


def step_values(settings: Context, learned: np.ndarray) -> dict[str, Value]:
    """Describe the gradient step that the layers at the main length have learned; shape (seed,)."""
    return {
        "step": Value.of(mean_interval(learned), 3, note="mean diagonal of the learned preconditioner"),
        "step_exact": Value(best_step(settings.length, settings.dimension), digits=3, note="n/(n+d+1)"),
    }


def longest_values(settings: Context, length: int, risk: np.ndarray, random: np.ndarray) -> dict[str, Value]:
    """Describe the layers trained on the longest prompts, from the structured and from random starts; (seed,)."""
    exact = best_risk(length, settings.dimension)
    away = int((random > FOUND * exact).sum())
    excess, random_excess = (mean_interval((found / exact - 1) * 100) for found in (risk, random))
    return {
        "longest": Value(length, digits=0, note="examples in the longest prompts"),
        "longest_excess": Value.of(excess, 2, unit="%", note="over the exact optimum"),
        "random_excess": Value.of(random_excess, 2, unit="%", note="longest prompts, random starts"),
        "random_away": Value.of(share_interval(away, random.size), 2, note=f"share above {FOUND} times the optimum"),
    }


def grid_values(excesses: dict[tuple[int, int], np.ndarray]) -> dict[str, Value]:
    """Describe the layers of several dimensions and lengths by the pair with the largest mean excess.

    Every pair gets an interval at a level that makes all of them hold together (Bonferroni). Where they do, the largest
    true excess is at least the largest of the lower ends and at most the largest of the upper ends.

    Args:
        excesses: over the exact optimum in %, shape (seed,), by dimension and length.
    """
    level = 1 - (1 - LEVEL) / len(excesses)
    found = {cell: mean_interval(excess, level) for cell, excess in excesses.items()}
    dimension, length = max(found, key=lambda cell: found[cell].value)
    low, high = (max(getattr(each, end) for each in found.values()) for end in ("low", "high"))
    away = sum(int((each > (FOUND - 1) * 100).sum()) for each in excesses.values())
    note = (
        "largest mean excess over the exact optimum of all dimensions and lengths; the interval holds for all at once"
    )
    return {
        "grid_excess": Value.of(found[dimension, length]._replace(low=low, high=high), 2, unit="%", note=note),
        "grid_excess_dimension": Value(dimension, digits=0, note="where the excess is largest"),
        "grid_excess_length": Value(length, digits=0, note="where the excess is largest"),
        "grid_pairs": Value(len(excesses), digits=0, note="of a dimension and a length"),
        "grid_away": Value(away, digits=0, note=f"models above {FOUND} times the optimum, of all pairs"),
    }


def structured_start(settings: Context) -> Layers:
    """Return first weights of the optimum's form at a small scale, the same for every seed.

    It is the start from which Zhang et al. (2024, assumption 3.3) prove convergence: p reads the answers alone, K the
    inputs alone.
    """
    width, seeds = settings.dimension + 1, (settings.seeds, 1)
    value, key = np.tile(np.eye(width)[-1], seeds), np.tile(np.eye(width, settings.dimension), (*seeds, 1))
    return _leaf(settings.spread * value), _leaf(settings.spread * key)


def random_start(settings: Context) -> Layers:
    """Return normal first weights, one draw a seed."""
    shape = (settings.dimension + 1, settings.dimension)
    value = [rng.normal(0, settings.spread, shape[:1]) for rng in _seeded(settings, "value")]
    key = [rng.normal(0, settings.spread, shape) for rng in _seeded(settings, "key")]
    return _leaf(np.stack(value)), _leaf(np.stack(key))


def _leaf(array: np.ndarray) -> Tensor:
    return torch.as_tensor(array).requires_grad_(True)


def _seeded(settings: Context, purpose: str) -> list[np.random.Generator]:
    return generators(settings.seed_block, f"functions.context.{purpose}")
