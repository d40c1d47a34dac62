"""What batch normalisation does to the gradient: along a training step, and from layer to layer of a deep net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.settings import Batchnorm
from scripts.maths.batch_norm import NormalisedEnsemble, batch_norm, batch_statistics, with_norm
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, copies, initialise
from scripts.maths.random import generator, generators
from scripts.maths.statistics import LEVEL, Estimate, mean_interval, ratio_interval
from scripts.maths.training import accuracy, cross_entropy

KINDS = ("plain", "norm")
MEASURES = {
    "gradient": "relative change of the gradient",
    "loss": "relative range of the loss",
    "promise": "what the loss misses of the fall that the gradient promises, relative to that fall",
}


@dataclass(frozen=True)
class Run:
    """Hold what was measured while nets of one kind trained at every learning rate.

    Args:
        gradient: relative change of the gradient along a step, shape (record, rate, seed).
        loss: relative range of the loss along a step, shape (record, rate, seed).
        promise: how far the loss is off the line with the gradient's slope, relative, shape (record, rate, seed).
        losses: loss of every batch before its step, shape (step, rate, seed).
        accuracy: on the training images at the end, shape (rate, seed).
        net: the nets at the end, rate by rate.
    """

    gradient: np.ndarray
    loss: np.ndarray
    promise: np.ndarray
    losses: np.ndarray
    accuracy: np.ndarray
    net: NormalisedEnsemble


def compute(settings: Batchnorm) -> Result:
    """Train both kinds of net from one start on the same batches; then follow gradients back through deep nets."""
    data = draw_digits(settings.points, settings.seed_block, "geometry.batchnorm.data", torch.float32)
    rngs = generators(settings.seed_block, "geometry.batchnorm.weights")
    start = initialise([PIXELS, *settings.widths, CLASSES], rngs, scheme="he", dtype=torch.float32)
    runs = {kind: follow(settings, data, start, normalised=kind == "norm") for kind in KINDS}
    values = _step_values(settings, runs) | {"identity_error": _identity_value(settings, data, runs["norm"].net)}
    deep = {
        "norm": deep_gradients(settings, settings.deep_batch, 1, normalised=True),
        "plain": deep_gradients(settings, settings.deep_batch, 1, normalised=False),
        "small_batch": deep_gradients(settings, settings.small_batch, settings.small_batches, normalised=True),
    }
    values |= _growth_values(settings, deep)
    arrays = {"rates": np.array(settings.learning_rates), "records": record_steps(settings)}
    for kind, run in runs.items():
        arrays |= {f"{kind}_{name}": getattr(run, name) for name in (*MEASURES, "losses", "accuracy")}
    return Result(values, arrays | {f"deep_{name}": norms for name, norms in deep.items()})


def follow(settings: Batchnorm, data: Digits, start: Ensemble, *, normalised: bool) -> Run:
    """Train one net a learning rate and seed by SGD, all in one computation, and look along the step now and then.

    The nets stand rate by rate; those of one seed start at the same weights and see the same batches in the same
    order, whatever their rate and kind.
    """
    count = len(settings.learning_rates)
    seeds = len(settings.seed_block)
    pair = (data.inputs, data.labels)
    net = with_norm(copies(start, count), normalised=normalised)
    parameters = [tensor.detach() for tensor in net.parameters]
    rates = torch.tensor(settings.learning_rates, dtype=parameters[0].dtype).repeat_interleave(seeds)
    recorded = set(record_steps(settings).tolist())
    batches = generators(settings.seed_block, "geometry.batchnorm.batches")
    losses, looks = [], []
    for step, chosen in enumerate(batch_order(settings, batches)):
        inputs, labels = (_choose(part, chosen).repeat(count, *[1] * (part.dim() - 1)) for part in pair)

        def evaluate(place: list[Tensor], inputs: Tensor = inputs, labels: Tensor = labels) -> tuple[Tensor, list]:
            return loss_and_gradient(lambda moved: cross_entropy(net.with_parameters(moved)(inputs), labels), place)

        loss, gradient = evaluate(parameters)
        losses.append(loss)
        if step in recorded:
            looks.append(look_along(evaluate, parameters, loss, gradient, rates, settings.multiples))
        parameters = move(parameters, gradient, rates)
    net = net.with_parameters(parameters)
    inputs, labels = (part.repeat(count, *[1] * (part.dim() - 1)) for part in pair)
    statistics = net.population(inputs) if normalised else None
    right = accuracy(net(inputs, statistics), labels)
    shape = (-1, count, seeds)
    stacked = [torch.stack(rows).double().numpy().reshape(shape) for rows in (*zip(*looks, strict=True), losses)]
    return Run(*stacked, right.numpy().reshape(count, seeds), net)


def record_steps(settings: Batchnorm) -> np.ndarray:
    """Return the steps at which the nets look along their step: the first, and every `record_every`-th after it."""
    return np.arange(0, settings.epochs * batches_each_epoch(settings), settings.record_every)


def batches_each_epoch(settings: Batchnorm) -> int:
    """Return how many batches it takes to see all examples once."""
    return -(-settings.points // settings.batch_size)


def batch_order(settings: Batchnorm, rngs: list[np.random.Generator]) -> list[Tensor]:
    """Return which examples each step sees, every one of shape (seed, b)."""
    order = []
    for _ in range(settings.epochs):
        shuffled = torch.as_tensor(np.stack([rng.permutation(settings.points) for rng in rngs]))
        order += shuffled.split(settings.batch_size, dim=1)
    return order


def loss_and_gradient(loss: Callable[[list[Tensor]], Tensor], place: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Return each net's loss, shape (net,), and its gradient, one tensor a parameter, at a place."""
    leaves = [tensor.detach().requires_grad_(True) for tensor in place]
    each = loss(leaves)
    return each.detach(), list(torch.autograd.grad(each.sum(), leaves))


