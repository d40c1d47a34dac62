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


class Saddles(SeededModel):
    """Parameters of the count of negative eigenvalues in random symmetric matrices."""

    seeds: int = parameter(30, quick=8, paper=100, ge=3, description="Independent estimates", origin="hand-tuned")
    particles: int = parameter(
        100_000, quick=10_000, paper=400_000, ge=10, description="Chains of pivots an estimate", origin="hand-tuned"
    )
    largest: int = parameter(12, ge=5, description="Largest matrix that is sampled", origin="hand-tuned")
    exact_largest: int = parameter(
        60, quick=20, paper=100, ge=5, le=100, description="Largest size that is integrated over", origin="hand-tuned"
    )
    index_size: int = parameter(
        100, ge=2, description="Size of the matrices whose negative eigenvalues are counted", origin="hand-tuned"
    )
    index_matrices: int = parameter(20, ge=1, description="Such matrices a seed", origin="hand-tuned")
    shifts: int = parameter(41, ge=3, description="Shifts of the spectrum", origin="hand-tuned")
    widest_shift: float = parameter(
        1.25, gt=0, description="Largest shift, in units of the edge of the spectrum", origin="hand-tuned"
    )


class Critical(SeededModel):
    """Parameters of the count of negative eigenvalues at critical points."""

    seeds: int = parameter(
        64, quick=6, paper=256, ge=3, description="Searches in a tanh net, a data set each", origin="hand-tuned"
    )
    eigenvalues: list[float] = parameter(
        [3.0, 2.2, 1.6, 1.1, 0.7, 0.4],
        min_length=1,
        description="Of the covariance of the autoencoder's inputs, positive and all different",
        origin="hand-tuned",
    )
    hidden: int = parameter(3, ge=1, description="Hidden units of the autoencoder", origin="hand-tuned")
    rotations: int = parameter(
        10, quick=3, ge=1, description="Seeds for which all its critical points are built", origin="hand-tuned"
    )
    zero: float = parameter(
        1e-7, gt=0, description="Share of the largest eigenvalue up to which one counts as zero", origin="hand-tuned"
    )
    net_inputs: int = parameter(3, ge=1, description="Inputs of the tanh net", origin="hand-tuned")
    net_hidden: int = parameter(8, ge=1, description="Its hidden units", origin="hand-tuned: 41 parameters")
    net_points: int = parameter(40, ge=2, description="Its training examples", origin="hand-tuned")
    net_decay: float = parameter(
        1e-3, ge=0, description="Its weight decay, so that no critical point lies at infinity", origin="hand-tuned"
    )
    net_epochs: int = parameter(
        1000, quick=200, ge=1, description="Full-batch steps on the path where searches start", origin="hand-tuned"
    )
    net_learning_rate: float = parameter(0.01, gt=0, description="Adam's step size on that path", origin="hand-tuned")
    net_steps: int = parameter(
        1000, quick=100, paper=2000, ge=1, description="Most steps of a search", origin="hand-tuned: nearly all end"
    )
    net_trust: float = parameter(0.1, gt=0, description="Longest step of a search by index", origin="hand-tuned")
    net_gradient: float = parameter(
        1e-8, gt=0, description="Gradient norm below which a critical point counts as found", origin="hand-tuned"
    )
    net_newton: float = parameter(
        1e-2,
        gt=0,
        description="Length of a Newton step below which it does; longer where the point lies at infinity",
        origin="hand-tuned",
    )
    net_flat_residual: float = parameter(
        1e-3,
        gt=0,
        lt=1,
        description="‖H∇L‖ / (‖H‖ ‖∇L‖) below which the gradient counts as in the Hessian's kernel",
        origin="after Frye et al. 2021",
    )


