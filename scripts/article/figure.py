"""Draw one figure as a stage: `python -m scripts.article.figure geometry.warp --inputs … --svg …`.

A figure is a module `scripts/<section>/figures/<name>.py` with a list `READS` of the experiments it reads and a
function `draw` from their artifacts to a matplotlib figure and its alternative text.
"""

from __future__ import annotations

import argparse
import importlib
import io
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.article.artifacts import RESULTS, load_artifact, read_sealed, sealed, sha256, to_json, write_atomically
from scripts.article.errors import ArticleError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORTEST_ALTERNATIVE = 40


@dataclass(frozen=True)
class Drawing:
    """Hold a figure as read back from disk."""

    identifier: str
    stage: str
    alt: str
    digest: str
    module: str
    path: Path
    sha256: str
    inputs: dict[str, str]


def figure_module(identifier: str) -> str:
    """Return the module that draws a figure."""
    section, name = identifier.split(".")
    return f"scripts.{section}.figures.{name}"


def figure_path(identifier: str) -> Path:
    """Return where a figure's SVG lies."""
    section, name = identifier.split(".")
    return RESULTS / section / "figures" / f"{name}.svg"


def figures_of(section: str) -> list[str]:
    """Return the ids of a section's figures, by its files."""
    files = sorted(Path("scripts", section, "figures").glob("*.py"))
    return [f"{section}.{file.stem}" for file in files if not file.stem.startswith("_")]


def draw_figure(identifier: str, inputs: Sequence[Path], *, digest: str, svg: Path) -> None:
    """Draw a figure and write it with its alternative text.

    Raises:
        ArticleError: the alternative text is missing or too short to tell the figure's message.
    """
    module = importlib.import_module(figure_module(identifier))
    artifacts = [load_artifact(path) for path in inputs]
    figure, alt = module.draw(*artifacts)
    if not isinstance(alt, str) or len(alt.strip()) < SHORTEST_ALTERNATIVE:
        raise ArticleError(
            f"{module.__file__}: figure {identifier}: alternative text is {alt!r}, "
            f"expected at least {SHORTEST_ALTERNATIVE} characters that tell its message"
        )
    picture = to_svg(figure)
    record = {
        "figure": identifier,
        "alt": " ".join(alt.split()),
        "digest": digest,
        "module": figure_module(identifier),
        "inputs": {str(artifact.path): artifact.sha256 for artifact in artifacts},
        "sha256": sha256(picture.encode()),
    }
    about = svg.with_suffix(".json")
    about.unlink(missing_ok=True)
    write_atomically(svg, picture)
    write_atomically(about, to_json(sealed(record)))


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG that depends on nothing but the figure: no date, fixed ids."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, dpi=200)
    text = re.sub(r"<!DOCTYPE.*?>\s*", "", buffer.getvalue(), count=1, flags=re.DOTALL)
    text = re.sub(r'\bd="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), text)  # 1/100 pt is enough
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def load_drawing(identifier: str) -> Drawing:
    """Read a figure's record and check that its picture is the one that was drawn.

    Raises:
        ArticleError: a file is missing, incomplete or altered.
    """
    svg = figure_path(identifier)
    about = svg.with_suffix(".json")
    data: dict[str, Any] = read_sealed(about)
    for key in ("alt", "digest", "module", "inputs", "sha256"):
        if not data.get(key):
            raise ArticleError(f"{about}: key {key!r} is missing or empty; delete the file and run again")
    if not svg.is_file():
        raise ArticleError(f"{svg}: no such file, expected the figure {identifier}; run snakemake again")
    if sha256(svg.read_bytes()) != data["sha256"]:
        raise ArticleError(f"{svg}: altered after it was drawn (sha256 differs from {about}); delete it, run again")
    return Drawing(
        identifier=identifier,
        stage=figure_module(identifier).removeprefix("scripts."),
        alt=data["alt"],
        digest=data["digest"],
        module=data["module"],
        path=svg,
        sha256=data["sha256"],
        inputs=data["inputs"],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the figure that the command line names."""
    parser = argparse.ArgumentParser(description="Draw one figure.")
    parser.add_argument("figure", help="its id, section.name")
    parser.add_argument("--inputs", type=Path, nargs="+", required=True, help="the artifacts it reads (.json)")
    parser.add_argument("--digest", required=True, help="the stage's digest, stored beside the figure")
    parser.add_argument("--svg", type=Path, required=True, help="where the figure goes")
    given = parser.parse_args(arguments)
    try:
        draw_figure(given.figure, given.inputs, digest=given.digest, svg=given.svg)
    except ArticleError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
