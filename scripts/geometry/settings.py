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


class Layers(SeededModel):
    """Parameters of the nets whose layers are measured, one on two moons and one on digits."""

    seeds: int = parameter(40, quick=4, paper=100, ge=3, description="Nets on each data set", origin="hand-tuned")
    neighbours: int = parameter(5, ge=1, description="Nearest neighbours that vote", origin="scikit-learn's default")
    moons_points: int = parameter(500, ge=20, description="Points in the two moons", origin="the article's demo")
    moons_fresh_points: int = parameter(
        1000, quick=400, ge=20, description="Fresh points in the two moons", origin="hand-tuned"
    )
    moons_noise: float = parameter(
        0.2, ge=0, description="Standard deviation of the points around their moon", origin="the article's demo"
    )
    moons_widths: list[int] = parameter(
        [10, 10], min_length=1, description="Hidden layers on two moons", origin="the article's demo"
    )
    moons_epochs: int = parameter(
        100, quick=20, ge=1, description="Passes over the moons", origin="hand-tuned: more add nothing on fresh points"
    )
    moons_learning_rate: float = parameter(0.01, gt=0, description="Adam's step size on moons", origin="hand-tuned")
    moons_batch_size: int = parameter(50, ge=1, description="Points a step", origin="hand-tuned: a tenth of the data")
    digits_points: int = parameter(
        1000, ge=100, le=1700, description="Digits to train on; the other of the 1797 are fresh", origin="hand-tuned"
    )
    digits_widths: list[int] = parameter(
        [32, 32, 32], min_length=1, description="Hidden layers on digits", origin="hand-tuned: half the pixels each"
    )
    digits_epochs: int = parameter(
        40, quick=15, ge=1, description="Passes over the digits", origin="hand-tuned: training accuracy near 1"
    )
    digits_learning_rate: float = parameter(0.002, gt=0, description="Adam's step size on digits", origin="hand-tuned")
    digits_batch_size: int = parameter(
        20, ge=1, description="Digits a step", origin="hand-tuned: small, so that few passes suffice"
    )
    wide_seeds: int = parameter(
        16, quick=3, paper=60, ge=3, description="Nets with wide layers, on digits; other seeds", origin="budget"
    )
    wide_widths: list[int] = parameter(
        [128, 128, 128], min_length=1, description="Hidden layers of these", origin="hand-tuned: twice the pixels each"
    )
    wide_epochs: int = parameter(
        20, quick=8, ge=1, description="Passes of these over the digits", origin="hand-tuned: training accuracy near 1"
    )

    @property
    def wide_seed_block(self) -> range:
        """Return the seeds of the nets with wide layers, which come after the others."""
        first = self.first_seed + self.seeds
        return range(first, first + self.wide_seeds)


class Topology(SeededModel):
    """Parameters of the nets that have to part a disc from the ring around it."""

    seeds: int = parameter(20, quick=4, paper=100, ge=3, description="Nets of each kind", origin="hand-tuned")
    points: int = parameter(400, ge=4, description="Training points, half of them in the disc", origin="hand-tuned")
    disc: float = parameter(0.5, gt=0, description="Radius of the disc", origin="hand-tuned")
    inner: float = parameter(1.0, gt=0, description="Inner radius of the ring", origin="hand-tuned: a clear gap")
    outer: float = parameter(1.5, gt=0, description="Outer radius of the ring", origin="hand-tuned")
    layers: int = parameter(4, ge=1, description="Hidden layers, all of one width", origin="hand-tuned")
    wide: int = parameter(
        3, ge=3, description="Units of a layer wider than the plane", origin="the least that theory leaves room for"
    )
    wider: int = parameter(6, ge=3, description="Units of a layer with room to spare", origin="hand-tuned")
    epochs: int = parameter(
        1200, quick=150, ge=1, description="Full-batch steps", origin="hand-tuned: more part no more shapes"
    )
    learning_rate: float = parameter(
        0.01, gt=0, description="Adam's step size", origin="hand-tuned: most wide tanh nets succeed, on other seeds"
    )
    circles: int = parameter(
        60,
        quick=30,
        ge=2,
        description="Circles of each shape's mesh, which judges and is followed",
        origin="hand-tuned",
    )
    angles: int = parameter(1000, quick=300, ge=3, description="Mesh points on each circle", origin="hand-tuned")
    homology_nets: int = parameter(
        10, quick=2, ge=2, description="Nets of each kind whose layers' Betti numbers are found", origin="budget"
    )
    landmarks: int = parameter(
        128, quick=64, ge=16, le=200, description="Points of the mesh that the complex is built on", origin="budget"
    )


