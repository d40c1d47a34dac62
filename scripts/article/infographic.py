"""The infographic, drawn as a stage from the miniatures of the sections and the verdicts of all claims."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from scripts.article.agreement import settled
from scripts.article.artifacts import (
    Artifact,
    artifact_path,
    load_artifact,
    sealed,
    sha256,
    to_json,
    values_by_id,
    write_atomically,
)
from scripts.article.claims import decide_claims, load_claims
from scripts.article.criteria import VERDICTS
from scripts.article.errors import ArticleError
from scripts.article.figure import to_svg
from scripts.article.miniatures import CARD_FILE, NARROW_FILE, RECORD, WIDE_FILE, claims_sources, miniature_module
from scripts.article.poster import CARD, CARD_DOTS, NARROW, WIDE, Panel, compose
from scripts.article.recipe import Recipe
from scripts.article.records import checksums
from scripts.article.style import PAPER

SHORTEST_CLAUSE = 20


Miniature = tuple[Callable[..., str], Sequence[str]]  # what draws it, and the experiments that it reads


def draw_infographic(recipe: Recipe, miniatures: Mapping[str, Miniature], experiments: Sequence[str]) -> None:
    """Draw the infographic and write it with its alternative text.

    Args:
        recipe: what it depends on; its settings are the article's title, its subtitle, its preset, and the names of its
            sections with their titles.
        miniatures: of each section that has one, the function that draws it and the experiments that it reads.
        experiments: all of the article; the claims are decided by their values.

    Raises:
        ArticleError: a miniature returns no alternative text, or a claim is not whole.
    """
    titles = dict(recipe.settings["sections"])
    sources = claims_sources(list(titles))
    artifacts = {name: load_artifact(artifact_path(name)) for name in experiments}
    verdicts = _verdicts(list(titles), artifacts, recipe.settings["preset"])
    panels = [
        Panel(
            section=section,
            title=title,
            number=number,
            draw=partial(_draw_miniature, section, miniatures[section], artifacts),
            verdicts=[verdict for name, verdict in verdicts.items() if name.startswith(f"{section}.")],
        )
        for number, (section, title) in enumerate(titles.items(), start=1)
        if section in miniatures
    ]
    words = recipe.settings["title"], recipe.settings["subtitle"]
    pictures: dict[Path, bytes] = {}
    for path, arrangement in ((WIDE_FILE, WIDE), (NARROW_FILE, NARROW)):
        figure, clauses = compose(panels, *words, arrangement)
        pictures[path] = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", to_svg(figure)).encode()
    card = io.BytesIO()
    compose(panels, *words, CARD)[0].savefig(card, dpi=CARD_DOTS, facecolor=PAPER, metadata={"Software": None})
    pictures[CARD_FILE] = card.getvalue()
    RECORD.unlink(missing_ok=True)
    for path, data in pictures.items():
        write_atomically(path, data)
    made = {path.as_posix(): sha256(data) for path, data in pictures.items()}
    read = sources | checksums(artifact.path for artifact in artifacts.values())
    record = {"alt": alternative(panels, clauses), "verdicts": verdicts, "recipe": recipe.plain(), "files": made | read}
    write_atomically(RECORD, to_json(sealed(record)))


def _verdicts(sections: Sequence[str], artifacts: Mapping[str, Artifact], preset: str) -> dict[str, str]:
    """Return the verdict of every claim, by id."""
    values = values_by_id(artifacts)
    claims = load_claims(sections)
    references = [key for _, _, claim in claims for key in claim.references]  # the report checks them
    decided = settled(decide_claims(claims, values, references), preset)
    return {name: found.verdict for name, found in decided.items()}


def _draw_miniature(section: str, miniature: Miniature, artifacts: Mapping[str, Artifact], axes: Axes) -> str:
    draw, reads = miniature
    clause = draw(axes, *(artifacts[name] for name in reads))
    if not isinstance(clause, str) or len(clause.strip()) < SHORTEST_CLAUSE:
        raise ArticleError(
            f"{miniature_module(section).replace('.', '/')}.py: draw returned {clause!r}, expected a clause of at "
            f"least {SHORTEST_CLAUSE} characters that tells what the miniature shows"
        )
    return " ".join(clause.split())


def alternative(panels: Sequence[Panel], clauses: Mapping[str, str]) -> str:
    """Return the infographic in words: the counts by verdict, and of each panel its own and its clause."""
    every = [verdict for panel in panels for verdict in panel.verdicts]
    told = [f"{panel.title} ({_counts(panel.verdicts)}): {clauses[panel.section]}." for panel in panels]
    return " ".join([f"{len(every)} claims, a mark each: {_counts(every)}.", *told])


def _counts(verdicts: Sequence[str]) -> str:
    counts = Counter(verdicts)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]) or "no claims"
