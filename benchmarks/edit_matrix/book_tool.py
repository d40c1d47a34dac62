"""The article as a Jupyter Book: a page an experiment, executed through jupyter-cache, and a page that reports."""

from __future__ import annotations

import re
from typing import ClassVar

from tool import PROSE, BuildError, Tool, body, shared, shared_layout

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# {title}

"""
CONFIG = "title: A small article\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: cache\n"
CONTENTS = "format: jb-book\nroot: index\nchapters:\n  - file: alpha\n  - file: beta\n"
INDEX = f"""# A small article

{PROSE} The mean of alpha is {{glue:text}}`alpha.md::mean:.4f`;
the spread of beta is {{glue:text}}`beta.md::spread:.4f`.
"""
ALPHA = """from IPython.display import HTML
from myst_nb import glue

PARAMETERS = {"seeds": 8, "width": 3}
mean = mean_over_seeds(**PARAMETERS)
glue("mean", mean)
HTML(f"<svg><text>{words(mean)}</text></svg>")
"""
BETA = """from myst_nb import glue

PARAMETERS = {"seeds": 8, "noise": 0.5}
glue("spread", spread_over_seeds(**PARAMETERS))
"""
BUILT = "book/_build"


class Book(Tool):
    """Write code and parameters into the cells of notebooks, as jupyter-cache asks for."""

    key = "book"
    name = "Jupyter Book"
    layout: ClassVar = {
        **shared_layout("scripts"),
        "alpha": ("book/alpha.md",),
        "beta": ("book/beta.md",),
        "picture": ("book/alpha.md",),
        "parameters": ("book/alpha.md", "book/beta.md"),
        "prose": ("book/index.md",),
    }
    pages = (f"{BUILT}/html/index.html", f"{BUILT}/html/alpha.html", f"{BUILT}/html/beta.html")
    result = f"{BUILT}/.jupyter_cache/executed/*/base.ipynb"
    output = f"{BUILT}/html/alpha.html"
    results = (f"{BUILT}/.jupyter_cache", f"{BUILT}/jupyter_execute")
    memory = (f"{BUILT}/.jupyter_cache", f"{BUILT}/.doctrees")
    watched: ClassVar = {"report": f"{BUILT}/html/index.html"}

    def files(self) -> dict[str, str]:
        """Return the pages; the shared modules lie beside the book."""
        alpha = HEAD.format(title="Alpha") + "\n".join(map(cell, (body("alpha"), body("picture"), ALPHA)))
        beta = HEAD.format(title="Beta") + "\n".join(map(cell, (body("beta"), BETA)))
        pages = {
            "alpha.md": alpha + "\nThe mean of alpha is {glue:text}`mean:.4f`.\n",
            "beta.md": beta + "\nThe spread of beta is {glue:text}`spread:.4f`.\n",
            "index.md": INDEX,
            "_config.yml": CONFIG,
            "_toc.yml": CONTENTS,
        }
        return shared("scripts") | {f"book/{name}": text for name, text in pages.items()}

    def command(self) -> list[str]:
        """Return the command that builds the pages."""
        return [str(self.environment / "bin/jupyter-book"), "build", "book"]

    def build(self) -> frozenset[str]:
        """Build; a notebook that fails is an error here, where Jupyter Book prints a warning."""
        ran = super().build()
        if any(self.folder.glob(f"{BUILT}/html/reports/*.err.log")):
            raise BuildError(f"{self.name}: a notebook failed")
        return ran

    def version(self) -> str:
        """Return the versions that the command names."""
        text = self.run([str(self.environment / "bin/jupyter-book"), "--version"])
        found = dict(re.findall(r"^([\w-]+(?: \w+)*)\s*: (\S+)$", text, flags=re.MULTILINE))
        return f"Jupyter Book {found['Jupyter Book']} with Jupyter-Cache {found['Jupyter-Cache']}"


def cell(code: str) -> str:
    """Return a code cell."""
    return f"```{{code-cell}} ipython3\n{code}```\n"
