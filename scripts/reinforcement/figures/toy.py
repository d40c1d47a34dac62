"""The mean entry of the article's table over its updates, from the demo's first hundred to the limit."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, ORANGE, VERMILION, band, canvas, label_line
from scripts.maths.statistics import mean_intervals

READS = ["reinforcement.toy"]
RULES = (("constant α, as printed", VERMILION), ("step 1/n", ORANGE), ("step 1/(1 + (1−γ)n)", BLUE))


def draw(toy: Artifact) -> tuple[Figure, str]:
    """Draw the mean table against the updates under three step-size rules and double Q-learning."""
    data, values = toy.arrays(), toy.values
    exact, stop = values["fixed_point"].value, toy.settings.get("updates", 100)
    figure, panel = canvas(height=3.3)
    panel.plot([1, data["times"][-1]], [exact, exact], color=EXACT, linewidth=1, linestyle="--")
    panel.axvline(stop, color=FAINT, linewidth=1, linestyle=":")
    panel.text(stop * 0.9, exact * 0.85, "the demo\nstops here", fontsize=8, ha="right", va="center")
    panel.text(1.2, exact * 1.012, f"exact value {values['fixed_point'].format()}", fontsize=8, va="bottom")
    panel.plot(data["times"], data["unbiased"], color=EXACT, linewidth=1, linestyle=":")
    for index, (name, colour) in enumerate(RULES):
        draw_curve(panel, data["times"], data["curves"][:, index], name, colour)
    draw_curve(panel, data["double_times"], data["double"], "double Q, constant α", GREEN, offset=(-4, -9))
    panel.set(xscale="log", xlim=(1, data["times"][-1] * 15), ylim=(0, None))
    panel.set(xlabel="updates", ylabel="mean entry of the table")
    panel.set_xticks([10**power for power in range(int(np.log10(data["times"][-1])) + 1)])
    told = {name: value.format(interval=False) for name, value in values.items()}
    alt = (
        f"Four curves over the updates, on a logarithmic axis. After {stop} updates the printed loop stands at "
        f"{told['after_100']}, the exact value is {told['fixed_point']}. Later it overshoots and settles at "
        f"{told['constant_alpha_limit']}. Double Q-learning settles at {told['double_q_limit']}. Steps 1/n "
        f"end at {told['linear_end']}, rescaled steps at {told['rescaled_end']}."
    )
    return figure, alt


def draw_curve(
    panel: Axes, times: np.ndarray, tables: np.ndarray, name: str, colour: str, offset: tuple[int, int] = (4, 0)
) -> None:
    """Draw the mean over seeds of tables (time, seed) with its interval, and write the name at its end."""
    centre, low, high = mean_intervals(tables)
    panel.plot(times, centre, color=colour)
    band(panel, times, low, high, colour)
    label_line(panel, times[-1], centre[-1], name, colour, offset=offset)
