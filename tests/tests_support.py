"""What several test modules share."""

from pathlib import Path

from pypdf import PdfReader


def pdf_text(path: Path, *, pages: int | None = None) -> str:
    """Return the text of a PDF's first pages (all by default), white space folded."""
    reader = PdfReader(path)
    return " ".join(" ".join(page.extract_text() for page in reader.pages[:pages]).split())


def pdf_pages(path: Path) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(path).pages)
