"""How often a ReLU network that learns from another ends in a bad minimum, by size, and at which loss."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, GREEN, INK, PURPLE, VERMILION, canvas, label_lines

READS = ["optimization.spurious"]
COLOURS = (VERMILION, BLUE, GREEN, PURPLE)
BINS = 40


def draw(spurious: Artifact) -> tuple[Figure, str]:
    """Draw the share of bad ends by size of the teacher, and the final losses at the largest size."""
    data, values = spurious.arrays(), spurious.values
    figure, panels = canvas(1, 2, height=2.8, width_ratios=(1.15, 1))
    _draw_shares(panels[0], data)
    _draw_losses(panels[1], data)
    largest, extra = data["sizes"][-1], data["extras"][-1]
    solved, bad = data["solved"][0].sum(), data["bad"][0].sum()
    alt = (
        f"Two panels. Left, share of trainings that end in a bad local minimum by number of units. With as many units "
        f"as the teacher it is {values['bad_smallest'].format()} at {data['sizes'][0]} units and "
        f"{values['bad_matched'].format()} at {largest}; with {extra} more units than the teacher it is "
        f"{values['bad_wider'].format()} at {largest}. Right, final losses at {largest} units: {solved} of "
        f"{values['bad_matched'].n} runs find the teacher, with a loss of zero, and {bad} end in a bad minimum"
    )
    return figure, alt + (f", at a mean loss of {values['bad_loss'].format()}." if bad > 1 else ".")


def _draw_shares(panel: Axes, data: dict[str, np.ndarray]) -> None:
    sizes, labels = data["sizes"], []
    for place, extra in enumerate(data["extras"]):
        share, low, high, _ = data["shares"][:, place].T
        colour = COLOURS[place % len(COLOURS)]
        shifted = sizes + 0.08 * (place - (len(data["extras"]) - 1) / 2)
        panel.errorbar(shifted, share, [share - low, high - share], fmt="o-", color=colour, linewidth=1.2)
        labels.append((share[-1], _name(extra), colour))
    top = 1.1 * data["shares"][..., 2].max()
    room = 0.3 * (sizes[-1] - sizes[0] + 1)
    panel.set(xlim=(sizes[0] - 0.5, sizes[-1] + room), ylim=(-0.08 * top, top), xticks=sizes)
    panel.set(title="Runs that end in a bad minimum", xlabel="units of the teacher, k", ylabel="share of runs")
    label_lines(panel, sizes[-1] + 0.15, labels, gap=0.09)


def _draw_losses(panel: Axes, data: dict[str, np.ndarray]) -> None:
    losses, bad = data["losses"][0], data["bad"][0]
    edges = np.linspace(0, 1.05 * max(losses[bad].max(initial=0), 1e-3), BINS)
    panel.hist([losses[~bad], losses[bad]], bins=edges, color=[INK, VERMILION], stacked=True)
    panel.set(title=f"Final losses, k = {data['sizes'][-1]}, {_name(data['extras'][0])}", xlabel="loss", ylabel="runs")
    panel.text(
        0.1, 0.92, f"found the teacher: {data['solved'][0].sum()}", transform=panel.transAxes, fontsize=8, color=INK
    )
    panel.text(0.1, 0.83, f"bad minimum: {bad.sum()}", transform=panel.transAxes, fontsize=8, color=VERMILION)


def _name(extra: int) -> str:
    return "n = k units" if extra == 0 else f"n = k + {extra}"
