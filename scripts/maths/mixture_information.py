"""What a noisy code tells about which of n points it came from, and about their labels, in nats."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def mixture_information(means: Tensor, deviations: Tensor, draws: Tensor, labels: Tensor) -> tuple[float, float]:
    """Estimate I(X; Z) and I(Y; Z), in nats, for X uniform on n points and a code Z that is normal given X.

    The code's density is a mixture of n known normals and that of a class the mixture of its points' normals; so no
    density is estimated, and the only error is that of the Monte Carlo mean, whose terms are log q(z|x) − log q(z) and
    log q(z|y) − log q(z) (Goldfeld et al. 2019). No term of the first exceeds log n.

    Args:
        means: of the code given each point, shape (n, d).
        deviations: standard deviations of the code's independent parts, positive, shape (n, d).
        draws: standard normal numbers that make the codes, shape (sample, n, d).
        labels: Y, whole numbers from 0, one a point, shape (n,).

    Raises:
        ValueError: shapes that differ, no draws, or deviations that are not positive and finite.
    """
    if not means.shape == deviations.shape == draws.shape[1:] or len(draws) < 1 or labels.shape != means.shape[:1]:
        shapes = ", ".join(str(tuple(each.shape)) for each in (means, deviations, draws, labels))
        raise ValueError(f"expected shapes (n, d), (n, d), (sample, n, d) and (n,), got {shapes}")
    if not (torch.isfinite(deviations).all() and (deviations > 0).all()):
        raise ValueError(f"expected positive and finite deviations, got a least of {deviations.min()}")
    means, deviations, draws = means.double(), deviations.double(), draws.double()
    precision = deviations**-2
    coefficients = torch.cat([-precision / 2, precision * means], dim=1).T
    constant = -(precision * means**2 / 2 + deviations.log()).sum(1)
    classes = torch.nn.functional.one_hot(labels).double()
    sizes = classes.sum(0)[labels]
    found = np.zeros(2)
    for drawn in draws:
        codes = means + deviations * drawn
        density = torch.addmm(constant, torch.cat([codes**2, codes], dim=1), coefficients)  # log q(z|x), but for 2π
        own = density.diagonal().clone()
        highest = density.amax(1, keepdim=True)
        by_class = density.sub_(highest).exp_() @ classes
        mixture = (by_class.sum(1) / len(means)).log()
        same = (by_class.gather(1, labels[:, None])[:, 0] / sizes).log()
        found += [(own - highest[:, 0] - mixture).mean().item(), (same - mixture).mean().item()]
    about_input, about_label = found / len(draws)
    return float(about_input), float(about_label)
