"""Time a build without a change of synthetic articles with more and more stages, to see how the cost grows.

    python -m benchmarks.many_stages --stages 100 300 1000 --repeat 3

Each article has sections of ten experiments, each with a figure, and a page of text; half of the stages are
experiments. Their results are written directly, as a real build would leave them. Prints a table in Markdown: medians
of wall-clock seconds, with the smallest and the largest in brackets.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from benchmarks.projects import ROOT, clean_environment

PARTS = ("Snakefile", "environment.yml", "profiles", "workflow/rules", "workflow/schemas", "workflow/warm")
PARTS += ("templates/assets",)
FILES = ("templates/report.html.j2", "templates/report.typ.j2", "templates/references.bib", "templates/back.md.j2")
CODE = ("scripts/__init__.py", "scripts/article", "scripts/maths", "scripts/reach")
PER_SECTION = 10

EXPERIMENT = '''
"""Count."""

from __future__ import annotations

import numpy as np

from scripts.article.artifacts import Result
from scripts.article.values import Value
from scripts.maths.statistics import mean_interval
from scripts.{section}.settings import {cls}

SHIFT = {number}


def compute(settings: {cls}) -> Result:
    """Count."""
    numbers = np.arange(settings.seeds) + SHIFT
    return Result({{"mean": Value.of(mean_interval(numbers), 2)}}, {{"numbers": numbers}})
'''
FIGURE = '''
"""Draw."""

from scripts.article.style import canvas

READS = ["{section}.{name}"]


def draw(artifact):
    """Draw."""
    figure, axes = canvas()
    axes.plot(artifact["numbers"])
    return figure, "A rising line of whole numbers, which only fills the benchmark's synthetic article."
'''
MADE_DIRECTLY = """
import os
os.environ["OMP_NUM_THREADS"] = "1"
from scripts.article import stage
from scripts.article.plan import Plan
from scripts.article.recipes import Recipes
plan, recipes, before = Plan.load({}), Recipes(), stage.stamps()
for name, planned in plan.experiments.items():
    stage.carry_out(stage.experiment(recipes, name, planned.params["settings"]), planned.digest, before)
for name, planned in plan.figures.items():
    stage.carry_out(stage.figure(recipes, name, "{}"), planned.digest, before)
    __import__("matplotlib.pyplot").pyplot.close("all")
stage.carry_out(stage.fonts(recipes, "", "{}"), plan.fonts.digest, before)
"""


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


def make_article(folder: Path, stages: int) -> None:
    """Write a synthetic article with that many stages, half of them experiments."""
    for part in (*PARTS, *FILES, *CODE):
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, target)
    names = [f"s{number:03}" for number in range(-(-stages // (2 * PER_SECTION)))]
    write(folder / "config/config.yaml", f"title: Many stages\nsections: [{', '.join(names)}]\n")
    write(folder / "templates/front.md.j2", "Synthetic.\n\nSPLIT-BETWEEN-FRONT-AND-BODY\n")
    for number, section in enumerate(names):
        make_section(folder, section, number)


def make_section(folder: Path, section: str, number: int) -> None:
    """Write one section: ten experiments, ten figures, rules and text."""
    experiments = [f"e{place}" for place in range(PER_SECTION)]
    code = folder / "scripts" / section
    write(code / "__init__.py", '"""A section."""\n')
    write(code / "figures/__init__.py", '"""Its figures."""\n')
    classes = "".join(
        f'\n\nclass {name.upper()}(SeededModel):\n    """Settings."""\n\n'
        f'    seeds: int = parameter(10, ge=2, description="Repetitions", origin="made up")\n'
        for name in experiments
    )
    fields = "".join(f"    {name}: {name.upper()}\n" for name in experiments)
    head = '"""Settings."""\n\nfrom scripts.article.settings import Model, SeededModel, parameter\n'
    write(code / "settings.py", f'{head}{classes}\n\nclass Settings(Model):\n    """List."""\n\n{fields}')
    rules = ""
    for place, name in enumerate(experiments):
        cls = name.upper()
        write(code / f"{name}.py", EXPERIMENT.format(section=section, cls=cls, number=number * PER_SECTION + place))
        write(code / "figures" / f"{name}.py", FIGURE.format(section=section, name=name))
        rules += (
            f'use rule experiment as {section}_{name} with:\n    output:\n        **artifact("{section}.{name}"),\n'
            f'    log:\n        "logs/{section}/{name}.log",\n'
            f'    params:\n        **stage("{section}.{name}"),\n\n\n'
        )
    write(folder / f"workflow/rules/{section}.smk", rules)
    calls = "".join(
        f'{{% call fig("{section}.{name}") %}}\nMean {{{{ num("{section}.{name}.mean") }}}}.\n{{% endcall %}}\n\n'
        for name in experiments
    )
    write(folder / f"templates/sections/{section}.md.j2", f"# Section {section} {{#{section}}}\n\n{calls}")
    write(folder / f"templates/claims/{section}.yaml", "[]\n")


def run(folder: Path, *command: str) -> float:
    """Run a command and return its wall-clock seconds."""
    environment = clean_environment() | {"ARTICLE_STORE": "off"}
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    print("| stages | no-op build | `make why` |\n|--:|--:|--:|")
    for stages in given.stages:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_article(folder, stages)
            run(folder, "-c", MADE_DIRECTLY)
            run(folder, "-m", "snakemake", "--cores", "2", "--quiet")
            whole = [run(folder, "-m", "snakemake", "--cores", "2", "--quiet") for _ in range(given.repeat)]
            own = [run(folder, "-m", "scripts.article.why") for _ in range(given.repeat)]
            print(f"| {stages} | {brackets(whole)} | {brackets(own)} |", flush=True)


def brackets(seconds: list[float]) -> str:
    """Return the median of some timings with their range, as text."""
    return f"{statistics.median(seconds):.1f} s [{min(seconds):.1f}, {max(seconds):.1f}]"


if __name__ == "__main__":
    main()
