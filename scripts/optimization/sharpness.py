"""How sharp the places are where training ends, at the same training loss, and whether that tells what was learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.digits import CLASSES, PIXELS, Digits, draw_digits
from scripts.maths.ensembles import Ensemble, initialise
from scripts.maths.hessian_vector import hessian_product, scaled_product
from scripts.maths.lanczos import Largest, largest_eigenvalue
from scripts.maths.random import generators
from scripts.maths.rank_correlation import rank_correlation
from scripts.maths.rescaling import rescale
from scripts.maths.statistics import bounded, mean_interval, ratio_interval
from scripts.maths.trace import traces
from scripts.maths.training import accuracy, cross_entropy, train
from scripts.optimization.paths import Approach, Path, flatten, match, rebuild
from scripts.optimization.settings import Sharpness

TRAINING = torch.float32  # what is measured is measured in float64
TOLERANCE = 1e-3  # of an eigenvalue, relative
MOST_PRODUCTS = 80  # for one eigenvalue; about twenty are needed
MEASURES = ("sharpness", "trace", "ball")
MEMORISING = ("small", "middle", "adam")  # ways of training that get random labels too; the first one decides
PAIRED = "geometric mean, paired by seed"
LINE_POINTS = 121  # at which the loss is drawn along a direction
SHOWN = 40  # fresh images whose outputs the picture of the rescaling shows


@dataclass(frozen=True)
class Run:
    """Hold one way of training.

    Args:
        optimiser: "sgd" or "adam".
        rate: step size.
        batch: images a step; None for all of them.
        random: whether labels are drawn at random.
    """

    optimiser: str
    rate: float
    batch: int | None
    random: bool = False


@dataclass(frozen=True)
class Ends:
    """Hold where the nets of one way of training stand at the common loss; every array has shape (seed,).

    Args:
        place: parameters, shape (seed, parameter).
        sharpness: largest eigenvalue of the Hessian of the training loss.
        trace: of the same Hessian.
        trace_noise: standard error of that trace from its probes.
        ball: largest rise of the training loss that was found in a small ball.
        fitted: share of training images that get their label.
        right: share of fresh images that get theirs.
        steps: taken until the loss was first seen at the level or below.
    """

    place: Tensor
    sharpness: np.ndarray
    trace: np.ndarray
    trace_noise: np.ndarray
    ball: np.ndarray
    fitted: np.ndarray
    right: np.ndarray
    steps: np.ndarray


def compute(settings: Sharpness) -> Result:
    """Train from the same weights in several ways to the same loss; measure there how sharp and how right nets are."""
    digits = draw_digits(settings.points, settings.seed_block, "optimization.sharpness.digits")
    drawn = [
        rng.integers(0, CLASSES, settings.points)
        for rng in generators(settings.seed_block, "optimization.sharpness.labels")
    ]
    random = Digits(digits.inputs, torch.as_tensor(np.stack(drawn)), digits.fresh, digits.fresh_labels)
    ends = {name: arrive(settings, random if run.random else digits, run, name) for name, run in ways(settings).items()}
    learned = [name for name in ends if not name.startswith("random")]
    rescaled = rescaled_nets(settings, digits, ends["small"].place)
    values = (
        _pair_values(ends)
        | _rank_values(ends, learned)
        | _level_values(settings, ends, learned)
        | _rescaled_values(settings, rescaled)
    )
    arrays = {
        f"{measure}_{name}": getattr(end, measure) for name, end in ends.items() for measure in (*MEASURES, "right")
    }
    return Result(values, arrays | {"names": np.array(learned)} | rescaled)


def ways(settings: Sharpness) -> dict[str, Run]:
    """Return the ways of training by name; those whose names begin with `random` get random labels."""
    sizes = {"small": settings.small_batch, "middle": settings.middle_batch, "large": None}
    true = {name: Run("sgd", settings.rate, size) for name, size in sizes.items()}
    true |= {f"{name}_fast": Run("sgd", settings.fast_rate, size) for name, size in sizes.items()}
    true["adam"] = Run("adam", settings.adam_rate, settings.middle_batch)
    return true | {f"random_{name}": replace(true[name], random=True) for name in MEMORISING}


def arrive(settings: Sharpness, digits: Digits, run: Run, name: str) -> Ends:
    """Train the nets until each first has the common training loss, and measure them there.

    Between two looks at the loss on all training images a net is taken to move in a straight line.

    Raises:
        ValueError: a net does not reach the loss in `settings.epochs` passes over the images.
    """
    inputs, net = digits.inputs.to(TRAINING), untrained(settings)

    def losses() -> Tensor:
        with torch.no_grad():
            return cross_entropy(net(inputs), digits.labels)

    approach = Approach(settings.level, flatten(net), losses())
    train(
        net.parameters,
        lambda batch, wanted: cross_entropy(net(batch), wanted),
        inputs,
        digits.labels,
        epochs=settings.epochs,
        optimiser=run.optimiser,
        learning_rate=run.rate,
        batch_size=run.batch,
        generators=generators(settings.seed_block, "optimization.sharpness.batches"),
        after_step=lambda step: step % settings.look == 0 and approach.watch(flatten(net), losses()),
    )
    if not (approach.losses[1] <= settings.level).all():
        raise ValueError(f"{name}: expected a loss of {settings.level} within {settings.epochs} epochs for every net")
    path = Path(approach.path.places.double(), approach.path.losses.double())
    level = torch.full((settings.seeds,), settings.level, dtype=torch.float64)
    place = match(path, level, lambda place: training_loss(digits, net, place))
    return measure(settings, digits, net, place, (approach.looks * settings.look).numpy())


def training_loss(digits: Digits, like: Ensemble, place: Tensor) -> Tensor:
    """Return the loss on all training images, shape (seed,), of parameters (seed, parameter)."""
    return cross_entropy(rebuild(place, like)(digits.inputs), digits.labels)


def measure(settings: Sharpness, digits: Digits, like: Ensemble, place: Tensor, steps: np.ndarray) -> Ends:
    """Measure the curvature of the training loss, and the accuracies, at parameters of shape (seed, parameter)."""
    top = sharpest(settings, digits, like, place)
    estimates = _trace_estimates(settings, digits, like, place, top)
    rise = ball_rise(
        lambda place: training_loss(digits, like, place), place, settings.ball_radius, settings.ascent_steps
    )
    net = rebuild(place, like)
    return Ends(
        place,
        top.values.numpy(),
        estimates.mean(0).numpy(),
        (estimates.std(0) / len(estimates) ** 0.5).numpy(),
        rise.numpy(),
        accuracy(net(digits.inputs), digits.labels).numpy(),
        accuracy(net(digits.fresh), digits.fresh_labels).numpy(),
        steps,
    )


def sharpest(
    settings: Sharpness, digits: Digits, like: Ensemble, place: Tensor, block: Tensor | float = 1.0
) -> Largest:
    """Return the largest eigenvalue of the Hessian, or of the block of those parameters where `block` is one."""
    point = place.detach().requires_grad_(True)
    product = hessian_product(training_loss(digits, like, point), [point])
    starts = [
        rng.standard_normal(place.shape[1]) for rng in generators(settings.seed_block, "optimization.sharpness.starts")
    ]
    return largest_eigenvalue(
        scaled_product(product, block * torch.ones_like(place)),
        block * torch.as_tensor(np.stack(starts)),
        steps=MOST_PRODUCTS,
        tolerance=TOLERANCE,
    )


def _trace_estimates(settings: Sharpness, digits: Digits, like: Ensemble, place: Tensor, top: Largest) -> Tensor:
    point = place.detach().requires_grad_(True)
    product = hessian_product(training_loss(digits, like, point), [point])
    shape = (settings.probes, place.shape[1])
    rngs = generators(settings.seed_block, "optimization.sharpness.probes")
    signs = np.stack([2.0 * rng.integers(0, 2, shape) - 1 for rng in rngs], axis=1)
    return traces(product, torch.as_tensor(signs), top.basis, top.ritz)


def ball_rise(loss: Callable[[Tensor], Tensor], place: Tensor, radius: float, steps: int) -> Tensor:
    """Return the largest rise of the loss found in a ball around each net's weights, shape (net,).

    The ball's radius is a share of the length of the weights, so that large and small weights may be compared, as in
    Keskar et al. (2017), whose box grows with each weight. Every step goes to the point of the ball that is best for
    the slope at the last one; the first is that of Foret et al. (2021).

    Args:
        loss: from parameters, shape (net, parameter), to the loss, shape (net,).
        place: shape (net, parameter).
        radius: over the length of a net's parameters.
        steps: of ascent.
    """
    length = radius * place.norm(dim=1, keepdim=True)
    moved = place.detach().requires_grad_(True)
    start = found = loss(moved)
    highest = start.detach()
    for _ in range(steps):
        (slope,) = torch.autograd.grad(found.sum(), moved)
        moved = (place + length * functional.normalize(slope, dim=1)).detach().requires_grad_(True)
        found = loss(moved)
        highest = torch.maximum(highest, found.detach())
    return highest - start.detach()


def rescaled_nets(settings: Sharpness, digits: Digits, place: Tensor) -> dict[str, np.ndarray]:
    """Rescale the first hidden layer of each net against the next; follow outputs, sharpness and the loss nearby.

    Returns:
        `factors` (k,); `rescaled_sharpness` and its exact lower bound `rescaled_bound`, each (k, seed): the larger
        eigenvalue of the two layers' own blocks (Cauchy's interlacing); `outputs` (2, image, class) of the first net
        before and after; `change` and `size` (seed,), the largest change of an output on fresh images and the largest
        output; `distances` (t,) and `line` (2, t, seed), the loss along the sharpest direction before and after.
    """
    like = untrained(settings)
    net = rebuild(place, like)
    factors = sorted({1.0, settings.factor, *settings.factors})
    places = {factor: flatten(rescale(net, factor)) for factor in factors}
    curvatures, directions = {}, {}
    for factor, there in places.items():
        curvatures[factor], directions[factor] = sharpest(settings, digits, like, there)[:2]
    first, second = (
        sharpest(settings, digits, like, place, block).values for block in layer_blocks(like, place.shape[1])
    )
    pair = (1.0, settings.factor)
    outputs = [rebuild(places[factor], like)(digits.fresh) for factor in pair]
    distances = np.linspace(-settings.reach, settings.reach, LINE_POINTS)
    line = [
        [training_loss(digits, like, places[factor] + distance * directions[factor]) for distance in distances]
        for factor in pair
    ]
    bounds = [torch.maximum(factor**2 * second, first / factor**2) for factor in factors]
    return {
        "factors": np.array(factors),
        "rescaled_sharpness": torch.stack(list(curvatures.values())).numpy(),
        "rescaled_bound": torch.stack(bounds).numpy(),
        "outputs": torch.stack([each[0, :SHOWN] for each in outputs]).numpy(),
        "change": (outputs[1] - outputs[0]).abs().flatten(1).max(1).values.numpy(),
        "size": outputs[0].abs().flatten(1).max(1).values.numpy(),
        "distances": distances,
        "line": torch.stack([torch.stack(losses) for losses in line]).numpy(),
    }


def layer_blocks(like: Ensemble, count: int) -> list[Tensor]:
    """Return which parameters belong to the first layer, and which are the next layer's weights, as zeros and ones."""
    sizes = [tensor[0].numel() for tensor in like.parameters]
    index = torch.arange(count)
    ends = np.cumsum(sizes)
    return [(index < ends[1]).double(), ((index >= ends[1]) & (index < ends[2])).double()]


