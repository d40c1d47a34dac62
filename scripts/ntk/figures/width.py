"""What falls with width in the usual scaling, and what does not fall in mean-field scaling."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, PURPLE, VERMILION, band, canvas, label_line, label_lines
from scripts.maths.statistics import mean_intervals

READS = ["ntk.width"]
LINES = (  # name in the artifact, label, colour
    ("init", "kernel at the\nstart from limit", BLUE),
    ("linearised", "network from\nlinearisation", GREEN),
    ("kernel", "kernel from\nits start", VERMILION),
    ("weight", "weights from\ntheir start", PURPLE),
)
PANELS = (("Usual scaling", "", LINES, -0.5), ("Mean-field scaling", "meanfield_", LINES[1:], 0.0))  # theory's slope
HEIGHTS = (0.01, 0.03, 0.1, 0.3, 1)


def draw(width: Artifact) -> tuple[Figure, str]:
    """Draw relative distances over the width in both scalings, theory's slope dashed."""
    data, values = width.arrays(), width.values
    figure, panels = canvas(1, 2, height=3.3, sharey=True)
    drawn = [data[prefix + name].mean(1) for _, prefix, lines, _ in PANELS for name, _, _ in lines]
    for panel, (title, prefix, lines, slope) in zip(panels, PANELS, strict=True):
        panel.set(xscale="log", yscale="log", xlabel="width", title=title)
        panel.set(xlim=(data["widths"][0] / 1.15, data["widths"][-1]), ylim=(np.min(drawn) / 1.8, np.max(drawn) * 2.4))
        _plain_ticks(panel, data["widths"])
        _draw_lines(panel, data, prefix, lines)
        _draw_theory(panel, data["widths"], slope)
    panels[0].set_ylabel("relative distance")
    return figure, _alt(values)


def _draw_lines(panel: Axes, data: dict[str, np.ndarray], prefix: str, lines: tuple[tuple[str, str, str], ...]) -> None:
    """Draw means over seeds with their intervals."""
    ends = []
    for name, label, colour in lines:
        mean, low, high = mean_intervals(data[prefix + name])
        band(panel, data["widths"], np.maximum(low, mean / 10), high, colour)
        panel.plot(data["widths"], mean, color=colour, marker="o")
        ends.append((mean[-1], label, colour))
    label_lines(panel, data["widths"][-1], ends, gap=0.14)


def _draw_theory(panel: Axes, widths: np.ndarray, slope: float) -> None:
    """Draw theory's slope near the upper edge, away from what was measured."""
    across = np.array([widths[0], widths[-1]], dtype=float)
    height = panel.get_ylim()[1] / 1.5 * (across / across[0]) ** slope
    panel.plot(across, height, color=EXACT, linestyle="--", linewidth=1)
    text = "slope −½" if slope else "slope 0"
    middle = float(np.sqrt(across.prod()))
    label_line(panel, middle, float(np.sqrt(height.prod())), text, EXACT, offset=(0, 4), va="bottom")


def _plain_ticks(panel: Axes, widths: np.ndarray) -> None:
    for axis, places in ((panel.xaxis, widths), (panel.yaxis, HEIGHTS)):
        axis.set_major_locator(FixedLocator(places))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))


def _alt(values: dict) -> str:
    names = (("init", "the kernel at the start from its limit"), ("kernel", "the kernel from its start"))
    names += (("linearised", "the trained network from its linearisation"), ("weight", "the weights from their start"))
    slopes = "; ".join(f"{text} {values[f'{name}_slope'].format()}" for name, text in names)
    return (
        "Relative distances against width, both logarithmic, beside dashed lines with theory's slope. In the usual "
        f"scaling the slopes are: {slopes}. In mean-field scaling the kernel's change has slope "
        f"{values['meanfield_kernel_slope'].format()}, and is {values['meanfield_kernel_widest'].format()} of the "
        f"kernel itself at the largest width, against {values['kernel_widest'].format()} in the usual scaling."
    )
