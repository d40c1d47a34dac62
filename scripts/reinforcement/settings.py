"""Parameters of section 6, reinforcement learning."""

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


class Settings(Model):
    """List the experiments of the section."""

    toy: Toy
