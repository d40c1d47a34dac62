"""The Gaussian information bottleneck: optimised codes on the exact curve, its transitions, and how settling slows."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, VERMILION, canvas, label_line
from scripts.article.values import Value

READS = ["information.gaussian"]
COLOURS = (BLUE, VERMILION, GREEN)
SIDES = ("β below it", "β above it")


def draw(gaussian: Artifact) -> tuple[Figure, str]:
    """Draw relevance over rate, the rate of each direction over β, and settling times around the transition."""
    data, values = gaussian.arrays(), gaussian.values
    figure, (curve, steps, slow) = canvas(1, 3, height=2.75)
    _draw_curves(curve, data, values)
    _draw_directions(steps, data)
    _draw_settling(slow, data)
    return figure, _alternative(values)


def _draw_curves(panel: Axes, data: dict[str, np.ndarray], values: dict[str, Value]) -> None:
    ends = []
    for name, colour, text in (("vector_", BLUE, "vectors"), ("", VERMILION, "numbers")):
        rates, relevances = data[f"{name}rates"][:, 0], data[f"{name}relevances"][:, 0]
        panel.plot(rates, relevances, "o", color=colour, markersize=3)
        panel.plot(data[f"{name}curve_rates"], data[f"{name}curve"], color=EXACT, linewidth=1, linestyle="--")
        total = values[f"{name}total"].value
        panel.axhline(total, color=FAINT, linewidth=0.8)
        ends.append((total, text, colour))
    panel.set(xlim=(0, None), ylim=(0, 1.12 * max(total for total, _, _ in ends)), title="Best codes")
    for total, text, colour in ends:
        label_line(
            panel, panel.get_xlim()[1], total, f"{text}: I(X; Y)", colour, va="bottom", ha="right", offset=(0, 1)
        )
    panel.set(xlabel="rate I(T; X), nats", ylabel="relevance I(T; Y), nats")


def _draw_directions(panel: Axes, data: dict[str, np.ndarray]) -> None:
    betas, grid, snr = data["vector_betas"], data["vector_grid_betas"], data["vector_signals"][:, 0]
    for place, beta in enumerate(data["vector_critical"]):
        colour = COLOURS[place % len(COLOURS)]
        panel.axvline(beta, color=FAINT, linewidth=0.8)
        panel.plot(betas, 0.5 * np.log1p(snr[:, place]), "o", color=colour, markersize=3)
        exact = 0.5 * np.log1p(data["vector_grid_signals"][:, place])
        panel.plot(grid, exact, color=EXACT, linewidth=1, linestyle="--")
    panel.set(xscale="log", title="Directions switch on", xlabel="weight β", ylabel="rate of a direction, nats")
    panel.set(ylim=(-0.05, None))
    label_line(panel, beta, panel.get_ylim()[1], "β = 1/ρ²", EXACT, va="top", offset=(3, 0))
    ticks = [tick for tick in (1, 2, 4, 8, 16, 32) if grid[0] <= tick <= grid[-1]]
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.minorticks_off()


def _draw_settling(panel: Axes, data: dict[str, np.ndarray]) -> None:
    distances = data["distances"]
    for side, colour, rates, exact in zip(
        SIDES, (BLUE, VERMILION), data["settling"], data["settling_exact"], strict=True
    ):
        panel.plot(distances, 1 / exact, color=EXACT, linewidth=1, linestyle="--")
        panel.plot(distances, 1 / rates, "o", color=colour, label=side)
    panel.legend(loc="upper right", handletextpad=0.2, borderaxespad=0)
    panel.set(
        xscale="log", yscale="log", title="Slow at the switch", xlabel="distance |βρ² − 1|", ylabel="settling time"
    )


def _alternative(values: dict[str, Value]) -> str:
    betas = [name for name in values if name.startswith("vector_critical_beta_") and not name.endswith("_exact")]
    found = ", ".join(
        f"{values[name].format(interval=False)} (exact {values[f'{name}_exact'].format()})" for name in betas
    )
    ends = [
        f"{values[f'settling_time_{side}_close'].format()} to {values[f'settling_time_{side}_far'].format()} {side} it"
        for side in ("below", "above")
    ]
    return (
        f"Left: relevance over rate of {values['codes'].format()} codes of a pair of numbers and "
        f"{values['vector_codes'].format()} of a pair of vectors, found by gradient descent, beside dashed exact "
        f"curves; the largest relative deviation is {values['curve_error'].format()}. Middle: the rate of each "
        f"direction of the vectors leaves zero at a weight of its own, {found}. Right: near such a weight gradient "
        f"descent is slow; over the distances shown the time to settle goes from {' and from '.join(ends)}; the exact "
        f"lines differ by at most {values['settling_error'].format()} of it."
    )
