"""Risk of trained linear attention against the length of the prompt, with its exact optimum."""

import numpy as np
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, canvas, label_line
from scripts.functions.context import best_risk

READS = ["functions.context"]
END = 1.25  # how far the curves reach past the longest prompts


def draw(context: Artifact) -> tuple[Figure, str]:
    """Draw every trained model as a dot, the exact optimum dashed, and what least squares would do."""
    data, values = context.arrays(), context.values
    dimension, lengths = context.settings.get("dimension", 5), data["lengths"]
    figure, panel = canvas(height=3.1)
    along = np.geomspace(lengths[0] / END, lengths[-1] * END, 200)
    panel.plot(along, [best_risk(length, dimension) for length in along], color=EXACT, linestyle="--", linewidth=1)
    few = np.linspace(along[0], dimension, 50)
    panel.plot([*few, along[-1]], [*(1 - few / dimension), 0], color=GREEN, linewidth=1.2)
    for length, risks in zip(lengths, data["risks"], strict=True):
        spread = length * np.exp(np.linspace(-0.05, 0.05, risks.size))
        panel.plot(spread, np.sort(risks), "o", color=BLUE, alpha=0.6, markeredgewidth=0, markersize=3.5)
    random = data["random"]
    panel.plot(np.full(random.size, lengths[-1] * 1.12), random, "o", color=VERMILION, alpha=0.6, markeredgewidth=0)
    label_line(panel, lengths[-1] * 1.12, random.max(), "random starts", VERMILION, offset=(7, 0))
    panel.set(xscale="log", xlim=(along[0], along[-1] * 1.9), ylim=(-0.02, 0.9))
    panel.set_xticks(lengths, [str(length) for length in lengths])
    panel.minorticks_off()
    panel.set(xlabel="examples $n$ in the prompt", ylabel="risk / variance of the answers")
    end = best_risk(along[-1], dimension)
    label_line(panel, along[-1], end, "best of one layer", EXACT)
    label_line(panel, along[-1], 0, "least squares", GREEN)
    first = min(1, lengths.size - 1)
    label_line(panel, lengths[first], data["risks"][first].mean(), "trained models", BLUE, offset=(10, 5))
    alt = (
        f"Dots for trained models of linear attention over {lengths.size} prompt lengths, from {lengths[0]} to "
        f"{lengths[-1]} examples, beside the dashed curve of the exact optimum, which falls. At "
        f"{context.settings.get('length', 20)} "
        f"examples the models reach {values['risk'].format(interval=False)}, the optimum is "
        f"{values['risk_exact'].format()}. At {lengths[-1]} examples they lie "
        f"{values['longest_excess'].format(interval=False)} above it on average, those from random starts "
        f"{values['random_excess'].format(interval=False)}. Least squares is at zero from "
        f"{dimension} examples on."
    )
    return figure, alt