def untrained(settings: Sharpness) -> Ensemble:
    """Return one net a seed before training."""
    rngs = generators(settings.seed_block, "optimization.sharpness.weights")
    return initialise([PIXELS, *settings.widths, CLASSES], rngs, dtype=TRAINING)


def _pair_values(ends: dict[str, Ends]) -> dict[str, Value]:
    pairs = {
        "batch": ("small", "large"),
        "batch_fast": ("small_fast", "large_fast"),
        "rate": ("middle_fast", "middle"),
        "adam": ("adam", "middle"),
    }
    values = {}
    for name, (one, other) in pairs.items():
        note = f"{one} over {other}, {PAIRED}"
        for measure_ in MEASURES:
            ratio = ratio_interval(getattr(ends[one], measure_), getattr(ends[other], measure_))
            values[f"{name}_{measure_}_ratio"] = Value.of(ratio, 3, note=note)
        difference = mean_interval(ends[one].right - ends[other].right)
        note = f"{one} minus {other}, share of fresh images, paired by seed"
        values[f"{name}_accuracy_difference"] = Value.of(difference, 4, note=note)
    for way in MEMORISING:
        for measure_, key in (("sharpness", "label"), ("trace", "trace"), ("ball", "ball")):
            ratio = ratio_interval(getattr(ends[f"random_{way}"], measure_), getattr(ends[way], measure_))
            name = f"random_{key}_ratio" if way == MEMORISING[0] else f"random_{key}_ratio_{way}"
            values[name] = Value.of(ratio, 2, note=f"random over true labels, {way}, {PAIRED}")
    return values


