"""Parameters of section 7, optimisation over functions."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scripts.article.settings import Model, SeededModel, parameter

NAMED_WIDTHS = (64, 512)  # whose pairs of nets the claims and the text speak of
DEEP = "deep"  # stands for the width in the ids of the nets with several hidden layers
MOST_USED = 1700  # of the 1797 digits; the others are fresh


class Freelunch(Model):
    """Parameters of the enumeration of all functions of a few bits; nothing in it is random."""

    bits: int = parameter(3, ge=2, le=3, description="Bits of an input", origin="hand-tuned: 3 can be enumerated whole")
    sizes: list[Annotated[int, Field(ge=1)]] = parameter(
        [1, 2, 3, 4, 5, 6, 7],
        quick=[1, 4],
        min_length=2,
        description="Training set sizes, all subsets of each",
        origin="hand-tuned: every size that leaves an input unseen",
    )
    size: int = parameter(4, ge=1, description="Training set size of the numbers in the text", origin="half the inputs")


class Variance(SeededModel):
    """Parameters of the full crossing of training set sizes, architectures and optimisers on digits."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Nets in every cell", origin="hand-tuned")
    sizes: list[Annotated[int, Field(ge=10)]] = parameter(
        [64, 128, 256, 512, 1024],
        quick=[64, 256, 1024],
        min_length=2,
        description="Images to train on, from few to many",
        origin="hand-tuned: from a handful a class to most of the images, each twice the last",
    )
    architectures: list[Annotated[str, Field(pattern=r"^(relu|tanh)( [1-9]\d*)+$")]] = parameter(
        ["relu 16", "relu 64", "relu 128", "tanh 64 64", "relu 32 32 32"],
        min_length=2,
        description="Activation and hidden units by layer",
        origin="hand-tuned: widths, depths and activations of a first try",
    )
    optimisers: list[str] = parameter(
        ["sgd", "momentum", "adagrad", "rmsprop", "adam"],
        min_length=2,
        description="Optimisers, with torch's defaults but for the step size; momentum 0.9",
        origin="the common ones",
    )
    rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0],
        min_length=1,
        description="Step sizes to choose from, for each architecture with each optimiser",
        origin="hand-tuned",
    )
    tuning_seeds: int = parameter(
        3, quick=1, paper=10, ge=1, description="Nets by which a step size is chosen", origin="hand-tuned"
    )
    validation: int = parameter(200, ge=20, description="Images kept for choosing step sizes", origin="hand-tuned")
    steps: int = parameter(
        256, quick=48, ge=1, description="Steps of every training", origin="hand-tuned: 8 passes over the most images"
    )
    batch_size: int = parameter(32, ge=1, description="Images a step", origin="hand-tuned")

    @property
    def middle_size(self) -> int:
        """Return the number of examples at which step sizes are chosen."""
        return self.sizes[len(self.sizes) // 2]

    @model_validator(mode="after")
    def _room(self) -> Variance:
        if list(self.sizes) != sorted(set(self.sizes)):
            raise ValueError(f"expected sizes from few to many, got {self.sizes}")
        if self.sizes[-1] + self.validation > MOST_USED:
            raise ValueError(f"expected at most {MOST_USED} images to train on and to choose by, to leave some fresh")
        return self


class Meta(SeededModel):
    """Parameters of starts for sinusoids: trained to be adapted (MAML), trained on all tasks together, untrained."""

    seeds: int = parameter(10, quick=3, paper=20, ge=3, description="Starts of each kind", origin="hand-tuned")
    amplitudes: list[float] = parameter(
        [0.1, 5.0],
        min_length=2,
        max_length=2,
        description="Bounds of a task's amplitude",
        origin="Finn et al. 2017, section 5.1",
    )
    phases: list[float] = parameter(
        [0.0, math.pi],
        min_length=2,
        max_length=2,
        unit="rad",
        description="Bounds of a task's phase",
        origin="Finn et al. 2017, section 5.1",
    )
    inputs: list[float] = parameter(
        [-5.0, 5.0],
        min_length=2,
        max_length=2,
        description="Bounds of an input",
        origin="Finn et al. 2017, section 5.1",
    )
    shots: int = parameter(10, ge=1, description="Examples of a new task", origin="Finn et al. 2017, section 5.1")
    widths: list[Annotated[int, Field(ge=1)]] = parameter(
        [40, 40], min_length=1, description="Units of the hidden layers", origin="Finn et al. 2017, section 5.1"
    )
    tasks: int = parameter(
        20000, quick=1000, paper=250000, ge=2, description="Tasks that a start is trained on", origin="hand-tuned"
    )
    batch_size: int = parameter(25, ge=1, description="Tasks in a step of Adam", origin="Finn et al. 2017, their code")
    epochs: int = parameter(1, ge=1, description="Passes over the tasks at each step size", origin="hand-tuned")
    learning_rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.01, 0.003, 0.001],
        min_length=1,
        description="Adam's step sizes, one after the other",
        origin="hand-tuned: MAML trains faster than at 0.001 throughout",
    )
    inner_rate: float = parameter(
        0.01, gt=0, description="Size of the gradient step in MAML's training", origin="Finn et al. 2017, section 5.1"
    )
    rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1],
        quick=[0.003, 0.01, 0.03],
        min_length=1,
        description="Sizes of the gradient steps on a new task to choose from",
        origin="hand-tuned: beyond what was chosen on either side",
    )
    validation_tasks: int = parameter(
        100, quick=20, paper=500, ge=1, description="New tasks a seed that choose these sizes", origin="hand-tuned"
    )
    test_tasks: int = parameter(
        300, quick=50, paper=2000, ge=2, description="New tasks a seed that judge the starts", origin="hand-tuned"
    )
    points: int = parameter(50, ge=2, description="Points of the grid on which a curve is judged", origin="hand-tuned")


