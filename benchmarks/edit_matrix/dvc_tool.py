"""The article as a DVC pipeline: stages with their script, their data and their parameters as dependencies."""

from __future__ import annotations

from typing import ClassVar

from plain import PARAMETERS, TEXT
from snakemake_tool import MODULES
from tool import Tool, body, shared, shared_layout

PIPELINE = """stages:
  alpha:
    cmd: python -m scripts.alpha
    deps:
      - scripts/alpha.py
      ALPHA_MODULES
    params:
      - alpha.seeds
      - alpha.width
    outs:
      - results/alpha.json
  beta:
    cmd: python -m scripts.beta
    deps:
      - scripts/beta.py
      BETA_MODULES
    params:
      - beta.seeds
      - beta.noise
    outs:
      - results/beta.json
  picture:
    cmd: python -m scripts.picture
    deps:
      - scripts/picture.py
      - results/alpha.json
      PICTURE_MODULES
    outs:
      - results/picture.svg
  report:
    cmd: python -m scripts.report
    deps:
      - scripts/report.py
      - text.html
      - results/alpha.json
      - results/beta.json
      - results/picture.svg
    outs:
      - report/report.html
"""
SAVE = """

if __name__ == "__main__":
    import json
    from pathlib import Path

    import yaml

    parameters = yaml.safe_load(Path("params.yaml").read_text())["{experiment}"]
    Path("results").mkdir(exist_ok=True)
    Path("results/{experiment}.json").write_text(json.dumps({{"{name}": {function}(**parameters)}}))
"""
TAILS = {
    "alpha": SAVE.format(experiment="alpha", name="mean", function="mean_over_seeds"),
    "beta": SAVE.format(experiment="beta", name="spread", function="spread_over_seeds"),
    "picture": """

if __name__ == "__main__":
    import json
    from pathlib import Path

    mean = json.loads(Path("results/alpha.json").read_text())["mean"]
    Path("results/picture.svg").write_text(f"<svg><text>{words(mean)}</text></svg>")
""",
}
REPORT = """import json
from pathlib import Path

from scripts.shared.runlog import ran

ran("report")
numbers = json.loads(Path("results/alpha.json").read_text()) | json.loads(Path("results/beta.json").read_text())
Path("report").mkdir(exist_ok=True)
text = Path("text.html").read_text().format(picture=Path("results/picture.svg").read_text(), **numbers)
Path("report/report.html").write_text(text)
"""


class Dvc(Tool):
    """Name a script, its data and its parameters in each stage."""

    key = "dvc"
    name = "DVC"
    layout: ClassVar = {
        **shared_layout("scripts"),
        **{name: (f"scripts/{name}.py",) for name in TAILS},
        "parameters": ("params.yaml",),
        "prose": ("text.html",),
    }
    pages = ("report/report.html",)
    result = output = "results/alpha.json"
    results = ("results",)
    memory = (".dvc/cache", ".dvc/tmp")
    listed: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(MODULES, ())

    def files(self) -> dict[str, str]:
        """Return a project with one pipeline."""
        pipeline = PIPELINE
        for name, modules in self.listed.items():
            lines = "".join(f"      - scripts/shared/{module}.py\n" for module in modules)
            pipeline = pipeline.replace(f"      {name.upper()}_MODULES\n", lines)
        texts = shared("scripts") | {"dvc.yaml": pipeline, "scripts/report.py": REPORT}
        texts |= {f"scripts/{name}.py": body(name) + tail for name, tail in TAILS.items()}
        return texts | {"params.yaml": PARAMETERS, "text.html": TEXT}

    def create(self) -> None:
        """Write the article and make it a DVC project; Git plays no part in what runs."""
        super().create()
        self.run([str(self.environment / "bin/dvc"), "init", "--no-scm", "--quiet"])

    def command(self) -> list[str]:
        """Return the command that reproduces the pipeline."""
        return [str(self.environment / "bin/dvc"), "repro"]

    def clean(self) -> None:
        """Remove what the lock file knows as well."""
        super().clean()
        self.remove("dvc.lock")

    def variables(self) -> dict[str, str]:
        """Send nothing home, and keep what DVC keeps outside of a project inside of this one."""
        return super().variables() | {"DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(self.folder / ".dvc/tmp/site")}

    def version(self) -> str:
        """Return the installed version."""
        return f"DVC {self.run([str(self.environment / 'bin/dvc'), '--version']).strip()}"


class DvcListed(Dvc):
    """Name as a dependency every module that a script reaches, too."""

    key = "dvc-listed"
    name = "DVC, modules listed"
    listed: ClassVar = MODULES
