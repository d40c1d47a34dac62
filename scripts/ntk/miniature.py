"""The section in the infographic: parities, which a network learns and its tangent kernel does not."""

import numpy as np
from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, VERMILION, threads

READS = ["ntk.limits"]
CHANCE, ALL = 50, 100  # per cent
LINES = (("net", VERMILION, (0.27, 0.67)), ("kernel", BLUE, (0.62, 0.18)))


def draw(axes: Axes, limits: Artifact) -> str:
    """Draw the share of unseen inputs named right over the number of examples, a thin line a seed."""
    data, values = limits.arrays(), limits.values
    points = np.log(data["points"])
    for name, colour, place in LINES:
        seeds = data[f"{name}_curve"]
        threads(axes, [np.stack([points, seed], axis=-1) for seed in seeds], color=colour, linewidth=0.5, alpha=0.5)
        axes.plot(points, seeds.mean(0), "o-", color=colour, markersize=3.6, linewidth=1.6)
        axes.text(*place, name, color=colour, fontsize=8, transform=axes.transAxes)
    axes.axhline(CHANCE, color=FAINT, linewidth=0.8, linestyle="--", zorder=0)
    axes.set_ylim(0.9 * CHANCE, 1.05 * ALL)
    return (
        f"parities of three signs: with the most examples the net names {values['parity_net'].format(interval=False)} "
        f"of unseen inputs right, its tangent kernel {values['parity_kernel'].format(interval=False)}"
    )
