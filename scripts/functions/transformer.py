"""A softmax transformer trained on in-context linear regression, against the best possible (Garg et al. 2022).

A prompt is x_1, y_1, x_2, y_2, …, with y = w·x and a new w in every prompt; at each x_i the transformer answers y_i
from the i − 1 examples before it. With x and w standard normal and no noise, the best answer is that of least squares
(of smallest norm): the part of w in the span of the i examples is known, the rest is not, so its risk relative to the
answers' variance d is 1 − i/d for i < d, and 0 from d on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, vmap

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.functions.settings import Transformer
from scripts.maths.causal_transformer import CausalTransformer, draw_weights
from scripts.maths.linear_attention import best_risk
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval, ratio_interval

STREAM = "functions.transformer"
WARM_UP = 0.1  # share of the steps in which the step size grows
RELATIVE = "relative to the variance of the answers"


def compute(settings: Transformer) -> Result:
    """Train one transformer a seed; score each at every length of the prompt, and on inputs in other units."""
    net = CausalTransformer(
        settings.dimension + 1,
        2 * settings.length + 1,
        width=settings.width,
        layers=settings.layers,
        heads=settings.heads,
    )
    weights, losses = train_transformers(settings, net)
    risks = fresh_risks(settings, net, weights)
    shifted = fresh_risks(settings, net, weights, settings.shift)
    shown = np.arange(settings.length + 1)
    least = least_squares_risk(shown, settings.dimension)
    arrays = {"shown": shown, "risks": risks, "shifted": shifted, "least_squares": least, "losses": losses}
    arrays["linear"] = np.array([best_risk(count, settings.dimension) for count in shown.tolist()])
    size = sum(parameter.numel() for parameter in net.parameters())
    return Result(
        risk_values(settings, risks, shifted) | {"parameters": Value(size, digits=0, note="of one transformer")}, arrays
    )


def least_squares_risk(shown: np.ndarray, dimension: int) -> np.ndarray:
    """Return the risk of least squares on so many examples, relative to the answers' variance: 1 − i/d, at least 0."""
    return np.maximum(1 - shown / dimension, 0)


