"""What an exact fit costs: random features, least squares beside its closed form, the tangent kernel by ridge."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, VERMILION, band, canvas, label_line
from scripts.article.values import Value
from scripts.maths.ridgeless import isotropic_risk
from scripts.maths.statistics import mean_intervals

READS = ["ntk.predictable"]
COLOURS = VERMILION, BLUE  # what may go wrong, and its cure
CURVE = 40  # points of a branch of the closed form


def draw(predictable: Artifact) -> tuple[Figure, str]:
    """Draw the double descent of random features, that of least squares, and the error of the kernel by its ridge."""
    data, values, settings = predictable.arrays(), predictable.values, predictable.settings
    figure, panels = canvas(1, 3, height=2.6)
    _features(panels[0], data, settings["feature_points"])
    _least_squares(panels[1], data, settings)
    _ridges(panels[2], data, settings["ridges"])
    return figure, _alt(values)


def _features(panel: Axes, data: dict[str, np.ndarray], points: int) -> None:
    ratios = data["counts"] / points
    lines = {name: mean_intervals(data[f"features_{name}"].T) for name in ("wrong", "tuned")}
    for (value, low, high), colour in zip(lines.values(), COLOURS, strict=True):
        band(panel, ratios, low, high, colour)
        panel.plot(ratios, value, color=colour)
    panel.axvline(1, color=FAINT, linewidth=0.8, linestyle=":")
    top, limit = lines["wrong"][0].max(), data["features_limit"].mean()
    label_line(panel, 1, top, "no ridge", COLOURS[0], offset=(9, 0))
    label_line(panel, ratios[0], limit, "dashed: infinitely many", EXACT, offset=(0, -8))
    label_line(panel, ratios[0], limit, "tuned", COLOURS[1], offset=(0, 9))
    panel.axhline(limit, color=EXACT, linestyle="--", linewidth=1)
    panel.set(xscale="log", yscale="log", xlabel="features / images", ylabel="share wrong", title="Random features")
    panel.set(ylim=(0.65 * limit, 1.2 * top))
    plain_ticks(panel.xaxis, (1,))
    plain_ticks(panel.yaxis, (1, 2, 5))


def _least_squares(panel: Axes, data: dict[str, np.ndarray], settings: dict) -> None:
    ratios = data["dimensions"] / settings["ridgeless_points"]
    value, low, high = mean_intervals(data["ridgeless_risks"].T)
    panel.errorbar(
        ratios, value, (value - low, high - value), color=COLOURS[0], marker="o", linestyle="", elinewidth=0.8
    )
    for branch in (ratios[ratios < 1], ratios[ratios > 1]):
        if len(branch):
            fine = np.geomspace(branch[0], branch[-1], CURVE)
            risk = isotropic_risk(fine, signal=settings["signal"], noise=settings["noise"])
            panel.plot(fine, risk, color=EXACT, linestyle="--", linewidth=1)
    panel.axvline(1, color=FAINT, linewidth=0.8, linestyle=":")
    panel.set(xscale="log", yscale="log", xlabel="dimensions / points", ylabel="risk", title="Least squares")
    panel.set(ylim=(0.7 * value.min(), 1.6 * value.max()))
    plain_ticks(panel.xaxis, (1, 2, 5))
    plain_ticks(panel.yaxis, (1, 3))


def _ridges(panel: Axes, data: dict[str, np.ndarray], ridges: list[float]) -> None:
    names = ("with flips", "without")
    for kind, name, colour, above in zip(("noisy", "clean"), names, COLOURS, (7, -8), strict=True):
        value, low, high = mean_intervals(data[f"kernel_squared_{kind}"].T)
        panel.axhline(value[0], color=EXACT, linewidth=1, linestyle="--")
        band(panel, ridges, low[1:], high[1:], colour)
        panel.plot(ridges, value[1:], color=colour)
        label_line(panel, ridges[0], value[0], name, colour, offset=(0, above))
    panel.set(xscale="log", xlabel="ridge / mean diagonal", ylabel="squared error", title="Tangent kernel")
    label_line(panel, ridges[0], 0.015, "dashed: no ridge", EXACT, offset=(0, 0))
    panel.set(ylim=(0, None))
    panel.xaxis.set_minor_locator(NullLocator())


def plain_ticks(axis: Axis, marks: tuple[int, ...]) -> None:
    """Mark these leading digits on a logarithmic axis, written as plain numbers."""
    axis.set_major_locator(LogLocator(subs=marks))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_locator(NullLocator())


def _alt(values: dict[str, Value]) -> str:
    told = {name: value.format() for name, value in values.items()}
    return (
        "Three panels. Left, the share of wrong answers of models on random features, against features per image: "
        f"{told['features_few']} with the fewest features, {told['features_peak']} with as many as images, "
        f"{told['features_widest']} with the most; with a chosen ridge {told['features_tuned_peak']} and "
        f"{told['features_tuned_widest']} at the latter two. Middle, the risk of least squares against dimensions per "
        "point; its closed form, dashed, grows without bound towards one. Right, the squared error of the tangent "
        f"kernel against its ridge: to fit flipped labels exactly costs {told['noise_cost']} over the chosen ridge, "
        f"without flips {told['clean_cost']}."
    )