class Spurious(SeededModel):
    """Parameters of the search for bad local minima of a ReLU network that learns from another one."""

    seeds: int = parameter(
        256, quick=24, paper=1000, ge=3, description="Random starts, for each pair of sizes", origin="hand-tuned"
    )
    sizes: list[int] = parameter(
        [4, 5, 6, 7, 8, 9, 10],
        quick=[4, 8],
        paper=[4, 5, 6, 7, 8, 9, 10, 12, 14],
        min_length=1,
        description="Units of the teacher, each with an input of its own, in rising order",
        origin="after Safran & Shamir 2018, the smaller ones",
    )
    extras: list[int] = parameter(
        [0, 1, 2],
        quick=[0, 2],
        min_length=1,
        description="Units that the student has more than the teacher, in rising order",
        origin="after Safran & Shamir 2018",
    )
    steps: int = parameter(
        10_000, quick=4000, ge=1, description="Most steps of gradient descent", origin="hand-tuned: nearly all runs end"
    )
    learning_rate: float = parameter(
        0.3, gt=0, description="Step size", origin="hand-tuned: below 2 over the largest eigenvalue of the Hessian"
    )
    solved: float = parameter(
        1e-6, gt=0, description="Loss below which a run counts as having found the teacher", origin="hand-tuned"
    )
    tolerance: float = parameter(1e-9, gt=0, description="Gradient norm at which a run is at rest", origin="hand-tuned")
    curvature: float = parameter(
        1e-4,
        gt=0,
        description="Smallest eigenvalue of the Hessian that counts as positive",
        origin="hand-tuned: far above rounding",
    )


class Escape(SeededModel):
    """Parameters of how gradient descent with and without noise leaves saddles."""

    seeds: int = parameter(
        200, quick=20, paper=500, ge=3, description="Starts, with a data set each", origin="hand-tuned"
    )
    toy_runs: int = parameter(
        4000, quick=200, paper=20_000, ge=20, description="Walks from the saddle in the plane", origin="hand-tuned"
    )
    toy_stable: float = parameter(1.0, gt=0, description="Curvature along the stable axis", origin="hand-tuned")
    toy_unstable: float = parameter(1.0, gt=0, description="Curvature along the other, downwards", origin="hand-tuned")
    toy_rate: float = parameter(0.1, gt=0, description="Step size in the plane", origin="hand-tuned")
    toy_noises: list[float] = parameter(
        [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8],
        min_length=2,
        description="Standard deviations of the noise on the gradient",
        origin="hand-tuned: all small beside the threshold",
    )
    toy_threshold: float = parameter(
        0.1, gt=0, lt=1, description="Height at which a walk has left; the minima are at 1", origin="hand-tuned"
    )
    toy_spread: float = parameter(
        0.01,
        gt=0,
        description="Standard deviation of random starts across the line that leads into the saddle",
        origin="hand-tuned: well below the threshold",
    )
    toy_variance_step: int = parameter(
        50, ge=1, description="Step at which the variance is measured", origin="hand-tuned: the walks are still near"
    )
    toy_steps: int = parameter(
        400, ge=10, description="Steps of a walk", origin="hand-tuned: twice the mean escape time at the least noise"
    )
    eigenvalues: list[float] = parameter(
        [4, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125],
        min_length=2,
        description="Eigenvalues of the inputs' covariance, all different, the largest first",
        origin="hand-tuned: each half of the one before",
    )
    hidden: int = parameter(3, ge=1, description="Hidden units of the linear autoencoder", origin="hand-tuned")
    points: int = parameter(200, ge=20, description="Examples in a data set", origin="hand-tuned")
    batch_size: int = parameter(10, ge=1, description="Examples of a mini-batch", origin="hand-tuned")
    stable_share: float = parameter(
        0.5,
        gt=0,
        lt=1,
        description="Step size of GD and SGD as a share of the largest that is stable at the minimum, 2/λmax",
        origin="hand-tuned",
    )
    steps: int = parameter(
        2000,
        quick=600,
        ge=20,
        description="Steps of GD and SGD",
        origin="three times what GD takes from the smallest distance",
    )
    past: float = parameter(
        0.5,
        gt=0,
        lt=1,
        description="Share of the way down from the lowest saddle to the minimum at which a run is past all saddles",
        origin="hand-tuned: above what SGD's noise adds",
    )
    window: int = parameter(
        10, ge=1, description="Steps over which the loss is averaged before it is compared", origin="hand-tuned"
    )
    wide_distance: float = parameter(
        1e-3, gt=0, description="Distance from a saddle of starts near it", origin="hand-tuned"
    )
    close_distance: float = parameter(
        1e-8, quick=1e-5, gt=0, description="Distance from a saddle of starts very near it", origin="hand-tuned"
    )
    net_inputs: int = parameter(4, ge=1, description="Inputs of the net with all weights zero", origin="hand-tuned")
    net_hidden: int = parameter(5, ge=1, description="Hidden tanh units of that net", origin="hand-tuned")
    net_epochs: int = parameter(50, quick=15, ge=1, description="Passes of that net over the data", origin="hand-tuned")
    net_rate: float = parameter(0.1, gt=0, description="Step size of that net", origin="hand-tuned")
    net_noise: float = parameter(
        1e-3, gt=0, description="Standard deviation of the noise added to its weights once a pass", origin="hand-tuned"
    )
    net_left: float = parameter(
        0.5, gt=0, lt=1, description="Share of its first loss below which it has left", origin="hand-tuned"
    )


