"""The generator as a whole, on a small article: what it makes, and how it refuses what is wrong."""

import json
import re

import jsonschema
import pytest

from scripts.article.artifacts import read_json, read_sealed, sealed, to_json
from scripts.article.errors import ArticleError
from scripts.article.freshness import stale
from scripts.article.plan import Plan
from scripts.article.render import render
from scripts.article.report import main
from scripts.article.summary import SCHEMA_FILE, report_schema
from tests_support import pdf_text


@pytest.fixture
def page(small):
    return (small.build() / "report.html").read_text()


def test_the_same_numbers_stand_in_page_print_and_json(small):
    folder = small.build()
    page, printed = (folder / "report.html").read_text(), pdf_text(folder / "report.pdf")
    data = json.loads((folder / "report.json").read_text())
    text = data["values"]["alpha.coin.heads"]["text"]
    assert text == "0.50\N{NO-BREAK SPACE}[0.40,\N{NO-BREAK SPACE}0.60]"
    assert text in page
    assert "0.50 [0.40, 0.60]" in printed
    assert "over 8 seeds" in printed
    assert data["stages"]["alpha.coin"]["settings"] == {"chance": 0.5, "first_seed": 0, "seeds": 8}
    assert {claim["id"]: claim["verdict"] for claim in data["claims"]} == {
        "alpha.fair": "supported",
        "alpha.later": "untested",
        "alpha.never": "untestable",
    }
    assert data["figures"][0]["alt"].startswith("A rising line")


def test_a_note_may_hold_any_sign_in_text_and_in_the_table_of_a_claim(small):
    small.edit("scripts/alpha/coin.py", "digits=2)", "digits=2, note='I(X; T | Y), \\\\ and \"so\"')")
    small.compute()
    page = (small.build() / "report.html").read_text()
    assert r'"I(X; T | Y), \\ and \"so\""' in page
    assert len(re.findall(r'<a [^>]*class="num" data-value="heads">0\.50', page)) >= 2
    assert "{.num" not in page


def test_references_link_and_number_alike(small):
    folder = small.build()
    page, printed = (folder / "report.html").read_text(), pdf_text(folder / "report.pdf")
    assert '<a href="#fig-alpha-coin">Figure\N{NO-BREAK SPACE}1</a>' in page
    assert '<a href="#eq-alpha-mean">Equation\N{NO-BREAK SPACE}(1)</a>' in page
    for text in ("Figure 1", "Equation (1)", "Section 1", "Kleene (1952)", "The original demo"):
        assert text in printed
    targets = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_the_overview_lists_each_claim_of_its_section_with_a_link(small):
    small.edit(SECTION, "See {{", '{{ overview("alpha") }}\n\nSee {{')
    small.edit("templates/claims/alpha.yaml", "A coin falls on", "A coin | a fair one | falls on")
    page = (small.build() / "report.html").read_text()
    rows = re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)
    rows = [row for row in rows if row.count("<td") == 2]  # the ledger's have more
    row = next(row for row in rows if "falls on heads" in row)
    assert "A coin | a fair one | falls on heads half of the time." in row
    assert '<a href="#claim-alpha-fair">supported</a>' in row
    assert sum('href="#claim-alpha-' in row for row in rows) == 3


def test_settings_are_written_in_words(small):
    sizes = '    sizes: list[int] = parameter([10, 12000], description="Sizes", origin="hand-tuned")\n'
    small.edit("scripts/alpha/settings.py", "    chance: float", f"{sizes}    chance: float")
    shown = '{{ setting("alpha.coin.sizes") }} or {{ setting("alpha.coin.sizes", between=", ") }}'
    small.edit(SECTION, "We set", f"Sizes {shown}. We set")
    small.compute()
    text = re.sub(r"<[^>]+>", "", (small.build() / "report.html").read_text()).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Sizes 10 × 12 000 or 10, 12 000. We set" in " ".join(text.split())


def test_the_page_needs_nothing_from_outside(page):
    assert set(re.findall(r'(?:src|href)="(?!#|data:)([^"]+)"', page)) == {"../scripts/alpha/coin.py"}
    assert not re.findall(r"url\((?!data:|#)", page)
    assert not re.findall(r"<script[^>]*src|<script[^>]*import", page)
    assert "default-src 'none'" in page


