"""Four learners in four worlds: accuracy off the training set against its size."""

from matplotlib.figure import Figure

from scripts.article.artifacts import Artifact
from scripts.article.style import BLUE, EXACT, GREEN, PURPLE, VERMILION, canvas

READS = ["functions.freelunch"]
TITLES = {"all": "any function", "threshold": "threshold functions", "one_bit": "one bit", "parity": "parities"}
STYLES = {
    "majority": ("majority", PURPLE, "o"),
    "nearest": ("nearest neighbour", GREEN, "s"),
    "tree": ("decision tree", VERMILION, "^"),
    "logistic": ("logistic regression", BLUE, "D"),
}


def draw(freelunch: Artifact) -> tuple[Figure, str]:
    """Draw one panel a family of functions, one line a learner; a coin's accuracy dashed."""
    data, values = freelunch.arrays(), freelunch.values
    figure, panels = canvas(1, len(TITLES), height=2.7, sharey=True)
    for panel, family, scores in zip(panels, data["families"], data["accuracy"], strict=True):
        for learner, line in zip(data["learners"], scores, strict=True):
            _, colour, marker = STYLES[str(learner)]
            panel.plot(data["sizes"], line, color=colour, marker=marker, linewidth=1.3, markersize=3.5)
        panel.axhline(0.5, color=EXACT, linewidth=1, linestyle="--", zorder=1)
        panel.set_title(TITLES[str(family)], loc="center")
        panel.set(xlim=(0.5, data["sizes"].max() + 0.5), ylim=(-0.03, 1.03), xticks=data["sizes"])
    for row, (name, colour, _) in enumerate(STYLES.values()):
        panels[0].text(
            0.05, 0.96 - 0.075 * row, name, color=colour, fontsize=8, va="top", transform=panels[0].transAxes
        )
    panels[0].text(0.05, 0.44, "a coin", fontsize=8, va="top", transform=panels[0].transAxes)
    panels[0].set_ylabel("accuracy on unseen inputs")
    figure.supxlabel(f"examples seen, out of {2 ** freelunch.settings.get('bits', 3)} inputs", fontsize=9)
    told = {name: value.format() for name, value in values.items()}
    alt = (
        f"Four panels. Over all {told['functions']} functions the four learners lie on one flat line at "
        f"{told['off_training']}, at every size. With {freelunch.settings.get('size', 4)} inputs seen, "
        f"they reach {told['threshold_lowest']} to {told['threshold_highest']} on threshold functions, "
        f"{told['one_bit_lowest']} to {told['one_bit_highest']} on functions of one bit, and "
        f"{told['parity_lowest']} to {told['parity_highest']} on parities."
    )
    return figure, alt