class Stability(SeededModel):
    """Parameters of the nets that are trained on all data, to see how sharp the places are where they go."""

    seeds: int = parameter(12, quick=3, paper=30, ge=3, description="Nets trained", origin="hand-tuned")
    points: int = parameter(
        200, quick=60, ge=10, description="Training images", origin="hand-tuned: few, so that steps are cheap"
    )
    widths: list[int] = parameter([32, 32], min_length=1, description="Hidden layers", origin="hand-tuned")
    steps: int = parameter(3000, quick=250, paper=6000, ge=20, description="Steps on all data", origin="hand-tuned")
    rate: float = parameter(
        0.1,
        quick=0.2,
        gt=0,
        description="Step size of gradient descent",
        origin="hand-tuned: reaches 2/η in a third of the steps",
    )
    other_rate: float = parameter(
        0.2,
        quick=0.25,
        gt=0,
        description="A second step size that reaches 2/η",
        origin="hand-tuned: twice the first",
    )
    small_rate: float = parameter(
        0.05, gt=0, description="Step size of the control, which stays below 2/η", origin="hand-tuned: half the first"
    )
    adam_rate: float = parameter(0.001, gt=0, description="Adam's step size", origin="Kingma & Ba 2015")
    late: float = parameter(
        1 / 3,
        gt=0,
        lt=1,
        description="Last part of training, over which ratios are averaged",
        origin="hand-tuned: by then both larger step sizes have long reached the edge",
    )
    every: int = parameter(50, ge=1, description="Steps from one measurement of λ to the next", origin="budget")


class Sharpness(SeededModel):
    """Parameters of the nets that are compared where they first have the same training loss."""

    seeds: int = parameter(20, quick=3, paper=50, ge=3, description="Nets trained in each way", origin="hand-tuned")
    points: int = parameter(500, quick=60, ge=20, description="Training images", origin="hand-tuned")
    widths: list[int] = parameter([32, 32], min_length=1, description="Hidden layers", origin="hand-tuned")
    level: float = parameter(
        0.02,
        quick=0.6,
        gt=0,
        unit="nats",
        description="Training loss at which all are compared",
        origin="hand-tuned: low, and reached by every net in every way",
    )
    epochs: int = parameter(8000, ge=1, description="Most passes over the images", origin="hand-tuned")
    look: int = parameter(
        10, ge=1, description="Steps from one look at the whole training loss to the next", origin="hand-tuned"
    )
    small_batch: int = parameter(10, ge=1, description="Images a step, small batches", origin="hand-tuned")
    middle_batch: int = parameter(50, ge=1, description="Images a step, middle batches", origin="hand-tuned")
    rate: float = parameter(0.1, gt=0, description="Step size of SGD", origin="hand-tuned")
    fast_rate: float = parameter(
        0.3, gt=0, description="The larger step size of SGD", origin="hand-tuned: small batches still train with it"
    )
    adam_rate: float = parameter(0.001, quick=0.003, gt=0, description="Adam's step size", origin="Kingma & Ba 2015")
    probes: int = parameter(16, quick=4, ge=2, description="Random vectors that estimate a trace", origin="hand-tuned")
    ball_radius: float = parameter(
        0.01, gt=0, description="Radius of the ball, over the length of the weights", origin="hand-tuned"
    )
    ascent_steps: int = parameter(10, quick=3, ge=1, description="Steps of ascent in the ball", origin="hand-tuned")
    factor: float = parameter(
        5.0, gt=0, description="Factor α of the rescaled layer, and divisor of the next", origin="hand-tuned"
    )
    factors: list[float] = parameter(
        [0.2, 0.3, 0.5, 1.0, 2.0, 3.0],
        quick=[0.2],
        min_length=1,
        description="Further factors by which the layer is rescaled",
        origin="hand-tuned",
    )
    reach: float = parameter(
        0.5, gt=0, description="How far the loss is drawn along the sharpest direction", origin="hand-tuned"
    )


