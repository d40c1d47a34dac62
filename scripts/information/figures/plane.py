"""The information plane of nets with tanh and with ReLU, and what the width of the bins does to it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, ORANGE, PAPER, VERMILION, band, canvas, label_lines
from scripts.article.values import brief
from scripts.maths.statistics import mean_intervals

READS = ["information.plane"]
KINDS = (("tanh", "tanh"), ("relu", "ReLU"))
STAGES = (  # of training: last epoch and colour, by tenfold steps
    (9, ORANGE),
    (99, VERMILION),
    (999, BLUE),
    (9999, GREEN),
)
DRAWN = 25  # epochs at most: more make the picture heavier, not finer
RING: dict[str, Any] = {"marker": "o", "color": ORANGE, "markerfacecolor": PAPER, "markersize": 4, "zorder": 3}
NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"  # the figures' font has only the second
BEFORE = 0.45  # where a logarithmic axis of epochs shows epoch 0
HEADROOM = 0.05  # of the names of the layers over the highest that they can be
SPACING = (0.55, 1.4)  # bits between the names of two layers, and between the last and the output


def draw(plane: Artifact) -> tuple[Figure, str]:
    """Draw the plane above, every layer's mean over nets by epoch; below, the last hidden layer by number of bins."""
    data, values, settings = plane.arrays(), plane.values, plane.settings
    figure, panels = canvas(2, 2, height=5.3, height_ratios=(1.15, 1), sharey="row")
    shown = np.unique(np.linspace(0, len(data["epochs"]) - 1, DRAWN).round().astype(int))
    ceiling, whole = values["ceiling"].value, values["label_exact"].value
    exact = {"color": EXACT, "linewidth": 0.9, "linestyle": "--", "zorder": 0}
    for (kind, name), upper, lower in zip(KINDS, *panels, strict=True):
        upper.plot([0, ceiling, ceiling], [whole, whole, 0], **exact)
        upper.plot(values["sufficient_exact"].value, whole, "D", color=EXACT, markersize=5, zorder=6)
        upper.set(xlim=(-0.03 * ceiling, 1.05 * ceiling), ylim=(-0.13 * whole, 1.12 * whole))
        upper.set(xlabel="information on the input (bits)", title=f"{name}, {settings['bins']} bins")
        upper.set_xticks(np.linspace(0, ceiling, 5))
        told = (data[f"{kind}_{of}"].mean(2)[shown] for of in ("inputs", "label"))
        _draw_plane(upper, *told, data["epochs"][shown])
        _name_layers(upper, data[f"{kind}_inputs"][-1].mean(1), whole + HEADROOM)
        lower.axhline(ceiling, **exact)
        lower.set(xlabel="epoch", ylim=(0, 1.12 * ceiling), title=f"{name}, last hidden layer, by bins")
        _draw_bins(lower, data[f"{kind}_last"][:, shown], data["bins"], data["epochs"][shown], settings)
    panels[0, 0].set_ylabel("information on the label (bits)")
    panels[1, 0].set_ylabel("information on the input (bits)")
    panels[0, 0].plot(0.565 * ceiling, -0.01, "D", color=EXACT, markersize=5)
    panels[0, 0].text(0.595 * ceiling, 0.025, "smallest suf-\nficient statistic", fontsize=8, va="top")
    panels[1, 1].text(data["epochs"][-1], 1.015 * ceiling, "all of the input", fontsize=8, ha="right", va="bottom")
    _draw_key(panels[0, 1], 0.675 * ceiling, data["epochs"])
    return figure, _alt(plane)


def _draw_plane(panel: Axes, inputs: np.ndarray, label: np.ndarray, epochs: np.ndarray) -> None:
    """Draw a path a layer, a ring before training and a dot at its end; both arrays have shape (record, layer)."""
    for across, up in zip(inputs.T, label.T, strict=True):
        begin = 0
        for last, colour in STAGES:
            end = int(np.searchsorted(epochs, last, side="right"))
            if end - begin > 1:
                panel.plot(across[begin:end], up[begin:end], color=colour, linewidth=2, zorder=2)
            begin = max(begin, end - 1)
        panel.plot(across[0], up[0], **RING)
        panel.plot(across[-1], up[-1], "o", color=_colour(epochs[-1]), markersize=4.5, zorder=4)


def _colour(epoch: int) -> str:
    return next((colour for last, colour in STAGES if epoch <= last), STAGES[-1][1])


def _name_layers(panel: Axes, ends: np.ndarray, height: float) -> None:
    """Write each layer's name over the end of its path, moved to the left where the next one is near."""
    place = np.inf
    for depth, end in enumerate(ends):
        output = depth == len(ends) - 1
        place = min(end, place - SPACING[output])
        text = "output" if output else str(depth + 1)
        panel.text(place, height, text, fontsize=8, ha="center", va="center")


def _draw_key(panel: Axes, place: float, epochs: np.ndarray) -> None:
    last = int(epochs[-1])
    lines, first = [("untrained", ORANGE)], 1
    for end, colour in STAGES:
        if first <= last:
            lines.append((f"{'epochs ' if first == 1 else ''}{first}–{min(end, last)}", colour))
        first = end + 1
    for number, (text, colour) in enumerate(reversed(lines)):
        panel.text(place, 0.085 * number - 0.06, text, color=colour, fontsize=8, va="center")
    panel.plot(place - 0.4, 0.085 * (len(lines) - 1) - 0.06, **RING)


def _draw_bins(panel: Axes, told: np.ndarray, bins: np.ndarray, epochs: np.ndarray, settings: dict[str, Any]) -> None:
    """Draw a line a number of bins, the usual and the finest with intervals; `told` is (number, record, seed)."""
    ceiling = settings["bits"]
    heavy = {settings["bins"]: VERMILION, settings["finest_bins"]: GREEN}
    places = np.maximum(epochs, BEFORE)
    labels = []
    for rows, number in zip(told, bins.tolist(), strict=True):
        colour = heavy.get(number, BLUE)
        mean, low, high = mean_intervals(rows)
        if number in heavy:
            band(panel, places, np.maximum(low, 0), np.minimum(high, ceiling), colour)
        panel.plot(places, mean, color=colour, linewidth=2 if number in heavy else 0.9)
        labels.append((float(mean[-1]), brief(number).replace(NARROW, WIDE), colour))
    tens = [10**power for power in range(len(str(epochs[-1])))]
    panel.set(xscale="log", xlim=(BEFORE, epochs[-1]))
    panel.set_xticks([BEFORE, *tens], ["0", *map(str, tens)])
    panel.set_xticks([], minor=True)
    label_lines(panel, epochs[-1], labels, gap=0.085)


def _alt(plane: Artifact) -> str:
    values, settings = plane.values, plane.settings
    told = []
    fewest, most = settings["bins"], brief(settings["finest_bins"])
    for kind, name in KINDS:
        number = {
            key: values[f"{kind}_{key}"].format() for key in ("last_peak", "last_end", "last_fine_bins", "layer_1")
        }
        told.append(
            f"With {name} and {fewest} bins the last hidden layer tells at most {number['last_peak']} about the input "
            f"and {number['last_end']} at the end, the first hidden layer {number['layer_1']}; in {most} bins the last "
            f"tells {number['last_fine_bins']} at the end."
        )
    return (
        "Four panels. Above, what every layer tells about the input and the label, from before training to its end, "
        f"for nets with tanh and with ReLU. The input holds {values['ceiling'].format()} and tells "
        f"{values['label_exact'].format()} about the label. Below, what the last hidden layer tells about the input by "
        f"epoch, a line for each number of bins. {' '.join(told)}"
    )
