"""Parameters of section 5, the neural tangent kernel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scripts.article.settings import Model, SeededModel, parameter

Positive = Annotated[float, Field(gt=0)]


class Rbf(SeededModel):
    """Parameters of the comparison of Gram matrices on the sphere."""

    seeds: int = parameter(8, quick=4, paper=20, ge=3, description="Draws of the points", origin="hand-tuned")
    points: int = parameter(
        1200, quick=700, paper=2500, ge=200, description="Points, uniform on the sphere", origin="hand-tuned"
    )
    dimension: int = parameter(
        3, ge=3, le=6, description="Coordinates of a point; the sphere has one dimension less", origin="hand-tuned"
    )
    hidden: int = parameter(2, ge=1, le=10, description="Hidden layers of the network", origin="hand-tuned")
    bias_variance: float = parameter(
        1.0, ge=0, description="Variance of the biases", origin="convention: every parameter standard normal"
    )
    width: int = parameter(512, ge=8, description="Hidden units a layer of the finite network", origin="hand-tuned")
    first_degree: int = parameter(
        6,
        ge=1,
        description="First degree of the decay range",
        origin="hand-tuned on the exact eigenvalues: their slope over the range is within 5 % of its limit",
    )
    last_degree: int = parameter(
        12, ge=2, description="Last degree of the range", origin="hand-tuned: its eigenvalues come before n/7"
    )
    shown: int = parameter(80, ge=10, description="Points in the drawn matrices", origin="hand-tuned")

    @model_validator(mode="after")
    def _resolved(self) -> Rbf:
        if not self.first_degree < self.last_degree:
            raise ValueError(f"expected first_degree < last_degree, got {self.first_degree}, {self.last_degree}")
        return self


class Widths(SeededModel):
    """Parameters that the experiments on ever wider networks share."""

    seeds: int = parameter(
        40,
        quick=8,
        ge=3,
        description="Networks a width, each with its own points",
        origin="hand-tuned on the spread of a kernel's distance from its limit: a slope is known to about a tenth",
    )
    widths: list[int] = parameter(
        [32, 64, 128, 256, 512],
        quick=[32, 64, 128],
        paper=[32, 64, 128, 256, 512, 1024],
        min_length=3,
        description="Hidden units a layer",
        origin="hand-tuned",
    )
    points: int = parameter(20, ge=3, description="Points to train on", origin="hand-tuned")
    test_points: int = parameter(20, ge=1, description="Points to test on", origin="hand-tuned")
    dimension: int = parameter(10, ge=3, description="Coordinates of a point on the sphere", origin="hand-tuned")
    hidden: int = parameter(2, ge=2, le=6, description="Hidden layers", origin="as ntk.rbf")
    bias_variance: float = parameter(
        1.0, ge=0, description="Variance of the biases", origin="convention: every parameter standard normal"
    )

    @model_validator(mode="after")
    def _rising(self) -> Widths:
        if sorted(set(self.widths)) != self.widths or self.widths[0] < 1:
            raise ValueError(f"expected rising positive widths, got {self.widths}")
        return self


class Width(Widths):
    """Parameters of what changes with width."""

    seeds: int = parameter(
        250,
        quick=8,
        ge=3,
        description="Networks a width, each with its own points",
        origin="as many as time allows; raised after a first run with 40 had left a slope open",
    )
    meanfield_seeds: int = parameter(
        10,
        quick=4,
        ge=3,
        description="Of these, the first that are trained in mean-field scaling too, or all where there are fewer",
        origin="hand-tuned on a first run: in this scaling changes vary little between networks",
    )
    step: float = parameter(
        0.6,
        gt=0,
        lt=2,
        description="Step size times the largest eigenvalue of the limit kernel; its descent diverges from 2 on",
        origin="narrow networks, whose kernels vary, converge too; at 1, one in a thousand with 32 units did not",
    )
    steps: int = parameter(
        250,
        quick=100,
        ge=1,
        description="Steps of full-batch descent, at every width",
        origin="hand-tuned: about a tenth of the residual is left",
    )


class Dynamics(Widths):
    """Parameters of the course of training against its prediction, on the same points."""

    step: float = parameter(
        0.5,
        gt=0,
        lt=1,
        description="Step size times the largest eigenvalue of the limit kernel; below 1, no part changes sign",
        origin="hand-tuned: so that the fastest decay takes more than a step",
    )
    steps: int = parameter(
        200, quick=60, ge=2, description="Steps of full-batch descent, at every width", origin="hand-tuned"
    )
    looks: int = parameter(
        30, quick=12, ge=2, description="Looks at the networks, evenly spaced in the logarithm", origin="hand-tuned"
    )


class Predictable(SeededModel):
    """Parameters of what wide networks end with, and of what exact fits cost."""

    seeds: int = parameter(
        12, quick=3, paper=40, ge=3, description="Splits of the digits for random features", origin="hand-tuned"
    )
    validation: int = parameter(
        400, ge=10, description="Images of a split that choose ridge and number of features", origin="hand-tuned"
    )
    ridges: list[Positive] = parameter(
        [1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
        min_length=1,
        description="Ridges to choose from beside none, in units of the kernel's mean diagonal",
        origin="hand-tuned",
    )
    bias_variance: float = parameter(
        1.0, ge=0, description="Variance of the biases", origin="convention: every parameter standard normal"
    )
    hidden: int = parameter(
        2, ge=1, le=10, description="Hidden layers of the tangent kernel on digits", origin="hand-tuned"
    )
    feature_points: int = parameter(
        200, quick=100, ge=20, description="Images that models on random features are fitted to", origin="hand-tuned"
    )
    feature_ratios: list[Positive] = parameter(
        [0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0],
        quick=[0.1, 0.5, 1.0, 2.0, 10.0],
        description="Features over images",
        origin="hand-tuned",
    )
    ridgeless_points: int = parameter(
        100, quick=60, ge=10, description="Points of the least-squares problems, n", origin="hand-tuned"
    )
    ratios: list[Positive] = parameter(
        [0.2, 0.4, 0.6, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0],
        quick=[0.2, 0.5, 0.8, 1.25, 2.0, 4.0],
        min_length=2,
        description="Dimensions over points, γ = d/n",
        origin="hand-tuned, on both sides of 1",
    )
    signal: float = parameter(5.0, gt=0, description="Squared length of β, r²", origin="hand-tuned")
    noise: float = parameter(1.0, ge=0, description="Variance of the noise, σ²", origin="convention")
    draws: int = parameter(
        200, quick=30, paper=1000, ge=3, description="Least-squares problems a ratio", origin="hand-tuned"
    )
    kernel_seeds: int = parameter(
        160, quick=4, paper=400, ge=3, description="Splits of the digits for the tangent kernel", origin="hand-tuned"
    )
    kernel_points: int = parameter(
        300, quick=150, ge=20, description="Images that the tangent kernel is fitted to", origin="hand-tuned"
    )
    flipped: float = parameter(
        0.1, gt=0, lt=0.5, description="Chance that a noisy label is the wrong one of two", origin="hand-tuned"
    )
    net_seeds: int = parameter(
        20, quick=4, paper=60, ge=3, description="Networks a width, each from its own start", origin="hand-tuned"
    )
    net_hidden: int = parameter(
        1, ge=1, le=10, description="Hidden layers of the trained networks", origin="hand-tuned: lets widths be large"
    )
    widths: list[int] = parameter(
        [64, 128, 256, 512, 1024],
        quick=[32, 64, 128],
        paper=[64, 128, 256, 512, 1024, 2048],
        min_length=3,
        description="Hidden units a layer",
        origin="hand-tuned",
    )
    points: int = parameter(10, ge=3, description="Points on the circle to train on", origin="hand-tuned")
    rate: float = parameter(
        0.5,
        gt=0,
        lt=2,
        description="Step size times the largest eigenvalue of the limit kernel; descent diverges from 2 on",
        origin="hand-tuned: narrow networks, whose kernels vary, converge too",
    )
    steps: int = parameter(
        1000,
        quick=300,
        ge=10,
        description="Steps of full-batch descent",
        origin="hand-tuned on the exact law: little of the targets is left",
    )

    @property
    def kernel_seed_block(self) -> range:
        """Return the seeds of the kernel's splits."""
        return range(self.first_seed, self.first_seed + self.kernel_seeds)

    @property
    def draw_block(self) -> range:
        """Return the seeds of the least-squares problems."""
        return range(self.first_seed, self.first_seed + self.draws)

    @property
    def net_seed_block(self) -> range:
        """Return the seeds of the networks."""
        return range(self.first_seed, self.first_seed + self.net_seeds)

    @model_validator(mode="after")
    def _resolved(self) -> Predictable:
        ratios = self.feature_ratios
        if sorted(set(ratios)) != ratios or not ratios[0] < 1 < ratios[-1] or 1 not in ratios:
            raise ValueError(f"expected rising feature_ratios from below 1 through 1 to above, got {ratios}")
        apart = [abs(round(ratio * self.ridgeless_points) - self.ridgeless_points) for ratio in self.ratios]
        if min(apart) < 2:
            raise ValueError(f"expected ratios that put |d − n| at 2 or more, got {self.ratios}")
        return self


