"""A disc inside a ring as narrow and wide nets see it, and what the layers leave of the ring's loop."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import (
    BLUE,
    CLASS_COLOURS,
    EXACT,
    GREEN,
    INK,
    band,
    canvas,
    label_lines,
    without_axes,
)
from scripts.article.values import Value
from scripts.maths.statistics import share_interval

READS = ["geometry.topology"]
SHAPES = tuple(zip(("disc", "ring"), CLASS_COLOURS, strict=True))
LINES = (("narrow", BLUE), ("wide", GREEN))


def draw(topology: Artifact) -> tuple[Figure, str]:
    """Draw the shapes before, in a narrow and in a wide net; below, the share of nets that show a loop by layer."""
    data, values = topology.arrays(), topology.values
    figure, panels = canvas(2, 6, height=4.6, height_ratios=(1.15, 1))
    for panel in panels.flat:
        panel.remove()
    grid = panels[0, 0].get_gridspec()
    pictures = [figure.add_subplot(grid[0, start : start + 2]) for start in (0, 2, 4)]
    _draw_shapes(pictures[0], data, "input", "Input", "a ring around a disc")
    wide = topology.settings["wide"]
    for panel, kind, units in ((pictures[1], "tanh_narrow", 2), (pictures[2], "tanh_wide", wide)):
        parted = values[f"separated_{kind}"]
        below = f"{round(parted.value * (parted.n or 0))} of {parted.n} nets part them"
        _draw_shapes(panel, data, kind, f"Last layer, {units} units", below)
        panel.axvline(0, color=INK, linewidth=1)
    curves = [figure.add_subplot(grid[1, start : start + 3]) for start in (0, 3)]
    for panel, activation, title in zip(curves, ("tanh", "relu"), ("Tanh", "ReLU"), strict=True):
        _draw_loops(panel, data, activation, wide)
        panel.set_title(f"{title}: nets in which a loop is seen")
    curves[0].set_ylabel("share of nets")
    return figure, _alt(values, wide)


def _draw_shapes(panel: Axes, data: dict[str, np.ndarray], kind: str, title: str, below: str) -> None:
    for name, colour in SHAPES:
        panel.scatter(*data[f"shown_{kind}_{name}"].T, s=2.5, color=colour, linewidths=0, rasterized=True)
    without_axes(panel)
    panel.set_title(title, loc="center")
    panel.set_xlabel(below)
    panel.margins(0.08)
    if kind == "input":
        panel.set_aspect("equal")


def _draw_loops(panel: Axes, data: dict[str, np.ndarray], activation: str, wide: int) -> None:
    ends = []
    for (name, colour), units in zip(LINES, (2, wide), strict=True):
        seen = data[f"betti_{activation}_{name}"][:, :, 1, 1] > 0
        share, low, high, _ = np.array([share_interval(int(layer.sum()), layer.size) for layer in seen.T]).T
        low[0], high[0] = share[0], share[0]  # the input is the same for all nets
        band(panel, np.arange(share.size), low, high, colour)
        panel.plot(range(share.size), share, color=colour, marker="o" if name == "narrow" else "s")
        ends.append((share[-1], f"{units} units", colour))
    depth = share.size - 1
    if activation == "tanh":
        panel.plot([0, depth], [1, 1], color=EXACT, linewidth=1, linestyle="--")
        ends.append((1.0, "exact", EXACT))
    panel.set(ylim=(-0.12, 1.12), xlim=(-0.2, 1.27 * depth), xticks=range(depth + 1), yticks=(0, 0.5, 1))
    panel.set_xticklabels(["input", *map(str, range(1, depth + 1))])
    panel.set_xlabel("hidden layer")
    label_lines(panel, depth, ends, gap=0.11)


def _alt(values: dict[str, Value], wide: int) -> str:
    parted = {kind: values[f"separated_{kind}"] for kind in ("tanh_narrow", "tanh_wide", "relu_narrow", "relu_wide")}
    counts = {kind: f"{round(value.value * (value.n or 0))} of {value.n}" for kind, value in parted.items()}
    last = {
        name: " and ".join(
            f"{values[f'ring_loops_last_{activation}_{name}'].format(interval=False)} with {word}"
            for activation, word in (("tanh", "tanh"), ("relu", "ReLU"))
        )
        for name, _ in LINES
    }
    around = values["around_last_tanh_narrow"]
    squeezed = "squeezed but still runs around the disc" if around.value == 1 else "squeezed around the disc"
    return (
        "Above: a disc inside a ring, as the input and as the last hidden layers of two tanh nets show it. In the net "
        f"of two units a layer the ring is {squeezed}; in the net of {wide} units "
        f"{'the two lie apart' if parted['tanh_wide'].value * (around.n or 0) > 1 else 'they are not yet apart'}. Nets "
        f"of two units part the shapes in {counts['tanh_narrow']} cases with tanh and {counts['relu_narrow']} with "
        f"ReLU, nets of {wide} units in {counts['tanh_wide']} and {counts['relu_wide']}. "
        "Below, the share of nets in which the ring's loop is still seen, layer by layer. It starts at 1; in the last "
        f"layer it is {last['narrow']} for two units, {last['wide']} for {wide}. With tanh the exact share is 1, as "
        "injective layers keep every loop, however tightly they squeeze it: the ring winds once around the disc in "
        f"{round(around.value * (around.n or 0))} of {around.n} narrow nets."
    )
