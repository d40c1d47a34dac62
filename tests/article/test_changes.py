"""What has changed since the accepted report, end to end: the page, the table and the strict build."""

import re
from pathlib import Path

import pytest

from scripts.article import changes_page
from scripts.article.accept import accept
from scripts.article.changes import describe, find_changes, main
from scripts.article.verify import verify

COIN, CLAIMS = "scripts/alpha/coin.py", "templates/claims/alpha.yaml"
PAGE = Path("report/changes.html")


def test_nothing_accepted_is_said(small):
    small.build()
    assert find_changes() is None
    assert describe(None).startswith("No report has been accepted yet")
    assert "No report has been accepted yet" in PAGE.read_text()
    main(["--strict"])


def flip(small):
    """Accept the small article, then have its coin fall on heads too often, and its figure drawn from other flips."""
    small.build()
    accept()
    small.edit(COIN, "Value(0.5, 0.4, 0.6,", "Value(0.9, 0.85, 0.95,")
    small.edit(COIN, "np.linspace(0.4", "np.linspace(0.8")
    small.compute()
    small.build()


def test_a_flipped_value_flips_the_verdict_the_page_the_table_and_the_strict_build(small):
    flip(small)
    told = describe(find_changes()).replace("\N{NO-BREAK SPACE}", " ")
    assert told.splitlines()[:4] == [
        "Since the accepted report: 1 verdict flipped, 1 number moved beyond its interval, 1 figure differs, "
        "2 stages made otherwise.",
        "  verdicts",
        "    alpha.fair  supported → refuted",
        "        alpha.coin.heads  0.50 [0.40, 0.60] → 0.90 [0.85, 0.95]",
    ]
    page = PAGE.read_text().replace("\N{NO-BREAK SPACE}", " ")
    assert '<a href="report.html#claim-alpha-fair">alpha.fair</a>' in page
    assert re.search(
        r'class="supported"[^>]*>supported</td>\s*<td[^>]*class="refuted"[^>]*><strong>refuted</strong>', page
    )
    assert re.search(
        r'<td class="number" title="before">0\.50 \[0\.40, 0\.60\]</td>\s*<td class="number" title="after">0\.90 \[0\.85, 0\.95\]',
        page,
    )
    with pytest.raises(SystemExit, match=r"alpha\.fair: supported → refuted\nlook at report/changes\.html, then `make"):
        main(["--strict"])
    accept()
    main(["--strict"])
    assert "Nothing has changed" in PAGE.read_text()


def test_a_threshold_that_flips_a_verdict_is_shown_as_that(small):
    small.build()
    accept()
    small.edit(CLAIMS, "between: [0.3, 0.7]", "between: [0.45, 0.7]")
    small.build()
    told = describe(find_changes())
    assert "alpha.fair  supported → inconclusive" in told
    assert "its criterion changed" in told
    page = PAGE.read_text()
    assert "lies between 0.3 and 0.7." in page
    assert "lies between 0.45 and 0.7." in page
    assert "Numbers that moved" not in page


def test_a_claim_that_went_is_told_and_is_no_flip(small):
    small.build()
    accept()
    small.edit(CLAIMS, CLAIM_OF_LATER, "")
    small.edit("templates/sections/alpha.md.j2", '{{ claim("alpha.later") }}\n', "")
    small.build()
    assert "  claims removed\n    alpha.later\n" in describe(find_changes())
    assert "<h2>Removed claims</h2>" in PAGE.read_text()
    main(["--strict"])


CLAIM_OF_LATER = """- id: alpha.later
  assertion: A claim whose experiment is still to come.
  untested: [alpha.dice]
"""


def test_figures_stand_side_by_side_with_their_alternative_texts(small):
    flip(small)
    page = PAGE.read_text()
    pictures = re.findall(r'role="img" aria-label="(A rising line[^"]+)"><svg aria-hidden="true"', page)
    assert len(pictures) == 2
    assert page.index("alpha.coin, before") < page.index("alpha.coin, after")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert "#0072b2" not in page.split("<body>")[1]


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_text("<svg>forged</svg>")])
def test_a_picture_that_is_not_here_is_asked_for(small, harm):
    flip(small)
    for file in Path(".cache/accepted").iterdir():
        harm(file)
    small.build()
    page = PAGE.read_text()
    assert "The accepted picture is not on this machine." in page
    assert "forged" not in page
    assert page.count('role="img"') == 1


def test_figures_beyond_the_room_are_listed(small, monkeypatch):
    flip(small)
    monkeypatch.setattr(changes_page, "ROOM", 1000)
    small.build()
    page = PAGE.read_text()
    assert "There is no room here for these figures" in page
    assert "<li><code>alpha.coin</code></li>" in page
    assert 'role="img"' not in page


def test_the_page_needs_nothing_from_outside_and_runs_nothing(small):
    flip(small)
    page = PAGE.read_text()
    assert set(re.findall(r'(?:src|href)="(?!#|data:)([^"]+)"', page)) == {"report.html#claim-alpha-fair"}
    assert not re.findall(r"url\((?!data:|#)", page)
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_what_a_file_says_is_never_markup(small):
    small.build()
    accept()
    small.edit("config/config.yaml", "A small article", "A <b>small</b> article")
    small.edit(CLAIMS, "it asks about something outside", "it asks about <i>something</i> outside")
    small.build()
    page = PAGE.read_text()
    assert "A &lt;b&gt;small" in page
    assert "&lt;i&gt;something" in page
    assert "<b>small" not in page
    assert "<i>something" not in page


def test_other_settings_are_warned_of(small):
    small.build()
    accept()
    small.compute(preset="quick")
    small.build(preset="quick")
    told = describe(find_changes())
    assert "another preset" in told.splitlines()[0]
    assert "  settings\n    preset: standard → quick\n" in told
    assert re.search(
        r'role="note">The two reports were made under other settings.*\s*preset standard → quick\.', PAGE.read_text()
    )


def test_the_command_line_writes_the_page_and_prints_the_table(small, capsys):
    flip(small)
    PAGE.unlink()
    main([])
    assert "alpha.fair  supported → refuted" in capsys.readouterr().err
    assert PAGE.is_file()
    verify()


def test_comparing_twice_gives_the_same_bytes(small):
    flip(small)
    page = PAGE.read_bytes()
    main([])
    assert PAGE.read_bytes() == page
