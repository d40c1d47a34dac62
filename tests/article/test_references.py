"""The list of references is complete: who, what, where, when, and where to find it."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.cache import Cache
from scripts.article.content import REFERENCES
from scripts.article.pandoc import html_pieces, typst_pieces

REPOSITORY = Path(__file__).resolve().parents[2]
WITHOUT_LINK = {  # in print before there were links, and with no page of the publisher's that is of this edition
    "bellman1957": "a book, found by its ISBN",
    "kleene1952": "a book, found by its ISBN",
    "miller1955": "a chapter of a book that has no identifier at all",
}
WITHOUT_IDENTIFIER = {"miller1955"}
VENUE = {
    "article": {"journal", "volume", "pages"},
    "book": {"publisher"},
    "incollection": {"booktitle", "editor", "publisher", "pages"},
    "inproceedings": {"booktitle"},
    "unpublished": {"howpublished", "eprint"},
}
HOST = re.compile(r"https?://[a-z]+(\.[a-z]+)+/\S+")


def parsed(text):
    """Return kind, key and fields of every entry of a BibTeX file written as ours is: one field a line."""
    entries = []
    for block in re.split(r"\n\n", text.strip()):
        head, *lines, last = block.split("\n")
        kind, key = re.fullmatch(r"@(\w+)\{(\w+),", head).groups()
        assert last == "}", block
        lines = [line if line.endswith(",") else line + "," for line in lines]
        pairs = [re.fullmatch(r"  (\w+) = \{(.+)\},", line).groups() for line in lines]
        assert all(balanced(value) for _, value in pairs), block
        assert len(dict(pairs)) == len(pairs), block
        entries.append((kind, key, dict(pairs)))
    return entries


def balanced(text):
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def letters(name):
    """Return a name as keys write it: without accents, braces, spaces and hyphens."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\\.|[{}]", "", name))
    return "".join(character for character in plain.lower() if character.isascii() and character.isalpha())


def valid_isbn(text):
    digits = text.replace("-", "")
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0
    return bool(re.fullmatch(r"\d{13}", digits)) and sum(map(int, digits[::2] + 3 * digits[1::2])) % 10 == 0


ENTRIES = parsed((REPOSITORY / REFERENCES).read_text(encoding="utf-8"))
every_entry = pytest.mark.parametrize(("kind", "key", "fields"), ENTRIES, ids=[key for _, key, _ in ENTRIES])


@every_entry
def test_who_what_where_and_when(kind, key, fields):
    assert {"author", "title", "year"} | VENUE[kind] <= set(fields)
    assert "others" not in fields["author"]
    for person in fields["author"].split(" and "):
        assert re.fullmatch(r"[^,]+, [^,]+", person), person


@every_entry
def test_the_key_is_the_first_author_and_the_year(kind, key, fields):
    family = fields["author"].split(",")[0]
    name, year = key[:-4], key[-4:]
    assert name in {letters(family), letters(family.split()[-1])}
    assert fields["year"] == year


@every_entry
def test_it_can_be_found(kind, key, fields):
    found = set(fields) & {"doi", "eprint", "isbn", "url"}
    assert bool(found) != (key in WITHOUT_IDENTIFIER)
    assert bool(found - {"isbn"}) != (key in WITHOUT_LINK)
    assert len(found - {"isbn"}) <= 1  # only one is printed
    assert re.fullmatch(r"10\.\d{4,5}/[^\s{}]+", fields.get("doi", "10.1000/1"))
    assert HOST.fullmatch(fields.get("url", "https://a.org/b"))
    assert not re.search(r"doi\.org|arxiv\.org", fields.get("url", ""))
    assert "isbn" not in fields or valid_isbn(fields["isbn"])
    assert ("eprint" in fields) == (fields.get("eprinttype") == "arxiv")


@every_entry
def test_a_preprint_is_not_younger_than_its_paper(kind, key, fields):
    if "eprint" not in fields:
        return
    year, month, digits = re.fullmatch(r"(\d\d)(\d\d)\.(\d{4,5})", fields["eprint"]).groups()
    assert 2000 + int(year) <= int(fields["year"])
    assert 1 <= int(month) <= 12
    assert (len(digits) == 5) == (int(year) >= 15)  # arXiv has counted with five digits since 2015


