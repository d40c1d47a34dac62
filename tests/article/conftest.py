"""A small article of one section, whole and built in a second, for the generator's tests."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import scripts
from scripts.article import stage
from scripts.article.changes import write_changes
from scripts.article.fonts import FONTS
from scripts.article.plan import Plan, Stage
from scripts.article.recipes import Recipes
from scripts.article.records import write_record
from scripts.article.report import assemble

REPOSITORY = Path(__file__).resolve().parents[2]

FILES = {
    "config/config.yaml": "title: A small article\nsubtitle: For tests\npreset: standard\nsections: [alpha]\n",
    "scripts/alpha/__init__.py": '"""A section for tests."""\n',
    "scripts/alpha/settings.py": '''"""Parameters."""

from scripts.article.settings import Model, SeededModel, parameter


class Coin(SeededModel):
    """Parameters of coin."""

    seeds: int = parameter(8, quick=4, ge=2, description="Repetitions", origin="hand-tuned")
    chance: float = parameter(0.5, ge=0, le=1, description="Chance of heads", origin="a fair coin")


class Settings(Model):
    """List the experiments."""

    coin: Coin
''',
    "scripts/alpha/coin.py": '''"""Flip."""

import numpy as np

from scripts.alpha.settings import Coin
from scripts.article.artifacts import Result
from scripts.article.values import Value


def compute(settings: Coin) -> Result:
    """Flip."""
    heads = np.linspace(0.4, 0.6, settings.seeds)
    values = {"heads": Value(0.5, 0.4, 0.6, settings.seeds, digits=2), "exact": Value(settings.chance, digits=1)}
    return Result(values, {"heads": heads})
''',
    "scripts/alpha/figures/__init__.py": '"""Figures."""\n',
    "scripts/alpha/figures/coin.py": '''"""Draw."""

from scripts.article.style import BLUE, canvas

READS = ["alpha.coin"]


def draw(coin):
    """Draw."""
    figure, axes = canvas()
    axes.plot(coin["heads"], color=BLUE)
    axes.set(xlabel="flip", ylabel="share of heads")
    return figure, "A rising line from four tenths to six tenths, drawn only for the tests."
''',
    "templates/front.md.j2": "A front with {{ verdict('alpha.fair') }}.\n\n{{ ledger() }}\n\nSPLIT-BETWEEN-FRONT-AND-BODY\n",
    "templates/back.md.j2": "# Made {#making .unnumbered}\n\n{{ stages() }}\n\n# References {#references .unnumbered}\n\n::: {#refs}\n:::\n",
    "templates/sections/alpha.md.j2": """# Coins {#alpha}

By {{ eq("alpha.mean") }} the share is {{ num("alpha.coin.heads") }} over {{ count("alpha.coin.heads") }} seeds.
{{ num("alpha.coin.heads", interval=False) }} is shorter. We set $p$ = {{ setting("alpha.coin.chance") }} {{ cite("kleene1952") }}.

{% call equation("alpha.mean", alt="p equals h over n") %}p = h / n{% endcall %}

{% call fig("alpha.coin") %}
A caption with {{ num("alpha.coin.exact") }} and $x^2$.
{% endcall %}

See {{ figref("alpha.coin") }} and {{ secref("alpha") }}; {{ citet("kleene1952") }} began it.

{% call original() %}
It does not run.
{% endcall %}

{{ claim("alpha.fair") }}
{{ claim("alpha.later") }}
{{ claim("alpha.never") }}
""",
    "templates/claims/alpha.yaml": """- id: alpha.fair
  assertion: A coin falls on heads half of the time.
  for: A share near one half.
  against: Any other share.
  criterion:
    supported: {value: alpha.coin.heads, between: [0.3, 0.7]}
  references: [kleene1952]

- id: alpha.later
  assertion: A claim whose experiment is still to come.
  untested: [alpha.dice]

- id: alpha.never
  assertion: A claim that nobody can decide with a coin.
  untestable: it asks about something outside of coins
""",
    "templates/references.bib": """@book{kleene1952,
  author = {Kleene, Stephen Cole},
  title = {Introduction to Metamathematics},
  year = {1952}
}
""",
}
LINKS = ("scripts/article", "scripts/maths", "scripts/reach", "workflow/schemas")
LINKS += ("templates/assets", "templates/report.html.j2", "templates/report.typ.j2", "templates/changes.html.j2")


class SmallArticle:
    """Build a small article in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be there; code is imported anew when it is next used."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        if name.endswith(".py"):
            _forget()

    def compute(self, **overrides: object) -> None:
        """Run every stage, as the rules would."""
        plan = Plan.load(overrides)
        for name, planned in plan.experiments.items():
            self.run("experiment", name, planned)
        write_record(FONTS, plan.fonts, {})
        for name, planned in plan.figures.items():
            self.run("figure", name, planned)

    @staticmethod
    def run(kind: str, name: str, planned: Stage) -> None:
        """Run one stage as its rule would, in this process."""
        before = stage.stamps()
        stage.carry_out(stage.KINDS[kind](Recipes(), name, planned.params["settings"]), planned.digest, before)

    def build(self, **overrides: object) -> Path:
        """Assemble the report and return its folder."""
        assemble(overrides, Path("report"))
        write_changes(Plan.load(overrides).changes)
        return self.folder / "report"


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small article with all its stages computed, which nobody may change."""
    folder = tmp_path_factory.mktemp("small-article")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in LINKS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / "scripts/__init__.py").write_text("")
    with pytest.MonkeyPatch.context() as monkeypatch:
        _enter(folder, monkeypatch)
        SmallArticle(folder).compute()
    _forget()
    return folder


@pytest.fixture
def small(computed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallArticle:
    """Return a small article, computed but not assembled, in the working directory."""
    shutil.copytree(computed, tmp_path, symlinks=True, dirs_exist_ok=True)
    _enter(tmp_path, monkeypatch)
    yield SmallArticle(tmp_path)
    _forget()


def _enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(scripts, "__path__", [*scripts.__path__, str(folder / "scripts")])
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("scripts.alpha")]:
        del sys.modules[name]
        if hasattr(scripts, "alpha"):
            del scripts.alpha
