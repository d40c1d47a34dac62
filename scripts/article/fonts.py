"""Cut the fonts that the page embeds down to the characters an article may use."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

from scripts.article.artifacts import RESULTS, write_atomically
from scripts.article.errors import ArticleError
from scripts.article.recipe import Recipe
from scripts.article.records import checksums, write_record

FONTS = RESULTS / "fonts/fonts.json"
PACKAGES = ("ziamath", "matplotlib", "brotli")  # whose files are read, or which fontTools looks for by itself
NAMES = ("math", "figure", "figure-italic")
Ranges = tuple[tuple[int, int], ...]

TEXT: Ranges = ((0x20, 0x7E), (0xA0, 0xFF), (0x370, 0x3FF), (0x2010, 0x2027), (0x2030, 0x203A), (0x2070, 0x209C))
OPERATORS: Ranges = ((0x2190, 0x21FF), (0x2200, 0x22FF))
MATHEMATICS: Ranges = (
    *TEXT,
    *OPERATORS,
    (0x2C6, 0x2DD),  # accents
    (0x300, 0x338),
    (0x2061, 0x2064),  # invisible operators
    (0x20D0, 0x20D7),
    (0x2100, 0x214F),  # letter-like: ℝ, ℓ, ℋ
    (0x2308, 0x230B),  # ceilings and floors
    (0x239B, 0x23B9),  # pieces of tall brackets
    (0x23DC, 0x23E1),
    (0x27E6, 0x27EF),
    (0x27F5, 0x27FF),
    (0x2A00, 0x2A0C),
    (0x2A7D, 0x2A7E),
    (0x1D400, 0x1D503),  # bold, italic, bold italic, script
    (0x1D538, 0x1D56B),  # double-struck
    (0x1D6A4, 0x1D71B),  # dotless letters, bold and italic Greek
)
FIGURES: Ranges = (*TEXT, *OPERATORS, (0x1D54, 0x1D54))


def sources() -> dict[str, tuple[Path, Ranges]]:
    """Return the fonts by the name of their cut: where each lies, and the characters kept."""
    mathematics = _folder_of(PACKAGES[0]) / "fonts"
    figures = _folder_of(PACKAGES[1]) / "mpl-data/fonts/ttf"
    return {
        "math": (mathematics / "STIXTwoMath-Regular.ttf", MATHEMATICS),
        "figure": (figures / "DejaVuSans.ttf", FIGURES),
        "figure-italic": (figures / "DejaVuSans-Oblique.ttf", FIGURES),
    }


def _folder_of(package: str) -> Path:
    """Return a package's folder without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ArticleError(f"the package {package} is not installed; its fonts are needed")
    return Path(found.origin).parent


def font_folders() -> list[str]:
    """Return the folders where Typst finds the fonts of the figures and of the formulas."""
    return sorted({str(path.parent) for path, _ in sources().values()})


def cut(path: Path, ranges: Ranges) -> bytes:
    """Return a font as WOFF2 with the characters of the ranges only; the MATH table stays."""
    from fontTools import subset  # here, as it takes longer to import than all else that reads this module

    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "ssty", "dtls", "flac"]
    options.hinting = False
    options.notdef_outline = True
    font = subset.load_font(str(path), options, lazy=True)
    font.recalcTimestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()


def font_files() -> tuple[Path, ...]:
    """Return the files of the stage: a .woff2 a font, and the record of them."""
    return *(FONTS.with_name(f"{name}.woff2") for name in NAMES), FONTS


def cut_fonts(recipe: Recipe) -> None:
    """Write one .woff2 a font, and the record of them."""
    found = sources()
    *files, record = font_files()
    for name, file in zip(NAMES, files, strict=True):
        write_atomically(file, cut(*found[name]))
    write_record(record, recipe, checksums(files))
