"""The edit matrix: after each edit of a built article, exactly the stages that it can affect would run again."""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from build_support import built_once, copy_of, due, snakemake, stages_due

from benchmarks.projects import PARTS, ROOT
from scripts.article.settings import experiment_class, preset_values

pytestmark = pytest.mark.slow

Edit = Callable[[Path], object]
REPORT = {"report"}
SUMMED_UP = {"infographic", "report"}  # by these, what comes out of experiments and claims
DISTRIBUTION = "scikit_learn-99.0.dist-info/METADATA"


def figures() -> dict[str, set[str]]:
    """Return each figure's experiments, read off its file."""
    found = {}
    for path in ROOT.glob("scripts/*/figures/[!_]*.py"):
        reads = re.search(r"^READS = \[(.+)\]$", path.read_text(), flags=re.MULTILINE)
        found[f"{path.parts[-3]}.{path.stem}"] = set(re.findall(r'"([\w.]+)"', reads[1]))
    return found


def figure_source(name: str) -> str:
    """Return the code of a figure."""
    section, figure = name.split(".")
    return (ROOT / f"scripts/{section}/figures/{figure}.py").read_text()


def experiments() -> set[str]:
    """Return all experiments, read off the rules; not every one is drawn."""
    return {
        name
        for path in ROOT.glob("workflow/rules/*.smk")
        for name in re.findall(r'stage\("([\w.]+)"\)', path.read_text())
    }


FIGURES = figures()
EXPERIMENTS = experiments()


def imports(module: str) -> dict[str, set[str]]:
    """Return the modules of ours that a module imports, each with the names that it imports from it."""
    text = (ROOT / f"{module.replace('.', '/')}.py").read_text()
    found: dict[str, set[str]] = {}
    for source, names in re.findall(r"^\s*from (scripts[\w.]*) import (\([^)]*\)|.*)$", text, flags=re.MULTILINE):
        found.setdefault(source, set()).update(re.findall(r"\w+", re.sub(r"\bas \w+|#.*", "", names)))
    return found


def loaded(module: str) -> set[str]:
    """Return a module with all modules of ours, but those of the generator, that come with it."""
    found, new = set(), {module}
    while new:
        found |= new
        new = {name for one in new for name in imports(one) if not name.startswith("scripts.article")} - found
    return found


def users(module: str, *names: str) -> set[str]:
    """Return the experiments that import a module, or one of its names, themselves or through modules that they import."""

    def uses(user: str) -> bool:
        found = imports(user).get(module)
        return found is not None and (not names or bool(found & set(names)))

    return {name for name in EXPERIMENTS if any(uses(user) for user in loaded(f"scripts.{name}"))}


def needs_package(module: str, *packages: str) -> bool:
    """Tell whether a module, or one that it loads, imports one of some packages."""
    line = re.compile(rf"^\s*(from|import) ({'|'.join(packages)})\b", flags=re.MULTILINE)
    return any(line.search((ROOT / f"{name.replace('.', '/')}.py").read_text()) for name in loaded(module))


def stages(*experiments: str) -> set[str]:
    """Return experiments with all that is made from them."""
    drawn = {f"figure {name}" for name, sources in FIGURES.items() if sources & set(experiments)}
    return {*experiments, *drawn, *SUMMED_UP}


ENSEMBLES = users("scripts.maths.ensembles")
EVERYTHING = stages(*EXPERIMENTS)
SEEDED = stages(*users("scripts.maths.random"))
ALL_FIGURES = {f"figure {name}" for name in FIGURES} | REPORT
FRAMELESS = {f"figure {name}" for name in FIGURES if "without_axes" in figure_source(name)} | REPORT


def replace(name: str, old: str, new: str) -> Edit:
    """Return the edit that replaces a text, which must be there, once."""

    def edit(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1))

    return edit


def append(name: str, text: str) -> Edit:
    return lambda folder: (folder / name).write_text((folder / name).read_text() + text)


def reformat(name: str) -> Edit:
    """Return the edit that a quite different formatter would make; comments go."""
    return lambda folder: (folder / name).write_text(ast.unparse(ast.parse((folder / name).read_text())) + "\n\n\n")


def touch(*names: str) -> Edit:
    """Return the edit that gives the files in some places new times, all of them different."""

    def edit(folder: Path) -> None:
        files = [path for name in names for path in (folder / name).rglob("*") if path.is_file()]
        for number, path in enumerate(sorted(files)):
            os.utime(path, (2e9 + number % 7, 2e9 + number % 11))

    return edit