class Classical(SeededModel):
    """Parameters of the comparison of classifiers on small data sets."""

    seeds: int = parameter(
        10, quick=3, paper=40, ge=3, description="Random splits of each data set", origin="hand-tuned"
    )
    tasks: list[Literal["iris", "wine", "cancer", "diabetes", "digits", "odd"]] = parameter(
        ["iris", "wine", "cancer", "diabetes", "digits", "odd"],
        quick=["iris", "wine", "cancer"],
        min_length=2,
        description="Data sets that come with scikit-learn",
        origin="all of its small classifications; diabetes cut at its median, and digits by odd and even",
    )
    training: int = parameter(
        198,
        ge=20,
        description="Examples to choose and to fit with, at most; in smaller sets two thirds of all, in equal folds",
        origin="hand-tuned: as many as time allows",
    )
    folds: int = parameter(
        3, ge=2, description="Inner folds, which choose each method's parameters", origin="hand-tuned"
    )
    hidden: list[int] = parameter(
        [1, 2, 3],
        quick=[1, 2],
        min_length=1,
        description="Hidden layers of the kernel to choose from",
        origin="hand-tuned",
    )
    bias_variance: float = parameter(
        1.0, ge=0, description="Variance of the kernel's biases", origin="convention: every parameter standard normal"
    )
    costs: list[Positive] = parameter(
        [0.1, 1.0, 10.0, 100.0, 1000.0],
        min_length=1,
        description="Costs C of the support vector machines, the kernel's mean diagonal being 1",
        origin="hand-tuned, within the grid of Arora et al. 2020",
    )
    gammas: list[Positive] = parameter(
        [0.03, 0.1, 0.3, 1.0, 3.0],
        min_length=1,
        description="γ of the RBF kernel times the number of columns; 1 is scikit-learn's default",
        origin="hand-tuned",
    )
    ridges: list[Positive] = parameter(
        [1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0],
        min_length=1,
        description="Ridges of the kernel regression, the kernel's mean diagonal being 1",
        origin="hand-tuned",
    )
    trees: int = parameter(100, quick=30, ge=1, description="Trees of a forest", origin="scikit-learn's default")
    net_hidden: list[int] = parameter(
        [1, 2], quick=[1], min_length=1, description="Hidden layers of the net to choose from", origin="hand-tuned"
    )
    width: int = parameter(64, quick=32, ge=2, description="Hidden units a layer of the net", origin="hand-tuned")
    penalties: list[Annotated[float, Field(ge=0)]] = parameter(
        [1e-4, 1e-2],
        quick=[1e-3],
        min_length=1,
        description="Penalties on a net's squared weights to choose from",
        origin="hand-tuned",
    )
    epochs: list[int] = parameter(
        [5, 10, 20, 40],
        quick=[5, 15],
        min_length=1,
        description="Passes over the data to choose from",
        origin="hand-tuned: at the last, nets fit nearly all they were trained on",
    )
    batch_size: int = parameter(32, ge=1, description="Examples a step of the net", origin="hand-tuned")
    learning_rate: float = parameter(0.01, gt=0, description="Adam's step size of the net", origin="hand-tuned")


