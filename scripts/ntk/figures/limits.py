"""Parities: what a network learns from a given number of examples, and what its tangent kernel does."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, ORANGE, PURPLE, VERMILION, band, canvas, label_line
from scripts.maths.statistics import bounded, mean_interval, mean_intervals

READS = ["ntk.limits"]
WAYS = (
    ("net", "trained net", VERMILION),
    ("kernel", "tangent kernel", BLUE),
    ("own_start", "own kernel at its start", GREEN),
    ("lazy", "same net, lazy", PURPLE),
    ("own_end", "own kernel after training", ORANGE),  # only on three signs
)
TARGETS = (("linear", "one sign"), ("pair", "two signs"), ("parity", "three signs"))
CHANCE, ALL = 50.0, 100.0  # per cent


def draw(limits: Artifact) -> tuple[Figure, str]:
    """Draw learning curves on parities of three signs on the left, and all methods by number of signs on the right."""
    data, values = limits.arrays(), limits.values
    figure, (left, right) = canvas(1, 2, height=2.9, sharey=True, width_ratios=(1, 1.15))
    _draw_curves(left, data)
    _draw_targets(right, data)
    for panel in (left, right):
        panel.axhline(CHANCE, color=FAINT, linewidth=0.7)
    left.set_ylim(top=104)
    left.set_ylabel("unseen inputs named right, %")
    shown = {name: values[f"parity_{name}"].format() for name, _, _ in WAYS}
    alt = (
        "Share of unseen inputs named right. Left, on parities of three signs, against the number of examples, net and "
        f"tangent kernel; with the most examples the net comes to {shown['net']}, the kernel to {shown['kernel']}. "
        f"Right, by the number of signs. On three, the net's own kernel comes to {shown['own_start']} at its start and "
        f"to {shown['own_end']} after training, the same net in lazy scaling to {shown['lazy']}. On one, net and "
        f"kernel differ by {values['linear_gap'].format(interval=False)} percentage points."
    )
    return figure, alt


def _draw_curves(panel: Axes, data: dict[str, np.ndarray]) -> None:
    points = data["points"]
    for name, label, colour in WAYS[:2]:
        mean, low, high = mean_intervals(data[f"{name}_curve"].T)
        band(panel, points, low.clip(0), high.clip(max=ALL), colour)
        panel.plot(points, mean, "o-", color=colour)
        above = 5 if name == "net" else 9
        offset = (-5, above) if name == "net" else (0, above)
        label_line(panel, points[-1], mean[-1], label, colour, ha="right", offset=offset)
    panel.set(xscale="log", xlabel="examples", title="Parity of three signs")
    panel.set_xticks(points, [str(count) for count in points])
    panel.minorticks_off()


def _draw_targets(panel: Axes, data: dict[str, np.ndarray]) -> None:
    for place, (target, _) in enumerate(TARGETS):
        for shift, (name, _, colour) in zip(np.linspace(-0.3, 0.3, len(WAYS)), WAYS, strict=True):
            if f"{target}_{name}" in data:
                mean, low, high, _ = bounded(mean_interval(data[f"{target}_{name}"]), 0, ALL)
                panel.plot([place + shift] * 2, [low, high], color=colour, linewidth=1.2)
                panel.plot(place + shift, mean, "o", color=colour, markersize=5)
    for row, (_, label, colour) in enumerate(WAYS):
        panel.text(-0.4, 84 - 5 * row, label, fontsize=8, color=colour, va="center")
    panel.text(-0.4, CHANCE - 1, "chance", fontsize=8, color=FAINT, va="top")
    panel.set_xticks(range(len(TARGETS)), [label for _, label in TARGETS])
    panel.set(title="By number of signs", xlim=(-0.5, len(TARGETS) - 0.5))
