"""What each learner's greedy policy still loses in three worlds, over the updates."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, ORANGE, VERMILION, band, canvas, label_lines
from scripts.article.values import Value
from scripts.maths.statistics import mean_intervals

READS = ["reinforcement.control"]
WORLDS = (("frozenlake", "Frozen lake"), ("cliff", "Cliff"), ("taxi", "Taxi"))
RULES = (  # place among the artifact's rules; id; label; colour
    (0, "q", "Q-learning", VERMILION),
    (3, "q_decreasing", "Q-learning,\nsmaller steps", ORANGE),
    (1, "sarsa", "SARSA", GREEN),
    (2, "double", "double Q", BLUE),
)


def draw(control: Artifact) -> tuple[Figure, str]:
    """Draw the mean regret in per cent with its interval, a panel a world."""
    data, values = control.arrays(), control.values
    figure, panels = canvas(1, 3, height=2.6, sharey=True, width_ratios=(1, 1, 1.45))
    for panel, (world, title) in zip(panels, WORLDS, strict=True):
        times = data[f"{world}_times"]
        ends = _draw_curves(panel, times, data[f"{world}_regret"])
        panel.set(xscale="log", title=title, xlabel="updates", xlim=(times[0], times[-1]))
        panel.set_xticks([10**power for power in range(2, 7) if times[0] <= 10**power <= times[-1]])
        panel.minorticks_off()
    panels[0].set_yscale("symlog", linthresh=1, linscale=0.5)
    panels[0].set(ylim=(-0.5, 200), ylabel="lost against the best policy, %")
    panels[0].set_yticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    stuck = values["cliff_stuck_regret"].value
    panels[1].axhline(stuck, color=EXACT, linewidth=1, linestyle="--", zorder=0)
    panels[1].text(
        0.97, 1.25 * stuck, "walks on for ever", fontsize=8, ha="right", transform=panels[1].get_yaxis_transform()
    )
    panels[2].set_xlim(times[0], times[-1] * (times[-1] / times[0]) ** 0.55)
    label_lines(panels[2], times[-1], ends, gap=0.13)
    told = [f"{title}: {_in_words(values, world)}" for world, title in WORLDS]
    alt = (
        "Three panels, one a world: what the greedy policy of each learner loses, in per cent of what separates the "
        f"best policy from a random one, over the updates. At the end: {'; '.join(told)}."
    )
    return figure, alt


def _draw_curves(panel: Axes, times: np.ndarray, regret: np.ndarray) -> list[tuple[float, str, str]]:
    """Draw curves of regret (look, rule, seed) and return of each its end, name and colour."""
    ends = []
    for place, _, label, colour in RULES:
        centre, low, high = mean_intervals(regret[:, place])
        panel.plot(times, centre, color=colour, clip_on=False)
        band(panel, times, low.clip(0), high, colour)
        ends.append((float(centre[-1]), label, colour))
    return ends


def _in_words(values: dict[str, Value], world: str) -> str:
    lost = {label.replace("\n", " "): values[f"{world}_{name}_regret"].format() for _, name, label, _ in RULES}
    return ", ".join(f"{label} {number}" for label, number in lost.items())
