"""The page of what has changed since the accepted report, with its figures before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from scripts.article.accepted import ACCEPTED
from scripts.article.artifacts import sha256, write_atomically
from scripts.article.comparison import Changes, compare
from scripts.article.figure import Drawing, load_drawing
from scripts.article.headline import headline
from scripts.article.render import TEMPLATES, embedded_fonts, inline_svg
from scripts.article.snapshot import LENGTH, Snapshot

CHANGES_PAGE = Path("report/changes.html")
PICTURES = Path(".cache/accepted")  # as accepted, by the first digits of their SHA-256
ROOM = 2_000_000  # characters of pictures on the page


@dataclass(frozen=True)
class Pair:
    """Hold a figure before and after, as pictures to embed; before is None where it is not on this machine."""

    identifier: str
    before: Markup | None
    after: Markup


def render_changes(before: Snapshot | None, after: Snapshot) -> str:
    """Return the page.

    Args:
        before: the accepted report; None where there is none.
        after: the report of now.

    Raises:
        ArticleError: a figure that differs is missing or altered.
    """
    changes = compare(before, after) if before else None
    pairs, unshown = _pairs(changes, before) if changes and before else ([], [])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True
    )
    environment.filters["coded"] = _coded
    return environment.get_template("changes.html.j2").render(
        title=after.title,
        headline=headline(changes),
        changes=changes,
        pairs=pairs,
        unshown=unshown,
        accepted=ACCEPTED,
        style=Markup((TEMPLATES / "assets/style.css").read_text(encoding="utf-8")),
        fonts={name: data for name, data in embedded_fonts().items() if pairs and name.startswith("figure")},
    )


def keep_picture(drawing: Drawing) -> None:
    """Keep a figure that is accepted, with its alternative text, to be shown beside later ones."""
    picture, words = _kept(drawing.sha256[:LENGTH])
    write_atomically(picture, drawing.path.read_bytes())
    write_atomically(words, drawing.alt)


def _coded(text: str) -> Markup:
    """Return a text with what stands in backquotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def _pairs(changes: Changes, before: Snapshot) -> tuple[list[Pair], list[str]]:
    """Return the figures that differ as long as there is room for them, and the ids of the others."""
    pairs: list[Pair] = []
    room = ROOM
    for name in changes.figures:
        drawing = load_drawing(name)
        pair = Pair(name, _accepted_picture(before.figures[name]), _picture(drawing.path, drawing.alt))
        room -= len(pair.before or "") + len(pair.after)
        if room < 0:
            break
        pairs.append(pair)
    return pairs, changes.figures[len(pairs) :]


def _accepted_picture(digest: str) -> Markup | None:
    """Return a figure as it was accepted; None where it was accepted on another machine or is damaged."""
    picture, words = _kept(digest)
    whole = picture.is_file() and words.is_file() and sha256(picture.read_bytes()).startswith(digest)
    return _picture(picture, words.read_text(encoding="utf-8", errors="replace")) if whole else None


def _picture(path: Path, alt: str) -> Markup:
    block = Markup('<div class="picture" role="img" aria-label="{}">{}</div>')
    return block.format(alt, Markup(inline_svg(path)))


def _kept(digest: str) -> tuple[Path, Path]:
    """Return where an accepted figure and its alternative text are kept."""
    return PICTURES / f"{digest}.svg", PICTURES / f"{digest}.txt"
