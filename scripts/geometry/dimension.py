"""Of how many dimensions is the surface on which digits lie, layer by layer, before and after training."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.geometry.classifiers import Training, digits_task, initial_nets, train_nets
from scripts.geometry.settings import Dimension
from scripts.maths.ensembles import Ensemble
from scripts.maths.random import generators
from scripts.maths.statistics import mean_interval, ratio_interval
from scripts.maths.training import accuracy
from scripts.maths.two_nn import intrinsic_dimension
from scripts.maths.two_nn_ball import expected_ball_dimension

STREAM = "geometry.dimension"
RATIO_NOTE = "geometric mean of ratios, paired by seed"
BALLS = ("_few", "", "_many")  # what the sizes of the ball's samples add to a value's name
PEAK_NOTE = "largest over the input and the hidden layers of each net"


def compute(settings: Dimension) -> Result:
    """Estimate the dimension of fresh digits in every layer of nets, trained and not; check the estimator on balls."""
    task = digits_task(settings.points, settings.seed_block)
    training = Training(settings.widths, settings.epochs, settings.learning_rate, settings.batch_size)
    untrained = initial_nets(task, training, settings.seed_block, STREAM)
    net = train_nets(task, training, settings.seed_block, STREAM)
    found = layer_dimensions(net, task.fresh, settings.discarded)
    control = layer_dimensions(untrained, task.fresh, settings.discarded)
    with torch.no_grad():
        train = accuracy(net(task.inputs), task.labels).numpy()
        test = accuracy(net(task.fresh), task.fresh_labels).numpy()
    balls = np.stack([ball_dimensions(settings, points) for points in settings.ball_points])
    values = {
        "train_accuracy": Value.of(mean_interval(train), 3),
        "test_accuracy": Value.of(mean_interval(test), 3),
    }
    values |= layer_values(found, control) | ball_values(balls, settings)
    arrays = {"trained": found, "untrained": control, "test": test, "balls": balls}
    return Result(values, arrays | {"widths": np.array([task.inputs.shape[2], *settings.widths])})


def layer_dimensions(net: Ensemble, inputs: Tensor, discarded: float) -> np.ndarray:
    """Return the dimension of the inputs and of what each hidden layer makes of them, shape (seed, 1 + hidden)."""
    with torch.no_grad():
        layers = [layer.numpy() for layer in net.layers(inputs)[:-1]]
    return np.array([[intrinsic_dimension(points, discarded=discarded) for points in layer] for layer in layers]).T


def ball_dimensions(settings: Dimension, points: int) -> np.ndarray:
    """Return the estimate on points drawn uniformly from a ball, one sample a seed, shape (seed,)."""
    rngs = generators(settings.ball_seed_block, f"{STREAM}.ball.{points}")
    samples = (draw_ball(rng, points, settings.ball_dimension) for rng in rngs)
    return np.array([intrinsic_dimension(sample, discarded=settings.discarded) for sample in samples])


def draw_ball(rng: np.random.Generator, points: int, dimensions: int) -> np.ndarray:
    """Draw points uniformly from the unit ball, shape (points, dimensions): a random direction and radius U^(1/d)."""
    directions = rng.standard_normal((points, dimensions))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return directions * rng.random((points, 1)) ** (1 / dimensions)


def layer_values(found: np.ndarray, control: np.ndarray) -> dict[str, Value]:
    """Return the dimensions, shape (seed, layer) trained and untrained, at the places that claims speak of."""
    places = {
        "input": found[:, 0],
        "first": found[:, 1],
        "last": found[:, -1],
        "first_untrained": control[:, 1],
        "last_untrained": control[:, -1],
    }
    values = {name: Value.of(mean_interval(rows), 2) for name, rows in places.items()}
    for name, rows in (("peak", found), ("peak_untrained", control)):
        values[name] = Value.of(mean_interval(rows.max(1)), 2, note=PEAK_NOTE)
    ratios = {
        "first_to_input": (found[:, 1], found[:, 0]),
        "last_to_input": (found[:, -1], found[:, 0]),
        "last_to_first": (found[:, -1], found[:, 1]),
        "last_to_untrained": (found[:, -1], control[:, -1]),
        "untrained_to_input": (control[:, -1], control[:, 0]),
    }
    return values | {
        name: Value.of(ratio_interval(above, below), 3, note=RATIO_NOTE) for name, (above, below) in ratios.items()
    }


def ball_values(balls: np.ndarray, settings: Dimension) -> dict[str, Value]:
    """Return the estimates on balls, shape (size, sample), with their exact expectation and the bias."""
    values = {}
    for place, points, samples in zip(BALLS, settings.ball_points, balls, strict=True):
        note = f"{points} points, uniform in a ball of {settings.ball_dimension} dimensions"
        exact = expected_ball_dimension(points, settings.ball_dimension, discarded=settings.discarded)
        values |= {
            f"ball{place}": Value.of(mean_interval(samples), 2, note=note),
            f"ball_exact{place}": Value(exact, digits=2, note=f"what the estimator tends to; {note}"),
            f"ball_bias{place}": Value.of(mean_interval(samples - settings.ball_dimension), 2, note=note),
        }
    return values
