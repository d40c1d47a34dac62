"""Test loss on the line between two nets before and after matching their neurons, and the barrier against the width."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, ORANGE, VERMILION, band, canvas, label_line, label_lines
from scripts.functions.settings import DEEP, NAMED_WIDTHS
from scripts.maths.statistics import mean_intervals

READS = ["functions.symmetry"]
KINDS = {"naive": ("as trained", VERMILION), "start": ("matched by starts", ORANGE), "matched": ("matched", BLUE)}
TICKS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
LOWEST = 0.1  # how far below a mean its interval is drawn, as a share of the mean


def draw(symmetry: Artifact) -> tuple[Figure, str]:
    """Draw the losses along the line for two widths on the left, and the barriers of all widths on the right."""
    data, values = symmetry.arrays(), symmetry.values
    figure, panels = canvas(1, 3, height=2.9, width_ratios=(1, 1, 1.75))
    for panel, width in zip(panels, NAMED_WIDTHS, strict=False):
        _draw_line(panel, data, width)
    top = 1.05 * max(panel.get_ylim()[1] for panel in panels[:2])
    for panel in panels[:2]:
        panel.set_ylim(0, top)
    panels[0].set_ylabel("test loss (nats)")
    panels[1].set_yticklabels([])
    _draw_barriers(panels[2], data, symmetry.settings["deep_widths"])
    told = {name: value.format(interval=False) for name, value in values.items()}
    deep = " and ".join(map(str, symmetry.settings["deep_widths"]))
    alt = (
        f"Left, two panels: test loss on the straight line between the weights of two trained nets, mean over "
        f"{values['barrier_naive_512'].n} pairs. The highest rise above the ends is {told['barrier_naive_64']} at 64 "
        f"hidden units and {told['barrier_naive_512']} at 512; with the second net's neurons in the order that fits "
        f"the first, {told['barrier_matched_64']} and {told['barrier_matched_512']}. Right, this barrier against the "
        f"width, on logarithmic axes, from {data['widths'][0]} to {data['widths'][-1]} units. In the order that fits "
        f"the nets before training it is {told['barrier_start_512']} at 512. For nets with hidden layers of {deep} "
        f"units it is {told['barrier_naive_deep']} before and {told['barrier_matched_deep']} after matching."
    )
    return figure, alt


def _draw_line(panel: Axes, data: dict[str, np.ndarray], width: int) -> None:
    for kind in ("naive", "matched"):
        name, colour = KINDS[kind]
        middle, low, high = mean_intervals(data[f"line_{kind}_{width}"])
        share = np.linspace(0, 1, middle.size)
        band(panel, share, low, high, colour)
        panel.plot(share, middle, color=colour)
        if width == NAMED_WIDTHS[0]:
            place = middle.size // 2
            options = {"ha": "center", "va": "bottom", "offset": (0, 3)}
            label_line(panel, 0.5, high[place], name, colour, **options)
    panel.set(xlim=(0, 1), title=f"{width} units", xlabel="place on the line")
    panel.set_xticks([0, 0.5, 1], ["one", "", "other"])


def _draw_barriers(panel: Axes, data: dict[str, np.ndarray], deep_widths: list[int]) -> None:
    widths = data["widths"]
    ends = []
    for kind, (name, colour) in KINDS.items():
        middle, low, high = mean_intervals(np.stack([data[f"barrier_{kind}_{width}"] for width in widths]))
        low = np.maximum(low, LOWEST * middle)
        panel.plot(widths, middle, "o-", color=colour)
        panel.vlines(widths, low, high, color=colour, linewidth=1)
        ends.append((middle[-1], name, colour))
        if kind != "start":
            deep = data[f"barrier_{kind}_{DEEP}"].mean()
            panel.plot(deep_widths[0], deep, "D", color=colour, markerfacecolor="none", markersize=5)
    panel.set(xscale="log", yscale="log", xlabel="hidden units", ylabel="barrier (nats)")
    panel.set_title(f"Barrier; ◇ {len(deep_widths)} hidden layers")
    panel.set_xlim(min(*widths, deep_widths[0]) / 1.2, max(*widths, deep_widths[0]) * 7)
    panel.set_xticks(widths, [str(width) for width in widths])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_locator(FixedLocator(TICKS))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    label_lines(panel, widths[-1] * 1.15, ends)
