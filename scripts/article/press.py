"""Print with Typst, which sets anew only what differs from what it set before in the same process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.article.artifacts import write_atomically
from scripts.article.errors import ArticleError
from scripts.article.fonts import font_folders

if TYPE_CHECKING:
    from typst import Compiler


LAST = Path(".cache/last.typ")


class Press:
    """Print sources as PDF/UA-1.

    It begins at once, beside whatever else the process does, to set what was printed last time: most of an edited
    article is then set already when its own source arrives. What comes out depends on that source alone.

    Args:
        last: where the source that was printed last is kept.
    """

    def __init__(self, last: Path = LAST):
        self._last = last
        self._pool = ThreadPoolExecutor(1)
        self._compiler = self._pool.submit(self._warm_compiler)

    def print(self, source: str) -> bytes:
        """Return a Typst source as PDF.

        Raises:
            ArticleError: Typst refuses it.
        """
        import typst

        try:
            printed = _compile(self._compiler.result(), source.encode())
        except typst.TypstError as error:
            raise ArticleError(f"Typst {typst.__version__}: {error}") from None
        with suppress(OSError):  # it only saves time
            write_atomically(self._last, source)
        return printed

    def _warm_compiler(self) -> Compiler:
        import typst

        compiler = typst.Compiler(root=".", font_paths=font_folders(), ignore_system_fonts=True)
        with suppress(OSError, RuntimeError):  # missing or broken: it is not what will be printed
            _compile(compiler, self._last.read_bytes())
        return compiler


def _compile(compiler: Compiler, source: bytes) -> bytes:
    return compiler.compile(source, pdf_standards=["ua-1"])