def move(place: list[Tensor], gradient: list[Tensor], lengths: Tensor) -> list[Tensor]:
    """Return every net's place after a step of its own length, shape (net,), against the gradient."""
    return [tensor - lengths[:, None, None] * slope for tensor, slope in zip(place, gradient, strict=True)]


def look_along(
    evaluate: Callable[[list[Tensor]], tuple[Tensor, list[Tensor]]],
    place: list[Tensor],
    loss: Tensor,
    gradient: list[Tensor],
    rates: Tensor,
    multiples: list[float],
) -> tuple[Tensor, Tensor, Tensor]:
    """Walk along −g to multiples of the step; return how much gradient and loss change, each of shape (net,).

    Santurkar et al. (2018), section 3.1, on the batch of the step itself.

    Returns:
        ‖g(θ − kηg) − g(θ)‖ relative to ‖g(θ)‖, mean over the multiples k; the largest minus the smallest loss over θ
        and the places θ − kηg, relative to the loss at θ; |L(θ − kηg) − L(θ) + kη‖g‖²| relative to kη‖g‖², mean over k.
    """
    size = norm(gradient)
    changes, misses, losses = [], [], [loss]
    for multiple in multiples:
        moved_loss, moved = evaluate(move(place, gradient, multiple * rates))
        changes.append(norm([one - other for one, other in zip(moved, gradient, strict=True)]) / size)
        promised = multiple * rates * size**2
        misses.append((moved_loss - loss + promised).abs() / promised)
        losses.append(moved_loss)
    heights = torch.stack(losses)
    span = (heights.max(0).values - heights.min(0).values) / loss
    return torch.stack(changes).mean(0), span, torch.stack(misses).mean(0)


def norm(parts: list[Tensor]) -> Tensor:
    """Return the norm of each net's parameters taken as one vector, shape (net,); every part (net, …)."""
    return torch.stack([(part**2).flatten(1).sum(1) for part in parts]).sum(0).sqrt()


