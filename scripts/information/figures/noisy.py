"""Codes with fixed noise and no penalty: what they tell about image and label over training, and over width."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, VERMILION, band, canvas
from scripts.article.values import Value
from scripts.maths.statistics import mean_intervals

READS = ["information.vib"]


def draw(vib: Artifact) -> tuple[Figure, str]:
    """Draw information over the steps of training; beside it, information and errors at the end over width."""
    data, values = vib.arrays(), vib.values
    figure, (time, width, wrong) = canvas(1, 3, height=2.8, width_ratios=(1.7, 1, 1))
    _draw_time(time, data, values)
    _draw_width(width, data, (("information", 1, BLUE), ("label_information", 1, GREEN)))
    width.axhline(values["label_entropy"].value, color=EXACT, linestyle="--", linewidth=1)
    width.set(title="At the end", ylim=time.get_ylim())
    _draw_width(wrong, data, (("error", 100, VERMILION),))
    wrong.set(title="Errors", ylabel="fresh images misread (%)")
    wrong.set_ylim(bottom=0)
    alt = (
        f"Left: information of the noisy code on the image over training: {values['noisy_start'].format()} before it, "
        f"{values['noisy_peak'].format()} at its highest, {values['noisy_end'].format()} at the end; on the label "
        f"{values['noisy_label_peak'].format()} at the same highest point and {values['noisy_label_end'].format()} at "
        f"the end. Middle and right: from {values['narrowest'].format()} to {values['widest'].format()} units before "
        f"the code, information on the image goes from {values['narrow_information'].format()} to "
        f"{values['wide_information'].format()}, errors on fresh images from {values['narrow_error'].format()} to "
        f"{values['wide_error'].format()}."
    )
    return figure, alt


def _draw_time(panel: Axes, data: dict[str, np.ndarray], values: dict[str, Value]) -> None:
    steps = np.maximum(data["steps"], 0.5)  # the start, on an axis that has no zero
    entropy = values["label_entropy"].value
    panel.axhline(entropy, color=EXACT, linestyle="--", linewidth=1)
    for name, colour in (("path", BLUE), ("label_path", GREEN)):
        mean, low, high = mean_intervals(data[name])
        panel.plot(steps, mean, color=colour)
        band(panel, steps, low, high, colour)
    top = data["path"].max()
    late = data["path"][steps >= steps[-1] / 20].max()
    low = data["label_path"][-1].min() - 0.04 * top
    for height, text, colour, side in (
        (late + 0.03 * top, "on the image", BLUE, "baseline"),
        (low, "on the label", GREEN, "top"),
        (entropy + 0.02 * top, "entropy of the label", EXACT, "bottom"),
    ):
        written = panel.text(steps[-1], height, text, color=colour, fontsize=8, ha="right", va=side)
        written.set_in_layout(False)  # where nets learn nothing it may lie outside the panel
    panel.set(xscale="log", ylim=(0, 1.12 * top), xlabel="step of training", ylabel="information of the code (nats)")
    powers = 10 ** np.arange(np.floor(np.log10(steps[-1])) + 1)
    panel.set_xticks([0.5, *powers], ["0", *(f"{power:.0f}" for power in powers)])
    panel.set_title("While it trains")
    panel.minorticks_off()


def _draw_width(panel: Axes, data: dict[str, np.ndarray], rows: tuple[tuple[str, float, str], ...]) -> None:
    widths = data["widths"]
    for name, scale, colour in rows:
        each = scale * data[f"wide_{name}"]
        mean, low, high = mean_intervals(each)
        panel.plot(
            np.repeat(widths, each.shape[1]),
            each.ravel(),
            ".",
            color=colour,
            alpha=0.25,
            markersize=3.5,
            rasterized=True,
        )
        panel.errorbar(widths, mean, [mean - low, high - mean], fmt="-o", color=colour, elinewidth=1.2, linewidth=1.2)
    panel.set(xscale="log", xlabel="units before the code")
    panel.set_xticks(widths, [str(width) for width in widths])
    panel.minorticks_off()