class Adaptive(SeededModel):
    """Parameters of the data on which adaptive methods err: Wilson et al. 2017, section 3.3."""

    seeds: int = parameter(20, quick=5, paper=100, ge=3, description="Data sets of each share", origin="hand-tuned")
    points: int = parameter(
        400,
        quick=100,
        ge=10,
        description="Training examples; so many that the positive labels are the majority in nearly every data set",
        origin="hand-tuned",
    )
    share: float = parameter(
        0.6,
        gt=0,
        lt=1,
        description="Chance of a positive label; the ids that end in p060 stand for this share",
        origin="three in five: the criterion",
    )
    other_shares: list[float] = parameter(
        [0.55, 0.75, 0.9],
        quick=[0.8],
        min_length=1,
        description="Chances of a positive label beside it",
        origin="hand-tuned",
    )
    fresh_points: int = parameter(
        10_000, quick=2000, ge=100, description="Fresh examples of each data set", origin="hand-tuned: error below .01"
    )
    steps: int = parameter(
        400, quick=120, ge=1, description="Full-batch steps", origin="hand-tuned: all training labels are fitted"
    )
    learning_rate: float = parameter(
        0.01, gt=0, description="Step size of Adam, AdaGrad and RMSprop", origin="AdaGrad's and RMSprop's usual one"
    )
    epochs: int = parameter(
        150,
        quick=40,
        ge=1,
        description="Passes over the data with mini-batches",
        origin="hand-tuned: time for the slowest direction, which shrinks by 2 · step / points a step",
    )
    batch_size: int = parameter(20, ge=1, description="Examples of a mini-batch", origin="hand-tuned")
    adam_batch_sizes: list[int] = parameter(
        [20, 50, 100, 200],
        quick=[10, 50],
        min_length=1,
        description="Examples of a mini-batch where Adam, too, gets only a part of the data a step",
        origin="hand-tuned: from SGD's mini-batch to half of the data",
    )
    sgd_rate: float = parameter(
        0.25,
        gt=0,
        description="Step size of SGD",
        origin="four fifths of the largest that is stable on any mini-batch, 1 / (3 + 5 / batch size)",
    )
    control_points: int = parameter(100, quick=40, ge=10, description="Training examples, control", origin="hand-tuned")
    control_inputs: int = parameter(
        300, quick=120, ge=2, description="Normal features of the control", origin="hand-tuned: three an example"
    )
    control_signal: float = parameter(
        2.0, ge=0, description="Distance of the control's classes from their middle", origin="hand-tuned: few errors"
    )
    control_rate: float = parameter(
        0.01, gt=0, description="SGD's step size in the control", origin="hand-tuned: a third of what is stable"
    )


class Settings(Model):
    """List the experiments of the section."""

    demo: Demo
    saddles: Saddles
    critical: Critical
    spurious: Spurious
    escape: Escape
    stability: Stability
    sharpness: Sharpness
    adaptive: Adaptive
