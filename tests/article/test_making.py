"""How each number was made: page, print, appendix and report.json tell the same of it."""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from scripts.article.configuration import load_configuration
from scripts.article.errors import ArticleError
from scripts.article.freshness import stale
from scripts.article.introductions import first_line
from scripts.article.making import command, embedded, quoted, settings_in_words, stage_of
from scripts.article.plan import Plan
from scripts.article.verify import verify

SECTION = "templates/sections/alpha.md.j2"
COIN = "scripts/alpha/coin.py"
FIGURE = "scripts/alpha/figures/coin.py"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Scripts(HTMLParser):
    """Collect the scripts of a page as a browser reads them: the data and the code."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[dict[str, str], str]] = []
        self._open = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag == "script":
            self.found.append((dict(attributes), ""))
        self._open = tag == "script"

    def handle_endtag(self, tag):
        self._open = False

    def handle_data(self, data):
        if self._open:
            self.found[-1] = (self.found[-1][0], self.found[-1][1] + data)


def panels_of(page):
    (data,) = [text for attributes, text in Scripts(page).found if attributes.get("id") == "made"]
    return json.loads(data)


def rows_of(page):
    """Return the rows of the appendix as text, by the id of each."""
    rows = re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, flags=re.DOTALL)
    return {name: html.unescape(re.sub(r"<[^>]+>", "\n", row)) for name, row in rows}


@pytest.fixture
def built(small):
    """Return the folder of a report whose value has all that a value can have."""
    small.edit(COIN, "digits=2)", "unit='throws', digits=2, note='a <b>note</b> with </script> & \"quotes\"')")
    small.edit("scripts/alpha/settings.py", 'description="Chance of heads"', 'unit="of 1", description="Chance"')
    small.compute(alpha={"coin": {"seeds": 12}})
    return small.build(alpha={"coin": {"seeds": 12}})


def test_panels_appendix_and_json_hold_the_same_facts(built):
    page, report = (built / "report.html").read_text(), json.loads((built / "report.json").read_text())
    told, rows = panels_of(page), rows_of(page)
    printed = re.findall(r'href="#made-(\w+)-(\w+)"[^>]*data-value="([^"]+)"', page)
    assert {name for _, _, name in printed} == {"heads", "exact"}
    for section, experiment, name in printed:
        stage = f"{section}.{experiment}"
        record, made = report["values"][f"{stage}.{name}"], report["stages"][stage]
        assert record["stage"] == stage == stage_of(f"{stage}.{name}")
        assert dict(zip(told["facts"], told["values"][stage][name], strict=True)) == {
            fact: record[fact] for fact in told["facts"]
        }
        shown = told["stages"][stage]
        assert shown == {fact: made[fact] for fact in shown}
        assert {"title", "settings", "units", "script", "artifact", "digest", "sha256", "command"} == set(shown)
        row = rows[f"made-{section}-{experiment}"]
        for fact in ("title", "script", "artifact", "sha256", "command"):
            assert f"\n{made[fact]}\n" in row.replace(": \n", "\n")
        assert f"\n{made['digest'][:16]}\n" in row
        assert settings_in_words(made["settings"], made["units"]) in row
    assert record["artifact"] == made["artifact"]
    assert made["units"] == {"chance": "of 1"}
    assert "chance = 0.5 of 1; first_seed = 0; seeds = 12" in row


def test_the_facts_are_those_of_the_files(built):
    report = json.loads((built / "report.json").read_text())
    made = report["stages"]["alpha.coin"]
    assert made["sha256"] == hashlib.sha256(Path(made["artifact"]).read_bytes()).hexdigest()
    assert made["digest"] == Plan.load({"alpha": {"coin": {"seeds": 12}}}).experiments["alpha.coin"].digest
    assert Path(made["script"]) == Path(COIN)
    assert made["title"] == "Flip."
    assert made["command"].endswith("--force results/alpha/coin.json --config alpha__coin__seeds=12")
    figure = report["stages"]["alpha.figures.coin"]
    assert (figure["title"], figure["script"]) == ("Draw.", "scripts/alpha/figures/coin.py")


def test_a_value_that_is_not_printed_is_not_in_the_panels(small):
    small.edit(SECTION, 'A caption with {{ num("alpha.coin.exact") }}', "A caption")
    page = (small.build() / "report.html").read_text()
    assert set(panels_of(page)["values"]["alpha.coin"]) == {"heads"}


def test_each_number_of_the_page_leads_to_its_row_and_the_row_to_the_first(built):
    page = (built / "report.html").read_text()
    numbers = re.findall(r'<a href="#made-alpha-coin"[^>]*class="num"', page)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert page.index('id="first-alpha-coin"') == page.index('id="', page.index('<a href="#made-alpha-coin"'))
    assert identifiers.count("made-alpha-coin") == identifiers.count("first-alpha-coin") == 1
    assert f'<a href="#first-alpha-coin">{len(numbers)} numbers in the text</a>' in page
    assert len(numbers) >= 5  # two in the text, one in the caption, one count, one in the evidence
    assert "title=" not in "".join(numbers)


def test_each_number_of_the_print_is_linked_with_its_row_both_ways(built):
    source = Path(".cache/last.typ").read_text()
    numbers = source.count('#number("alpha.coin")[')
    page = (built / "report.html").read_text()
    assert numbers == len(re.findall(r'class="num"', page.partition("<script")[0]))
    assert source.count('made("alpha.coin", ') == 1
    targets = [
        link.get_object()
        for sheet in PdfReader(built / "report.pdf").pages
        for link in sheet.get("/Annots", [])
        if link.get_object().get("/Subtype") == "/Link"
    ]
    assert len(targets) > numbers  # one for each number at least, one from the row, one to the script
    uris = {target["/A"].get("/URI") for target in targets if "/A" in target}
    assert f"../{COIN}" in uris


def test_without_the_table_numbers_are_plain_text(small):
    small.edit("templates/back.md.j2", "{{ stages() }}", "Nothing.")
    page = (small.build() / "report.html").read_text()
    assert "#made-" not in page.partition("<script")[0]
    assert panels_of(page)["values"] == {}
    assert "#number(" not in Path(".cache/last.typ").read_text()


def test_the_table_is_shown_once(small):
    small.edit("templates/back.md.j2", "{{ stages() }}", "{{ stages() }}\n\n{{ stages() }}")
    with pytest.raises(ArticleError, match=r"back\.md\.j2:5: the table of experiments is shown twice"):
        small.build()


def test_the_policy_allows_the_script_of_the_page_and_no_other(built):
    page = (built / "report.html").read_text()
    (code,) = [text for attributes, text in Scripts(page).found if attributes.get("type") == "module"]
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert [part for part in policy.split("; ") if part.startswith("script-src")] == [f"script-src 'sha256-{digest}'"]
    assert "default-src 'none'" in policy


TEXTS = st.one_of(
    st.text(), st.sampled_from(["</script>", "<!--<script>", "\u2028\u2029", "\\u003c", "]]>", "\r\n\0", "&lt;", '"\\'])
)


@given(st.dictionaries(TEXTS, st.one_of(TEXTS, st.lists(TEXTS), st.integers(), st.none())))
def test_any_text_comes_back_from_the_json_of_a_page(data):
    text = embedded(data)
    assert json.loads(text) == data
    assert not re.search("[<\u2028\u2029]", text)
    found = Scripts(f'<p>before</p><script id="made">{text}</script><p>after</p>').found
    assert [json.loads(inside) for _, inside in found] == [data]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_an_attribute_is_quoted_so_that_it_ends_where_it_should(text):
    inside = quoted(text)
    assert not re.search(r'(?<!\\)(\\\\)*"', inside)
    assert html.unescape(re.sub(r'\\([\\"])', r"\1", inside)) == html.unescape(html.escape(" ".join(text.split())))


@pytest.mark.parametrize("base", ["", "https://host/owner/repo/blob/v1/", "http://localhost:8000/", "https://host/"])
def test_links_to_sources_begin_with_the_base(small, base):
    small.edit("config/config.yaml", "preset:", f'source_base: "{base}"\npreset:')
    folder = small.build()
    page = (folder / "report.html").read_text()
    assert f'href="{base or "../"}{COIN}"' in page
    assert panels_of(page)["base"] == (base or "../")
    assert f'"{base or "../"}{COIN}"' in Path(".cache/last.typ").read_text()


@pytest.mark.parametrize(
    "base",
    ["host/", "https://host", "ftp://host/", "https:///", "https://a b/", 'https://a"b/', "https://h/?q=/", "../"],
)
def test_a_bad_base_is_one_message(small, base):
    with pytest.raises(ArticleError) as raised:
        load_configuration({"source_base": base})
    assert str(raised.value) == (
        f"command line (--config or --configfile): source_base is {base!r}: "
        "expected nothing, or a URL that begins with http:// or https:// and ends with /"
    )


def test_the_base_is_no_part_of_any_stage(small):
    before, after = Plan.load({}), Plan.load({"source_base": "https://host/"})
    assert before.report.digest != after.report.digest
    stages = {name: stage.digest for name, stage in (before.experiments | before.figures).items()}
    assert stages == {name: stage.digest for name, stage in (after.experiments | after.figures).items()}
    assert "source_base" not in command("results/a/b.json", {"source_base": "https://host/"})


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (COIN, '"""Flip."""\n\nimport', '"""Toss."""\n\nimport', "input first line of scripts/alpha/coin.py changed"),
        (FIGURE, '"""Draw."""\n\nfrom', '"""Paint."""\n\nfrom', f"input first line of {FIGURE} changed"),
        ("scripts/alpha/settings.py", "ge=0, le=1", 'unit="of 1", ge=0, le=1', "scripts.alpha.settings.Coin changed"),
    ],
)
def test_only_the_report_follows_what_a_source_says_of_itself(small, file, old, new, reason):
    small.build()
    assert "every link holds" in verify()
    small.edit(file, old, new)
    assert next(iter(stale(Plan.load({})))) == "results/report.json"
    with pytest.raises(ArticleError, match=rf"report\.json: stale: {re.escape(reason)}"):
        verify()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""One line."""\n', "One line."),
        ('# a comment\n\n"""First,\nthen more."""\n', "First,"),
        ('r"""With \\d."""\nx = 1', "With \\d."),
        ('"""\nOn the second line.\n"""\n', "On the second line."),
    ],
)
def test_the_first_line_of_a_docstring_is_what_a_script_computes(tmp_path, source, line):
    script = tmp_path / "one.py"
    script.write_text(source)
    assert first_line(script) == line