def identity_error(net: NormalisedEnsemble, inputs: Tensor, labels: Tensor) -> float:
    """Return by how much Santurkar et al.'s (2018) theorem 4.1, as an identity, fails at worst over units and layers.

    A unit y over a batch of m is normalised to ŷ = (y − mean)/σ and handed on as z = γŷ + b. Then, without ε,
    ‖∂L/∂y‖² = γ²/σ² (‖∂L/∂z‖² − ⟨1, ∂L/∂z⟩²/m − ⟨ŷ, ∂L/∂z⟩²/m): the normalisation takes away the gradient's mean and
    its part along ŷ. Deviations are relative to the larger side; units without gradient count as exact.

    Args:
        net: with batch normalisation, any ε (taken as 0).
        inputs: shape (seed, m, d).
        labels: shape (seed, m).
    """
    exact = NormalisedEnsemble(net.weights, net.biases, net.gains, net.activation, epsilon=0.0)
    below, above, hidden = [], [], inputs
    for depth in range(len(exact.gains)):
        below.append(exact.affine(depth, hidden).requires_grad_(True))
        above.append(exact.after_norm(depth, below[-1]))
        hidden = torch.relu(above[-1]) if exact.activation == "relu" else torch.tanh(above[-1])
    loss = cross_entropy(exact.affine(-1, hidden) + exact.biases[-1], labels).sum()
    slopes = torch.autograd.grad(loss, below + above)
    below = [tensor.detach() for tensor in below]
    worst = 0.0
    for depth, (by_input, by_output) in enumerate(zip(slopes[: len(below)], slopes[len(below) :], strict=True)):
        mean, variance = batch_statistics(below[depth])
        unit = (below[depth] - mean) / variance.sqrt()
        batch = inputs.shape[1]
        lost = (by_output.sum(1) ** 2 + (by_output * unit).sum(1) ** 2) / batch
        right = (exact.gains[depth].detach() ** 2 / variance)[:, 0] * ((by_output**2).sum(1) - lost)
        left = (by_input**2).sum(1)
        larger = torch.maximum(left, right)
        worst = max(worst, float(((left - right).abs() / larger)[larger > 0].max()))
    return worst


def deep_gradients(settings: Batchnorm, batch: int, batches: int, *, normalised: bool) -> np.ndarray:
    """Return squared norms of the gradient at the input of every layer, shape (seed, depth), first layer first.

    Deep ReLU nets without skips at He's initialisation; inputs and the gradient at the output are standard normal.

    Args:
        settings: hold depth and width.
        batch: examples that are normalised together.
        batches: of that size, through the same net; their squared norms are added up.
        normalised: whether each layer is normalised before its nonlinearity.
    """
    found = []
    for seed in settings.deep_seed_block:
        drawn = generator(seed, "geometry.batchnorm.deep.data")
        weights = generator(seed, "geometry.batchnorm.deep.weights")
        shape = (batches, batch, settings.deep_width)
        inputs, last = (torch.as_tensor(drawn.standard_normal(shape, dtype=np.float32)) for _ in range(2))
        found.append(gradient_norms(inputs, last, weights, settings.deep_layers, normalised=normalised))
    return np.stack(found)


def gradient_norms(
    inputs: Tensor, last: Tensor, rng: np.random.Generator, depth: int, *, normalised: bool
) -> np.ndarray:
    """Return the squared norm of the gradient at the input of every layer of one net, shape (depth,).

    Args:
        inputs: shape (batch, example, width).
        last: gradient at the output, of the same shape.
        rng: for the weights, all of one width, normal with variance 2/width (He et al. 2015).
        depth: layers.
        normalised: whether each layer is normalised over the examples (without ε) before its ReLU.
    """
    width = inputs.shape[-1]
    one, zero = torch.ones(()), torch.zeros(())
    entering = [inputs.requires_grad_(True)]
    for _ in range(depth):
        weight = torch.as_tensor(rng.standard_normal((width, width), dtype=np.float32)) * np.sqrt(2 / width)
        affine = (entering[-1].flatten(0, 1) @ weight).unflatten(0, inputs.shape[:2])
        entering.append(torch.relu(batch_norm(affine, one, zero, epsilon=0.0) if normalised else affine))
    slopes = torch.autograd.grad(entering[-1], entering[:-1], last)
    return np.array([float((slope.double() ** 2).sum()) for slope in slopes])


