"""The article as one of this project: the repository's own generator and rules, with a section in place of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import yaml
from tool import PROSE, Tool, body, shared, shared_layout

REPOSITORY = Path(__file__).resolve().parents[2]
WHOLE = ("Snakefile", "environment.yml", "profiles", "workflow", "templates/assets")
CONFIG = """title: A small article
preset: standard
sections: [coins]
coins:
  alpha: {"seeds": 8, "width": 3}
  beta: {"seeds": 8, "noise": 0.5}
"""
SETTINGS = '''"""Parameters of the two experiments; config/config.yaml sets them."""

from scripts.article.settings import Model, SeededModel, parameter


class Alpha(SeededModel):
    """Parameters of alpha."""

    seeds: int = parameter(8, ge=1, description="Repetitions", origin="hand-tuned")
    width: int = parameter(3, ge=1, description="Draws a seed", origin="hand-tuned")


class Beta(SeededModel):
    """Parameters of beta."""

    seeds: int = parameter(8, ge=1, description="Repetitions", origin="hand-tuned")
    noise: float = parameter(0.5, ge=0, description="Size of the noise", origin="hand-tuned")


class Settings(Model):
    """List the experiments."""

    alpha: Alpha
    beta: Beta
'''
EXPERIMENT = '''

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.coins.settings import {title}


def compute(settings: {title}) -> Result:
    """Compute."""
    return Result({{"{value}": Value({call}, digits=4)}})
'''
FIGURE = '''

from scripts.article.style import canvas, without_axes

READS = ["coins.alpha"]


def draw(alpha):
    """Draw."""
    figure, axes = canvas(height=1.0)
    without_axes(axes)
    axes.text(0.1, 0.5, words(alpha.values["mean"].value))
    return figure, "The mean that the experiment alpha found, written out in the middle of an empty figure."
'''
RULE = """use rule experiment as coins_{name} with:
    output:
        **artifact("coins.{name}"),
    log:
        "logs/coins/{name}.log",
    params:
        **stage("coins.{name}"),


"""
SECTION = f"""# Coins {{#coins}}

{PROSE} The mean of alpha is {{{{ num("coins.alpha.mean") }}}}; the spread of beta is
{{{{ num("coins.beta.spread") }}}}.

{{% call fig("coins.alpha") %}}
What alpha found.
{{% endcall %}}
"""
ALPHA = {"name": "alpha", "title": "Alpha", "value": "mean", "call": "mean_over_seeds(settings.seeds, settings.width)"}
BETA = {"name": "beta", "title": "Beta", "value": "spread", "call": "spread_over_seeds(settings.seeds, settings.noise)"}


class Own(Tool):
    """Make a section of the article; its experiments import the same shared modules."""

    key = "ours"
    name = "this project"
    layout: ClassVar = {
        **shared_layout("scripts"),
        "alpha": ("scripts/coins/alpha.py",),
        "beta": ("scripts/coins/beta.py",),
        "picture": ("scripts/coins/figures/alpha.py",),
        "parameters": ("config/config.yaml",),
        "prose": ("templates/sections/coins.md.j2",),
    }
    pages = ("report/report.html",)
    result = output = "results/coins/alpha.json"
    results = ("results",)
    memory = (".snakemake", ".cache")
    watched: ClassVar = {"report": "report/report.html", "fonts": "results/fonts/fonts.json"}

    def files(self) -> dict[str, str]:
        """Return what a section consists of, and the frame of the article."""
        return shared("scripts") | {
            "config/config.yaml": CONFIG,
            "scripts/coins/__init__.py": "",
            "scripts/coins/settings.py": SETTINGS,
            "scripts/coins/alpha.py": body("alpha") + EXPERIMENT.format(**ALPHA),
            "scripts/coins/beta.py": body("beta") + EXPERIMENT.format(**BETA),
            "scripts/coins/figures/__init__.py": "",
            "scripts/coins/figures/alpha.py": body("picture") + FIGURE,
            "workflow/rules/coins.smk": RULE.format(name="alpha") + RULE.format(name="beta"),
            "templates/front.md.j2": "A front.\n\nSPLIT-BETWEEN-FRONT-AND-BODY\n",
            "templates/back.md.j2": "# References {#references .unnumbered}\n\n::: {#refs}\n:::\n",
            "templates/sections/coins.md.j2": SECTION,
            "templates/claims/coins.yaml": "[]\n",
            "templates/references.bib": "",
        }

    def create(self) -> None:
        """Copy the generator from the repository, all of it but the sections, and write the article."""
        sections = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))["sections"]
        packages = [path.parent for path in (REPOSITORY / "scripts").glob("*/__init__.py")]
        names = [*WHOLE, *(f"scripts/{path.name}" for path in packages if path.name not in sections)]
        names += [f"templates/{path.name}" for path in (REPOSITORY / "templates").glob("report.*")]
        for name in names:
            source, target = REPOSITORY / name, self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        super().create()

    def command(self) -> list[str]:
        """Return the command of the project's README."""
        return [sys.executable, "-m", "snakemake", "--cores", "2"]

    def version(self) -> str:
        """Return the commit of the repository, if it is one."""
        command = ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return f"this project at {done.stdout.strip() or 'no commit'}"
