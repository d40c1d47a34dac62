"""Small pieces of Markdown: anchors, cells of tables, attributes."""

from __future__ import annotations


def anchor(prefix: str, identifier: str) -> str:
    """Return the id of a block.

    >>> anchor("claim", "ntk.rbf")
    'claim-ntk-rbf'
    """
    return f"{prefix}-{identifier.replace('.', '-')}"


def cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def attribute(text: str) -> str:
    """Return a text as the inside of a quoted attribute."""
    told = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")  # a bar would end the cell of a table
    return told.replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")