class Search(SeededModel):
    """Parameters of the table of architectures under one budget, and of the searches on it."""

    seeds: int = parameter(10, quick=3, paper=20, ge=3, description="Trainings per architecture", origin="hand-tuned")
    widths: list[Annotated[int, Field(ge=1)]] = parameter(
        [8, 16, 32],
        quick=[8, 16],
        min_length=2,
        description="Units that a hidden layer may have",
        origin="hand-tuned",
    )
    layers: int = parameter(4, quick=2, ge=1, le=6, description="Most hidden layers", origin="hand-tuned")
    budget: int = parameter(
        2500, ge=1, description="Most weights and biases", origin="hand-tuned: the widest nets do not keep to it"
    )
    points: int = parameter(500, quick=300, ge=10, description="Images a net is trained on", origin="hand-tuned")
    validation: int = parameter(500, ge=50, description="Images that a search looks at", origin="hand-tuned")
    batch_size: int = parameter(100, ge=1, description="Images a step", origin="hand-tuned")
    learning_rate: float = parameter(
        0.02, gt=0, description="Adam's step size, for every architecture", origin="hand-tuned: all train"
    )
    shortest: int = parameter(
        3, quick=1, ge=1, unit="epochs", description="Training before the first look", origin="a ninth of a training"
    )
    factor: int = parameter(
        3,
        ge=2,
        description="Successive halving: one in so many goes on, so many times as long",
        origin="Li et al. 2019",
    )
    rungs: int = parameter(3, ge=2, description="Looks at the validation error", origin="hand-tuned")
    trials: int = parameter(
        60, quick=30, ge=11, description="Full trainings that a search may spend", origin="Bergstra & Bengio 2012"
    )
    startup: int = parameter(10, ge=1, description="Random draws before TPE proposes", origin="optuna's default")
    repetitions: int = parameter(
        3, quick=1, paper=10, ge=1, description="Searches of each kind per training of the table", origin="hand-tuned"
    )
    top: float = parameter(
        0.05, gt=0, lt=1, description="Share of the table that is called its best", origin="convention"
    )
    draws: int = parameter(20000, ge=100, description="Random searches drawn for their chance", origin="hand-tuned")
    resamples: int = parameter(2000, ge=200, description="Bootstrap samples", origin="hand-tuned")

    @property
    def looks(self) -> list[int]:
        """Return the epochs after which the validation error is looked at."""
        return [self.shortest * self.factor**rung for rung in range(self.rungs)]


