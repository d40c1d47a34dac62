"""How often each method's 95 % intervals hold the outcome, and beside it how wide they are."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, FAINT, GREEN, INK, PAPER, PURPLE, VERMILION, canvas
from scripts.article.values import Value
from scripts.maths.statistics import LEVEL

READS = ["bayesian.coverage"]
ROWS = (  # method, name, colour, False for a variant that is drawn hollow
    ("plain", "one net", FAINT, True),
    ("dropout_epistemic", "dropout, bare", VERMILION, True),
    ("dropout_noise", "dropout with noise", VERMILION, True),
    ("ensemble_free", "ensemble, no decay", GREEN, False),
    ("ensemble", "ensemble", GREEN, True),
    ("laplace_last_layer", "Laplace, last layer", BLUE, False),
    ("laplace", "Laplace", BLUE, True),
    ("bayesian_ridge", "Bayesian ridge", PURPLE, True),
    ("conformal", "conformal", INK, True),
)
PER_CENT = 100.0
TICKS = (0.1, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98)
EDGES = (0.002, 0.994)  # a logit axis has no room for 0 and 1


def draw(coverage: Artifact) -> tuple[Figure, str]:
    """Draw coverage with its interval on the left and mean width on the right, one row a method."""
    values = coverage.values
    figure, (left, right) = canvas(1, 2, height=3.2, sharey=True, width_ratios=(1.35, 1))
    heights = [-float(row) for row in range(len(ROWS))]
    for height, (name, _, colour, filled) in zip(heights, ROWS, strict=True):
        _point(left, values[name], height, colour, EDGES, filled=filled)
        _point(right, values[f"{name}_width"], height, colour, (0, np.inf), filled=filled)
    left.axvline(LEVEL, color=EXACT, linestyle="--", linewidth=1, zorder=0)
    left.set_yticks(heights, [label for _, label, _, _ in ROWS])
    least = min(min(values[name].value for name, *_ in ROWS) - 0.1, 0.25)
    left.set(xscale="logit", xlim=(max(least, EDGES[0]), EDGES[1]), ylim=(heights[-1] - 0.6, 0.6))
    left.xaxis.set_major_locator(FixedLocator(TICKS))
    left.xaxis.set_minor_locator(NullLocator())
    left.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{PER_CENT * share:g}"))
    left.set(xlabel="fresh patients inside, %", title=f"Coverage of {PER_CENT * LEVEL:g} % intervals")
    right.set(xlim=(0, None), xlabel="points of progression", title="Mean width")
    for panel in (left, right):
        panel.tick_params(axis="y", length=0)
        panel.hlines(heights, *panel.get_xlim(), color=FAINT, linewidth=0.3, alpha=0.5, zorder=0)
    return figure, _alt(values)


def _point(panel: Axes, value: Value, height: float, colour: str, room: tuple[float, float], *, filled: bool) -> None:
    middle, low, high = np.clip([value.value, value.low, value.high], *room)
    panel.plot([low, high], [height, height], color=colour, linewidth=1.4)
    panel.plot(middle, height, "o", color=colour, markersize=6, markerfacecolor=colour if filled else PAPER)


def _alt(values: dict[str, Value]) -> str:
    rows = [
        f"{label} {PER_CENT * values[name].value:.1f} % at a width of {values[f'{name}_width'].format(interval=False)}"
        for name, label, _, _ in ROWS
    ]
    expected = PER_CENT * values["conformal_expected"].value
    return (
        "One row a method: left, on an axis stretched near 100 %, the share of fresh patients whose outcome lies "
        f"within the {PER_CENT * LEVEL:g} % interval, mean over {values['conformal'].n} splits, beside a dashed line "
        f"at {PER_CENT * LEVEL:g} %; right, the intervals' mean width. {'; '.join(rows)}. In theory conformal "
        f"intervals hold {expected:.1f} %."
    )
