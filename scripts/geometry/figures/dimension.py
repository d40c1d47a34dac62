"""The dimension of the surface on which digits lie, by layer, and what the estimator makes of a ball."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, ORANGE, PURPLE, canvas, label_lines
from scripts.article.values import Value
from scripts.maths.statistics import mean_intervals

READS = ["geometry.dimension"]
SIZES = ("_few", "", "_many")  # in the names of the values on balls


def draw(dimension: Artifact) -> tuple[Figure, str]:
    """Draw the estimates by layer, trained and untrained; beside them those on balls with their exact expectation."""
    data, values = dimension.arrays(), dimension.values
    figure, (left, right) = canvas(1, 2, height=2.8, width_ratios=(1.6, 1))
    _draw_layers(left, data)
    _draw_balls(right, data["balls"], values, dimension.settings)
    balls = [
        f"{count} points {values[f'ball{size}'].format()} ({values[f'ball_exact{size}'].format()})"
        for count, size in zip(dimension.settings["ball_points"], SIZES, strict=True)
    ]
    alt = (
        f"Left: intrinsic dimension of fresh digits by layer. It is {values['input'].format()} on the images and "
        f"{values['last'].format()} in the last hidden layer of trained nets, and "
        f"{values['last_untrained'].format()} in that of untrained ones; the largest over all layers of a trained net "
        f"is {values['peak'].format()}. Right: the same estimator on balls of {dimension.settings['ball_dimension']} "
        f"dimensions, with the exact expectation in parentheses: {'; '.join(balls)}."
    )
    return figure, alt


def _draw_layers(panel: Axes, data: dict[str, np.ndarray]) -> None:
    depths = np.arange(data["trained"].shape[1])
    ends = []
    for name, colour, shape in (("untrained", ORANGE, "s"), ("trained", BLUE, "o")):
        mean, low, high = mean_intervals(data[name].T)
        panel.errorbar(depths, mean, [mean - low, high - mean], fmt=f"{shape}-", color=colour, elinewidth=1.2)
        ends.append((mean[-1], name, colour))
    panel.set_xticks(depths, ["images", *map(str, depths[1:])])
    panel.set(xlim=(-0.25, depths[-1] + 1.1), xlabel="layer", ylabel="intrinsic dimension", title="Fresh digits")
    panel.set_ylim(bottom=0)
    label_lines(panel, depths[-1] + 0.08, ends)


def _draw_balls(panel: Axes, balls: np.ndarray, values: dict[str, Value], settings: dict) -> None:
    true, counts = settings["ball_dimension"], settings["ball_points"]
    mean, low, high = mean_intervals(balls)
    places = np.arange(len(counts))
    panel.axhline(true, color=FAINT, linewidth=0.8)
    panel.text(places[0] - 0.35, true, "true dimension", fontsize=8, va="bottom")
    exact = [values[f"ball_exact{size}"].value for size in SIZES]
    panel.plot(places, exact, color=EXACT, linestyle="--", linewidth=1)
    panel.text(0.98, 0.03, "dashes: exact\nexpectation", transform=panel.transAxes, fontsize=8, va="bottom", ha="right")
    panel.errorbar(places, mean, [mean - low, high - mean], fmt="o", color=PURPLE, elinewidth=1.2)
    panel.set_xticks(places, [str(count) for count in counts])
    panel.set(xlim=(-0.4, places[-1] + 0.4), xlabel="points", title=f"Ball of {true} dimensions")
    panel.set_ylim(top=true + 0.08 * (true - min(low)) + 0.05)
