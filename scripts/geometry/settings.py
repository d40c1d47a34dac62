"""Parameters of section 1, geometry of deep learning."""

from typing import Literal

from scripts.article.settings import Model, SeededModel, parameter


class Boundary(SeededModel):
    """Parameters of the article's own demo, run over seeds."""

    seeds: int = parameter(20, quick=5, paper=100, ge=3, description="Repetitions", origin="hand-tuned")
    points: int = parameter(500, ge=20, description="Points in the two moons", origin="the article's demo")
    test_points: int = parameter(
        2000, ge=100, description="Fresh points that nothing was fitted to", origin="hand-tuned: error below .01"
    )
    noise: float = parameter(
        0.2, ge=0, description="Standard deviation of the points around their moon", origin="the article's demo"
    )
    widths: list[int] = parameter([10, 10], min_length=1, description="Hidden layers", origin="the article's demo")
    iterations: int = parameter(500, ge=1, description="Most passes of a fit", origin="the article's demo")
    grid: int = parameter(100, ge=10, description="Grid points along each axis of the map", origin="the article's demo")


class Warp(SeededModel):
    """Parameters of the net whose layers are drawn, each of them two or more units wide."""

    seeds: int = parameter(20, quick=4, paper=100, ge=3, description="Nets trained", origin="hand-tuned")
    points: int = parameter(500, ge=20, description="Points in the two moons", origin="the article's demo")
    noise: float = parameter(
        0.2, ge=0, description="Standard deviation of the points around their moon", origin="the article's demo"
    )
    widths: list[int] = parameter(
        [10, 10, 2],
        min_length=1,
        description="Hidden layers; the last is two wide, so that it can be drawn as it is",
        origin="hand-tuned: the article's (10, 10) and one layer to look at",
    )
    activation: Literal["tanh", "relu"] = parameter(
        "tanh", description="Nonlinearity; smooth, so that the grid bends and does not break", origin="hand-tuned"
    )
    epochs: int = parameter(400, quick=150, ge=1, description="Full-batch steps", origin="hand-tuned")
    learning_rate: float = parameter(0.02, gt=0, description="Adam's step size", origin="hand-tuned")
    lines: int = parameter(21, ge=5, description="Grid lines along each axis", origin="hand-tuned")
    frames: int = parameter(9, ge=2, description="Steps between two layers, kept for animation", origin="hand-tuned")


class Settings(Model):
    """List the experiments of the section."""

    boundary: Boundary
    warp: Warp