def draw_sequences(
    settings: Transformer, count: int, rngs: Sequence[np.random.Generator], scale: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Draw prompts with a function each.

    Args:
        settings: of the experiment.
        count: prompts a seed.
        rngs: one a seed.
        scale: standard deviation of the inputs.

    Returns:
        Tokens, shape (seed, count, 2 n + 1, d + 1): x in the first d places of the even ones, y in the last place of
        the odd ones; and the answers at the even ones, shape (seed, count, n + 1).
    """
    points, dimension = settings.length + 1, settings.dimension
    drawn = np.stack([rng.standard_normal((count, points + 1, dimension)) for rng in rngs])
    inputs = scale * drawn[:, :, :-1]
    answers = (inputs * drawn[:, :, -1:]).sum(-1)
    tokens = np.zeros((len(rngs), count, 2 * points, dimension + 1))
    tokens[:, :, ::2, :-1], tokens[:, :, 1::2, -1] = inputs, answers
    return torch.as_tensor(tokens[:, :, :-1], dtype=torch.float32), torch.as_tensor(answers, dtype=torch.float32)


def errors(net: CausalTransformer, weights: dict[str, Tensor], tokens: Tensor, answers: Tensor) -> Tensor:
    """Return the squared errors at every length of the prompt, shape (seed, count, n + 1)."""
    found = vmap(lambda own, seen: functional_call(net, own, (seen,)))(weights, tokens)
    return (found[..., ::2] - answers) ** 2


def train_transformers(settings: Transformer, net: CausalTransformer) -> tuple[dict[str, Tensor], np.ndarray]:
    """Return the weights after training on fresh prompts, each with the seed first, and the losses (step, seed).

    The loss is the mean squared error over all lengths. The step size grows, then falls as a cosine does.
    """
    place = device(settings)
    weights = {name: tensor.to(place) for name, tensor in draw_weights(net, _seeded(settings, "weights")).items()}
    for tensor in weights.values():
        tensor.requires_grad_(True)
    stepper = torch.optim.Adam(weights.values(), lr=settings.learning_rate)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        stepper, settings.learning_rate, settings.steps, pct_start=WARM_UP, cycle_momentum=False
    )
    rngs, losses = _seeded(settings, "train"), []
    for _ in range(settings.steps):
        tokens, answers = (tensor.to(place) for tensor in draw_sequences(settings, settings.batch_size, rngs))
        each = errors(net, weights, tokens, answers).mean((1, 2))
        stepper.zero_grad(set_to_none=True)
        each.sum().backward()
        stepper.step()
        rates.step()
        losses.append(each.detach())
    return {name: tensor.detach() for name, tensor in weights.items()}, torch.stack(losses).cpu().numpy()


def device(settings: Transformer) -> torch.device:
    """Return where to train: with "auto" on a GPU where there is one."""
    return torch.device("cuda" if settings.device == "auto" and torch.cuda.is_available() else "cpu")


def fresh_risks(
    settings: Transformer, net: CausalTransformer, weights: dict[str, Tensor], scale: float = 1.0
) -> np.ndarray:
    """Return the mean squared errors on new functions, relative to the answers' variance, shape (seed, n + 1)."""
    place = next(iter(weights.values())).device
    drawn = draw_sequences(settings, settings.test_prompts, _seeded(settings, "test"), scale)
    parts = zip(*(tensor.split(settings.batch_size, dim=1) for tensor in drawn), strict=True)
    with torch.no_grad():
        found = torch.cat([errors(net, weights, *(each.to(place) for each in pair)) for pair in parts], dim=1)
    return found.mean(1, dtype=torch.float64).cpu().numpy() / (settings.dimension * scale**2)


def risk_values(settings: Transformer, risks: np.ndarray, shifted: np.ndarray) -> dict[str, Value]:
    """Describe the transformers at the longest prompts, at as many examples as dimensions and over all lengths.

    Args:
        settings: of the experiment.
        risks: relative to the answers' variance, shape (seed, n + 1).
        shifted: the same for inputs in other units.
    """
    dimension, shown = settings.dimension, np.arange(settings.length + 1)
    least = least_squares_risk(shown, dimension)
    linear = [best_risk(count, dimension) for count in shown.tolist()]
    square = min(dimension, settings.length)
    share = ratio_interval(risks[:, -1], np.full(len(risks), linear[-1]))
    layer = "the best of one layer of linear attention"
    return {
        "risk": Value.of(mean_interval(risks[:, -1]), 4, note=f"at the longest prompts, {RELATIVE}"),
        "risk_least_squares": Value(float(least[-1]), digits=4, note="exact: 1 − n/d, at least 0"),
        "risk_linear": Value(linear[-1], digits=4, note=f"exact, {layer}: (d+1)/(n+d+1)"),
        "risk_zero": Value(1.0, digits=0, note="exact: of the answer zero"),
        "linear_share": Value.of(share, 3, note=f"risk at the longest prompts over that of {layer}; geometric mean"),
        "first_risk": Value.of(mean_interval(risks[:, 0]), 4, note="without any example; at best 1"),
        "square_risk": Value.of(mean_interval(risks[:, square]), 4, note="with as many examples as dimensions"),
        "square_linear": Value(linear[square], digits=4, note=f"exact, {layer}"),
        "mean_risk": Value.of(mean_interval(risks.mean(1)), 4, note="over all lengths, as in training"),
        "mean_risk_exact": Value(float(least.mean()), digits=4, note="exact: least squares, the best possible"),
        "mean_risk_linear": Value(float(np.mean(linear)), digits=4, note=f"exact, {layer} a length"),
        "shifted_risk": Value.of(mean_interval(shifted[:, -1]), 4, note=f"longest prompts, inputs scaled, {RELATIVE}"),
    }


def _seeded(settings: Transformer, purpose: str) -> list[np.random.Generator]:
    return generators(settings.seed_block, f"{STREAM}.{purpose}")
