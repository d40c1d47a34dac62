"""Parameters of section 2, optimisation landscapes."""

from scripts.article.settings import Model, SeededModel, parameter


class Demo(SeededModel):
    """Parameters of the article's own demo with two optimisers that both train."""

    seeds: int = parameter(50, quick=8, paper=200, ge=3, description="Data sets, a net each", origin="hand-tuned")
    points: int = parameter(100, ge=10, description="Training examples", origin="the article's demo")
    inputs: int = parameter(2, ge=1, description="Coordinates of an example", origin="the article's demo")
    hidden: int = parameter(10, ge=1, description="Hidden units", origin="the article's demo")
    epochs: int = parameter(100, ge=1, description="Passes over the data in the demo", origin="the article's demo")
    learning_rate: float = parameter(
        0.01, gt=0, description="Step size of SGD and of Adam", origin="the article's demo"
    )
    batch_size: int = parameter(
        10, ge=1, description="Examples a step", origin="hand-tuned: a tenth of the data, so that SGD is stochastic"
    )
    long_epochs: int = parameter(
        500,
        quick=150,
        paper=1000,
        ge=1,
        description="Passes over the data where the optimisers are compared at the same training loss",
        origin="hand-tuned: time for SGD to get well below its loss in the demo",
    )
    faster: float = parameter(
        10.0,
        gt=1,
        description="How many times larger the step of the control is",
        origin="near Adam's speed: the epochs to the losses that are compared are of the same order",
    )
    fresh_points: int = parameter(
        1000, ge=100, description="Fresh inputs on which functions are compared", origin="hand-tuned"
    )
    levels: int = parameter(
        10, quick=5, ge=1, description="Training losses at which the paths are compared", origin="hand-tuned"
    )


class Settings(Model):
    """List the experiments of the section."""

    demo: Demo
