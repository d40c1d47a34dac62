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


class Settings(Model):
    """List the experiments of the section."""

    dropout: Dropout
