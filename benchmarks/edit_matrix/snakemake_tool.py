"""The article as a Snakemake workflow: rules with scripts and parameters, and the default triggers."""

from __future__ import annotations

import importlib.metadata
import sys
from typing import ClassVar

from plain import PARAMETERS, TEXT
from tool import Tool, body, shared, shared_layout

SNAKEFILE = """
configfile: "config/config.yaml"


rule report:
    input:
        alpha="results/alpha.json",
        beta="results/beta.json",
        picture="results/picture.svg",
        text="resources/text.html",
    output:
        "report/report.html",
    script:
        "scripts/report.py"


rule alpha:
    input:
        ALPHA_MODULES,
    output:
        "results/alpha.json",
    params:
        seeds=config["alpha"]["seeds"],
        width=config["alpha"]["width"],
    script:
        "scripts/alpha.py"


rule beta:
    input:
        BETA_MODULES,
    output:
        "results/beta.json",
    params:
        seeds=config["beta"]["seeds"],
        noise=config["beta"]["noise"],
    script:
        "scripts/beta.py"


rule picture:
    input:
        PICTURE_MODULES,
        alpha="results/alpha.json",
    output:
        "results/picture.svg",
    script:
        "scripts/picture.py"
"""
SAVE = """

if __name__ == "__main__":
    import json
    from pathlib import Path

    found = {call}
    Path(snakemake.output[0]).write_text(json.dumps({{"{name}": found}}))
"""
TAILS = {
    "alpha": SAVE.format(name="mean", call="mean_over_seeds(snakemake.params.seeds, snakemake.params.width)"),
    "beta": SAVE.format(name="spread", call="spread_over_seeds(snakemake.params.seeds, snakemake.params.noise)"),
    "picture": """

if __name__ == "__main__":
    import json
    from pathlib import Path

    mean = json.loads(Path(snakemake.input.alpha).read_text())["mean"]
    Path(snakemake.output[0]).write_text(f"<svg><text>{words(mean)}</text></svg>")
""",
}
REPORT = """import json
from pathlib import Path

from scripts.shared.runlog import ran

ran("report")
read = {name: Path(path).read_text() for name, path in snakemake.input.items()}
numbers = json.loads(read["alpha"]) | json.loads(read["beta"])
Path(snakemake.output[0]).write_text(read["text"].format(picture=read["picture"], **numbers))
"""
MODULES = {"alpha": ("helpers", "deeper"), "beta": ("helpers", "deeper", "tables"), "picture": ("style",)}


class Snakemake(Tool):
    """Name a script and its parameters in each rule."""

    key = "snakemake"
    name = "Snakemake"
    layout: ClassVar = {
        **shared_layout("workflow/scripts"),
        **{name: (f"workflow/scripts/{name}.py",) for name in TAILS},
        "parameters": ("config/config.yaml",),
        "prose": ("resources/text.html",),
    }
    pages = ("report/report.html",)
    result = output = "results/alpha.json"
    results = ("results",)
    memory = (".snakemake",)
    listed: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(MODULES, ())

    def files(self) -> dict[str, str]:
        """Return a workflow in the layout that Snakemake recommends."""
        snakefile = SNAKEFILE
        for name, modules in self.listed.items():
            files = [f"workflow/scripts/shared/{module}.py" for module in modules]
            snakefile = snakefile.replace(f"{name.upper()}_MODULES", str(files))
        texts = shared("workflow/scripts") | {"workflow/Snakefile": snakefile, "workflow/scripts/report.py": REPORT}
        texts |= {f"workflow/scripts/{name}.py": body(name) + tail for name, tail in TAILS.items()}
        return texts | {"config/config.yaml": PARAMETERS, "resources/text.html": TEXT}

    def command(self) -> list[str]:
        """Return the plain command; the report is the first rule."""
        return [sys.executable, "-m", "snakemake", "--cores", "2"]

    def variables(self) -> dict[str, str]:
        """Let the scripts import the package that they lie in."""
        return super().variables() | {"PYTHONPATH": str(self.folder / "workflow")}

    def version(self) -> str:
        """Return the version that runs this benchmark, the project's own."""
        return f"Snakemake {importlib.metadata.version('snakemake')}"


class SnakemakeListed(Snakemake):
    """Name as input every module that a script reaches, too."""

    key = "snakemake-listed"
    name = "Snakemake, modules listed"
    listed: ClassVar = MODULES
