"""Figures: drawn as a stage, kept as SVG with a record beside it.

A figure is a module `scripts/<section>/figures/<name>.py` with a list `READS` of the experiments it reads and a
function `draw` from their artifacts to a matplotlib figure and its alternative text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.article.artifacts import (
    RESULTS,
    artifact_path,
    load_artifact,
    read_sealed,
    sealed,
    sha256,
    to_json,
    write_atomically,
)
from scripts.article.errors import ArticleError
from scripts.article.recipe import Recipe
from scripts.article.svg import compact

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORTEST_ALTERNATIVE = 40


@dataclass(frozen=True)
class Drawing:
    """Hold a figure as read back from disk."""

    identifier: str
    alt: str
    recipe: Recipe
    path: Path
    sha256: str
    inputs: dict[str, str]

    @property
    def module(self) -> str:
        """Return the module that drew it."""
        return figure_module(self.identifier)

    @property
    def stage(self) -> str:
        """Return the name of its stage."""
        return self.module.removeprefix("scripts.")


def figure_module(identifier: str) -> str:
    """Return the module that draws a figure."""
    section, name = identifier.split(".")
    return f"scripts.{section}.figures.{name}"


def figure_path(identifier: str) -> Path:
    """Return where a figure's SVG lies."""
    section, name = identifier.split(".")
    return RESULTS / section / "figures" / f"{name}.svg"


def figure_files(identifier: str) -> tuple[Path, Path]:
    """Return a figure's SVG and the record beside it."""
    svg = figure_path(identifier)
    return svg, svg.with_suffix(".json")


def figures_of(section: str) -> list[str]:
    """Return the ids of a section's figures, by its files."""
    files = sorted(Path("scripts", section, "figures").glob("*.py"))
    return [f"{section}.{file.stem}" for file in files if not file.stem.startswith("_")]


def draw_figure(identifier: str, draw: Callable[..., tuple[Figure, str]], recipe: Recipe, reads: Sequence[str]) -> None:
    """Draw a figure and write it with its alternative text.

    Args:
        identifier: its id, `section.name`.
        draw: from the artifacts it reads to a figure and its alternative text.
        recipe: what it depends on.
        reads: the experiments that it reads.

    Raises:
        ArticleError: the alternative text is missing or too short to tell the figure's message.
    """
    artifacts = [load_artifact(artifact_path(name)) for name in reads]
    figure, alt = draw(*artifacts)
    if not isinstance(alt, str) or len(alt.strip()) < SHORTEST_ALTERNATIVE:
        raise ArticleError(
            f"{figure_module(identifier).replace('.', '/')}.py: figure {identifier}: alternative text is {alt!r}, "
            f"expected at least {SHORTEST_ALTERNATIVE} characters that tell its message"
        )
    picture = to_svg(figure)
    record = {
        "figure": identifier,
        "alt": " ".join(alt.split()),
        "recipe": recipe.plain(),
        "inputs": {artifact.path.as_posix(): artifact.sha256 for artifact in artifacts},
        "sha256": sha256(picture.encode()),
    }
    svg, about = figure_files(identifier)
    about.unlink(missing_ok=True)
    write_atomically(svg, picture)
    write_atomically(about, to_json(sealed(record)))


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG that depends on nothing but the figure: no date, fixed ids."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, dpi=200)
    return compact(buffer.getvalue())


def load_drawing(identifier: str) -> Drawing:
    """Read a figure's record and check that its picture is the one that was drawn.

    Raises:
        ArticleError: a file is missing, incomplete or altered.
    """
    svg, about = figure_files(identifier)
    data: dict[str, Any] = read_sealed(about)
    for key in ("alt", "recipe", "inputs", "sha256"):
        if not data.get(key):
            raise ArticleError(f"{about}: key {key!r} is missing or empty; delete the file and run again")
    if not svg.is_file():
        raise ArticleError(f"{svg}: no such file, expected the figure {identifier}; run snakemake again")
    if sha256(svg.read_bytes()) != data["sha256"]:
        raise ArticleError(f"{svg}: altered after it was drawn (sha256 differs from {about}); delete it, run again")
    recipe = Recipe.of(data["recipe"], where=str(about))
    return Drawing(identifier, data["alt"], recipe, svg, data["sha256"], data["inputs"])
