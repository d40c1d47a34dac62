"""One quick build of the whole article, as a reader sees it, and what an author sees who then breaks something."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
from build_support import built_once, copy_of, snakemake

from tests_support import pdf_pages, pdf_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_of(built_once(tmp_path_factory), tmp_path_factory.mktemp("project") / "article")


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
    assert not re.findall(r'\bsrc="(?!data:)[^"]+"|<(?:link|base)\b|@import|url\((?!#|data:)', page)
    scripts = set(re.findall(r'<a href="\.\./(scripts/[^"]+)"', page))
    assert scripts
    assert all((project / name).is_file() for name in scripts)
    bibliography = (project / "templates/references.bib").read_text()
    for address in set(re.findall(r'<a href="(?!#|\.\./scripts/)([^"]+)"', page)):
        assert re.sub(r"^https://(doi\.org|arxiv\.org/abs)/", "", address) in bibliography
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(identifiers)


def test_a_build_says_what_it_made(project):
    said = (project / "build.log").read_text()
    assert re.search(r"Made report/report\.html, report/report\.pdf, report/report\.json in \d+", said)


def run(folder: Path, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_every_link_of_the_chain_holds_and_a_broken_one_is_named(project):
    assert "every link holds" in run(project, "scripts.article.verify")
    with edited(project / "report/report.json", lambda text: text.replace("quick", "paper", 1)):
        assert "error: results/report.json: stale: report/report.json is not the file" in run(
            project, "scripts.article.verify"
        )


def test_why_says_what_changed_and_how_long_it_takes(project):
    changed = "preset=quick", "reinforcement__toy__discount=0.8"
    said = run(project, "scripts.article.why", "--config", *changed)
    assert re.search(r"reinforcement\.toy  \(\d+ s\)\n    setting discount: 0\.9 → 0\.8\n", said)
    count = re.search(r"5 of (\d+) stages would be made anew: about \d+ s of computing\.", said)
    assert count
    assert f"Nothing to do: all {count[1]} stages" in run(project, "scripts.article.why", "--config", "preset=quick")


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
