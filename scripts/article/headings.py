"""The short titles of sections, as their templates have them."""

from __future__ import annotations

import re
from pathlib import Path


def section_title(section: str) -> str:
    """Return a section's heading without what stands in brackets or after a colon; its name, where it has none."""
    text = Path("templates/sections", f"{section}.md.j2").read_text(encoding="utf-8")
    found = re.match(r"#\s+(.*?)\s*(\{.*\})?\s*$", text.partition("\n")[0])
    return re.sub(r"\s*\(.*?\)|:.*", "", found[1]) if found else section
