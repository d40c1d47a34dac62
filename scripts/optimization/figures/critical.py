"""Index against loss: all critical points of a linear autoencoder, and where searches in a tanh net end."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, PAPER, VERMILION, canvas

READS = ["optimization.critical"]


def draw(critical: Artifact) -> tuple[Figure, str]:
    """Draw the index of every critical point of the autoencoder, and of the ends of searches in a tanh net."""
    data, values = critical.arrays(), critical.values
    figure, panels = canvas(1, 2, height=3.0)
    _draw_census(panels[0], data)
    _draw_searches(panels[1], data, values["net_parameters"].value)
    shares = {name: f"{100 * values[name].value:.0f} %" for name in ("net_found", "net_flat", "directed_found")}
    alt = (
        f"Two panels, negative eigenvalues of the Hessian against loss. Left, all {values['sets'].format()} critical "
        f"points of a linear autoencoder: index and loss rise together (rank correlation "
        f"{values['rank_correlation'].format()}), the numbers counted in Hessians differ from the formula in "
        f"{values['index_mismatches'].format()} cases, and {values['bad_minima'].format()} minima are not global. "
        f"Right, a tanh net: of {values['net_found'].n} searches for any critical point {shares['net_found']} find one "
        f"and {shares['net_flat']} get stuck where the gradient is not zero; of searches for one of a given index "
        f"{shares['directed_found']} find it."
    )
    return figure, alt


def _draw_census(panel: Axes, data: dict[str, np.ndarray]) -> None:
    losses, counted = data["exact_losses"], data["index"]
    for row in counted:
        panel.plot(losses, row, "o", color=BLUE, markersize=3.5)
    options = {"color": EXACT, "markerfacecolor": "none", "markersize": 7.5, "markeredgewidth": 0.8}
    panel.plot(losses, data["exact_index"], "o", **options)
    panel.set(
        title="Linear autoencoder: all of them", xlabel="loss", ylabel="negative eigenvalues (index)", ylim=(-1, None)
    )
    panel.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.text(0.04, 0.93, "○ formula", transform=panel.transAxes, fontsize=8, color=EXACT)
    panel.text(0.04, 0.85, "● counted in the Hessian", transform=panel.transAxes, fontsize=8, color=BLUE)
    lowest = losses.argmin()
    panel.annotate(
        "the one minimum",
        (losses[lowest], data["exact_index"][lowest]),
        xytext=(12, -3),
        textcoords="offset points",
        fontsize=8,
    )


def _draw_searches(panel: Axes, data: dict[str, np.ndarray], parameters: float) -> None:
    directed, found = data["directed_found"], data["net_found"]
    options = {"markeredgecolor": PAPER, "markeredgewidth": 0.4, "rasterized": True}
    panel.plot(
        data["net_losses"][~found], data["net_index"][~found], "x", color=VERMILION, markersize=4, markeredgewidth=1
    )
    panel.plot(
        data["directed_losses"][directed], data["directed_index"][directed], "s", color=BLUE, markersize=4.5, **options
    )
    panel.plot(data["net_losses"][found], data["net_index"][found], "o", color=GREEN, markersize=4.5, **options)
    panel.set(title=f"Tanh net with {parameters:.0f} parameters", xlabel="loss")
    lines = (("■ found, index given", BLUE), ("● found, any index", GREEN), ("× stuck: gradient not zero", VERMILION))
    for place, (text, colour) in enumerate(lines):
        panel.text(0.04, 0.93 - 0.08 * place, text, transform=panel.transAxes, fontsize=8, color=colour)
    top = max(data["net_index"].max(), data["directed_index"][directed].max(initial=0))
    panel.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.set_ylim(-0.06 * top - 0.5, 1.3 * top + 1)