def test_figures_stand_in_the_page_with_their_alternative_text_and_own_ids(page):
    assert 'role="img" aria-label="A rising line from four tenths' in page
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert "var(--blue)" in page
    assert "#0072b2" not in page.split("<body>")[1]


def test_quick_says_so_on_the_first_page(small):
    small.compute(preset="quick")
    folder = small.build(preset="quick")
    assert "Quick preset" in (folder / "report.html").read_text()
    assert "Quick preset" in pdf_text(folder / "report.pdf", pages=1)


def test_building_twice_gives_the_same_bytes(small):
    def built():
        return {path.name: path.read_bytes() for path in small.build().iterdir()}

    assert built() == built()


def test_an_edit_during_the_build_counts_as_made_after_it(small, monkeypatch):
    def edit_and_render(*arguments):
        small.edit(SECTION, "See {{", "Do see {{")
        return render(*arguments)

    monkeypatch.setattr("scripts.article.report.render", edit_and_render)
    small.build()
    assert list(stale(Plan.load({}))) == ["results/report.json"]


def test_code_that_does_not_parse_is_one_message(small):
    small.edit("scripts/alpha/figures/coin.py", "def draw(coin):", "def draw(coin:")
    with pytest.raises(ArticleError, match=r"scripts/alpha/figures/coin\.py:\d+: no valid Python"):
        Plan.load({})


def test_the_schema_on_disk_is_that_of_the_code(small):
    assert read_json(SCHEMA_FILE) == json.loads(json.dumps(report_schema()))
    jsonschema.validate(json.loads((small.build() / "report.json").read_text()), report_schema())


SECTION = "templates/sections/alpha.md.j2"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            SECTION,
            'num("alpha.coin.exact")',
            'num("alpha.coin.exat")',
            r"md\.j2:\d+: unknown value 'alpha\.coin\.exat'; did",
        ),
        (SECTION, 'num("alpha.coin.heads") }} over', 'num("alpha.coin.hades") }} over', r"md\.j2:3: unknown value"),
        (
            SECTION,
            'fig("alpha.coin")',
            'fig("alpha.con")',
            r"md\.j2:8: unknown figure 'alpha\.con'; did you mean alpha\.coin",
        ),
        (SECTION, 'figref("alpha.coin")', 'figref("alpha.dice")', r"md\.j2:12: unknown figure 'alpha\.dice'"),
        (
            SECTION,
            'eq("alpha.mean")',
            'eq("alpha.men")',
            r"md\.j2:3: unknown equation 'alpha\.men'; did you mean alpha\.mean",
        ),
        (
            SECTION,
            'claim("alpha.fair")',
            'claim("alpha.fare")',
            r"md\.j2:18: unknown claim 'alpha\.fare'; did you mean",
        ),
        (
            SECTION,
            "See {{",
            '{{ overview("alfa") }} See {{',
            r"md\.j2:12: section 'alfa' has no claims; did you mean alpha",
        ),
        (SECTION, '{{ claim("alpha.later") }}', "", r"alpha\.yaml:8: claim alpha\.later is not shown"),
        (SECTION, 'claim("alpha.later")', 'claim("alpha.fair")', r"md\.j2:19: claim alpha\.fair is shown twice"),
        (
            SECTION,
            'cite("kleene1952")',
            'cite("kleene1925")',
            r"md\.j2:4: 'kleene1925' is not in templates/references\.bib",
        ),
        (SECTION, 'secref("alpha")', 'secref("beta")', r"md\.j2:12: unknown section 'beta'; known: alpha"),
        (SECTION, 'setting("alpha.coin.chance")', 'setting("alpha.coin.chanse")', r"md\.j2:4: unknown setting"),
        (
            SECTION,
            'count("alpha.coin.heads")',
            'count("alpha.coin.exact")',
            r"md\.j2:3: value alpha\.coin\.exact has no n",
        ),
        (SECTION, 'alt="p equals h over n"', 'alt=" "', r"md\.j2:6: equation alpha\.mean: alt is empty"),
        (SECTION, "num(", "nmu(", r"md\.j2:3: 'nmu' is undefined; did you mean num"),
        (SECTION, "{% endcall %}", "", r"md\.j2:\d+: "),
        (SECTION, "$x^2$", r"$\frac{1$", "pandoc: .*frac"),
        (SECTION, "See {{", "See [@nobody1900] {{", r"md\.j2:12: 'nobody1900' is not in"),
        ("templates/front.md.j2", "SPLIT-BETWEEN-FRONT-AND-BODY", "", r"front\.md\.j2: the line SPLIT"),
        (
            "templates/claims/alpha.yaml",
            "alpha.coin.heads",
            "alpha.coin.head",
            r"yaml:1: claim alpha\.fair: unknown value",
        ),
        (
            "templates/claims/alpha.yaml",
            "[kleene1952]",
            "[kleen1952]",
            r"yaml:1: claim alpha\.fair: 'kleen1952' is not in",
        ),
        (
            "templates/references.bib",
            "year = {1952}\n}",
            "year = {1952}\n}\n@misc{kleene1952,\n}",
            r"bib:6: key 'kleene1952'",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(small, file, old, new, message):
    small.edit(file, old, new)
    with pytest.raises(ArticleError, match=message):
        small.build()
    assert not (small.folder / "report").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "scripts/alpha/coin.py",
            "np.linspace(0.4",
            "np.linspace(0.3",
            r"coin\.json: stale: scripts\.alpha\.coin\.compute changed;",
        ),
        (
            "scripts/alpha/settings.py",
            "parameter(0.5",
            "parameter(0.6",
            r"coin\.json: stale: setting chance: 0\.5 → 0\.6;",
        ),
        (
            "scripts/alpha/figures/coin.py",
            "axes.plot",
            "axes.step",
            r"coin\.svg: stale: .*figures\.coin\.draw changed;",
        ),
    ],
)
def test_a_stale_result_is_never_printed(small, file, old, new, message):
    small.build()
    small.edit(file, old, new)
    before = {path.name: path.read_bytes() for path in (small.folder / "report").iterdir()}
    with pytest.raises(ArticleError, match=message):
        small.build()
    assert before == {path.name: path.read_bytes() for path in (small.folder / "report").iterdir()}


