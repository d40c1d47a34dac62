"""From Markdown to a page and a print: pandoc makes HTML and Typst of each piece, templates give them their frame."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from scripts.article.artifacts import RESULTS
from scripts.article.cache import Cache
from scripts.article.configuration import Article
from scripts.article.errors import ArticleError
from scripts.article.making import embedded, panels
from scripts.article.pandoc import html_pieces, typst_pieces
from scripts.article.press import Press

TEMPLATES = Path("templates")
RENDERED = Path(".cache/rendered")
FONTS = RESULTS / "fonts"
SCRIPTS = ("page.js", "tables.js")
LEFT = ' style="text-align: left;"'  # of cells; the style sheet has it for all of them
SPLIT = "SPLIT-BETWEEN-FRONT-AND-BODY"
COLOURS = {  # the figures' colours (scripts/article/style.py) and the page's names for them
    "#0072b2": "blue",
    "#e69f00": "orange",
    "#009e73": "green",
    "#d55e00": "vermilion",
    "#cc79a7": "purple",
    "#56b4e9": "sky",
    "#222222": "ink",
    "#8c8c8c": "faint",
    "#ffffff": "paper",
}


@dataclass(frozen=True)
class Rendered:
    """Hold the two forms of the report."""

    html: str
    pdf: bytes


def render(
    pieces: Mapping[str, str],
    article: Article,
    notice: str = "",
    press: Press | None = None,
    summary: Mapping[str, Any] | None = None,
) -> Rendered:
    """Return page and print of an article.

    Args:
        pieces: its parts in Markdown, by the template of each; in the first, the line `SPLIT` parts what stands before
            the contents from what stands after.
        article: title, subtitle and preset.
        notice: printed under the title of both, or empty.
        press: prints; one that was made earlier is quicker.
        summary: what `report.json` holds, from which the page's panels tell how its numbers were made.

    Raises:
        ArticleError: pandoc or Typst refuse the text.
    """
    pieces, about = _split(pieces), {"title": article.title, "subtitle": article.subtitle, "notice": notice}
    rendered, press = Cache(RENDERED), press or Press()
    with ThreadPoolExecutor(2) as pool:
        page = pool.submit(_page, pieces, about, rendered, partial(_panels, summary or {}, article.link_base))
        printed = pool.submit(_print, pieces, about, rendered, press)
        both = Rendered(page.result(), printed.result())
    rendered.prune()
    return both


def _page(pieces: Mapping[str, str], about: Mapping[str, str], rendered: Cache, told: Callable[[str], str]) -> str:
    contents, found = html_pieces(pieces, rendered)
    front, *body = (piece.replace(LEFT, "") for piece in found)
    listed = [part.strip().removeprefix("<ul>\n").removesuffix("\n</ul>") for part in contents]
    frame, script = _environment().get_template("report.html.j2"), page_script()
    return frame.render(
        **about,
        contents="\n".join(["<ul>", *filter(None, listed), "</ul>"]),
        front=_with_pictures(front),
        body=_with_pictures("".join(body)),
        made=told("".join([front, *body])),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=(TEMPLATES / "assets/style.css").read_text(encoding="utf-8"),
        fonts=embedded_fonts(),
    )


def page_script() -> str:
    """Return the page's scripts as one, which its security policy names by its SHA-256."""
    return "\n".join((TEMPLATES / "assets" / name).read_text(encoding="utf-8") for name in SCRIPTS)


def _panels(summary: Mapping[str, Any], base: str, page: str) -> str:
    """Return what the panels of a page tell, as JSON."""
    return embedded(panels(page, summary.get("values", {}), summary.get("stages", {}), base))


def _print(pieces: Mapping[str, str], about: Mapping[str, str], rendered: Cache, press: Press) -> bytes:
    front, *body = typst_pieces(pieces, rendered)
    environment = _environment()
    environment.filters |= {"typst": _typst_string, "typst_markup": _typst_markup}
    frame = environment.get_template("report.typ.j2")
    return press.print(frame.render(**about, front=front, body="\n".join(body)))


def _with_pictures(page: str) -> str:
    return re.sub(r"<!--svg (\S+?)-->", lambda found: inline_svg(Path(found[1])), page)


def embedded_fonts() -> dict[str, str]:
    """Return the fonts of the page in base 64, by name."""
    return {path.stem: base64.b64encode(path.read_bytes()).decode() for path in sorted(FONTS.glob("*.woff2"))}


def inline_svg(path: Path) -> str:
    """Return a figure ready to stand in the page: ids of its own, the page's colours, hidden from screen readers.

    The block around it carries the alternative text, so the drawing itself is hidden from them.
    """
    text = path.read_text(encoding="utf-8")
    text = text[text.index("<svg") :]
    prefix = "-".join(path.with_suffix("").parts[-3:]).replace("figures-", "")
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    for colour, name in COLOURS.items():
        text = re.sub(rf"{colour}\b", f"var(--{name})", text, flags=re.IGNORECASE)
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _split(pieces: Mapping[str, str]) -> dict[str, str]:
    """Return the pieces with what stands before the contents as one of its own."""
    (name, first), *rest = pieces.items()
    front, mark, after = first.partition(SPLIT)
    if not mark:
        raise ArticleError(f"{name}: the line {SPLIT} is missing; it parts the front from the sections")
    return {f"{name}, before {SPLIT}": front, name: after, **dict(rest)}


def _environment() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined)


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _typst_markup(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@~\[\]])", r"\\\1", text)
