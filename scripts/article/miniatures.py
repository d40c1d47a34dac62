"""What the infographic is made of: which sections have a miniature, the files of its stage, its block in the text.

A section's miniature is a module `scripts/<section>/miniature.py` with a list `READS` of the experiments it reads and
a function `draw` from axes and their artifacts to a clause of alternative text. A section without one has no panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.article.accepted import AUDIT
from scripts.article.anchors import attribute
from scripts.article.artifacts import RESULTS, read_sealed, sha256
from scripts.article.errors import ArticleError
from scripts.article.settings import settings_class

if TYPE_CHECKING:
    from scripts.article.content import Content

WIDE_FILE, NARROW_FILE = RESULTS / "infographic.svg", RESULTS / "infographic-narrow.svg"
CARD_FILE, RECORD = RESULTS / "infographic.png", RESULTS / "infographic.json"


def miniature_module(section: str) -> str:
    """Return the module that draws a section's miniature."""
    return f"scripts.{section}.miniature"


def with_miniature(sections: Sequence[str]) -> list[str]:
    """Return the sections that have a miniature."""
    return [section for section in sections if Path("scripts", section, "miniature.py").is_file()]


def experiments_of(sections: Sequence[str]) -> list[str]:
    """Return all experiments of some sections, as `section.experiment`."""
    return [f"{section}.{name}" for section in sections for name in settings_class(section).model_fields]


def claims_sources(sections: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of what decides claims beside values, by path: their files, and the last audit."""
    paths = [*(Path("templates/claims", f"{section}.yaml") for section in sections), AUDIT]
    return {path.as_posix(): sha256(path.read_bytes()) for path in paths if path.is_file()}


def infographic_files() -> tuple[Path, ...]:
    """Return the files of the stage: an SVG for wide and one for narrow screens, the card for sharing, the record."""
    return WIDE_FILE, NARROW_FILE, CARD_FILE, RECORD


def infographic(content: Content) -> str:
    """Return the infographic as a block.

    Raises:
        ArticleError: no section has a miniature, or its marks are not the verdicts of the claims.
    """
    if content.plan.infographic is None:
        raise ArticleError("there is no infographic: no section has a scripts/<section>/miniature.py")
    record = read_sealed(RECORD)
    for name, decided in content.claims.items():
        if record["verdicts"].get(name) != decided.verdict:
            drawn = record["verdicts"].get(name, "missing")
            raise ArticleError(f"{RECORD}: claim {name} is drawn as {drawn}, its verdict is {decided.verdict}")
    paths = f'path="{WIDE_FILE.as_posix()}" narrow="{NARROW_FILE.as_posix()}"'
    return f'::: {{.infographic {paths} alt="{attribute(record["alt"])}"}}\n:::\n'
