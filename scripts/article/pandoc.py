"""Markdown to HTML and to Typst by pandoc, piece by piece: what was rendered before is read from a cache.

No piece depends on another: citations stay open in them until those of the whole article are resolved in one run.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from scripts.article.artifacts import sha256, to_json
from scripts.article.cache import Cache
from scripts.article.content import REFERENCES
from scripts.article.errors import ArticleError

ASSETS = Path("templates/assets")
FRAME, BLOCKS, PIECE = ASSETS / "piece.html", ASSETS / "filter.lua", ASSETS / "piece.lua"
HTML = ("--to=html5", "--mathml", "--syntax-highlighting=none")
TYPST = ("--to=typst-citations",)
CONTENTS = ("--standalone", f"--template={FRAME}", "--toc", "--toc-depth=2", "--metadata=title=piece")
CITEPROC = ("--citeproc", f"--bibliography={REFERENCES}", "--metadata=link-citations=true")
OPEN = re.compile("\ue000(.*?)\ue001")  # a citation that is not resolved yet (templates/assets/piece.lua)
CITED = "CITED"  # before a citation that is rendered alone, so that it stands inside of a line as in the article


def html_pieces(pieces: Mapping[str, str], rendered: Cache) -> tuple[list[str], list[str]]:
    """Return the contents and the text of every piece as HTML.

    Args:
        pieces: the Markdown of each, by the file that messages name.
        rendered: what was rendered before.

    Raises:
        ArticleError: pandoc fails or warns (an unknown citation, a formula it cannot read).
    """
    contents, bodies, numbered = [], [], 0
    for name, markdown in pieces.items():
        numbering = ("--number-sections", f"--number-offset={numbered}")
        page = _pandoc(name, markdown, (*HTML, *CONTENTS, *numbering, f"--lua-filter={PIECE}"), rendered)
        listed, _, body = page.partition("<!--contents-->\n")
        numbered += body.count("<h1 data-number=")
        contents.append(listed)
        bodies.append(re.sub(r'( id="|href="#)(fn\d|fnref\d|footnotes")', rf"\g<1>{len(bodies)}-\2", body))
    return contents, _with_citations(bodies, HTML, rf"<p>{CITED} (.*?)</p>\n", rendered)


def typst_pieces(pieces: Mapping[str, str], rendered: Cache) -> list[str]:
    """Return every piece as Typst; see `html_pieces`."""
    options = (*TYPST, f"--lua-filter={PIECE}")
    bodies = [_pandoc(name, markdown, options, rendered) for name, markdown in pieces.items()]
    return _with_citations(bodies, TYPST, rf"{CITED} (.*?)\n\n", rendered)


def _with_citations(bodies: Sequence[str], options: Sequence[str], alone: str, rendered: Cache) -> list[str]:
    """Resolve the open citations of all pieces in one run, as their form depends on one another (2017a, 2017b).

    Args:
        bodies: the rendered pieces.
        options: of pandoc, the form that they are rendered in.
        alone: matches a citation that is rendered as a paragraph of its own.
        rendered: what was rendered before.
    """
    cited = list(dict.fromkeys(name for body in bodies for name in OPEN.findall(body) if name))
    markdown = "".join(f"{CITED} {name}\n\n" for name in cited) + "::: {#refs}\n:::\n"
    *found, references = re.split(alone, _pandoc(str(REFERENCES), markdown, (*options, *CITEPROC), rendered))
    resolved = dict(zip(cited, found[1::2], strict=True)) | {"": references.strip()}
    return [OPEN.sub(lambda name: resolved[name[1]], body) for body in bodies]


def _pandoc(name: str, markdown: str, options: Sequence[str], rendered: Cache) -> str:
    """Return what pandoc makes of a text with the article's blocks given their form."""
    options = ("--from=markdown-implicit_figures-auto_identifiers", "--fail-if-warnings", *options)
    options += (f"--lua-filter={BLOCKS}", "--wrap=none", "--columns=10000")  # no line is long
    read = _files(options)

    def run() -> str:
        done = subprocess.run([_path(), *options], input=markdown.encode(), capture_output=True, check=False)
        if done.returncode:
            raise ArticleError(f"{name}: pandoc: {' '.join(done.stderr.decode().split())}")
        if _files(options) != read:  # it would be kept under the checksums of other files
            raise ArticleError(f"{', '.join(read)}: edited while pandoc read them; run again")
        return done.stdout.decode()

    return rendered.text(to_json([_program(), options, read, markdown]), run)


def _files(options: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of the files that options name."""
    files = [Path(value) for _, _, value in (option.rpartition("=") for option in options)]
    return {str(file): sha256(file.read_bytes()) for file in files if file.is_file()}


@cache
def _path() -> Path:
    """Return the pandoc that pypandoc_binary brings; the package takes longer to import than a section to render."""
    found = importlib.util.find_spec("pypandoc")
    brought = Path(found.origin).parent / "files/pandoc" if found and found.origin else None
    if brought and brought.is_file():
        return brought
    import pypandoc

    return Path(pypandoc.get_pandoc_path())


@cache
def _program() -> str:
    """Return what tells one pandoc from another, without running it."""
    about = _path().stat()
    return f"{_path()}, {about.st_size} bytes of {about.st_mtime_ns}"
