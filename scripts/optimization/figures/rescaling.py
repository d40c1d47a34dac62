"""Dinh's reparametrisation: one function, at weights where the loss is as sharp as one likes."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, INK, VERMILION, band, canvas, label_line
from scripts.maths.statistics import mean_intervals

READS = ["optimization.sharpness"]
HIGHEST = 25  # times the loss at the middle: how far up the valley is drawn


def draw(sharpness: Artifact) -> tuple[Figure, str]:
    """Draw the loss along the sharpest direction, the outputs, and the sharpness, before and after rescaling."""
    data, values = sharpness.arrays(), sharpness.values
    factor = values["rescaled_factor"].value
    figure, (valley, same, curve) = canvas(1, 3, height=2.6, width_ratios=(1.1, 0.9, 1))
    level = values["level"].value
    reach, height = data["distances"][-1], HIGHEST * level
    for losses, colour in zip(data["line"][..., 0], (BLUE, VERMILION), strict=True):
        valley.plot(data["distances"], losses, color=colour)
    side = data["distances"] > 0
    right = np.interp(0.35 * height, data["line"][0, side, 0], data["distances"][side])
    label_line(valley, right, 0.35 * height, "α = 1", BLUE)
    label_line(valley, 0, 0.7 * height, f"α = {factor:g}", VERMILION, ha="center", offset=(0, 0))
    valley.set(xlim=(-reach, reach), ylim=(0, height), xlabel="along the sharpest direction")
    valley.set(xticks=(-reach, 0, reach), ylabel="training loss, one net", title="The valley")
    before, after = (outputs.ravel() for outputs in data["outputs"])
    ends = [1.1 * before.min(), 1.1 * before.max()]
    same.plot(ends, ends, color=FAINT, linewidth=0.8)
    same.plot(before, after, ".", color=INK, markersize=2, rasterized=True)
    same.set(xlabel="output, α = 1", ylabel=f"output, α = {factor:g}", title="The function")
    same.set(xlim=ends, ylim=ends)
    factors = data["factors"]
    mean, low, high = mean_intervals(data["rescaled_sharpness"])
    curve.plot(factors, data["rescaled_bound"].mean(1), color=EXACT, linewidth=1, linestyle="--")
    band(curve, factors, low, high, BLUE)
    curve.plot(factors, mean, "o-", color=BLUE)
    curve.set(xscale="log", yscale="log", xlabel="factor α", ylabel="largest eigenvalue λ", title="Its sharpness")
    for axis, ticks in ((curve.xaxis, (0.1, 0.2, 0.5, 1, 2, 5, 10)), (curve.yaxis, (1, 2, 5, 10, 20, 50, 100, 200))):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    alt = (
        f"Three panels. The first layer of a ReLU network is multiplied by α and the next divided by it. Left, the "
        f"training loss along the sharpest direction of one net, before and after α = {factor:g}. Middle, the net's "
        f"outputs on fresh digits before and after; no output of any net moves by more than "
        f"{values['rescaled_function_change'].format()}. Right, the largest eigenvalue of the Hessian against α, with "
        f"an exact lower bound; α = {factor:g} multiplies it by {values['rescaled_sharpness_ratio'].format()}."
    )
    return figure, alt