@pytest.mark.parametrize(
    "file",
    [
        "results/alpha/coin.json",
        "results/alpha/coin.npz",
        "results/alpha/figures/coin.json",
        "results/alpha/figures/coin.svg",
    ],
)
def test_an_altered_result_is_never_printed(small, file):
    path = small.folder / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArticleError, match=r"altered after it was|not readable as JSON"):
        small.build()


def test_a_figure_of_other_numbers_is_never_printed(small):
    path = small.folder / "results/alpha/coin.json"
    record = read_sealed(path)
    record["values"]["exact"]["note"] = "another run"
    path.write_text(to_json(sealed(record)))
    with pytest.raises(ArticleError, match=r"coin\.svg: stale: results/alpha/coin\.json is not the file"):
        small.build()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"A rising line from four tenths to six tenths, drawn only for the tests."', '""', "alternative text is ''"),
        ('READS = ["alpha.coin"]', "", "expected READS"),
        ('READS = ["alpha.coin"]', 'READS = ["alpha.con"]', r"READS names 'alpha\.con'; did you mean alpha\.coin"),
        (
            'READS = ["alpha.coin"]',
            "READS = list()",
            r"figures/coin\.py:\d+: READS is computed, expected a list of ids",
        ),
    ],
)
def test_figures_that_are_not_whole_are_named(small, old, new, message):
    small.edit("scripts/alpha/figures/coin.py", old, new)
    with pytest.raises(ArticleError, match=message):
        small.compute()


def test_the_command_line_prints_one_line_and_no_traceback(small, capsys):
    small.edit(SECTION, 'num("alpha.coin.exact")', 'num("alpha.coin.exat")')
    with pytest.raises(SystemExit, match=r"^error: templates/sections/alpha\.md\.j2:\d+: unknown value"):
        main(["--config", "{}", "--into", "report"])