class Collapse(SeededModel):
    """Parameters of the nets whose last hidden layer is watched while they train far beyond zero errors."""

    seeds: int = parameter(10, quick=3, paper=30, ge=2, description="Nets of each kind", origin="hand-tuned")
    points: int = parameter(
        1000, quick=300, ge=100, le=1700, description="Digits to train on; the others are fresh", origin="hand-tuned"
    )
    widths: list[int] = parameter(
        [64, 64, 64], min_length=1, description="Hidden layers", origin="hand-tuned: all training images get learned"
    )
    epochs: int = parameter(
        350, quick=20, ge=3, description="Passes over the data", origin="Papyan et al. 2020, smaller data sets"
    )
    batch_size: int = parameter(
        100, quick=50, ge=2, description="Examples a step", origin="hand-tuned: a tenth of the data"
    )
    learning_rate: float = parameter(
        0.1, gt=0, description="SGD's first step size", origin="hand-tuned: both kinds of net train, on other seeds"
    )
    phases: int = parameter(
        3, ge=1, description="Equal parts of the training, each with its own step size", origin="Papyan et al. 2020"
    )
    decay: float = parameter(
        0.1, gt=0, le=1, description="Step size of a part over that of the part before", origin="Papyan et al. 2020"
    )
    momentum: float = parameter(0.9, ge=0, lt=1, description="SGD's momentum", origin="Papyan et al. 2020")
    weight_decay: float = parameter(
        5e-4, ge=0, description="Pull of all parameters to 0", origin="Papyan et al. 2020, smaller data sets"
    )
    records: int = parameter(30, quick=8, ge=2, description="Measurements on the way", origin="hand-tuned")
    ufm_examples: int = parameter(5, ge=2, description="Free features of each class, exact case", origin="hand-tuned")
    ufm_dimension: int = parameter(16, ge=9, description="Coordinates of a free feature", origin="hand-tuned")
    ufm_weight_penalty: float = parameter(
        5e-3, gt=0, description="λ_W of the exact case", origin="hand-tuned: small enough that 0 is not the optimum"
    )
    ufm_feature_penalty: float = parameter(
        5e-4, gt=0, description="λ_H of the exact case", origin="hand-tuned: another one, so that norms tell them apart"
    )
    ufm_starts: int = parameter(5, quick=2, ge=1, description="Random starts of the exact case", origin="hand-tuned")


class Dimension(SeededModel):
    """Parameters of the nets on digits whose layers' dimension is estimated, and of the estimator's check."""

    seeds: int = parameter(20, quick=3, paper=60, ge=3, description="Nets trained", origin="hand-tuned")
    points: int = parameter(
        1000, ge=100, le=1700, description="Digits to train on; the other of the 1797 are fresh", origin="hand-tuned"
    )
    widths: list[int] = parameter(
        [64, 64, 64, 64],
        min_length=1,
        description="Hidden layers, as wide as the input, so that no width alone lowers the dimension",
        origin="hand-tuned",
    )
    epochs: int = parameter(
        30, quick=10, ge=1, description="Passes over the digits", origin="hand-tuned: training accuracy near 1"
    )
    learning_rate: float = parameter(0.001, gt=0, description="Adam's step size", origin="hand-tuned")
    batch_size: int = parameter(
        20, ge=1, description="Digits a step", origin="hand-tuned: small, so that few passes suffice"
    )
    discarded: float = parameter(
        0.1, gt=0, lt=0.9, description="Share of the largest ratios that is cut off", origin="Facco et al. 2017"
    )
    ball_dimension: int = parameter(
        5, ge=1, le=20, description="Dimensions of the ball on which the estimator is checked", origin="hand-tuned"
    )
    ball_points: list[int] = parameter(
        [200, 1000, 5000],
        quick=[200, 500, 1000],
        min_length=3,
        max_length=3,
        description="Points in the ball: few, about as many as fresh digits, many",
        origin="hand-tuned",
    )
    ball_seeds: int = parameter(40, quick=10, paper=100, ge=3, description="Balls of each size", origin="hand-tuned")

    @property
    def ball_seed_block(self) -> range:
        """Return the seeds of the balls."""
        return range(self.first_seed, self.first_seed + self.ball_seeds)


