"""Parameters of section 4, Bayesian deep learning."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from scripts.article.settings import Model, SeededModel, parameter

Rate = Annotated[float, Field(gt=0, lt=1)]


class Dropout(SeededModel):
    """Parameters of the article's demo made whole: trained with dropout, sampled with dropout."""

    seeds: int = parameter(20, quick=5, paper=100, ge=3, description="Draws of data and nets", origin="hand-tuned")
    points: int = parameter(
        60, ge=4, description="Training points, half on either side of the gap", origin="hand-tuned"
    )
    inner: float = parameter(1.0, gt=0, description="Where the data begin, left and right of 0", origin="hand-tuned")
    outer: float = parameter(2.0, gt=0, description="Where the data end, left and right of 0", origin="hand-tuned")
    window: float = parameter(4.0, gt=0, description="How far the band is drawn, left and right", origin="hand-tuned")
    noise: float = parameter(0.1, gt=0, description="Standard deviation of the observations", origin="hand-tuned")
    width: int = parameter(
        50, ge=1, description="Hidden units a layer", origin="hand-tuned: the article's 10 are few to leave half out"
    )
    rate: Rate = parameter(0.5, description="Chance that a hidden unit is dropped", origin="the article's demo")
    other_rates: list[Rate] = parameter(
        [0.05, 0.1, 0.2],
        min_length=1,
        description="Further rates, for nets on the same data",
        origin="the range of Gal and Ghahramani 2016",
    )
    steps: int = parameter(2000, quick=400, paper=5000, ge=1, description="Full-batch steps", origin="hand-tuned")
    learning_rate: float = parameter(0.01, gt=0, description="Adam's step size", origin="hand-tuned")
    weight_decay: float = parameter(
        1e-4, ge=0, description="Pull of every weight to 0, the prior's part in the loss", origin="hand-tuned"
    )
    passes: int = parameter(300, quick=100, ge=10, description="Forward passes behind a band", origin="hand-tuned")
    pass_counts: list[int] = parameter(
        [10, 30, 100, 300, 1000, 3000],
        quick=[10, 100, 1000],
        min_length=2,
        description="Forward passes at which the variance is compared with its exact value",
        origin="hand-tuned",
    )
    members: int = parameter(5, ge=2, description="Nets of the ensemble", origin="Lakshminarayanan et al. 2017")
    grid: int = parameter(161, ge=41, description="Places along the axis where the band is drawn", origin="hand-tuned")
    prior_bias: float = parameter(
        1.0,
        ge=0,
        description="Prior variance of the biases in the exact Bayesian reference",
        origin="hand-tuned: as the weights",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Dropout:
        if not self.inner < self.outer < self.window:
            raise ValueError(f"expected inner < outer < window, got {self.inner}, {self.outer}, {self.window}")
        return self


class Coverage(SeededModel):
    """Parameters of the intervals for patients of the diabetes study, split anew for every seed."""

    seeds: int = parameter(
        20, quick=3, paper=50, ge=3, description="Random splits into training and fresh patients", origin="hand-tuned"
    )
    training: int = parameter(
        331, le=440, description="Patients to train on; the others of 442 are fresh", origin="three quarters"
    )
    calibration: int = parameter(
        83,
        ge=19,
        description="Of these, how many calibrate the conformal intervals, whose net is not trained on them",
        origin="a quarter of the training patients; 19 are the fewest that give a finite 95 % interval",
    )
    tuning: int = parameter(
        62,
        ge=5,
        description="Of the rest, how many choose weight decay and dropout's noise, by nets not trained on them",
        origin="a quarter of the rest",
    )
    width: int = parameter(
        50, quick=20, ge=1, description="Hidden units of every net, in one layer", origin="Gal and Ghahramani 2016"
    )
    steps: int = parameter(
        200, quick=80, ge=1, description="Full-batch steps", origin="hand-tuned: losses on held-out patients settle"
    )
    learning_rate: float = parameter(0.01, gt=0, description="Adam's step size", origin="hand-tuned")
    decays: list[Annotated[float, Field(ge=0)]] = parameter(
        [0.03, 0.1, 0.3, 1.0],
        quick=[0.1, 0.3],
        min_length=1,
        description="Weight decays to choose from; half of it times the squared weights is added to the loss",
        origin="hand-tuned: the best on held-out patients lies between the ends",
    )
    rate: Rate = parameter(0.5, description="Chance that a hidden unit is dropped", origin="the article's demo")
    low_rate: Rate = parameter(0.1, description="Another, lower one", origin="the range of Gal and Ghahramani 2016")
    passes: int = parameter(200, quick=50, ge=10, description="Forward passes with dropout", origin="hand-tuned")
    members: int = parameter(5, quick=3, ge=2, description="Nets of an ensemble", origin="Lakshminarayanan et al. 2017")
    explained: Rate = parameter(
        0.5,
        description="Share of the outcomes' variance that is not noise, where the law is known",
        origin="about that of the diabetes study",
    )
    known_seeds: int = parameter(
        10, quick=3, paper=50, ge=3, description="Draws of a known law on which nets are trained", origin="hand-tuned"
    )
    draws: int = parameter(
        1000, quick=200, paper=10000, ge=3, description="Draws of a known law for exact inference", origin="hand-tuned"
    )

    @property
    def fitted(self) -> int:
        """Return how many patients nets are trained on while weight decay is chosen."""
        return self.training - self.calibration - self.tuning

    @model_validator(mode="after")
    def _enough(self) -> Coverage:
        if self.fitted < 2:
            raise ValueError(f"expected calibration + tuning < training - 1, got {self.calibration} + {self.tuning}")
        return self


class Classifiers(SeededModel):
    """Parameters of the classifiers of handwritten digits that the experiments compare."""

    points: int = parameter(200, ge=20, le=1400, description="Training images, few on purpose", origin="hand-tuned")
    widths: list[int] = parameter(
        [64, 32], min_length=1, description="Hidden units a layer, all of them ReLU", origin="hand-tuned"
    )
    epochs: int = parameter(
        100,
        quick=60,
        ge=1,
        description="Passes over the training images",
        origin="hand-tuned: plain nets and nets with dropout get all, or nearly all, training images right",
    )
    batch_size: int = parameter(32, ge=1, description="Training images a step", origin="hand-tuned")
    learning_rate: float = parameter(0.003, gt=0, description="Adam's step size", origin="hand-tuned")
    members: int = parameter(5, ge=2, description="Nets in an ensemble", origin="Lakshminarayanan et al. 2017")
    rate: Rate = parameter(0.5, description="Chance that a hidden unit is dropped", origin="the article's demo")
    passes: int = parameter(
        50, quick=20, ge=2, description="Forward passes behind a prediction with dropout", origin="hand-tuned"
    )


class TunedClassifiers(Classifiers):
    """Add a lower dropout rate, and what is chosen by images that are neither trained nor judged on."""

    low_rate: Rate = parameter(
        0.2, description="A lower dropout rate, for nets that are compared beside the others", origin="hand-tuned"
    )
    held_out: int = parameter(
        200,
        ge=20,
        le=300,
        description="Images for the choice of temperatures and of the precisions below",
        origin="hand-tuned",
    )
    precisions: list[Annotated[float, Field(gt=0)]] = parameter(
        [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0],
        quick=[1.0, 10.0, 100.0, 1000.0],
        min_length=1,
        description="Precisions of the prior of which the held-out images choose one, for a second Laplace",
        origin="hand-tuned",
    )


class Calibration(TunedClassifiers):
    """Parameters of the comparison of confidence with the share that is right."""

    seeds: int = parameter(20, quick=3, paper=100, ge=3, description="Splits of the images", origin="hand-tuned")
    many_points: int = parameter(1200, ge=20, le=1400, description="Training images, many", origin="hand-tuned")
    many_epochs: int = parameter(
        60,
        quick=20,
        ge=1,
        description="Passes over the many training images",
        origin="hand-tuned: nets get all, or nearly all, training images right",
    )
    bins: int = parameter(15, ge=1, description="Bins of equal width", origin="Guo et al. 2017")
    draws: int = parameter(
        500, quick=100, ge=20, description="Draws of labels from the predicted probabilities", origin="hand-tuned"
    )


class Faraway(TunedClassifiers):
    """Parameters of the confidence along rays that leave the data, on digits and on two moons."""

    seeds: int = parameter(10, quick=3, paper=50, ge=3, description="Nets on each data set", origin="hand-tuned")
    epochs: int = parameter(
        100, quick=20, ge=1, description="Passes over the digits", origin="hand-tuned: as where these nets are judged"
    )
    moons_points: int = parameter(500, ge=20, description="Points in the two moons", origin="the demo of section 1")
    moons_noise: float = parameter(
        0.2, ge=0, description="Standard deviation of the points around their moon", origin="the demo of section 1"
    )
    moons_fresh_points: int = parameter(
        1000, ge=320, description="Fresh points in the two moons, for the accuracy", origin="hand-tuned"
    )
    moons_widths: list[int] = parameter(
        [32, 32], min_length=1, description="Hidden units a layer on moons", origin="hand-tuned: dropout leaves half"
    )
    moons_epochs: int = parameter(
        60, quick=10, ge=1, description="Passes over the moons", origin="hand-tuned: more add nothing on fresh points"
    )
    moons_learning_rate: float = parameter(0.01, gt=0, description="Adam's step size on moons", origin="hand-tuned")
    directions: int = parameter(100, ge=2, description="Random directions of the rays of each net", origin="hand-tuned")
    per_decade: int = parameter(
        4, quick=2, ge=1, description="Distances along a ray for each power of ten", origin="hand-tuned"
    )
    limit_distance: float = parameter(
        1e8,
        gt=1000,
        description="Distance at which nets are compared with their limits, in reaches of the data",
        origin="hand-tuned: all kinks lie nearer, and numbers are still exact enough",
    )
    prior_factors: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.1, 10.0],
        min_length=2,
        max_length=2,
        description="A weaker and a stronger prior of Laplace's approximation, over the tuned precision",
        origin="hand-tuned",
    )
    window: float = parameter(
        5.0, gt=0, description="How far the maps show the plane, in reaches of the data", origin="hand-tuned"
    )
    grid: int = parameter(60, quick=30, ge=10, description="Places along each side of the maps", origin="hand-tuned")


