"""Wide networks after training from many starts: their functions, and how much these differ, by width."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, VERMILION, canvas, label_lines

READS = ["ntk.predictable"]
KINDS = (("usual", "as drawn", VERMILION), ("centred", "start subtracted", BLUE))
REACH = 1.96  # standard deviations on either side


def draw(predictable: Artifact) -> tuple[Figure, str]:
    """Draw functions of the widest networks less the mean of infinite width, and the spread of all widths."""
    data, values = predictable.arrays(), predictable.values
    figure, panels = canvas(1, 3, height=2.5, width_ratios=(1, 1, 1.45))
    width = data["widths"][-1]
    rest = {name: data[f"shown_{name}"] - data["law_mean"] for name, _, _ in KINDS}
    reach = {"usual": REACH * data["law_deviation"], "centred": np.zeros_like(data["law_mean"])}
    top = 1.4 * max(np.abs(rows).max() for rows in (*rest.values(), *reach.values()))
    for panel, (name, title, colour) in zip(panels, KINDS, strict=False):
        _functions(panel, data, rest[name], reach[name], colour)
        panel.set_title(title.capitalize())
        panel.set(ylim=(-top, top))
        panel.yaxis.set_major_locator(MaxNLocator(4, symmetric=True))
    panels[0].set(ylabel="function − limit's mean")
    panels[0].text(180, top, "dashed: infinite width", fontsize=8, color=EXACT, ha="center", va="top")
    panels[1].text(180, top, f"width {width}", fontsize=8, color=BLUE, ha="center", va="top")
    panels[1].tick_params(labelleft=False)
    _by_width(panels[2], data, values["spread_limit"].value)
    alt = (
        f"Functions of {len(rest['usual'])} trained networks of width {width} around a circle, less the mean that "
        "theory gives for infinite width. With the start as drawn, they wave between the training points, beside a "
        "dashed band that holds 95 % of functions at infinite width; with the start subtracted, theory leaves no band. "
        f"Right, the standard deviation over starts against width, both logarithmic: at width {width} it is "
        f"{values['spread_widest'].format()} as drawn, where infinite width has {values['spread_limit'].format()}, and "
        f"{values['centred_spread_widest'].format()} with the start subtracted. The slopes are "
        f"{values['spread_slope'].format()} and {values['centred_spread_slope'].format()}."
    )
    return figure, alt


def _functions(panel: Axes, data: dict[str, np.ndarray], rest: np.ndarray, reach: np.ndarray, colour: str) -> None:
    angles = np.degrees(data["angles"])
    for function in rest:
        panel.plot(angles, function, color=colour, linewidth=0.7)
    for edge in (-reach, reach):
        panel.plot(angles, edge, color=EXACT, linestyle="--", linewidth=1)
    panel.vlines(np.degrees(data["points"]), 0, 0.05, color=EXACT, linewidth=1.2, transform=panel.get_xaxis_transform())
    panel.set(xlabel="angle, degrees", xlim=(0, 360), xticks=[0, 180, 360])


def _by_width(panel: Axes, data: dict[str, np.ndarray], limit: float) -> None:
    widths, ends = data["widths"], []
    spreads = {name: data[f"spread_{name}"] for name, _, _ in KINDS}
    for name, title, colour in KINDS:
        value, low, high = spreads[name].T
        panel.errorbar(widths, value, (value - low, high - value), color=colour, marker="o", elinewidth=0.8)
        ends.append((value[-1], title, colour))
    panel.plot(widths[[0, -1]], [limit, limit], color=EXACT, linestyle="--", linewidth=1)
    values = np.concatenate([rows[:, 0] for rows in spreads.values()])
    panel.set(xscale="log", yscale="log", xlabel="width", title="Spread over starts")
    panel.set(xlim=(0.8 * widths[0], 5.5 * widths[-1]), ylim=(0.6 * values.min(), 1.7 * values.max()))
    shown = widths[:: 2 if len(widths) > 3 else 1]
    panel.set_xticks(shown, [str(width) for width in shown])
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_minor_locator(NullLocator())
    label_lines(panel, 1.1 * widths[-1], ends, gap=0.1)
