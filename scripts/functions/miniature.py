"""The section in the infographic: a start that was trained to adapt meets a new sinusoid."""

from matplotlib.axes import Axes

from scripts.article.artifacts import Artifact
from scripts.article.style import EXACT, FAINT, GREEN, INK, ORANGE, dots

READS = ["functions.meta"]
COLOURS = (FAINT, ORANGE, GREEN)  # before, after few and after many steps


def draw(axes: Axes, meta: Artifact) -> str:
    """Draw the task dashed, its examples, and the net's answer before and after few and many gradient steps."""
    data, values = meta.arrays(), meta.values
    _, few, many = data["steps"]
    axes.plot(data["grid"], data["example_truth"], color=EXACT, linestyle="--", linewidth=0.9)
    for colour, answer in zip(COLOURS, data["example_maml"], strict=True):
        axes.plot(data["grid"], answer, color=colour, linewidth=1.4)
    dots(axes, data["example_inputs"], data["example_targets"], INK, 3.2)
    text = f"{many} steps"
    axes.text(0.63, 0.94, text, color=GREEN, fontsize=8, ha="center", transform=axes.transAxes)
    return (
        "a net trained to adapt meets a new sinusoid: its mean squared error on such tasks falls from "
        f"{values['maml_0'].format(interval=False)} to {values[f'maml_{few}'].format(interval=False)} after {few} step "
        f"and {values[f'maml_{many}'].format(interval=False)} after {many}"
    )