def delete(name: str) -> Edit:
    return lambda folder: shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()


def alter(name: str) -> Edit:
    """Return the edit that changes one byte in the middle of a file."""

    def edit(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return edit


def both(*edits: Edit) -> Edit:
    return lambda folder: [edit(folder) for edit in edits]


def move_up(name: str, function: str) -> Edit:
    """Return the edit that moves a function before all others of its module."""

    def edit(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        tree = ast.parse(text)
        lines = text.splitlines(keepends=True)
        found = next(node for node in tree.body if getattr(node, "name", "") == function)
        first = next(node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
        block = lines[found.lineno - 1 : found.end_lineno]
        assert found is not first
        rest = lines[: found.lineno - 1] + lines[found.end_lineno :]
        start = first.lineno - 1
        path.write_text("".join([*rest[:start], *block, "\n\n", *rest[start:]]))

    return edit


def another_version(folder: Path) -> None:
    """Put the record of another version of a package before the installed one."""
    path = folder / "site" / DISTRIBUTION
    path.parent.mkdir(parents=True)
    path.write_text("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 99.0\nRequires-Dist: numpy\n")


def restore_from_backup(folder: Path) -> None:
    """Copy results away and back, so that every file is new to the file system."""
    shutil.copytree(folder / "results", folder / "backup", copy_function=shutil.copyfile)
    shutil.rmtree(folder / "results")
    shutil.copytree(folder / "backup", folder / "results", copy_function=shutil.copyfile)


def clone_with_results(folder: Path) -> None:
    """Make a fresh copy of the project with the results in it, and nothing else of the build."""
    for name in [*PARTS, "results", "report"]:
        path = folder / name
        copy = folder / f"{name}.copy"
        if path.is_dir():
            shutil.copytree(path, copy, copy_function=shutil.copyfile)
            shutil.rmtree(path)
        else:
            shutil.copyfile(path, copy)
            path.unlink()
        copy.rename(path)
    for name in (".snakemake", ".cache", "logs"):
        shutil.rmtree(folder / name)


def new_section(folder: Path) -> None:
    """Add a section: that on reinforcement learning once more, under another name."""
    shutil.copytree(folder / "scripts/reinforcement", folder / "scripts/control")
    (folder / "workflow/rules/control.smk").write_text(
        (folder / "workflow/rules/reinforcement.smk").read_text().replace("reinforcement", "control")
    )
    for path in (folder / "scripts/control").rglob("*.py"):
        path.write_text(path.read_text().replace("reinforcement", "control"))
    (folder / "templates/sections/control.md.j2").write_text("# Control {#control}\n")
    (folder / "templates/claims/control.yaml").write_text("[]\n")
    replace("config/config.yaml", "  - faq", "  - control\n  - faq")(folder)


BOUNDARY = "scripts/geometry/boundary.py"
STATISTICS = "scripts/maths/statistics.py"
SETTINGS = "scripts/geometry/settings.py"
NET = "scripts/maths/ensembles.py"
STYLE = "scripts/article/style.py"

# what is edited: the edit, and the stages that must then run
EDITS: dict[str, tuple[Edit, set[str]]] = {
    "nothing": (lambda folder: None, set()),
    "a comment": (append(BOUNDARY, "\n# a comment\n"), set()),
    "a comment inside a function": (replace(BOUNDARY, "    x, y = (np", "    # a comment\n    x, y = (np"), set()),
    "a docstring": (replace(BOUNDARY, '"""Fit one net and', '"""Fit a net and'), set()),
    "a module's docstring": (replace("scripts/maths/__init__.py", '"""', '"""All of '), set()),
    "the first line of an experiment's docstring": (replace(BOUNDARY, '"""The article\'s demo made whole', '"""The demo made whole'), REPORT),
    "the formatting of a module": (reformat(NET), set()),
    "line endings": (lambda folder: (folder / NET).write_bytes((folder / NET).read_bytes().replace(b"\n", b"\r\n")), set()),
    "an annotation": (replace(BOUNDARY, "grid: int) ->", "grid: float) ->"), set()),
    "the order of functions": (move_up(STATISTICS, "share_interval"), set()),
    "the order of imports": (replace(NET, "import numpy as np\nimport torch\n", "import torch\nimport numpy as np\n"), set()),
    "all sources touched": (touch("scripts", "templates", "workflow"), set()),
    "results touched": (touch("results", "report"), set()),
    "an entry module": (replace(BOUNDARY, '"gap": Value.of(mean_interval(train - test), 3', '"gap": Value.of(mean_interval(train - test), 2'), stages("geometry.boundary")),
    "a function shared by some sections": (replace(STATISTICS, "share = successes / trials", "share = successes / (trials + 0)"), stages(*users("scripts.maths.statistics", "share_interval"))),
    "a function shared by many sections": (replace(NET, "torch.baddbmm(bias, found[-1], weight)", "found[-1] @ weight + bias"), stages(*ENSEMBLES)),
    "a function used through another": (replace("scripts/maths/random.py", "crc32(stream.encode())", "crc32(stream.encode('utf-8'))"), SEEDED),
    "an unused function of a shared module": (append(STATISTICS, "\n\ndef unused():\n    return LEVEL\n"), set()),
    "an unused constant of a shared module": (append(NET, "\n\nUNUSED = 3\n"), set()),
    "an unused import of a shared module": (replace(NET, "import numpy as np\n", "import json\n\nimport numpy as np\n"), set()),
    "a constant": (replace(NET, '"he": 2.0', '"he": 2.5'), stages(*ENSEMBLES)),
    "a method": (replace(NET, "affine if depth == last else sigma(affine)", "sigma(affine) if depth < last else affine"), stages(*ENSEMBLES)),
    "a decorator": (replace(NET, "@dataclass(frozen=True)", "@dataclass"), stages(*ENSEMBLES)),
    "a default argument": (replace("scripts/maths/probes.py", "ridge: float = 1e-6", "ridge: float = 1e-5"), stages(*users("scripts.maths.probes"))),
    "an effect at import": (append("scripts/maths/probes.py", "\ntorch.set_default_dtype(torch.float64)\n"), stages(*users("scripts.maths.probes"))),
    "where a name is imported from": (replace(BOUNDARY, "import mean_interval, share_interval", "import mean_interval\nfrom scripts.maths.statistics import mean_interval as share_interval"), stages("geometry.boundary")),
    "a figure": (replace("scripts/geometry/figures/warp.py", "s=3", "s=4"), {"figure geometry.warp", "report"}),
    "the style of all figures": (replace(STYLE, "WIDTH = ", "WIDTH = 0.1 + "), ALL_FIGURES | SUMMED_UP),
    "a helper of the style": (replace(STYLE, "def without_axes(", "def without_axes(*_, **__): pass\ndef _without_axes("), FRAMELESS | SUMMED_UP),
    "a sentence": (append("templates/sections/faq.md.j2", "\nOne more sentence.\n"), REPORT),
    "a criterion": (replace("templates/claims/reinforcement.yaml", "constant_error, below: 1}", "constant_error, below: 2}"), SUMMED_UP),
    "a reference": (append("templates/references.bib", "\n@misc{nobody, title={Nothing}, year={1900}}\n"), REPORT),
    "the style of the page": (append("templates/assets/style.css", "\np { color: inherit }\n"), REPORT),
    "the frame of the page": (append("templates/report.html.j2", "\n"), REPORT),
    "the frame of the print": (append("templates/report.typ.j2", "\n"), REPORT),
    "the code of the report": (append("scripts/article/render.py", "\nimport sys\nsys.setrecursionlimit(5000)\n"), REPORT),
    "the title": (replace("config/config.yaml", "title: ", "title: On "), SUMMED_UP),
    "a heading": (replace("templates/sections/ntk.md.j2", "# Neural", "# The Neural"), SUMMED_UP),
    "a miniature": (replace("scripts/ntk/miniature.py", "linewidth=1.6", "linewidth=1.7"), SUMMED_UP),
    "a miniature deleted": (delete("scripts/ntk/miniature.py"), SUMMED_UP),
    "the card altered": (alter("results/infographic.png"), SUMMED_UP),
    "the fonts of the page": (replace("scripts/article/fonts.py", "0x2C6, 0x2DD", "0x2C6, 0x2DC"), {"fonts", "report"}),
    "a message of the launcher": (replace("scripts/article/stage.py", "from the store", "out of the store"), set()),
    "a comment in the Snakefile": (append("Snakefile", "\n# a comment\n"), set()),
    "the threads of a rule": (replace("workflow/rules/stages.smk", "threads: 1", "threads: 2"), set()),
    "the preset's default of a parameter": (replace(SETTINGS, "parameter(20, quick=5, paper=100, ge=3", "parameter(20, quick=6, paper=100, ge=3"), stages("geometry.boundary")),
    "another preset's default": (replace(SETTINGS, "parameter(20, quick=5, paper=100, ge=3", "parameter(30, quick=5, paper=90, ge=3"), REPORT),
    "the description of a parameter": (replace(SETTINGS, '"Fresh points that nothing was fitted to"', '"Fresh points"'), REPORT),
    "an artifact deleted": (delete("results/reinforcement/toy.json"), stages("reinforcement.toy")),
    "arrays deleted": (delete("results/reinforcement/toy.npz"), stages("reinforcement.toy")),
    "an artifact altered": (alter("results/reinforcement/toy.json"), stages("reinforcement.toy")),
    "arrays altered": (alter("results/reinforcement/toy.npz"), stages("reinforcement.toy")),
    "a figure deleted": (delete("results/ntk/figures/gram.svg"), {"figure ntk.gram", "report"}),
    "a figure altered": (alter("results/ntk/figures/gram.svg"), {"figure ntk.gram", "report"}),
    "a figure's record deleted": (delete("results/ntk/figures/gram.json"), {"figure ntk.gram", "report"}),
    "a font altered": (alter("results/fonts/math.woff2"), {"fonts", "report"}),
    "the page deleted": (delete("report/report.html"), REPORT),
    "the page altered": (alter("report/report.html"), REPORT),
    "the record of the report deleted": (delete("results/report.json"), REPORT),
    "results restored from a backup": (restore_from_backup, set()),
    "Snakemake's memory deleted": (delete(".snakemake"), set()),
    "the memory of sources deleted": (delete(".cache"), set()),
    "the memory of sources damaged": (alter(".cache/summaries.json"), set()),
    "a fresh clone with copied results": (clone_with_results, set()),
    "a new section": (new_section, {name.replace("reinforcement.", "control.") for name in stages(*(name for name in EXPERIMENTS if name.startswith("reinforcement.")))}),
    "a section removed": (replace("config/config.yaml", "  - ntk\n", ""), SUMMED_UP),
    "a file renamed": (both(lambda folder: (folder / "scripts/maths/ross.py").rename(folder / "scripts/maths/knn.py"), replace("scripts/information/features.py", "scripts.maths.ross", "scripts.maths.knn")), stages("information.features")),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return built_once(tmp_path_factory)


@pytest.fixture
def project(built, tmp_path):
    return copy_of(built, tmp_path / "article")


@pytest.mark.parametrize("name", EDITS)
def test_what_an_edit_makes_run(project, name):
    edit, expected = EDITS[name]
    edit(project)
    assert due(project) == expected


def test_a_renamed_local_variable_reruns_its_experiment_at_most(project):
    path = project / BOUNDARY
    path.write_text(
        path.read_text().replace("points = np.stack", "places = np.stack").replace("proba(points)", "proba(places)")
    )
    assert due(project) <= stages("geometry.boundary")


def test_a_setting_on_the_command_line_reruns_its_experiment(project):
    assert due(project, "reinforcement__toy__discount=0.8") == stages("reinforcement.toy")


def test_another_preset_reruns_every_experiment_that_it_changes(project):
    quick, standard = (
        {name: preset_values(experiment_class(name), preset) for name in EXPERIMENTS}
        for preset in ("quick", "standard")
    )
    changed = {name for name in EXPERIMENTS if quick[name] != standard[name]}
    assert len(changed) >= len(EXPERIMENTS) - 2  # what is exact and small is the same in all presets
    assert due(project, preset="standard") == stages(*changed)


def test_another_first_seed_reruns_what_is_computed_over_seeds(project):
    assert due(project, "first_seed=1") == SEEDED


def test_another_version_of_a_package_reruns_what_needs_it(project):
    another_version(project)
    scikit_learn = ("sklearn", "ripser")  # ripser needs it too
    expected = stages(*(name for name in EXPERIMENTS if needs_package(f"scripts.{name}", *scikit_learn)))
    expected |= {f"figure {name}" for name in FIGURES if "label_lines" in figure_source(name)}  # by its isotonic fit
    done = snakemake(project, "--summary", PYTHONPATH=str(project / "site"))
    assert stages_due(done.stdout) == expected