def _rank_values(ends: dict[str, Ends], learned: list[str]) -> dict[str, Value]:
    wrong = np.stack([1 - ends[name].right for name in learned], axis=1)
    values = {}
    for measure_, key in (("sharpness", ""), ("trace", "_trace"), ("ball", "_ball")):
        ranked = rank_correlation(np.stack([getattr(ends[name], measure_) for name in learned], axis=1), wrong)
        note = "Spearman's, of sharpness with error on fresh images over ways of training, mean over seeds"
        values[f"rank_correlation{key}"] = Value.of(bounded(mean_interval(ranked), -1, 1), 2, note=note)
    return values


def _level_values(settings: Sharpness, ends: dict[str, Ends], learned: list[str]) -> dict[str, Value]:
    noise = [(end.trace_noise / end.trace).mean() for end in ends.values()]
    values = {
        "level": Value(settings.level, digits=3, note="training loss at which all are compared, in nats"),
        "fitted": Value(
            float(min(end.fitted.min() for end in ends.values())), digits=3, note="lowest share of any net"
        ),
        "trace_noise": Value(
            float(np.mean(noise)), digits=4, note="standard error of a trace from its probes, relative"
        ),
        "configurations": Value(len(learned), digits=0, note="ways of training on true labels"),
    }
    for name, end in ends.items():
        values[f"sharpness_{name}"] = Value.of(mean_interval(end.sharpness), 2)
        values[f"trace_{name}"] = Value.of(mean_interval(end.trace), 1)
        values[f"ball_{name}"] = Value.of(mean_interval(end.ball), 3)
        values[f"accuracy_{name}"] = Value.of(bounded(mean_interval(end.right), 0, 1), 4)
        values[f"steps_{name}"] = Value.of(mean_interval(end.steps), 0)
    return values


def _rescaled_values(settings: Sharpness, rescaled: dict[str, np.ndarray]) -> dict[str, Value]:
    factors, sharpness = rescaled["factors"].tolist(), rescaled["rescaled_sharpness"]
    before, after = (sharpness[factors.index(factor)] for factor in (1.0, settings.factor))
    change = float(rescaled["change"].max())
    return {
        "rescaled_function_change": Value(change, digits=3, note="largest of any output of any net"),
        "rescaled_output_size": Value(float(rescaled["size"].max()), digits=1, note="largest of any output of any net"),
        "rescaled_sharpness_ratio": Value.of(ratio_interval(after, before), 1, note=f"after over before, {PAIRED}"),
        "rescaled_sharpness_before": Value.of(mean_interval(before), 2),
        "rescaled_sharpness_after": Value.of(mean_interval(after), 1),
        "rescaled_factor": Value(settings.factor, digits=0, note="exact"),
    }
