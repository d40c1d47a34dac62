"""Parameters of section 3, information theory of deep learning."""

from scripts.article.settings import Model, SeededModel, parameter


class Entropy(SeededModel):
    """Parameters of the formula's check and of entropies that are counted."""

    seeds: int = parameter(200, quick=50, paper=1000, ge=3, description="Samples of every size", origin="hand-tuned")
    outcomes: int = parameter(50, ge=2, description="Possible outcomes", origin="hand-tuned")
    exponent: float = parameter(
        1.0, ge=0, description="The k-th outcome's probability falls as k to minus this power", origin="Zipf's law"
    )
    sizes: list[int] = parameter(
        [10, 20, 50, 100, 200, 500, 1000, 2000], min_length=1, description="Sample sizes", origin="hand-tuned"
    )
    size: int = parameter(
        100, ge=1, description="Sample size whose numbers the text quotes; one of sizes", origin="hand-tuned"
    )
    sides: int = parameter(10, ge=2, description="Sides of each of the two independent dice", origin="hand-tuned")


class Features(SeededModel):
    """Parameters of the article's own demo, carried on into a network."""

    seeds: int = parameter(20, quick=4, paper=100, ge=3, description="Data sets, a net each", origin="hand-tuned")
    points: int = parameter(500, ge=20, description="Points in the two moons", origin="the article's section 1")
    noise: float = parameter(
        0.2, gt=0, description="Standard deviation around the moons", origin="the article's section 1"
    )
    fresh_points: int = parameter(
        2000, quick=500, paper=5000, ge=100, description="Fresh points that layers are judged by", origin="hand-tuned"
    )
    neighbours: int = parameter(3, ge=1, description="Neighbours of the estimator", origin="scikit-learn's default")
    widths: list[int] = parameter(
        [10, 10], min_length=2, max_length=2, description="Hidden layers", origin="the article's section 1"
    )
    epochs: int = parameter(400, quick=200, ge=1, description="Full-batch steps", origin="hand-tuned")
    learning_rate: float = parameter(0.02, gt=0, description="Adam's step size", origin="hand-tuned")


class Settings(Model):
    """List the experiments of the section."""

    entropy: Entropy
    features: Features
