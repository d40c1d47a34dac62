"""From templates to Markdown."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket

from scripts.article.artifacts import to_json
from scripts.article.cache import Cache
from scripts.article.content import Content
from scripts.article.errors import ArticleError, nearest
from scripts.article.literals import check_literals
from scripts.article.vocabulary import Functions, Numbering

TEMPLATES = Path("templates")
FRONT, BACK = "front.md.j2", "back.md.j2"
COMPILED = Path(".cache/templates")
SYNTAX: dict[str, Any] = {
    "keep_trailing_newline": True,
    "comment_start_string": "{##",  # pandoc's heading ids begin with {#
    "comment_end_string": "##}",
}


def render_article(content: Content) -> tuple[dict[str, str], Numbering]:
    """Return the article in Markdown, by the template of each piece, and what it shows.

    Two passes: the first finds the numbers of figures and equations, the second refers to them.

    Raises:
        ArticleError: names template and line of the first thing that is wrong.
    """
    names = [FRONT, *(f"sections/{section}.md.j2" for section in content.plan.sections), BACK]
    for name in names:
        _check_raw_citations(TEMPLATES / name, content.references)
    check_literals()
    compiled, numbering = Cache(COMPILED), Numbering()
    environment = _environment(compiled)
    _render(environment, names, Functions(content, numbering, None))
    pieces = _render(environment, names, Functions(content, Numbering(), numbering))
    _check_all_shown(content, numbering)
    compiled.prune()
    return pieces, numbering


class _Compiled(jinja2.BytecodeCache):
    """Keep templates compiled, as to compile one takes longer than to render it."""

    def __init__(self, compiled: Cache):
        self._compiled = compiled

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self._compiled.read(self._source(bucket))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled.write(self._source(bucket), bucket.bytecode_to_string())

    @staticmethod
    def _source(bucket: Bucket) -> str:
        return to_json([sys.version, jinja2.__version__, SYNTAX, bucket.key, bucket.checksum])


def _environment(compiled: Cache) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        bytecode_cache=_Compiled(compiled),
        **SYNTAX,
    )


def _render(environment: jinja2.Environment, names: list[str], functions: Functions) -> dict[str, str]:
    environment.globals |= functions.by_name()
    return {str(TEMPLATES / name): _render_one(environment, name) for name in names}


def _render_one(environment: jinja2.Environment, name: str) -> str:
    path = TEMPLATES / name
    try:
        return environment.get_template(name).render()
    except jinja2.TemplateNotFound:
        raise ArticleError(f"{path}: no such file, expected a template") from None
    except jinja2.TemplateSyntaxError as error:
        raise ArticleError(f"{path}:{error.lineno}: {error.message}") from None
    except jinja2.UndefinedError as error:
        known = nearest(re.sub(r".*'(\w+)'.*", r"\1", str(error)), sorted(environment.globals))
        raise ArticleError(f"{path}:{_line_in(error, name)}: {error.message}{known}") from None
    except (ArticleError, TypeError, ValueError) as error:
        raise ArticleError(f"{path}:{_line_in(error, name)}: {error}") from None


def _line_in(error: Exception, name: str) -> int:
    """Return the template's line that an exception passed through (Jinja2 puts it into the traceback)."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(name):
            line = step.tb_lineno
        step = step.tb_next
    return line


def _check_raw_citations(path: Path, references: Sequence[str]) -> None:
    """Look at the citations that a template writes as pandoc does, `[@key]`, past the function `cite`."""
    if not path.is_file():
        return  # named when it is rendered
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for key in re.findall(r"(?<![\w\\])@([A-Za-z]\w*)", line):
            if key not in references:
                where = f"{path}:{number}"
                raise ArticleError(f"{where}: {key!r} is not in templates/references.bib{nearest(key, references)}")


def _check_all_shown(content: Content, numbering: Numbering) -> None:
    for name, decided in content.claims.items():
        if name not in numbering.claims:
            template = f"templates/sections/{decided.section}.md.j2"
            raise ArticleError(f'{decided.where}: claim {name} is not shown: add claim("{name}") to {template}')
    for name in content.figures:
        if name not in numbering.figures:
            section = name.split(".")[0]
            raise ArticleError(f'templates/sections/{section}.md.j2: figure {name} is not shown: add fig("{name}")')
