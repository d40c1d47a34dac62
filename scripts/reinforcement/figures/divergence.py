"""Baird's star: errors that grow although the right values lie within reach, and from which discount on."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, ORANGE, PURPLE, VERMILION, canvas, label_line, label_lines

READS = ["reinforcement.divergence"]
CONTROLS = (
    ("table", "a table", BLUE),
    ("onpolicy", "own experience", GREEN),
    ("unbootstrapped", "no guesses", PURPLE),
)
FLOOR = 1e-3  # of the errors that are drawn
FEW = 5  # sampled runs that are drawn


def draw(divergence: Artifact) -> tuple[Figure, str]:
    """Draw errors over updates for the star and its three controls; and the growth over the discount."""
    figure, panels = canvas(1, 2, height=2.9, width_ratios=(1.5, 1))
    draw_errors(panels[0], divergence)
    draw_growth(panels[1], divergence)
    told = {name: value.format(interval=False) for name, value in divergence.values.items()}
    alt = (
        "Left, errors over updates on a logarithmic axis. With features, guesses and foreign experience together they "
        f"change by a factor of {told['growth_matrix']} per expected update, from {told['error_start']} to "
        f"{told['error_end']}; thin lines are sampled runs. With a table, with own experience or without guesses the "
        f"factor is {told['growth_table']}, {told['growth_onpolicy']} and {told['growth_unbootstrapped']}. Right, the "
        f"growth per update over the discount: it exceeds zero from a discount of about {told['critical_discount']}."
    )
    return figure, alt


def draw_errors(panel: Axes, divergence: Artifact) -> None:
    """Draw the errors of expected updates, of a few sampled runs, and the exact growth dashed."""
    data, values = divergence.arrays(), divergence.values
    times, star = data["times"], data["errors_star"]
    panel.plot(times, data["sampled"][:, :FEW], color=ORANGE, linewidth=0.5, alpha=0.7)
    panel.plot(times, star, color=VERMILION)
    exact = star[-1] * values["growth_matrix"].value ** (times - times[-1])
    panel.plot(times, exact, color=EXACT, linestyle="--", linewidth=0.9)
    end = max(star[-1], FLOOR)
    ends = [(end * 3, "expected", VERMILION), (end / 30, "sampled", ORANGE)]
    for name, label, colour in CONTROLS:
        errors = data[f"errors_{name}"]
        shown = errors > FLOOR
        panel.plot(times[shown], errors[shown], color=colour)
        if shown[-1]:
            ends.append((errors[-1], label, colour))
        else:
            label_line(panel, times[shown][-1], errors[shown][-1], label, colour, offset=(5, 6))
    top = data["sampled"][:, :FEW].max()
    panel.set(yscale="log", xlim=(0, times[-1] * 1.42), ylim=(FLOOR, max(top, star.max()) * 3))
    panel.set(xlabel="updates", ylabel="error, root mean square", xticks=np.linspace(0, times[-1], 3))
    panel.set_title("Baird's star and its controls")
    label_lines(panel, times[-1], ends)


def draw_growth(panel: Axes, divergence: Artifact) -> None:
    """Draw how much the largest error changes per expected update, in per cent, over the discount."""
    data, critical = divergence.arrays(), divergence.values["critical_discount"]
    growth = (data["growth"] - 1) * 100
    panel.axhline(0, color=FAINT, linewidth=0.8)
    panel.plot(data["discounts"], growth, color=EXACT, linestyle="--")
    panel.axvline(critical.value, color=FAINT, linewidth=0.8, linestyle=":")
    panel.text(critical.value - 0.03, growth.max(), f"γ = {critical.format()}", fontsize=8, ha="right", va="top")
    panel.set(xlabel="discount γ", ylabel="growth per update, %", xlim=(0, 1))
    panel.set_title("Growth by the matrix")
