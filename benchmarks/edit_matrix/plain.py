"""The article without any tool: one script that computes everything whenever it runs. Its page is the truth."""

from __future__ import annotations

import sys
from typing import ClassVar

from tool import PROSE, Tool, body, shared, shared_layout

SCRIPT = """
import sys
from pathlib import Path

import yaml

from scripts.coins.alpha import mean_over_seeds
from scripts.coins.beta import spread_over_seeds
from scripts.coins.picture import words

parameters = yaml.safe_load(Path("params.yaml").read_text())
mean, spread = mean_over_seeds(**parameters["alpha"]), spread_over_seeds(**parameters["beta"])
page = Path("text.html").read_text().format(mean=mean, spread=spread, picture=f"<svg><text>{words(mean)}</text></svg>")
Path("report.html").write_text(page)
"""
PARAMETERS = 'alpha: {"seeds": 8, "width": 3}\nbeta: {"seeds": 8, "noise": 0.5}\n'
TEXT = f"""<h1>A small article</h1>
<p>{PROSE} The mean of alpha is {{mean:.4f}}; the spread of beta is {{spread:.4f}}.</p>
{{picture}}
"""


class Plain(Tool):
    """Compute everything at every build."""

    key = "plain"
    name = "plain Python"
    layout: ClassVar = {
        **shared_layout("scripts"),
        **{name: (f"scripts/coins/{name}.py",) for name in ("alpha", "beta", "picture")},
        "parameters": ("params.yaml",),
        "prose": ("text.html",),
    }
    pages = ("report.html",)
    result = output = "report.html"
    results = ()
    memory = ()

    def files(self) -> dict[str, str]:
        """Return the article as a package and a script."""
        texts = shared("scripts") | {"scripts/coins/__init__.py": "", "params.yaml": PARAMETERS, "text.html": TEXT}
        return texts | {f"scripts/coins/{name}.py": body(name) for name in ("alpha", "beta", "picture")}

    def command(self) -> list[str]:
        """Return what runs the script."""
        return [sys.executable, "-c", SCRIPT]
