"""Codes squeezed by a penalty: what they tell about image and label, and the gap between fresh and trained images."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, ORANGE, VERMILION, canvas, label_line
from scripts.article.values import Value, brief
from scripts.information.vib_values import slopes
from scripts.maths.statistics import mean_intervals

READS = ["information.vib"]
APART = 1  # nats between two points that both get their penalty written
GAPS = (
    ("gap", VERMILION, "o", "mean loss over the noise"),
    ("gap_averaged", ORANGE, "s", "loss of the mean prediction"),
)


def draw(vib: Artifact) -> tuple[Figure, str]:
    """Draw the information plane of the penalised codes, and the gap against the information."""
    data, values = vib.arrays(), vib.values
    figure, (plane, cloud) = canvas(1, 2, height=3.1)
    _draw_plane(plane, data, values)
    _draw_gaps(cloud, data, values, vib.settings["fitted"])
    ends = {end: values[f"information_{end}"].format(interval=False) for end in ("smallest", "largest")}
    fitted = values.get("gap_slope_fitted")
    among = f" Among penalties whose nets fit the images trained on it is {fitted.format()}." if fitted else ""
    alt = (
        f"Left: information on the label against information on the image, one point a penalty, from "
        f"{ends['smallest']} on the image at the smallest to {ends['largest']} at the largest. Points lie no "
        f"higher than two dashed limits: the information on the image, and the entropy of the label, "
        f"{values['label_entropy'].format(interval=False)}. Right: the gap in cross-entropy between fresh and "
        f"trained images against the information on the image; smallest penalty {values['gap_smallest'].format()}, "
        f"largest penalty with fitting nets {values['gap_tightest'].format()}, largest of all "
        f"{values['gap_largest'].format()}. The slope over all penalties is {values['gap_slope'].format()} nats a nat."
        f"{among}"
    )
    return figure, alt


def _draw_plane(panel: Axes, data: dict[str, np.ndarray], values: dict[str, Value]) -> None:
    information, top = data["information"].mean(1), values["label_entropy"].value
    end = values["ceiling"].value
    panel.plot([0, top, end], [0, top, top], color=EXACT, linestyle="--", linewidth=1)
    for name, colour, mark in (("label_information", GREEN, "s"), ("relevance", BLUE, "o")):
        mean, low, high = mean_intervals(data[name])
        panel.errorbar(information, mean, [mean - low, high - mean], fmt=f"-{mark}", color=colour, linewidth=1.2)
    written = np.inf
    for beta, x, y in zip(data["betas"], information, data["relevance"].mean(1), strict=True):
        if abs(written - x) >= APART:
            text = brief(beta).replace("1 × ", "")
            first = written == np.inf
            options = {"va": "top", "ha": "center" if x > end / 2 else "left", "offset": (3, -4)}
            if first:
                options |= {"ha": "right", "offset": (0, -9)}
            label_line(panel, x, y, f"β = {text}" if first else text, EXACT, **options)
            written = x
    panel.text(end, top + 0.05, "limits", fontsize=8, color=EXACT, va="bottom", ha="right")
    panel.text(end, 0.42 * top, "$I(Y;Z)$, exact density", fontsize=8, color=GREEN, va="bottom", ha="right")
    panel.text(end, 0.32 * top, "read by the decoder", fontsize=8, color=BLUE, va="bottom", ha="right")
    panel.set(xlim=(-0.4, end + 0.6), ylim=(-0.2, top + 0.35))
    panel.set(xlabel="information on the image (nats)", ylabel="information on the label (nats)")
    panel.set_title("Squeezed by the penalty β")


def _draw_gaps(panel: Axes, data: dict[str, np.ndarray], values: dict[str, Value], fitted: float) -> None:
    information, end = data["information"], values["ceiling"].value
    fits = data["error_trained"].mean(1) < fitted
    panel.axhline(0, color=FAINT, linewidth=0.6)
    panel.plot(
        information.ravel(), data["gap"].ravel(), ".", color=VERMILION, alpha=0.25, markersize=3.5, rasterized=True
    )
    height = data["gap"].max()
    for name, colour, mark, _ in GAPS:
        mean, low, high = mean_intervals(data[name])
        height = max(height, high.max())
        panel.errorbar(information.mean(1), mean, [mean - low, high - mean], fmt=mark, color=colour, elinewidth=1.2)
    for chosen, style, title in ((np.ones_like(fits), "-", "over all penalties"), (fits, ":", "where nets fit")):
        if chosen.sum() > 1:
            _draw_slope(panel, information[chosen], data["gap"][chosen], style, title)
    panel.legend(loc="lower right", bbox_to_anchor=(1, 0.06))
    for row, (_, colour, _, title) in enumerate(GAPS):
        panel.text(end, (1.24 - 0.09 * row) * height, title, fontsize=8, color=colour, va="top", ha="right")
    panel.set(xlim=(-0.4, end + 0.6), ylim=(-0.05 * height, 1.3 * height))
    panel.set(xlabel="information on the image (nats)", ylabel="cross-entropy, fresh − trained (nats)")
    panel.set_title("Gap")


def _draw_slope(panel: Axes, information: np.ndarray, gap: np.ndarray, style: str, title: str) -> None:
    ends = np.array([information.mean(1).min(), information.mean(1).max()])
    line = gap.mean() + slopes(information, gap).mean() * (ends - information.mean())
    panel.plot(ends, line, style, color=VERMILION, linewidth=1.2, label=title)