class Distortion(SeededModel):
    """Parameters of the nets whose distortion of the input space is set beside their generalisation gap."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Data sets", origin="hand-tuned")
    points: int = parameter(
        300, ge=50, le=1500, description="Digits to train on; the others are fresh", origin="hand-tuned: a visible gap"
    )
    noise: list[float] = parameter(
        [0.0, 0.2, 0.4],
        min_length=2,
        description="Shares of the labels that become another class, rising",
        origin="after Zhang et al. 2017",
    )
    widths: list[int] = parameter(
        [8, 20, 48], min_length=2, description="Units of each hidden layer, rising", origin="hand-tuned"
    )
    decays: list[float] = parameter(
        [0.0, 0.001, 0.01],
        min_length=2,
        description="Weight decays, rising: half of it times all squared weights is added to the loss",
        origin="hand-tuned: from none to where noisy labels are hardly learned",
    )
    layers: int = parameter(2, ge=1, description="Hidden layers", origin="hand-tuned")
    activation: Literal["tanh", "relu"] = parameter(
        "tanh", description="Nonlinearity; smooth, so that the metric is", origin="hand-tuned"
    )
    epochs: int = parameter(
        300, quick=40, ge=1, description="Full-batch steps", origin="hand-tuned: the widest nets learn all noisy labels"
    )
    learning_rate: float = parameter(0.01, gt=0, description="Adam's step size", origin="hand-tuned")
    fresh_points: int = parameter(
        200, quick=60, ge=20, le=297, description="Fresh images at which the map is measured", origin="hand-tuned"
    )
    pairs: int = parameter(
        100, quick=20, ge=1, description="Segments between fresh images, of each kind", origin="hand-tuned"
    )
    steps: int = parameter(32, quick=8, ge=1, description="Straight pieces of a segment's image", origin="hand-tuned")


class Batchnorm(SeededModel):
    """Parameters of two measurements: the gradient along a training step, and through the layers of a deep net."""

    seeds: int = parameter(10, quick=3, paper=30, ge=2, description="Nets of each kind and rate", origin="hand-tuned")
    points: int = parameter(
        1000, quick=300, ge=20, le=1796, description="Digits to train on, anew for every seed", origin="hand-tuned"
    )
    widths: list[int] = parameter([64, 64, 64], min_length=1, description="Hidden layers", origin="hand-tuned")
    epochs: int = parameter(20, quick=6, ge=1, description="Passes over the data", origin="hand-tuned")
    batch_size: int = parameter(100, ge=2, description="Examples a step", origin="hand-tuned: a tenth of the data")
    learning_rates: list[float] = parameter(
        [0.01, 0.03, 0.1, 0.3],
        min_length=2,
        description="SGD's step sizes, ascending, without momentum",
        origin="hand-tuned: nets without normalisation train at each of them, on other seeds; at 1 they do not",
    )
    multiples: list[float] = parameter(
        [0.5, 1.0, 2.0],
        min_length=1,
        description="Lengths of the steps looked along, in learning rates",
        origin="Santurkar et al. 2018, section 3.1: around the step that is taken",
    )
    record_every: int = parameter(10, quick=6, ge=1, description="Steps between two such looks", origin="hand-tuned")
    deep_seeds: int = parameter(20, quick=3, paper=50, ge=2, description="Deep nets", origin="hand-tuned")
    deep_layers: int = parameter(20, quick=12, ge=4, description="Layers of a deep net", origin="hand-tuned")
    deep_width: int = parameter(
        512, quick=128, ge=16, description="Units a layer", origin="hand-tuned: above the batch, for little bias"
    )
    deep_batch: int = parameter(
        256, quick=64, ge=4, description="Examples normalised together", origin="hand-tuned: 0.4 % above the limit"
    )
    small_batch: int = parameter(8, ge=6, description="Examples of a small batch", origin="hand-tuned")
    small_batches: int = parameter(16, quick=4, ge=1, description="Small batches a net", origin="hand-tuned")
    deep_margin: int = parameter(
        4, quick=2, ge=0, description="Layers left out at either end", origin="hand-tuned: it settles in two or three"
    )

    @property
    def deep_seed_block(self) -> range:
        """Return the seeds of the deep nets."""
        return range(self.first_seed, self.first_seed + self.deep_seeds)


class Settings(Model):
    """List the experiments of the section."""

    boundary: Boundary
    warp: Warp
    layers: Layers
    topology: Topology
    collapse: Collapse
    dimension: Dimension
    distortion: Distortion
    batchnorm: Batchnorm
