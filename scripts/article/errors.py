"""The one exception of the generator, and how its messages help with unknown names."""

import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

LISTED = 12  # known names in a message


class ArticleError(Exception):
    """Report bad input in one message that names the file, the key, the value and what was expected."""


def nearest(key: str, known: Sequence[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known ones, or all of them."""
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    return f"; known: {', '.join(known[:LISTED])}{', …' if len(known) > LISTED else ''}"


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End the process with one line where what is wrong lies with the article or its files, and not with the code."""
    try:
        yield
    except ArticleError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.filename}: {error.strerror}")