@pytest.mark.parametrize("source", ["", "import os\n", 'x = """no"""\n', '""" """\n'])
def test_a_script_without_a_docstring_is_named(tmp_path, source):
    script = tmp_path / "one.py"
    script.write_text(source)
    with pytest.raises(ArticleError, match=r"one\.py: it begins with no docstring"):
        first_line(script)


def test_a_command_carries_what_the_build_was_given():
    given_settings = {"preset": "quick", "title": "x", "a": {"b": {"widths": [10, 2], "kind": "tanh; rm", "on": True}}}
    words = command("results/a/b.json", given_settings)
    assert words == (
        "ARTICLE_STORE=off snakemake --cores all --force results/a/b.json --config preset=quick "
        "'a__b__widths=[10, 2]' 'a__b__kind=tanh; rm' a__b__on=true"
    )


HARNESS = """<script type="module">
const out = [], panel = document.querySelector(".panel"), [one, other] = document.querySelectorAll("a.num");
const press = (key, at) => at.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const note = (name) => out.push(`${name}:${!panel.hidden}:${document.activeElement === one}`);
one.click(); note("click"); const text = panel.textContent;
press("Escape", panel); note("escape");
press(" ", one); note("space");
document.body.click(); note("outside");
other.click(); one.click(); note("another"); one.click(); note("again");
const verdicts = () => [...document.querySelectorAll(".claims tbody tr")].filter((row) => !row.hidden)
  .map((row) => row.cells[1].textContent).join(",");
const [claim, verdict, number] = document.querySelectorAll(".claims .sort");
for (const [name, button] of [["up", verdict], ["down", verdict], ["back", verdict], ["number", number]]) {
  button.click(); out.push(`${name}:${verdicts()}:${button.parentElement.ariaSort}`);
}
document.querySelectorAll(".chip")[1].click(); out.push(`filter:${verdicts()}`);
document.body.innerHTML = ""; document.body.append(out.join("\\n") + "\\n" + text);
</script></body>"""
ROWS = [("One", "", ""), ("A", "refuted", "3.2 × 10⁻⁹"), ("B", "supported", "−12\u202f000 [1, 2]")]
ROWS += [("Two", "", ""), ("C", "inconclusive", ""), ("D", "supported", "0.5")]
CLAIMS = (
    '<div class="ledger claims"><table><thead><tr><th>Claim</th><th>Verdict</th><th>Number</th></tr></thead><tbody>'
    + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    + "</tbody></table></div>"
)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_panels_open_and_close_and_tables_sort_in_a_browser(built, tmp_path):
    page = (built / "report.html").read_text().replace('class="ledger claims"', 'class="ledger"')
    page = page.replace("</main>", f"{CLAIMS}</main>")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page).replace("</body>", HARNESS)
    file = tmp_path / "harness.html"
    file.write_text(page)
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom"]
    done = subprocess.run([CHROMIUM, *options, file.as_uri()], capture_output=True, text=True, timeout=120)
    text = html.unescape(done.stdout.partition("<body>")[2].partition("</body>")[0])
    for line in ("click:true:false", "escape:false:true", "space:true:false", "outside:false:false"):
        assert f"{line}\n" in text
    assert "another:true:false\n" in text
    assert "again:false:true\n" in text
    assert "up:supported,supported,refuted,inconclusive:ascending\n" in text
    assert "down:inconclusive,refuted,supported,supported:descending\n" in text
    assert "back:,refuted,supported,,inconclusive,supported:none\n" in text
    assert "number:supported,refuted,supported,inconclusive:ascending\n" in text
    assert "filter:refuted" in text
    for fact in (
        "0.50\u00a0throws",
        "0.4 to 0.6",
        "n = 12",
        'a <b>note</b> with </script> & "quotes"',
        "alpha.coin.heads",
    ):
        assert fact in text
