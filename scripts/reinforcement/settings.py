"""Parameters of section 6, reinforcement learning."""

from typing import Annotated

from pydantic import Field

from scripts.article.settings import Model, SeededModel, parameter


class Toy(SeededModel):
    """Parameters of the article's own table, run from its first updates to its limit."""

    seeds: int = parameter(2000, quick=500, paper=20000, ge=3, description="Short runs", origin="hand-tuned")
    long_seeds: int = parameter(100, quick=40, paper=400, ge=3, description="Long runs", origin="hand-tuned")
    double_seeds: int = parameter(
        500, quick=200, paper=2000, ge=3, description="Runs of double Q-learning", origin="hand-tuned"
    )
    states: int = parameter(5, ge=1, description="States", origin="the article's demo")
    actions: int = parameter(2, ge=1, description="Actions in each state", origin="the article's demo")
    step: float = parameter(0.1, gt=0, le=1, description="Constant step size α", origin="the article's demo")
    discount: float = parameter(0.9, ge=0, lt=1, description="Discount γ", origin="the article's demo")
    updates: int = parameter(100, ge=1, description="Updates before the table is printed", origin="the article's demo")
    long_updates: int = parameter(
        500_000, quick=100_000, paper=2_000_000, ge=1000, description="Updates of a long run", origin="hand-tuned"
    )
    double_updates: int = parameter(
        80_000, quick=50_000, paper=200_000, ge=1000, description="Updates of double Q-learning", origin="hand-tuned"
    )
    burn_in: int = parameter(
        20_000,
        ge=0,
        description="Updates left out of the limits",
        origin="hand-tuned: 20 time constants, 10 for double Q-learning; exp(−10) of the start is left",
    )
    stride: int = parameter(
        100, ge=1, description="Updates from one look at a table to the next", origin="hand-tuned: a time constant / 10"
    )


class Contraction(SeededModel):
    """Parameters of the Bellman operator's contraction, on random processes and on gymnasium's worlds."""

    seeds: int = parameter(20, quick=5, paper=100, ge=2, description="Random processes", origin="hand-tuned")
    states: int = parameter(30, ge=2, description="States of a random process", origin="hand-tuned")
    actions: int = parameter(4, ge=1, description="Actions in each state of a random process", origin="hand-tuned")
    discounts: list[Annotated[float, Field(gt=0, lt=1)]] = parameter(
        [0.5, 0.9, 0.99],
        min_length=1,
        description="Discounts γ at which pairs of tables are compared",
        origin="hand-tuned",
    )
    pairs: int = parameter(
        200, quick=20, ge=1, description="Pairs of tables of each kind, per process and discount", origin="hand-tuned"
    )
    tolerance: float = parameter(
        1e-10,
        ge=1e-12,
        lt=1,
        description="Error at which value iteration stops, relative to the start",
        origin="convention",
    )


class Rates(SeededModel):
    """Parameters of Q-learning on a frozen lake under four step sizes."""

    seeds: int = parameter(200, quick=20, paper=1000, ge=2, description="Runs", origin="hand-tuned")
    updates: int = parameter(
        100_000, quick=50_000, paper=1_000_000, ge=1000, description="Updates of a run", origin="hand-tuned"
    )
    step: float = parameter(0.1, gt=0, le=1, description="Constant step size α", origin="the article's demo")
    discount: float = parameter(0.9, gt=0, lt=1, description="Discount γ", origin="the article's demo")


class Control(SeededModel):
    """Parameters of learning to decide, in three of gymnasium's worlds."""

    seeds: int = parameter(20, quick=5, paper=100, ge=3, description="Runs in each world", origin="hand-tuned")
    step: float = parameter(0.1, gt=0, le=1, description="Constant step size α", origin="the article's demo")
    power: float = parameter(
        0.8, gt=0.5, le=1, description="Power of the decreasing steps n^−power", origin="Even-Dar & Mansour 2003"
    )
    epsilon: float = parameter(
        0.1, gt=0, le=1, description="Share ε of random actions", origin="Sutton & Barto 2018, example 6.6"
    )
    discount: float = parameter(
        0.99, gt=0, lt=1, description="Discount γ, to learn by and to be judged by", origin="convention"
    )
    frozenlake_updates: int = parameter(
        100_000, quick=2000, paper=1_000_000, ge=100, description="Steps on the frozen lake", origin="hand-tuned"
    )
    cliff_updates: int = parameter(
        50_000, quick=16_000, paper=500_000, ge=100, description="Steps on the cliff walk", origin="hand-tuned"
    )
    taxi_updates: int = parameter(
        150_000, quick=3000, paper=1_000_000, ge=100, description="Steps in the taxi", origin="hand-tuned"
    )


class Divergence(SeededModel):
    """Parameters of Baird's star."""

    seeds: int = parameter(100, quick=20, paper=1000, ge=2, description="Runs of sampled updates", origin="hand-tuned")
    upper: int = parameter(
        6, ge=5, description="Upper states; with fewer than 5, nothing diverges", origin="Baird 1995"
    )
    discount: float = parameter(
        0.99, gt=0, lt=1, description="Discount γ", origin="Baird 1995; Sutton & Barto 2018, section 11.2"
    )
    step: float = parameter(0.01, gt=0, le=0.1, description="Step size α", origin="Sutton & Barto 2018, section 11.2")
    updates: int = parameter(
        10_000,
        ge=100,
        le=50_000,
        description="Updates of a run",
        origin="hand-tuned: after half of them, one direction has all but outgrown the other",
    )


class Printed(Model):
    """Parameters of the article's printed equation beside the right one, both solved exactly."""

    states: int = parameter(5, ge=1, description="States of the article's table", origin="the article's demo")
    actions: int = parameter(2, ge=1, description="Actions in each state of that table", origin="the article's demo")
    discount: float = parameter(0.9, gt=0, lt=1, description="Discount γ in both worlds", origin="the article's demo")


class Settings(Model):
    """List the experiments of the section."""

    toy: Toy
    contraction: Contraction
    rates: Rates
    control: Control
    divergence: Divergence
    printed: Printed
