"""What the dropout rate does to the band on the data."""

import numpy as np
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, INK, canvas, label_line
from scripts.maths.statistics import mean_interval

READS = ["bayesian.dropout"]


def draw(dropout: Artifact) -> tuple[Figure, str]:
    """Draw the spread on the data, and the share of fresh observations inside the band, against the rate."""
    data, values = dropout.arrays(), dropout.values
    rates = data["rates"]
    figure, (left, right) = canvas(1, 2, height=2.4)
    for panel, rows in ((left, data["levels"]), (right, 100 * data["inside"])):
        estimates = np.array([mean_interval(row)[:3] for row in rows])
        reach = np.abs(estimates[:, 1:] - estimates[:, :1]).T
        panel.errorbar(rates, estimates[:, 0], reach, fmt="o-", color=BLUE, capsize=2)
        panel.set(xlabel="dropout rate p", xlim=(0, max(rates) * 1.08))
    left.set(ylabel="spread of the output", ylim=(0, None), title="Width of the band on the data")
    right.set(
        ylabel="share inside, %",
        ylim=(min(60, right.get_ylim()[0]), 101),
        title="Fresh observations within 1.96 spreads",
    )
    right.axhline(95, color=FAINT, linewidth=1, linestyle=":")
    label_line(right, 0, 95, "95 %, as the band says", INK, va="bottom", offset=(4, 2))
    alt = (
        f"Both panels over dropout rates from {rates[0]:g} to {rates[-1]:g}. The band's spread on the data goes from "
        f"{values['spread_low_rate'].format()} to {values['spread_high_rate'].format()}. The share of fresh "
        f"observations inside goes from {values['inside_low_rate'].format()} to "
        f"{values['inside_high_rate'].format()}, where the band's own account is 95 %."
    )
    return figure, alt
