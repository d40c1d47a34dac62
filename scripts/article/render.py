"""From one Markdown text to a page and a print: pandoc makes HTML and Typst of it, templates give them their frame."""

from __future__ import annotations

import base64
import importlib.metadata
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pypandoc

from scripts.article.artifacts import RESULTS
from scripts.article.configuration import Article
from scripts.article.content import REFERENCES
from scripts.article.errors import ArticleError

TEMPLATES = Path("templates")
FILTER = TEMPLATES / "assets/filter.lua"
FONTS = RESULTS / "fonts"
SPLIT = "SPLIT-BETWEEN-FRONT-AND-BODY"
READER = "markdown-implicit_figures"
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


def render(markdown: str, article: Article, notice: str = "") -> Rendered:
    """Return page and print of one Markdown text.

    Args:
        markdown: the article; the line `SPLIT` parts what stands before the contents from what stands after.
        article: title, subtitle and preset.
        notice: printed under the title of both, or empty.

    Raises:
        ArticleError: pandoc or Typst refuse the text.
    """
    with ThreadPoolExecutor(2) as pool:
        page = pool.submit(_page, markdown, article, notice)
        printed = pool.submit(_print, markdown, article, notice)
        return Rendered(page.result(), printed.result())


def pandoc(markdown: str, *options: str) -> str:
    """Return what pandoc makes of a Markdown text, citations resolved and the article's blocks given their form.

    Raises:
        ArticleError: pandoc fails or warns (an unknown citation, a formula it cannot read).
    """
    command = [pypandoc.get_pandoc_path(), "--from", READER, "--fail-if-warnings", *options]
    command += ["--citeproc", "--bibliography", str(REFERENCES), "--metadata", "link-citations=true"]
    command += ["--lua-filter", str(FILTER), "--wrap=none", "--columns=10000"]  # no line is long
    done = subprocess.run(command, input=markdown, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ArticleError(f"pandoc: {' '.join(done.stderr.split())}")
    return done.stdout


def _page(markdown: str, article: Article, notice: str) -> str:
    frame = "$toc$\n<!--contents-->\n$body$"
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "fragment.html")
        template.write_text(frame, encoding="utf-8")
        options = ("--to", "html5", "--mathml", "--standalone", "--template", str(template))
        options += ("--toc", "--toc-depth=2", "--number-sections", "--metadata", "title=fragment")
        text = pandoc(markdown, *options)
    contents, _, rest = text.partition("<!--contents-->")
    front, body = _split(rest, "<p>", "</p>")
    body = re.sub(r"<!--svg (\S+?)-->", lambda found: inline_svg(Path(found[1])), body)
    environment = _environment()
    return environment.get_template("report.html.j2").render(
        title=article.title,
        subtitle=article.subtitle,
        notice=notice,
        contents=contents,
        front=front,
        body=body,
        style=(TEMPLATES / "assets/style.css").read_text(encoding="utf-8"),
        fonts={path.stem: base64.b64encode(path.read_bytes()).decode() for path in sorted(FONTS.glob("*.woff2"))},
    )


def _print(markdown: str, article: Article, notice: str) -> bytes:
    import typst

    from scripts.article.fonts import font_folders

    front, body = _split(pandoc(markdown, "--to", "typst-citations"), "", "")
    environment = _environment()
    environment.filters |= {"typst": _typst_string, "typst_markup": _typst_markup}
    source = environment.get_template("report.typ.j2").render(
        title=article.title, subtitle=article.subtitle, notice=notice, front=front, body=body
    )
    try:
        return typst.compile(
            source.encode(), root=".", font_paths=font_folders(), ignore_system_fonts=True, pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        raise ArticleError(f"Typst {importlib.metadata.version('typst')}: {error}") from None


def inline_svg(path: Path) -> str:
    """Return a figure ready to stand in the page: ids of its own, the page's colours, hidden from screen readers.

    The block around it carries the alternative text, so the drawing itself is hidden from them.
    """
    text = path.read_text(encoding="utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    prefix = "-".join(path.with_suffix("").parts[-3:]).replace("figures-", "")
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    for colour, name in COLOURS.items():
        text = re.sub(rf"{colour}\b", f"var(--{name})", text, flags=re.IGNORECASE)
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _split(text: str, before: str, after: str) -> tuple[str, str]:
    front, mark, body = text.partition(f"{before}{SPLIT}{after}")
    if not mark:
        raise ArticleError(f"templates/front.md.j2: the line {SPLIT} is missing; it parts the front from the sections")
    return front, body


def _environment() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined)


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _typst_markup(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@~\[\]])", r"\\\1", text)
