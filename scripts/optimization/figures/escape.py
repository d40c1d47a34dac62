"""How long it takes to leave saddles: in the plane against exact theory, and in a linear autoencoder."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, canvas, label_line
from scripts.article.values import Value

READS = ["optimization.escape"]
RUNS = (("gd", "GD", GREEN), ("sgd", "SGD", BLUE))
RACES = (
    ("speedup", "random"),
    ("zero_speedup_wide", "near zero"),
    ("zero_speedup_close", "very near zero"),
    ("near_speedup_wide", "near the saddle"),
    ("near_speedup_close", "very near it"),
)


def draw(escape: Artifact) -> tuple[Figure, str]:
    """Draw escape times by noise, GD's time over SGD's by start, and the losses of both from two kinds of start."""
    data, values = escape.arrays(), escape.values
    figure, ((toy, races), (zero, near)) = canvas(2, 2, height=4.9)
    _draw_toy(toy, data)
    _draw_races(races, values)
    _draw_losses(zero, data, 0)
    zero.set(title="Loss from near zero", ylabel="loss")
    *plateaus, minimum = data["plateaus"]
    _draw_levels(zero, [(loss, f"{place} of {len(plateaus)} learned") for place, loss in enumerate(plateaus)], minimum)
    _draw_losses(near, data, 1)
    near.set(title="Loss from the lowest saddle")
    _draw_levels(near, [(values["lowest_saddle"].value, "lowest saddle")], minimum)
    return figure, _alternative(values)


def _draw_toy(panel: Axes, data: dict[str, np.ndarray]) -> None:
    noises, times = data["toy_noises"], data["toy_times"]
    panel.plot(noises, data["toy_times_exact"], color=EXACT, linewidth=1, linestyle="--")
    low, high = np.quantile(times, [0.05, 0.95], axis=1)
    panel.vlines(noises, low, high, color=BLUE, alpha=0.35, linewidth=4)
    panel.plot(noises, times.mean(1), "o", color=BLUE)
    panel.set(xscale="log", xlabel="noise on the slope (falls to the right)", ylabel="steps until it has left")
    panel.set(ylim=(0, None), xlim=(noises[0] * 3, noises[-1] / 3), title="A saddle in the plane")
    label_line(panel, noises[-2], data["toy_times_exact"][-2], "exact", EXACT, ha="right", offset=(-10, 6))


def _draw_races(panel: Axes, values: dict[str, Value]) -> None:
    for place, (name, _) in enumerate(RACES):
        value = values[name]
        panel.plot([value.low, value.high], [-place, -place], color=BLUE, linewidth=3, alpha=0.35)
        panel.plot(value.value, -place, "o", color=BLUE)
        panel.text(1.08 * value.high, -place, value.format(interval=False), fontsize=8, va="center")
    panel.axvline(1, color=FAINT, linewidth=0.8)
    panel.set(xscale="log", xlabel="steps of GD over steps of SGD", title="Way past all saddles, by start")
    panel.set_yticks(-np.arange(len(RACES)), [text for _, text in RACES])
    ends = [end for name, _ in RACES for end in (values[name].low, values[name].high)]
    panel.set(xlim=(min(0.5, 0.8 * min(ends)), 1.6 * max(ends)), ylim=(0.6 - len(RACES), 0.6))
    ticks = [tick for tick in (0.25, 0.5, 1, 2, 4, 8, 16) if panel.get_xlim()[0] <= tick <= panel.get_xlim()[1]]
    panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    panel.minorticks_off()


def _draw_losses(panel: Axes, data: dict[str, np.ndarray], start: int) -> None:
    lowest = data["plateaus"][-1]
    slow = data["gd_losses"][:, start]
    settled = np.flatnonzero((slow > lowest + 0.02 * (data["plateaus"][-2] - lowest)).any(1))
    last = min(int(1.3 * (settled[-1] + 1)), len(slow) - 1)
    for name, title, colour in RUNS:
        losses = data[f"{name}_losses"][: last + 1, start]
        panel.plot(losses, color=colour, linewidth=1, alpha=0.8)
        place = int(np.argmax(losses[:, 0] < losses[0, 0] - 0.3 * (losses[0, 0] - lowest)))
        offset, side = ((9, 6), "left") if name == "gd" else ((-8, -6), "right")
        label_line(panel, place, losses[place, 0], title, colour, offset=offset, ha=side)
    panel.set(xlim=(0, last), xlabel="step")


def _draw_levels(panel: Axes, saddles: list[tuple[float, str]], minimum: float) -> None:
    low, high = minimum, panel.get_ylim()[1]
    panel.set_ylim(low - 0.12 * (high - low), high)
    for loss, text in [*saddles, (minimum, "minimum")]:
        panel.axhline(loss, color=EXACT, linewidth=0.8, linestyle="--", zorder=0)
        side, offset = ("top", (0, -3)) if loss == minimum else ("bottom", (0, 1))
        label_line(panel, panel.get_xlim()[1], loss, text, EXACT, offset=offset, ha="right", va=side)


def _alternative(values: dict[str, Value]) -> str:
    return (
        f"Four panels. In the plane, the mean time to leave a saddle grows by {values['toy_slope'].format()} steps for "
        f"every factor e by which the noise is smaller; exact theory says {values['toy_slope_exact'].format()}. "
        f"Steps of gradient descent over steps of SGD to get past all saddles of a linear autoencoder: from random "
        f"starts {values['speedup'].format()}, from near zero {values['zero_speedup_wide'].format()}, from near the "
        f"lowest saddle {values['near_speedup_wide'].format()}, from very near it "
        f"{values['near_speedup_close'].format()}. Two panels of losses by step show the plateaus at the exact losses "
        f"of the saddles."
    )
