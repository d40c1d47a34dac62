"""Pieces that were rendered before: whatever is kept of them, page and print are the same."""

import re
import shutil
import subprocess

import pytest

from scripts.article import pandoc
from scripts.article.cache import Cache
from scripts.article.errors import ArticleError
from scripts.article.press import LAST
from scripts.article.render import RENDERED
from scripts.article.text import COMPILED
from tests_support import pdf_text

FRONT, SECTION = "templates/front.md.j2", "templates/sections/alpha.md.j2"
SECOND = """@book{other1952,
  author = {Kleene, Stephen Cole},
  title = {Another Book},
  year = {1952}
}
"""


def built(small):
    return {path.name: path.read_bytes() for path in small.build().iterdir()}


def kept(small, folder=RENDERED):
    return sorted((small.folder / folder).iterdir())


def from_nothing(small):
    shutil.rmtree(small.folder / ".cache")
    return built(small)


@pytest.fixture
def runs(monkeypatch):
    """Return the texts that pandoc is run on."""
    texts = []

    def run(command, *, input, **options):
        texts.append(input.decode())
        return run_(command, input=input, **options)

    run_ = subprocess.run
    monkeypatch.setattr(pandoc.subprocess, "run", run)
    return texts


@pytest.mark.slow
def test_an_edit_renders_its_own_piece_and_gives_what_a_build_from_nothing_gives(small, runs):
    built(small)
    runs.clear()
    built(small)
    assert runs == []
    small.edit(SECTION, "See {{", "Do see, once more and at length, {{")
    edited = built(small)
    assert len(runs) == 2  # HTML and Typst
    assert all("Do see" in text for text in runs)
    assert edited == from_nothing(small)


@pytest.mark.parametrize("folder", [RENDERED, COMPILED])
def test_what_is_damaged_is_made_again(small, folder):
    first = built(small)
    one, two, *_ = kept(small, folder)
    for damage in (b"", b"\xff\xfe", one.read_bytes()[:-1], one.read_bytes() + b" ", two.read_bytes()):
        one.write_bytes(damage)
        assert built(small) == first
    assert one.read_bytes() != two.read_bytes()


@pytest.mark.parametrize("source", [b"", b"#let x = (", b"\xff", b'#import "nothing.typ"', b"= Another article"])
def test_what_was_printed_last_decides_nothing(small, source):
    first = built(small)
    (small.folder / LAST).write_bytes(source)
    assert built(small) == first


def test_what_the_article_does_not_use_is_removed(small):
    built(small)
    before, other = kept(small), small.folder / RENDERED / "notes.txt"
    other.write_text("not ours")
    small.edit(SECTION, "See {{", "Do see {{")
    templates = kept(small, COMPILED)
    built(small)
    assert len(set(before) - set(kept(small))) == 2
    assert len(kept(small)) == len(before) + 1
    assert len(set(templates) - set(kept(small, COMPILED))) == 1
    assert len(templates) == len(kept(small, COMPILED))
    assert other.exists()


def test_what_another_process_removes_is_made_again(tmp_path):
    mine, other = Cache(tmp_path), Cache(tmp_path)
    assert mine.text("source", lambda: "made") == "made"
    assert mine.read("source") == b"made"
    assert other.text("source", lambda: "made twice") == "made"
    Cache(tmp_path).prune()
    assert other.text("source", lambda: "made again") == "made again"


def test_a_folder_that_cannot_be_written_to_costs_time_only(tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder")
    assert Cache(file).text("source", lambda: "made") == "made"
    Cache(file).prune()


@pytest.mark.slow
def test_citations_are_told_apart_across_pieces(small):
    built(small)
    with (small.folder / "templates/references.bib").open("a") as file:
        file.write(SECOND)
    small.edit(FRONT, "A front", 'A front {{ cite("other1952") }}')
    edited = built(small)
    page, printed = edited["report.html"].decode(), pdf_text(small.folder / "report/report.pdf")
    assert re.search(r'href="#ref-other1952"[^>]*>Kleene 1952a</a>', page)
    assert re.search(r'href="#ref-kleene1952"[^>]*>Kleene 1952b</a>', page)
    assert "(Kleene 1952a)" in printed
    assert "Kleene (1952b) began it" in printed
    assert edited == from_nothing(small)


def test_an_edit_of_the_bibliography_is_seen(small, runs):
    built(small)
    runs.clear()
    small.edit("templates/references.bib", "{1952}", "{1953}")
    assert b"Kleene 1953" in built(small)["report.html"]
    assert len(runs) == 2  # the citations alone


def test_pieces_share_no_ids(small):
    note = "\n\n## The same heading\n\nA note.[^1]\n\n[^1]: At the end.\n\n```python\n# a comment\n```\n"
    small.edit(SECTION, "See {{", f"{note}\n\n## The same heading\n\nSee {{{{")
    small.edit("templates/back.md.j2", "# References", f"# Last {{#last}}{note}\n\n# References")
    page = built(small)["report.html"].decode()
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert {"alpha-the-same-heading", "alpha-the-same-heading-1", "last-the-same-heading"} <= set(identifiers)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(identifiers)
    assert pdf_text(small.folder / "report/report.pdf").count("At the end.") == 2


def test_sections_are_numbered_through(small):
    small.edit("config/config.yaml", "[alpha]", "[aside, alpha]")
    (small.folder / "templates/sections/aside.md.j2").write_text("# Aside {#aside .unnumbered}\n\n## In it\n")
    small.edit("templates/back.md.j2", "# References", "# Last {#last}\n\n## Part\n\n# References")
    page = built(small)["report.html"].decode()
    for piece, number in (("alpha", "1"), ("last", "2"), ("last-part", "2.1")):
        assert f'id="toc-{piece}"><span class="toc-section-number">{number}</span>' in page
        assert re.search(f'data-number="{number}"[^>]* id="{piece}"', page)


def test_a_template_that_was_compiled_before_still_names_its_lines(small):
    built(small)
    small.edit("templates/references.bib", "kleene1952", "kleene1953")
    small.edit("templates/claims/alpha.yaml", "kleene1952", "kleene1953")
    with pytest.raises(ArticleError, match=r"alpha\.md\.j2:4: 'kleene1952' is not in"):
        small.build()


def test_a_formula_that_pandoc_cannot_read_is_named_with_its_template(small):
    built(small)
    small.edit(SECTION, "$x^2$", r"$\frac{1$")
    with pytest.raises(ArticleError, match=rf"^{re.escape(SECTION)}: pandoc: .*frac"):
        small.build()


def test_what_changes_while_pandoc_reads_it_is_not_kept(small, monkeypatch):
    def run(*command, **options):
        done = run_(*command, **options)
        with (small.folder / "templates/references.bib").open("a") as file:
            file.write("% edited\n")
        return done

    run_ = subprocess.run
    monkeypatch.setattr(pandoc.subprocess, "run", run)
    with pytest.raises(ArticleError, match=r"references\.bib.*: edited while pandoc read them"):
        small.build()
