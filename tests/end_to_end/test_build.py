"""One quick build of the whole article in a copy of the project, and what a user sees who then changes something."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from tests_support import pdf_pages, pdf_text

pytestmark = pytest.mark.slow
TOY = {"reinforcement_toy": 1, "figure": 1, "report": 1}
REPOSITORY = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "environment.yml", "profiles", "scripts", "templates", "workflow")


def snakemake(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *options, "--config", "preset=quick"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SNAKEMAKE")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def jobs(folder: Path) -> dict[str, int]:
    """Return how many jobs of each rule a dry run lists."""
    done = snakemake(folder, "--dry-run", "--quiet", "progress")
    assert done.returncode == 0, done.stderr
    rows = re.findall(r"^\s*([a-z][\w ]*?)\s+(\d+)\s*$", done.stdout + done.stderr, flags=re.MULTILINE)
    return {rule.replace(" ", "_"): int(count) for rule, count in rows if rule not in ("total", "all")}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    done = snakemake(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Made report/report\.html, report/report\.pdf, report/report\.json in \d+", done.stderr)
    return folder


@pytest.fixture(scope="module")
def data(project):
    return json.loads((project / "report/report.json").read_text())


@pytest.fixture(scope="module")
def page(project):
    return (project / "report/report.html").read_text()


@contextmanager
def edited(path: Path, edit: Callable[[str], str]) -> Iterator[None]:
    """Edit a file, and put it back whatever happens."""
    before = path.read_text()
    path.write_text(edit(before))
    try:
        yield
    finally:
        path.write_text(before)


def number(data, name):
    return data["values"][name]["value"]


def test_the_json_report_is_whole(project, data):
    jsonschema.validate(data, json.loads((project / "workflow/schemas/report.schema.json").read_text()))
    assert data["preset"] == "quick"
    sections = ["geometry", "optimization", "information", "bayesian", "ntk", "reinforcement", "functions"]
    assert list(dict.fromkeys(claim["section"] for claim in data["claims"])) == sections
    assert {name.split(".")[0] for name in data["values"]} == set(sections)
    for value in data["values"].values():
        assert (project / value["artifact"]).is_file()
        assert value["stage"] in data["stages"]
    for figure in data["figures"]:
        assert (project / figure["path"]).is_file()
        assert len(figure["alt"]) >= 40


def test_the_figures_of_exact_theory_are_hit(data):
    assert number(data, "reinforcement.toy.fixed_point") == pytest.approx(5, abs=1e-9)
    assert number(data, "reinforcement.toy.after_100") == pytest.approx(0.524, rel=0.05)
    assert number(data, "reinforcement.toy.updates_to_99") == pytest.approx(4605.17, abs=0.01)
    assert number(data, "reinforcement.toy.constant_alpha_limit") == pytest.approx(5.34, abs=0.05)
    assert number(data, "reinforcement.toy.double_q_limit") == pytest.approx(5.0, abs=0.05)
    assert number(data, "functions.freelunch.off_training") == 0.5
    exact = number(data, "functions.context.risk_exact")
    assert exact == pytest.approx(6 / 26, abs=1e-12)
    assert number(data, "functions.context.risk") == pytest.approx(exact, rel=0.03)


def test_page_and_print_tell_the_same(project, data, page):
    printed = pdf_text(project / "report/report.pdf")
    for name in ("geometry.boundary.test_accuracy", "reinforcement.toy.after_100", "functions.context.risk"):
        text = data["values"][name]["text"]
        assert text in page
        assert text.replace("\N{NO-BREAK SPACE}", " ") in printed
    titles = (
        "Geometry of Deep Learning",
        "Optimization Landscapes",
        "Information Bottleneck",
        "Bayesian Deep Learning",
    )
    titles += ("Neural Tangent Kernel", "Reinforcement Learning", "The Real Secret", "FAQs", "References")
    for title in titles:
        assert title in page
        assert title in printed
    assert "Quick preset" in page
    assert pdf_pages(project / "report/report.pdf") > 10


def test_the_page_is_one_file_with_links_that_lead_somewhere(project, page):
    assert (project / "report/report.html").stat().st_size < 3_000_000
    assert not re.findall(r'\b(?:src|href)="(?!#|data:|https://doi\.org/)[^"]+"', page)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(identifiers)


def test_nothing_reruns_when_nothing_changed(project):
    assert jobs(project) == {}


def test_a_change_of_prose_reruns_the_report_alone(project):
    with edited(project / "templates/sections/faq.md.j2", lambda text: text + "\nOne more sentence.\n"):
        assert jobs(project) == {"report": 1}


def test_a_comment_reruns_nothing(project):
    with edited(project / "scripts/reinforcement/toy.py", lambda text: "# a comment\n" + text):
        assert jobs(project) == {}


def test_a_change_of_one_experiment_reruns_it_and_what_reads_it(project):
    with edited(project / "scripts/reinforcement/toy.py", lambda text: text + "\n\nNEW_CONSTANT = 1\n"):
        assert jobs(project) == TOY


def test_what_reruns_depends_on_no_file_time(project):
    files = [path for part in (*PARTS, "results", "report") for path in (project / part).rglob("*") if path.is_file()]
    for number, path in enumerate(files):
        os.utime(path, (1e9 + number % 7, 1e9 + number % 11))
    assert jobs(project) == {}
    for path in files:
        os.utime(path, (1e9, 1e9))


def test_what_reruns_depends_on_no_memory_of_snakemake(project):
    memory = project / ".snakemake"
    memory.rename(project / "memory")
    try:
        assert jobs(project) == {}
        with edited(project / "scripts/reinforcement/toy.py", lambda text: text + "\n\nNEW_CONSTANT = 1\n"):
            assert jobs(project) == TOY
    finally:
        shutil.rmtree(memory, ignore_errors=True)
        (project / "memory").rename(memory)


def test_an_altered_result_is_made_anew(project):
    with edited(
        project / "results/reinforcement/toy.json", lambda text: text.replace('"note": ""', '"note": "by hand"', 1)
    ):
        assert jobs(project) == TOY
    with edited(project / "report/report.json", lambda text: text.replace("quick", "paper", 1)):
        assert jobs(project) == {"report": 1}
    with edited(project / "results/reinforcement/figures/toy.svg", lambda text: text.replace("<g", "<g ", 1)):
        assert jobs(project) == {"figure": 1, "report": 1}
    arrays = project / "results/reinforcement/toy.npz"
    before = arrays.read_bytes()
    arrays.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    assert jobs(project) == TOY
    arrays.unlink()
    assert jobs(project) == TOY
    arrays.write_bytes(before)
    assert jobs(project) == {}


def test_a_broken_template_shows_its_message_and_keeps_the_last_report(project):
    report = {path.name: path.read_bytes() for path in (project / "report").iterdir()}
    broken = '\n{{ num("geometry.boundary.tset_accuracy") }}\n'
    with edited(project / "templates/sections/faq.md.j2", lambda text: text + broken):
        done = snakemake(project)
    shown = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0
    assert "logs/report.log" in shown
    assert "unknown value 'geometry.boundary.tset_accuracy'; did you mean geometry.boundary.test_accuracy" in shown
    assert "Traceback" not in shown
    assert {path.name: path.read_bytes() for path in (project / "report").iterdir()} == report


def test_a_wrong_setting_is_one_message_before_any_job(project):
    done = snakemake(project, "--configfile", str(written(project, "geometry: {boundary: {nosie: 0.3}}\n")))
    assert done.returncode != 0
    assert "unknown key geometry.boundary.nosie (value 0.3); did you mean geometry.boundary.noise" in done.stderr
    assert "Traceback" not in done.stderr


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path