def exact_growth(batch: int | None = None) -> float:
    """Return by what factor the squared gradient grows a layer backwards in a wide ReLU net with batch normalisation.

    Wide layers, at initialisation, weights of variance v/width. For a large batch (None): a unit after its
    normalisation is standard normal, so that behind the ReLU it has variance ½ − 1/(2π) = (π − 1)/(2π), and a unit of
    the next layer has variance σ² = v (π − 1)/(2π) over the batch. Backwards, W multiplies the squared norm by v, the
    normalisation by 1/σ², the ReLU by ½, as it lets half through: v · ½ / σ² = π/(π − 1) (Yang et al. 2019), whatever
    v is.

    For a batch of B > 3 (our derivation; its limit is the above): examples become equally far from each other, so that
    normalised units ŷ are uniform on a sphere in the B − 1 dimensions of mean 0 and any two examples have correlation
    ρ = −1/(B − 1). Gradients, whose mean the normalisation takes away, get the covariance P = I − 11ᵀ/B. With
    κ = (√(1 − ρ²) + ρ (π − arccos ρ))/(2π), the mean product of two ReLUs, and λ = ½ − κ, features have the covariance
    λP over the batch, and a unit's σ² is vλ/B times χ² with B − 1 degrees of freedom, so E 1/σ² = B/(vλ(B − 3)). Of a
    gradient of squared norm B − 1, (B − 1)/2 pass the ReLU; then the normalisation takes away the mean, dᵀPd/B, and the
    part along the unit, rᵀPr/B, where d = 1{ŷ > 0} and r = relu(ŷ): E dᵀPd = B/2 − ½ − (B − 1)(¼ + arcsin(ρ)/(2π)) and
    E rᵀPr = (B − 1) λ.

    Raises:
        ValueError: batch ≤ 3, where the mean of 1/σ² is infinite.
    """
    if batch is None:
        return np.pi / (np.pi - 1)
    if batch <= 3:
        raise ValueError(f"batch is {batch}, expected more than 3: for smaller ones the factor has no mean")
    others = batch - 1
    correlation = -1 / others
    product = (np.sqrt(1 - correlation**2) + correlation * (np.pi - np.arccos(correlation))) / (2 * np.pi)
    spread = 0.5 - product
    both = 0.25 + np.arcsin(correlation) / (2 * np.pi)  # chance that both of two examples pass the ReLU
    mean_part = (batch / 2 - (0.5 + others * both)) / batch
    own_part = others * spread / batch
    passed = others / 2 - mean_part - own_part
    return float(batch / (spread * (batch - 3)) * passed / others)


def layer_growth(norms: np.ndarray, margin: int) -> Estimate:
    """Return the factor a layer backwards, a geometric mean over layers and seeds, from norms (seed, depth).

    Args:
        norms: squared gradients, first layer first.
        margin: layers at either end that are left out.
    """
    early, late = norms[:, margin], norms[:, -1 - margin]
    steps = norms.shape[1] - 1 - 2 * margin
    return ratio_interval(early ** (1 / steps), late ** (1 / steps))


def worst_ratio(above: np.ndarray, below: np.ndarray) -> Estimate:
    """Return the highest of several paired ratios, each (rate, seed), with an interval that holds for all at once.

    Each ratio gets an interval of level 1 − 0.05/count (Bonferroni), so that all of them hold with 95 %; then the
    highest true ratio lies between the highest lower end and the highest upper end.
    """
    level = 1 - (1 - LEVEL) / len(above)
    each = [ratio_interval(one, other, level) for one, other in zip(above, below, strict=True)]
    return Estimate(*(max(column) for column in zip(*each, strict=True)))