@every_entry
def test_pages_run_upwards(kind, key, fields):
    for first, last in re.findall(r"(\d+)--(\d+)", fields.get("pages", "")):
        assert int(first) < int(last)


def test_entries_are_sorted_and_none_is_there_twice():
    keys = [key for _, key, _ in ENTRIES]
    assert keys == sorted(keys)
    for name in ("doi", "eprint", "url", "isbn", "title"):
        values = Counter(fields[name].lower() for _, _, fields in ENTRIES if name in fields)
        assert [value for value, count in values.items() if count > 1] == []
    assert len(set(keys)) == len(keys)


def test_every_citation_has_its_entry():
    known = {key for _, key, _ in ENTRIES}
    cited = set()
    for template in (REPOSITORY / "templates").rglob("*.md.j2"):
        text = template.read_text(encoding="utf-8")
        for arguments in re.findall(r"\bcitet?\(([^)]*)\)", text):
            cited |= set(re.findall(r"[\"'](\w+)[\"']", arguments))
        cited |= set(re.findall(r"(?<![\w\\])@([A-Za-z]\w*)", text))
    for path in (REPOSITORY / "templates/claims").glob("*.yaml"):
        for claim in yaml.safe_load(path.read_text(encoding="utf-8")):
            cited |= set(claim.get("references", []))
    assert len(cited) > 80
    assert sorted(cited - known) == []


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Return the whole list as HTML and as Typst."""
    cited = " ".join(f"[@{key}]" for _, key, _ in ENTRIES)
    pieces = {"list": f"# References {{#references}}\n\n{cited}\n\n::: {{#refs}}\n:::\n"}
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(REPOSITORY)
        rendered = Cache(tmp_path_factory.mktemp("rendered"))
        return html_pieces(pieces, rendered)[1][0], typst_pieces(pieces, rendered)[0]


def expected_link(fields):
    """Return address and text of the link that an entry is printed with."""
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}", f"doi:{fields['doi']}"
    if "eprint" in fields:
        return f"https://arxiv.org/abs/{fields['eprint']}", f"arXiv:{fields['eprint']}"
    return fields["url"], fields["url"].split("/")[2]


@every_entry
def test_it_is_printed_with_year_and_a_short_link(printed, kind, key, fields):
    page, print_ = printed
    shown = re.search(rf'<div id="ref-{key}" class="csl-entry"[^>]*>(.*?)</div>', page, re.DOTALL)[1]
    assert re.search(rf"\b{fields['year']}[a-z]?\. ", shown)
    links = re.findall(r'<a href="([^"]*)">([^<]*)</a>', shown)
    assert links == ([] if key in WITHOUT_LINK else [expected_link(fields)])
    if links:
        address, text = links[0]
        assert f'#link("{address}")[{text}]' in print_.replace("\\", "")


def test_names_keep_their_particles_in_the_text(printed):
    for name in ("van Hasselt 2010", "van den Oord et al. 2018", "von Oswald et al. 2023"):
        assert name in printed[0]


def test_links_of_the_text_are_left_as_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    pieces = {"text": "# Title {#title}\n\n<https://arxiv.org/abs/1806.07572>\n"}
    body = html_pieces(pieces, Cache(tmp_path))[1][0]
    assert ">https://arxiv.org/abs/1806.07572</a>" in body


@pytest.mark.parametrize(
    "text",
    [
        "@book{a1900,\n  title = {No end},\n",
        "@book{a1900,\n  title = {Open {brace},\n}",
        "@book{a1900,\n  title = {One},\n  title = {Two}\n}",
        "@book{a1900,\n  title = No braces\n}",
    ],
)
def test_a_file_that_is_written_otherwise_is_noticed(text):
    with pytest.raises((AssertionError, AttributeError)):
        parsed(text)


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(1, 9), st.integers(0, 12))
def test_one_wrong_digit_of_an_isbn_is_noticed(digits, change, place):
    check = -sum(digits[::2] + [3 * digit for digit in digits[1::2]]) % 10
    right = [*digits, check]
    wrong = [*right[:place], (right[place] + change) % 10, *right[place + 1 :]]
    assert valid_isbn("".join(map(str, right)))
    assert not valid_isbn("".join(map(str, wrong)))
