"""Parameters of section 5, the neural tangent kernel."""

from __future__ import annotations

from pydantic import model_validator

from scripts.article.settings import Model, SeededModel, parameter


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


class Settings(Model):
    """List the experiments of the section."""

    rbf: Rbf