def _choose(part: Tensor, chosen: Tensor) -> Tensor:
    return part[torch.arange(chosen.shape[0])[:, None], chosen]


def _step_values(settings: Batchnorm, runs: dict[str, Run]) -> dict[str, Value]:
    values = {}
    for name, words in MEASURES.items():
        records = {kind: getattr(run, name) for kind, run in runs.items()}
        norm_rows, plain_rows = (records[kind].mean(0) for kind in ("norm", "plain"))
        overall = ratio_interval(*(np.exp(np.log(rows).mean(0)) for rows in (norm_rows, plain_rows)))
        paired = "with batch normalisation over without, paired by seed"
        values[f"{name}_ratio"] = Value.of(overall, 3, note=f"{paired}; geometric mean over learning rates")
        note = f"{paired}; the highest over learning rates, interval simultaneous over them (Bonferroni)"
        values[f"{name}_ratio_worst"] = Value.of(worst_ratio(norm_rows, plain_rows), 3, note=note)
        first = ratio_interval(*(np.exp(np.log(records[kind][0]).mean(0)) for kind in ("norm", "plain")))
        values[f"{name}_ratio_start"] = Value.of(first, 3, note="the same at the first step alone")
        for place, end in ((0, "slow"), (-1, "fast")):
            for kind, rows in (("plain", plain_rows), ("norm", norm_rows)):
                values[f"{kind}_{name}_{end}"] = Value.of(mean_interval(rows[place]), 3, note=words)
            ratio = ratio_interval(norm_rows[place], plain_rows[place])
            values[f"{name}_ratio_{end}"] = Value.of(ratio, 3, note=f"{paired}; one learning rate")
    last = batches_each_epoch(settings)
    for place, end in ((0, "slow"), (-1, "fast")):
        for kind, run in runs.items():
            loss = mean_interval(run.losses[-last:, place].mean(0))
            values[f"{kind}_train_loss_{end}"] = Value.of(loss, 3, note="mean over the batches of the last epoch")
            values[f"{kind}_train_accuracy_{end}"] = Value.of(mean_interval(run.accuracy[place]), 3)
    highest = max(float((run.losses[-last:].mean(0) / run.losses[0]).max()) for run in runs.values())
    values["loss_fall_worst"] = Value(
        highest, digits=2, note="last epoch's loss over first batch's, highest of all nets"
    )
    return values


def _identity_value(settings: Batchnorm, data: Digits, net: NormalisedEnsemble) -> Value:
    count = len(settings.learning_rates)
    exact = net.with_parameters([tensor.detach().double() for tensor in net.parameters])
    inputs = data.inputs[:, : settings.batch_size].double().repeat(count, 1, 1)
    labels = data.labels[:, : settings.batch_size].repeat(count, 1)
    note = "largest relative deviation over units, layers, learning rates and seeds"
    return Value(identity_error(exact, inputs, labels), digits=3, note=note)


def _growth_values(settings: Batchnorm, deep: dict[str, np.ndarray]) -> dict[str, Value]:
    found = {name: layer_growth(norms, settings.deep_margin) for name, norms in deep.items()}
    through = found["norm"].value ** 50
    note = "squared gradient, factor a layer backwards"
    return {
        "growth": Value.of(found["norm"], 4, note=note),
        "growth_exact": Value(exact_growth(), digits=4, note="wide layers and large batches: π/(π − 1)"),
        "growth_exact_batch": Value(exact_growth(settings.deep_batch), digits=4, note="wide layers, our batch size"),
        "growth_plain": Value.of(found["plain"], 4, note=note),
        "growth_plain_exact": Value(1.0, digits=0, note="He's initialisation"),
        "growth_small_batch": Value.of(found["small_batch"], 4, note=note),
        "growth_small_batch_exact": Value(exact_growth(settings.small_batch), digits=4, note="wide layers"),
        "growth_50_layers": Value(through, digits=0, note="growth to the power of 50"),
    }
