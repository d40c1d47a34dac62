"""From Markdown to a page and a print: pandoc makes HTML and Typst of each piece, templates give them their frame."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jinja2

from scripts.article.artifacts import RESULTS
from scripts.article.cache import Cache
from scripts.article.configuration import Article
from scripts.article.errors import ArticleError
from scripts.article.pandoc import html_pieces, typst_pieces
from scripts.article.press import Press

TEMPLATES = Path("templates")
RENDERED = Path(".cache/rendered")
FONTS = RESULTS / "fonts"
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


def render(pieces: Mapping[str, str], article: Article, notice: str = "", press: Press | None = None) -> Rendered:
    """Return page and print of an article.

    Args:
        pieces: its parts in Markdown, by the template of each; in the first, the line `SPLIT` parts what stands before
            the contents from what stands after.
        article: title, subtitle and preset.
        notice: printed under the title of both, or empty.
        press: prints; one that was made earlier is quicker.

    Raises:
        ArticleError: pandoc or Typst refuse the text.
    """
    pieces, about = _split(pieces), {"title": article.title, "subtitle": article.subtitle, "notice": notice}
    rendered, press = Cache(RENDERED), press or Press()
    with ThreadPoolExecutor(2) as pool:
        page = pool.submit(_page, pieces, about, rendered)
        printed = pool.submit(_print, pieces, about, rendered, press)
        both = Rendered(page.result(), printed.result())
    rendered.prune()
    return both


def _page(pieces: Mapping[str, str], about: Mapping[str, str], rendered: Cache) -> str:
    contents, (front, *body) = html_pieces(pieces, rendered)
    listed = [part.strip().removeprefix("<ul>\n").removesuffix("\n</ul>") for part in contents]
    frame = _environment().get_template("report.html.j2")
    return frame.render(
        **about,
        contents="\n".join(["<ul>", *filter(None, listed), "</ul>"]),
        front=front,
        body=re.sub(r"<!--svg (\S+?)-->", lambda found: inline_svg(Path(found[1])), "".join(body)),
        style=(TEMPLATES / "assets/style.css").read_text(encoding="utf-8"),
        fonts={path.stem: base64.b64encode(path.read_bytes()).decode() for path in sorted(FONTS.glob("*.woff2"))},
    )


def _print(pieces: Mapping[str, str], about: Mapping[str, str], rendered: Cache, press: Press) -> bytes:
    front, *body = typst_pieces(pieces, rendered)
    environment = _environment()
    environment.filters |= {"typst": _typst_string, "typst_markup": _typst_markup}
    frame = environment.get_template("report.typ.j2")
    return press.print(frame.render(**about, front=front, body="\n".join(body)))


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
