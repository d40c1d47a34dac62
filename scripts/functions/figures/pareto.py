"""Parameters and error of every architecture with their Pareto front, and what three searches find among them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, INK, VERMILION, canvas, label_line
from scripts.maths.statistics import mean_interval

READS = ["functions.search"]
NAMES = {"random": "random", "tpe": "TPE", "halving": "successive\nhalving"}
DOTS = {"markeredgewidth": 0, "markersize": 2.3}
REACH = 0.28  # half the width of a strip of dots


def draw(search: Artifact) -> tuple[Figure, str]:
    """Draw each architecture as a dot, the front as steps; beside it the error of each search's answers."""
    data, values = search.arrays(), search.values
    figure, (left, right) = canvas(1, 2, height=2.8, width_ratios=[1.35, 1])
    _draw_table(left, data)
    _draw_answers(right, data)
    told = {name: value.format(interval=False) for name, value in values.items()}
    alt = (
        f"On the left, {told['architectures']} architectures as dots, their mean validation error over their number of "
        f"parameters, with the Pareto front of {told['front_size']} architectures, which falls from the smallest with "
        f"{told['smallest_parameters']} parameters to the best with {told['best_parameters']}. Nine in ten have a test "
        f"error above {told['decile_low']}, one in ten above {told['decile_high']}. On the right, the error of what "
        f"three searches at equal cost answer with: random drawing {told['random_found']}, TPE {told['tpe_found']}, "
        f"successive halving {told['halving_found']}; the best of the table has {told['table_best']}."
    )
    return figure, alt


def _draw_table(panel: Axes, data: dict[str, np.ndarray]) -> None:
    sizes, errors, skip, front = (data[name] for name in ("parameters", "validation", "skip", "front"))
    end = [*sizes[front], sizes.max()]
    panel.plot(end, [*errors[front], errors[front[-1]]], color=GREEN, drawstyle="steps-post", linewidth=1.3, zorder=1)
    for chosen, colour in ((~skip, VERMILION), (skip, BLUE)):
        panel.plot(sizes[chosen], errors[chosen], "o", color=colour, rasterized=True, **DOTS)
    panel.set(yscale="log", xlabel="parameters", ylabel="validation error in %", title="All architectures")
    panel.locator_params(axis="x", nbins=4)
    panel.set_ylim(errors.min() * 0.8, errors.max() * 1.15)
    ticks = [tick for tick in (2, 3, 5, 10, 20, 30, 50, 90) if panel.get_ylim()[0] < tick < panel.get_ylim()[1]]
    panel.set_yticks(ticks, [str(tick) for tick in ticks])
    panel.minorticks_off()
    place = {"xycoords": "axes fraction", "fontsize": 8}
    panel.annotate("with a skip", (0.03, 0.12), color=BLUE, **place)
    panel.annotate("without", (0.03, 0.05), color=VERMILION, **place)
    label_line(panel, sizes[front[0]], errors[front[0]], "Pareto front", GREEN, offset=(0, -9))


def _draw_answers(panel: Axes, data: dict[str, np.ndarray]) -> None:
    errors = data["validation"]
    found = np.stack([errors[data[name]].mean(1) for name in NAMES])
    panel.axhline(errors.min(), color=FAINT, linewidth=1)
    for place, rows in enumerate(found):
        spread = place + np.linspace(-REACH, REACH, rows.size)
        panel.plot(spread, np.sort(rows), "o", color=BLUE, **DOTS)
        value, low, high, _ = mean_interval(rows)
        panel.errorbar(place, value, [[value - low], [high - value]], fmt="_", color=INK, markersize=12, linewidth=1.2)
    panel.locator_params(axis="y", nbins=4)
    panel.set_xticks(range(len(NAMES)), NAMES.values())
    panel.set(xlim=(-0.6, len(NAMES) - 0.4), ylabel="validation error in %", title="What a search finds")
    panel.set_ylim(errors.min() - 0.15 * np.ptp([errors.min(), found.max()]), None)
    label_line(panel, len(NAMES) - 0.4, errors.min(), "best of all", FAINT, ha="right", va="top", offset=(0, -2))
