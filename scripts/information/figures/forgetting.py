"""What deep linear networks tell about relevant and irrelevant inputs, over training and over the noise."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, FAINT, GREEN, VERMILION, band, canvas, label_lines
from scripts.article.values import Value
from scripts.maths.statistics import mean_intervals

READS = ["information.gaussian"]
NETS = (("", "wide", BLUE), ("_decay", "decay", VERMILION), ("_narrow", "narrow", GREEN))
RELEVANT, IRRELEVANT = 1, 2  # rows of the artifact's information


def draw(gaussian: Artifact) -> tuple[Figure, str]:
    """Draw information about relevant and irrelevant inputs over training, and the latter's ratio over the noise."""
    data, values = gaussian.arrays(), gaussian.values
    figure, (relevant, irrelevant, noise) = canvas(1, 3, height=2.75)
    at = gaussian.settings["noises"].index(gaussian.settings["noise"])
    ends = _draw_course(relevant, data, RELEVANT, at)
    label_lines(relevant, float(data["steps"][-1]), ends)
    relevant.set(title="About relevant inputs", ylabel="information, nats")
    _draw_course(irrelevant, data, IRRELEVANT, at)
    irrelevant.set(title="About irrelevant ones")
    _draw_noise(noise, data, gaussian.settings["noise"])
    return figure, _alternative(values)


def _draw_course(panel: Axes, data: dict[str, np.ndarray], kind: int, at: int) -> list[tuple[float, str, str]]:
    """Draw one kind of information over training, and return where each line ends, with its name and colour."""
    ends = []
    for name, text, colour in NETS:
        steps, rows = data[f"steps{name}"], data[f"information{name}"][kind, :, at]
        mean, low, high = mean_intervals(rows)
        band(panel, steps, low, high, colour)
        panel.plot(steps, mean, color=colour)
        ends.append((float(mean[-1]), text, colour))
    panel.set_xscale("symlog", linthresh=1, linscale=0.4)
    panel.set(xlabel="step of training", xlim=(0, steps[-1]), ylim=(0, None))
    ticks = [0, *(10**power for power in range(5) if 10**power <= steps[-1])]
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.minorticks_off()
    return ends


def _draw_noise(panel: Axes, data: dict[str, np.ndarray], headline: float) -> None:
    noises, ends = data["noises"], []
    panel.axvline(headline, color=FAINT, linewidth=0.8)
    panel.axhline(1, color=FAINT, linewidth=0.8)
    for name, text, colour in NETS:
        found = data[f"information{name}"][IRRELEVANT]
        value, low, high = np.exp(mean_intervals(np.log(found[-1] / found[0])))
        panel.errorbar(noises, value, [value - low, high - value], fmt="o-", color=colour, linewidth=1, elinewidth=1.2)
        ends.append((float(value[-1]), text, colour))
    panel.set(xscale="log", yscale="log", xlabel="noise on the layer", title="Irrelevant, after/before")
    label_lines(panel, float(noises[-1]), ends)


def _alternative(values: dict[str, Value]) -> str:
    told = [
        f"{text}: relevant from {values[f'relevant_before{name}'].format(interval=False)} to "
        f"{values[f'relevant_after{name}'].format(interval=False)}, irrelevant from "
        f"{values[f'irrelevant_before{name}'].format(interval=False)} to "
        f"{values[f'irrelevant_after{name}'].format(interval=False)}, a ratio of "
        f"{values[f'irrelevant_ratio{name}'].format()}"
        for name, text, _ in NETS
    ]
    return (
        f"What the noisy last hidden layer of three kinds of deep linear network tells about relevant and about "
        f"irrelevant inputs, over the steps of training, in nats. {'; '.join(told)}. Right: that ratio over the noise."
    )