class Context(SeededModel):
    """Parameters of linear attention trained on in-context linear regression."""

    seeds: int = parameter(10, quick=4, paper=40, ge=3, description="Models trained per length", origin="hand-tuned")
    random_seeds: int = parameter(
        30, quick=3, paper=100, ge=3, description="Models from random starts, longest prompts", origin="hand-tuned"
    )
    dimension: int = parameter(5, ge=1, description="Dimension d of an input", origin="hand-tuned: small, exact curve")
    length: int = parameter(20, ge=1, description="Examples n in a prompt", origin="hand-tuned: four times d")
    sweep: list[Annotated[int, Field(ge=1)]] = parameter(
        [2, 5, 10, 40, 80],
        quick=[5, 80],
        description="Further lengths of the prompt, for the curve",
        origin="hand-tuned",
    )
    dimensions: list[Annotated[int, Field(ge=1)]] = parameter(
        [2, 10], quick=[2], min_length=1, description="Further dimensions d", origin="hand-tuned: about half and twice"
    )
    grid_lengths: list[Annotated[int, Field(ge=1)]] = parameter(
        [5, 20, 80], quick=[20], min_length=1, description="Lengths of the prompt at those", origin="hand-tuned"
    )
    prompts: int = parameter(
        8192, quick=4096, ge=64, description="Functions a model is trained on", origin="hand-tuned"
    )
    test_prompts: int = parameter(20000, quick=5000, ge=100, description="Fresh functions", origin="hand-tuned")
    batch_size: int = parameter(512, ge=1, description="Prompts a step", origin="hand-tuned")
    epochs: int = parameter(20, quick=25, ge=1, description="Passes at each step size", origin="hand-tuned")
    learning_rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.03, 0.003],
        min_length=1,
        description="Adam's step sizes, one after the other",
        origin="hand-tuned",
    )
    spread: float = parameter(0.1, gt=0, description="Scale of the first weights", origin="hand-tuned")
    shift: float = parameter(
        2.0, gt=0, description="Factor on the inputs of the shifted test", origin="hand-tuned: a mild change of units"
    )


class Symmetry(SeededModel):
    """Parameters of pairs of nets from independent starts, before and after their neurons are matched."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Pairs of nets per width", origin="hand-tuned")
    points: int = parameter(
        1347, quick=800, ge=20, le=MOST_USED, description="Training images", origin="three quarters of all"
    )
    widths: list[Annotated[int, Field(ge=1)]] = parameter(
        [32, 64, 128, 256, 512],
        quick=[64, 512],
        description="Hidden units of the nets with one hidden layer",
        origin="hand-tuned: from narrow to wide, each twice the last",
    )
    deep_widths: list[Annotated[int, Field(ge=1)]] = parameter(
        [128, 128],
        quick=[32, 32],
        min_length=2,
        description="Hidden units by layer of the nets with several hidden layers",
        origin="hand-tuned",
    )
    epochs: int = parameter(
        30, quick=8, ge=1, description="Passes over the images", origin="hand-tuned: wide nets fit nearly all of them"
    )
    batch_size: int = parameter(64, ge=1, description="Images a step", origin="hand-tuned")
    learning_rate: float = parameter(0.003, gt=0, description="Adam's step size", origin="hand-tuned")
    line_points: int = parameter(
        25, quick=11, ge=3, description="Places on the line between two nets, ends included", origin="hand-tuned"
    )

    @model_validator(mode="after")
    def _named(self) -> Symmetry:
        missing = [width for width in NAMED_WIDTHS if width not in self.widths]
        if missing:
            raise ValueError(f"expected the widths {NAMED_WIDTHS} among others, got {self.widths}")
        return self


class Transformer(SeededModel):
    """Parameters of the softmax transformer trained on in-context linear regression."""

    seeds: int = parameter(10, quick=3, ge=2, description="Transformers trained", origin="hand-tuned")
    dimension: int = parameter(
        2, paper=5, ge=1, description="Dimension d of an input", origin="hand-tuned: trains soon"
    )
    length: int = parameter(
        8, quick=4, paper=20, ge=1, description="Most examples n in a prompt", origin="hand-tuned: four times d"
    )
    width: int = parameter(16, paper=64, ge=1, description="Channels", origin="hand-tuned")
    layers: int = parameter(2, paper=4, ge=1, description="Blocks of attention and a net", origin="hand-tuned")
    heads: int = parameter(2, paper=4, ge=1, description="Heads of attention; divide the width", origin="hand-tuned")
    steps: int = parameter(500, quick=40, paper=20000, ge=20, description="Steps of training", origin="hand-tuned")
    batch_size: int = parameter(64, ge=1, description="Fresh prompts a step", origin="Garg et al. 2022, section 3")
    learning_rate: float = parameter(
        0.01, paper=0.001, gt=0, description="Adam's largest step size", origin="hand-tuned"
    )
    test_prompts: int = parameter(4000, quick=1000, ge=100, description="Fresh functions", origin="hand-tuned")
    shift: float = parameter(2.0, gt=0, description="Factor on the inputs of the shifted test", origin="as in context")
    device: Literal["cpu", "auto"] = parameter(
        "cpu",
        paper="auto",
        description="Where to train; auto takes a GPU where there is one",
        origin="convention",
    )


class Settings(Model):
    """List the experiments of the section."""

    freelunch: Freelunch
    variance: Variance
    meta: Meta
    search: Search
    context: Context
    transformer: Transformer
    symmetry: Symmetry
