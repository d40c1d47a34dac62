"""Risk of trained transformers at every length of the prompt, beside least squares and linear attention."""

from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, band, canvas, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["functions.transformer"]


def draw(transformer: Artifact) -> tuple[Figure, str]:
    """Draw the mean risk and every transformer's, on inputs as in training and scaled, with two exact curves."""
    data, values = transformer.arrays(), transformer.values
    shown = data["shown"]
    figure, panel = canvas(height=2.9)
    for name, colour in (("risks", BLUE), ("shifted", VERMILION)):
        value, low, high = mean_intervals(data[name].T)
        band(panel, shown, low, high, colour)
        panel.plot(shown, value, color=colour, marker="o", markersize=3)
    panel.plot(shown, data["linear"], color=EXACT, linestyle="--", linewidth=1)
    panel.plot(shown, data["least_squares"], color=GREEN, linewidth=1.2)
    panel.set(xlim=(0, shown[-1] * 1.38), ylim=(-0.02, max(1.15, data["shifted"].mean(0).max() * 1.05)))
    panel.set_xticks(shown[:: max(1, shown.size // 10)])
    panel.set(xlabel="examples seen before the query", ylabel="risk / variance of the answers")
    label_lines(
        panel,
        shown[-1],
        [
            (data["risks"].mean(0)[-1], "transformers", BLUE),
            (data["shifted"].mean(0)[-1], f"inputs times {transformer.settings.get('shift', 2.0):g}", VERMILION),
            (data["linear"][-1], "best of linear attention", EXACT),
            (data["least_squares"][-1], "least squares", GREEN),
        ],
    )
    told = {name: value.format(interval=False) for name, value in values.items()}
    alt = (
        f"Risk over the number of examples in the prompt, from 0 to {shown[-1]}, relative to the answers' variance. "
        f"The transformers begin at {told['first_risk']}, are at {told['square_risk']} with as many examples as "
        f"dimensions and end at {told['risk']}; on inputs in other units they end at {told['shifted_risk']}. "
        f"One layer of linear attention ends at {told['risk_linear']} at best (dashed), least squares at "
        f"{told['risk_least_squares']}."
    )
    return figure, alt