class Limits(SeededModel):
    """Parameters of the parities that a network and its tangent kernel learn."""

    seeds: int = parameter(
        10, quick=3, paper=40, ge=3, description="Draws of examples and weights", origin="hand-tuned"
    )
    dimension: int = parameter(
        30,
        quick=15,
        ge=4,
        le=62,
        description="Signs of an input",
        origin="hand-tuned: many, while the network still learns",
    )
    points: int = parameter(
        1000, quick=400, ge=20, description="Examples to train on", origin="hand-tuned: as many as time allows"
    )
    fewer_points: list[int] = parameter(
        [250, 500],
        quick=[100],
        paper=[125, 250, 500],
        min_length=1,
        description="Fewer examples, for the learning curve",
        origin="hand-tuned",
    )
    held_out: int = parameter(
        250,
        paper=1000,
        ge=10,
        description="Further examples, on which the kernel's ridge is chosen",
        origin="hand-tuned",
    )
    fresh_points: int = parameter(500, paper=2000, ge=10, description="Unseen inputs to judge on", origin="hand-tuned")
    bias_variance: float = parameter(
        1.0, ge=0, description="Variance of the biases", origin="convention: every parameter standard normal"
    )
    ridges: list[Positive] = parameter(
        [1e-6, 1e-4, 1e-3, 0.01, 0.1, 1.0],
        min_length=1,
        description="Ridges to choose from, the kernel's mean diagonal being 1",
        origin="hand-tuned",
    )
    width: int = parameter(256, quick=128, ge=2, description="Hidden units, in one layer", origin="hand-tuned")
    laziness: float = parameter(
        10.0,
        gt=0,
        description="Factor in front of the outputs in lazy scaling",
        origin="hand-tuned: weights hardly move",
    )
    rate: float = parameter(
        0.5,
        gt=0,
        description="Step size times the square of the output's factor",
        origin="hand-tuned on the network alone: it learns, in either scaling",
    )
    batch_size: int = parameter(50, ge=1, description="Examples a step", origin="hand-tuned")
    steps: int = parameter(
        1000,
        quick=400,
        paper=4000,
        ge=1,
        description="Steps of gradient descent",
        origin="hand-tuned on the network alone",
    )

    @model_validator(mode="after")
    def _resolved(self) -> Limits:
        if any(not 1 <= fewer < self.points for fewer in self.fewer_points):
            raise ValueError(f"expected fewer_points below points, got {self.fewer_points} and {self.points}")
        return self


class Settings(Model):
    """List the experiments of the section."""

    rbf: Rbf
    width: Width
    dynamics: Dynamics
    predictable: Predictable
    classical: Classical
    limits: Limits
