"""The ways that three learners take along the cliff, and what they cost who still explores."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, PAPER, VERMILION, canvas
from scripts.article.values import MINUS, Value

READS = ["reinforcement.control"]
ROWS, COLUMNS = 4, 12  # gymnasium's world; states are numbered row by row
COSTS = (  # exact values, the smallest cost first
    ("cliff_optimal", "shortest path, no exploring"),
    ("cliff_exploring_best", "best while exploring"),
    ("cliff_shortest_online", "shortest path while exploring"),
)
LEARNERS = (  # id; name; colour; shift within the cell; column of the name
    ("q", "Q-learning", VERMILION, -0.14, 3.0),
    ("sarsa", "SARSA", GREEN, 0.0, 5.0),
    ("double", "double Q", BLUE, 0.14, 3.0),
)


def draw(control: Artifact) -> tuple[Figure, str]:
    """Draw the most frequent greedy paths on the map above, and the costs of episodes below."""
    data, values = control.arrays(), control.values
    figure, (world, costs) = canvas(2, 1, height=4.0, height_ratios=(1.75, 1))
    _draw_world(world)
    _draw_path(world, data["path_exploring"], "best while exploring", EXACT, 0.07, 8.5, linestyle="--", linewidth=1.2)
    for name, label, colour, shift, column in LEARNERS:
        _draw_path(world, data[f"path_{name}"], label, colour, shift, column, linewidth=2)
    _draw_costs(costs, values)
    arrived = {name: data[f"path_{name}"][-1] == ROWS * COLUMNS - 1 for name, *_ in LEARNERS}
    return figure, _alt(values, arrived)


def _draw_world(panel: Axes) -> None:
    panel.set_axis_off()
    panel.set(xlim=(-0.55, COLUMNS - 0.45), ylim=(ROWS - 0.45, -0.55), aspect="equal")
    for line in range(ROWS + 1):
        panel.plot([-0.5, COLUMNS - 0.5], [line - 0.5] * 2, color=FAINT, linewidth=0.4)
    for line in range(COLUMNS + 1):
        panel.plot([line - 0.5] * 2, [-0.5, ROWS - 0.5], color=FAINT, linewidth=0.4)
    panel.add_patch(Rectangle((0.5, ROWS - 1.5), COLUMNS - 2, 1, facecolor=FAINT, alpha=0.5, linewidth=0))
    for column, text in (
        (0, "start"),
        ((COLUMNS - 1) / 2, "cliff: −100, and back to the start"),
        (COLUMNS - 1, "goal"),
    ):
        panel.text(column, ROWS - 1 + 0.32 * (column in (0, COLUMNS - 1)), text, fontsize=8, ha="center", va="center")


def _draw_path(
    panel: Axes, states: np.ndarray, name: str, colour: str, shift: float, column: float, **options: object
) -> None:
    rows, columns = np.divmod(states, COLUMNS)
    panel.plot(columns + shift, rows - shift, color=colour, **options)
    panel.plot(columns[-1] + shift, rows[-1] - shift, "o", color=colour, markersize=3.5)
    nearest = np.abs(columns - column).argmin()
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}
    place = (column, rows[nearest] - shift) if abs(columns[nearest] - column) < 1 else (columns[nearest], rows[nearest])
    panel.text(*place, name, fontsize=8, color=colour, ha="center", va="center", bbox=box)


def _draw_costs(panel: Axes, values: dict[str, Value]) -> None:
    """Draw what an episode costs by each learner's policy with its random steps, and three exact costs beside it."""
    least = -values["cliff_optimal"].value
    for height, (name, label) in enumerate(COSTS, start=-len(COSTS)):
        cost = -values[name].value
        line = {"color": EXACT, "linewidth": 1, "linestyle": "--", "zorder": 0, "clip_on": False}
        panel.plot([cost, cost], [0.42 * height - 0.6, len(LEARNERS) - 0.5], **line)
        text = f"{values[name].format().lstrip(MINUS)} {label}"
        beside = {"xytext": (3, 0), "textcoords": "offset points", "annotation_clip": False}
        panel.annotate(text, (cost, 0.42 * height - 0.6), fontsize=8, va="top", **beside)
    for row, (name, _, colour, _, _) in enumerate(LEARNERS):
        value = values[f"cliff_{name}_online"]
        ends = [max(-end, least) for end in (value.high or value.value, value.low or value.value)]
        panel.plot(ends, [row, row], color=colour, linewidth=1.2)
        panel.plot(-value.value, row, "o", color=colour, markersize=5)
    panel.set(xscale="log", ylim=(len(LEARNERS) - 0.5, -0.6), xlabel="cost of an episode")
    panel.set_xlim(0.9 * least, max(panel.get_xlim()[1], 9 * least))
    panel.set_yticks(range(len(LEARNERS)), [label for _, label, _, _, _ in LEARNERS])
    ticks = [
        tick
        for tick in (10, 15, 20, 30, 50, 100, 300, 1000, 3000)
        if panel.get_xlim()[0] <= tick <= panel.get_xlim()[1]
    ]
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.minorticks_off()


def _alt(values: dict[str, Value], arrived: dict[str, bool]) -> str:
    told = {name: value.format(interval=False) for name, value in values.items()}
    ways = [
        f"{label} {told[f'cliff_{name}_path_steps']} steps {'to the goal' if arrived[name] else 'and round again'}"
        for name, label, *_ in LEARNERS
    ]
    costs = [f"{label} {values[f'cliff_{name}_online'].format()}" for name, label, *_ in LEARNERS]
    return (
        f"Above, a map of {ROWS} by {COLUMNS} cells, start and goal at the ends of a cliff, with each learner's most "
        f"frequent greedy path: {'; '.join(ways)}. Below, exact returns of an episode of the policies with their "
        f"random steps: {', '.join(costs)}. The shortest path would bring {told['cliff_optimal']} without exploring "
        f"and {told['cliff_shortest_online']} with it, the best path while exploring {told['cliff_exploring_best']}."
    )