class Posterior(SeededModel):
    """Parameters of how the spread shrinks with the number of data: exact Bayes, dropout, ensemble, Laplace."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Draws of data and nets", origin="hand-tuned")
    sizes: list[Annotated[int, Field(ge=2)]] = parameter(
        [32, 128, 512, 2048, 8192],
        quick=[32, 256, 2048],
        paper=[32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
        min_length=2,
        description="Numbers of training points, ascending",
        origin="the range of our trial runs",
    )
    reach: float = parameter(2.0, gt=0, description="How far the data reach, left and right of 0", origin="hand-tuned")
    noise: float = parameter(
        0.1, gt=0, description="Standard deviation of the observations, known to all methods", origin="hand-tuned"
    )
    places: int = parameter(
        64, ge=2, description="Places among the data where the spread is measured", origin="hand-tuned"
    )
    degree: int = parameter(
        9, ge=1, description="Degree of the polynomials of exact regression", origin="hand-tuned: fits sin 2x"
    )
    prior_precision: float = parameter(
        1.0, gt=0, description="Inverse prior variance of every weight", origin="convention: a unit normal prior"
    )
    width: int = parameter(50, ge=1, description="Hidden units of the nets", origin="as in bayesian.dropout")
    rate: Rate = parameter(0.5, description="Chance that a hidden unit is dropped", origin="the article's demo")
    low_rate: Rate = parameter(0.1, description="A second rate that is kept fixed", origin="Gal and Ghahramani 2016")
    other_rates: list[Rate] = parameter(
        [0.0001, 0.0003, 0.001, 0.003, 0.01],
        quick=[0.01],
        description="Further rates from which the best is taken for each number of points",
        origin="hand-tuned",
    )
    weight_decay: float = parameter(
        1e-4, ge=0, description="Pull of every weight to 0 where it is kept fixed", origin="as in bayesian.dropout"
    )
    members: int = parameter(5, quick=3, ge=2, description="Nets of an ensemble", origin="Lakshminarayanan et al. 2017")
    batch_size: int = parameter(32, ge=1, description="Examples a step", origin="convention")
    steps: int = parameter(
        400, quick=60, paper=1000, ge=1, description="Steps at each learning rate", origin="hand-tuned"
    )
    learning_rates: list[Annotated[float, Field(gt=0)]] = parameter(
        [0.03, 0.01, 0.003, 0.0005],
        quick=[0.03, 0.003],
        min_length=1,
        description="Adam's step sizes, one after the other",
        origin="hand-tuned",
    )
    passes: int = parameter(
        300, quick=100, ge=10, description="Forward passes that check the closed form", origin="hand-tuned"
    )

    @model_validator(mode="after")
    def _ascending(self) -> Posterior:
        if self.sizes != sorted(set(self.sizes)):
            raise ValueError(f"expected ascending sizes, got {self.sizes}")
        return self


class Selective(TunedClassifiers):
    """Parameters of leaving out answers, and of images that belong to none of the classes."""

    seeds: int = parameter(
        20,
        quick=3,
        paper=100,
        ge=3,
        description="Splits of the images; each in turn lacks one digit",
        origin="hand-tuned",
    )
    foreign: int = parameter(
        300,
        quick=100,
        ge=10,
        le=1000,
        description="Images of noise, and digits with shuffled pixels",
        origin="hand-tuned",
    )


class Rule(Model):
    """Parameters of Bayes' rule on a few coins, evaluated in fractions."""

    parts: int = parameter(
        4,
        ge=3,
        description="Parts of the chance of heads: one coin for each of 1/parts, 2/parts, …",
        origin="hand-tuned",
    )
    tosses: int = parameter(2, ge=1, description="Tosses of one coin, all of them heads", origin="hand-tuned")


class Settings(Model):
    """List the experiments of the section."""

    dropout: Dropout
    coverage: Coverage
    calibration: Calibration
    faraway: Faraway
    posterior: Posterior
    selective: Selective
    rule: Rule
