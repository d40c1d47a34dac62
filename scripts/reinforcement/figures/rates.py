"""The worst entry's error on a frozen lake over the updates, under four step sizes."""

import numpy as np
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, GREEN, ORANGE, VERMILION, band, canvas, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["reinforcement.rates"]
RULES = (  # name in the artifact, in its order; label; the same in words; colour
    ("linear", "step 1/n", "1/n", ORANGE),
    ("poly08", r"step $n^{-0.8}$", "n to the power −0.8", BLUE),
    ("poly06", r"step $n^{-0.6}$", "n to the power −0.6", GREEN),
    ("constant", "constant α", "a constant", VERMILION),
)


def draw(rates: Artifact) -> tuple[Figure, str]:
    """Draw the mean largest error, in per cent of the largest exact entry, both axes logarithmic."""
    data, values = rates.arrays(), rates.values
    times, errors = data["times"], data["errors"] * 100
    figure, panel = canvas(height=3.1)
    ends = []
    for index, (_, label, _, colour) in enumerate(RULES):
        centre, low, high = mean_intervals(errors[:, index])
        panel.plot(times, centre, color=colour)
        band(panel, times, low, high, colour)
        ends.append((centre[-1], label, colour))
    panel.set(xscale="log", yscale="log", xlim=(30, times[-1] * 5), ylim=(errors[-1].mean(-1).min() / 1.6, 130))
    panel.set(xlabel="updates", ylabel="largest error of any entry, %")
    panel.set_xticks([10**power for power in range(2, int(np.log10(times[-1])) + 1)])
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100) if tick > panel.get_ylim()[0]]
    panel.set_yticks(ticks, [str(tick) for tick in ticks])
    panel.minorticks_off()
    label_lines(panel, times[-1], ends)
    told = [f"{values[f'relative_{name}'].format(interval=False)} with {words}" for name, _, words, _ in RULES]
    alt = (
        "Four curves of the largest error of any entry, in per cent of the largest exact entry, over the updates; both "
        f"axes are logarithmic. After {times[-1]} updates the errors are {', '.join(told[:-1])} and {told[-1]} as the "
        "step size."
    )
    return figure, alt
