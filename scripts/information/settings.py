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


class Estimators(SeededModel):
    """Parameters of the estimators of mutual information that are held against exact values."""

    seeds: int = parameter(30, quick=10, paper=200, ge=4, description="Samples of every kind", origin="hand-tuned")
    informations: list[float] = parameter(
        [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        quick=[0.05, 0.5, 1.0, 3.0, 5.0, 7.0],
        min_length=2,
        unit="nats",
        description="Exact mutual informations −½ ln(1 − ρ²) of the two numbers",
        origin="hand-tuned: from weak to beyond the largest ceiling",
    )
    information: float = parameter(
        1.0, gt=0, unit="nats", description="The one that the text quotes; one of informations", origin="hand-tuned"
    )
    sizes: list[int] = parameter(
        [256, 512, 1024, 2048, 4096],
        quick=[256, 512, 1024],
        min_length=2,
        description="Sample sizes; multiples of every batch",
        origin="hand-tuned",
    )
    size: int = parameter(
        1024,
        ge=2,
        description="Sample size at which the information varies; a multiple of every batch",
        origin="hand-tuned",
    )
    neighbours: int = parameter(
        3, ge=1, description="Neighbours of the nearest-neighbour estimator", origin="scikit-learn's default"
    )
    bins: list[int] = parameter(
        [10, 30, 100],
        min_length=3,
        max_length=3,
        description="Bins of either number: few, some and many",
        origin="30: Shwartz-Ziv & Tishby 2017",
    )
    batches: list[int] = parameter(
        [16, 64, 256],
        min_length=3,
        max_length=3,
        description="Pairs in a batch of the variational bound: few, some and many",
        origin="hand-tuned",
    )
    groups: int = parameter(
        10, quick=5, ge=2, description="Groups of samples, each of which gives one exponent", origin="hand-tuned"
    )


class Plane(SeededModel):
    """Parameters of the nets on all words of some bits, whose layers are cut into bins."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Nets of each kind", origin="hand-tuned")
    bits: int = parameter(12, ge=2, le=16, description="Bits of the input", origin="Shwartz-Ziv & Tishby 2017")
    widths: list[int] = parameter(
        [10, 7, 5, 4, 3], min_length=2, description="Hidden layers", origin="Shwartz-Ziv & Tishby 2017"
    )
    flip: float = parameter(
        0.001,
        ge=0,
        lt=0.5,
        description="Chance that a label is the wrong one",
        origin="leaves 0.99 bits on the label, as in Shwartz-Ziv & Tishby 2017",
    )
    seen_share: float = parameter(
        0.85, gt=0, lt=1, description="Share of all inputs that nets train on", origin="Shwartz-Ziv & Tishby 2017"
    )
    epochs: int = parameter(400, quick=15, paper=2000, ge=1, description="Passes over the data", origin="hand-tuned")
    batch_size: int = parameter(128, ge=1, description="Inputs a step", origin="hand-tuned")
    learning_rate: float = parameter(
        0.003, quick=0.01, gt=0, description="Adam's step size", origin="hand-tuned: both kinds of net fit their data"
    )
    records: int = parameter(
        50, quick=8, ge=2, description="Looks at the nets, evenly over the logarithm of the epoch", origin="budget"
    )
    bins: int = parameter(
        30, ge=2, description="Bins of each unit whose numbers the text quotes", origin="Shwartz-Ziv & Tishby 2017"
    )
    middle_bins: int = parameter(1000, ge=2, description="Narrower bins", origin="hand-tuned")
    finest_bins: int = parameter(1_000_000, ge=2, description="The narrowest bins", origin="hand-tuned")
    other_bins: list[int] = parameter([10, 100, 30_000], description="Further numbers of bins", origin="hand-tuned")


class Gaussian(SeededModel):
    """Parameters of the Gaussian information bottleneck and of deep linear networks."""

    seeds: int = parameter(
        20, quick=3, paper=100, ge=3, description="Networks, each on its own data", origin="hand-tuned"
    )
    starts: int = parameter(
        12, quick=4, paper=30, ge=2, description="Random starts of every encoder", origin="hand-tuned"
    )
    rho: float = parameter(0.8, gt=0, lt=1, description="Correlation of the pair of numbers", origin="hand-tuned")
    correlations: list[float] = parameter(
        [0.95, 0.8, 0.6],
        min_length=2,
        description="Canonical correlations of the pair of vectors, largest first",
        origin="hand-tuned",
    )
    betas: int = parameter(30, quick=14, ge=10, description="Weights β, evenly spaced in ln β", origin="hand-tuned")
    largest_beta: float = parameter(
        3.0, gt=1, description="Largest β, in units of the last transition", origin="hand-tuned"
    )
    encoder_steps: int = parameter(
        800, quick=500, ge=1, description="Steps of Adam on every encoder", origin="hand-tuned"
    )
    encoder_rate: float = parameter(0.03, gt=0, description="Adam's step size on encoders", origin="hand-tuned")
    rate: float = parameter(
        1.0, gt=0, unit="nats", description="Rate whose relevance the text quotes", origin="hand-tuned"
    )
    distances: list[float] = parameter(
        [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32],
        min_length=3,
        description="Relative distances of β from the transition, either side, where settling is timed; rising",
        origin="hand-tuned",
    )
    settling_steps: int = parameter(
        400, quick=100, ge=10, description="Steps of gradient descent before settling is timed", origin="hand-tuned"
    )
    settling_timed: int = parameter(20, ge=1, description="Last steps, over which it is timed", origin="hand-tuned")
    settling_rate: float = parameter(0.1, gt=0, description="Step size of that gradient descent", origin="hand-tuned")
    relevant: int = parameter(
        30, ge=1, description="Inputs that the target depends on", origin="Saxe et al. 2018, section 5"
    )
    irrelevant: int = parameter(70, ge=1, description="Inputs that it does not", origin="Saxe et al. 2018, section 5")
    widths: list[int] = parameter(
        [50, 50, 50], min_length=1, description="Hidden layers of the linear networks", origin="hand-tuned"
    )
    outputs: int = parameter(1, ge=1, description="Outputs of the wide networks", origin="hand-tuned: the fewest")
    narrow: int = parameter(
        10, ge=1, description="Outputs, and units of the last hidden layer, of the narrow networks", origin="hand-tuned"
    )
    points: int = parameter(500, ge=2, description="Training points", origin="hand-tuned")
    target_noise: float = parameter(
        0.5, gt=0, description="Standard deviation of the target's noise; its signal has 1", origin="hand-tuned"
    )
    epochs: int = parameter(1000, quick=150, ge=2, description="Steps of gradient descent", origin="hand-tuned")
    learning_rate: float = parameter(0.05, gt=0, description="Step size", origin="hand-tuned")
    decay: float = parameter(0.03, gt=0, description="Weight decay of the networks that have one", origin="hand-tuned")
    noises: list[float] = parameter(
        [0.01, 0.03, 0.1, 0.3, 1.0],
        min_length=1,
        description="Noise on the last hidden layer, in units of its root mean square before training",
        origin="hand-tuned",
    )
    noise: float = parameter(
        0.1, gt=0, description="The noise of the headline; one of noises", origin="fixed beforehand"
    )
    records: int = parameter(
        25, quick=12, ge=3, description="Moments of training that are recorded", origin="hand-tuned"
    )


class Vib(SeededModel):
    """Parameters of the networks with a noisy code on digits."""

    seeds: int = parameter(10, quick=3, paper=30, ge=3, description="Splits, a net of each kind", origin="hand-tuned")
    points: int = parameter(
        400, ge=20, le=1700, description="Images to train on; the others are fresh", origin="hand-tuned: few"
    )
    hidden: int = parameter(64, ge=1, description="Units of the layer before the code", origin="hand-tuned")
    code: int = parameter(10, ge=1, description="Units of the code", origin="one a class")
    betas: list[float] = parameter(
        [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0],
        quick=[1e-6, 1e-3, 1e-1, 3.0],
        min_length=2,
        description="Penalties on the rate, per nat",
        origin="from next to none to past 1, where a code costs more than it can earn",
    )
    epochs: int = parameter(
        125, quick=25, ge=1, description="Passes over the images", origin="hand-tuned: all images are fitted"
    )
    batch_size: int = parameter(50, ge=1, description="Images a step", origin="hand-tuned")
    learning_rate: float = parameter(0.01, gt=0, description="Adam's step size", origin="hand-tuned")
    passes: int = parameter(
        12, quick=4, ge=1, description="Draws of the code behind a prediction", origin="Alemi et al. 2017, section 4"
    )
    samples: int = parameter(
        1, paper=4, ge=1, description="Draws of the code for each image to measure information", origin="hand-tuned"
    )
    fitted: float = parameter(
        0.01,
        gt=0,
        le=1,
        description="A penalty's nets fit if their mean error on the images trained on is below this",
        origin="hand-tuned",
    )
    noise: float = parameter(
        0.3,
        gt=0,
        description="Standard deviation of the noise on codes between -1 and 1",
        origin="hand-tuned: the code tells much less than which image it was",
    )
    records: int = parameter(18, quick=8, ge=3, description="Times at which the code is looked at", origin="hand-tuned")
    other_widths: list[int] = parameter(
        [16, 256, 1024],
        quick=[16, 256],
        min_length=1,
        description="Units of the layer before the noisy code, beside hidden",
        origin="hand-tuned",
    )


class Settings(Model):
    """List the experiments of the section."""

    entropy: Entropy
    features: Features
    estimators: Estimators
    plane: Plane
    gaussian: Gaussian
    vib: Vib
