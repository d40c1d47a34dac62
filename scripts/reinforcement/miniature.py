"""The section in the infographic: two ways along a cliff."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from scripts.article.artifacts import Artifact
from scripts.article.style import FAINT, GREEN, PAPER, VERMILION, threads

READS = ["reinforcement.control"]
ROWS, COLUMNS = 4, 12  # gymnasium's world; states are numbered row by row
PATHS = (("sarsa", "SARSA", GREEN), ("q", "Q-learning", VERMILION))


def draw(axes: Axes, control: Artifact) -> str:
    """Draw the map, and the most frequent greedy path of each learner."""
    values = control.values
    across = [np.array([(-0.5, line), (COLUMNS - 0.5, line)]) for line in np.arange(ROWS + 1) - 0.5]
    down = [np.array([(line, -0.5), (line, ROWS - 0.5)]) for line in np.arange(COLUMNS + 1) - 0.5]
    threads(axes, [*across, *down], color=FAINT, linewidth=0.35)
    axes.add_patch(Rectangle((0.5, ROWS - 1.5), COLUMNS - 2, 1, facecolor=FAINT, alpha=0.55, linewidth=0))
    for name, label, colour in PATHS:
        rows, columns = np.divmod(control[f"path_{name}"], COLUMNS)
        axes.plot(columns, rows, color=colour, linewidth=2, solid_joinstyle="round")
        axes.plot(columns[-1], rows[-1], "o", color=colour, markersize=4, markeredgewidth=0)
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
        axes.text(COLUMNS / 2 - 0.5, rows.min(), label, color=colour, fontsize=8, ha="center", va="center", bbox=box)
    axes.set(xlim=(-0.6, COLUMNS - 0.4), ylim=(ROWS - 0.4, -0.6))
    told = {name: values[f"cliff_{name}_online"].format(interval=False) for name, *_ in PATHS}
    return (
        "the paths that two learners take along a cliff; while they still explore, an episode brings "
        f"{told['q']} to Q-learning and {told['sarsa']} to SARSA"
    )
