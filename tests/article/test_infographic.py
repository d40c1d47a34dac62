"""The infographic: its marks are the verdicts, its card has the size it is shared in, and every miniature draws."""

import importlib
import json
import re
import struct
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from reach.small import SMALL

from scripts.article.artifacts import load_artifact, save_artifact
from scripts.article.configuration import load_configuration
from scripts.article.criteria import VERDICTS
from scripts.article.errors import ArticleError
from scripts.article.figure import to_svg
from scripts.article.infographic import alternative
from scripts.article.miniatures import CARD_FILE, NARROW_FILE, RECORD, WIDE_FILE, miniature_module, with_miniature
from scripts.article.plan import Plan
from scripts.article.poster import CARD, MARKS, NARROW, WIDE, Panel, compose, wrapped
from scripts.article.recipe import Recipe
from scripts.article.render import COLOURS
from scripts.article.style import without_axes
from scripts.article.verify import verify
from tests_support import pdf_text

CLAUSE = "a line that rises from four tenths to six"
MINIATURE = f'''"""Draw."""

from scripts.article.style import BLUE

READS = ["alpha.coin"]


def draw(axes, coin):
    """Draw."""
    axes.plot(coin["heads"], color=BLUE)
    return "{CLAUSE}"
'''
FAIR = "between: [0.3, 0.7]"
verdict_lists = st.lists(st.lists(st.sampled_from(VERDICTS), max_size=9), min_size=1, max_size=9)


def panels_of(verdicts):
    names = [f"s{number}" for number in range(len(verdicts))]
    return [
        Panel(name, f"The title of {name}", number, lambda axes: CLAUSE, own)
        for number, (name, own) in enumerate(zip(names, verdicts, strict=True), start=1)
    ]


def marks(figure):
    """Return how many marks stand in each panel for each verdict, by their gids."""
    found = {}
    for line in figure.axes[0].lines:
        section, verdict = line.get_gid().split()
        found[section, verdict] = len(line.get_xdata())
    return found


@settings(max_examples=15, deadline=None)
@given(verdict_lists, st.sampled_from([WIDE, NARROW, CARD]))
def test_each_panel_has_a_mark_a_claim_and_the_legend_one_a_verdict(verdicts, arrangement):
    panels = panels_of(verdicts)
    figure, clauses = compose(panels, "Title", "Subtitle", arrangement)
    expected = {(panel.section, verdict): n for panel in panels for verdict, n in Counter(panel.verdicts).items()}
    used = {("legend", verdict): 1 for own in verdicts for verdict in own}
    assert marks(figure) == expected | used
    told = alternative(panels, clauses)
    assert told.count(CLAUSE) == len(panels)
    counts = Counter(verdict for own in verdicts for verdict in own)
    assert all(f"{count} {verdict}" in told for verdict, count in counts.items())
    assert f"{sum(counts.values())} claims" in told
    texts = [text.get_text() for text in figure.axes[0].texts]
    for verdict, count in counts.items():
        assert texts[texts.index(verdict) - 1] == str(count)


@pytest.mark.parametrize("arrangement", [WIDE, NARROW, CARD])
def test_nothing_lies_outside_and_no_two_marks_touch(arrangement):
    figure, _ = compose(panels_of([VERDICTS * 2 for _ in range(7)]), "A title of words", "And more", arrangement)
    figure.draw_without_rendering()
    sheet = figure.axes[0]
    (left, right), (bottom, top) = sheet.get_xlim(), sheet.get_ylim()
    places = [place for line in sheet.lines for place in zip(*line.get_data(), strict=True)]
    assert all(left < x < right and top < y < bottom for x, y in places)
    nearest = min(abs(x - u) + abs(y - v) for n, (x, y) in enumerate(places) for u, v in places[:n])
    assert nearest * 72 > max(line.get_markersize() for line in sheet.lines)
    for text in sheet.texts:
        box = text.get_window_extent().transformed(sheet.transData.inverted())
        assert left < box.x0 < box.x1 < right
        assert top < box.y1 < box.y0 < bottom


def test_marks_differ_by_shape_not_only_by_colour():
    assert list(MARKS) == list(VERDICTS)
    shapes = {(mark["marker"], mark.get("fillstyle"), mark.get("markerfacecolor")) for mark in MARKS.values()}
    assert len(shapes) == len(MARKS)


@given(st.lists(st.text("abcdefg", min_size=1, max_size=12), min_size=1, max_size=6), st.integers(12, 30))
def test_titles_are_wrapped_whole(words, width):
    lines = wrapped(" ".join(words), width)
    assert " ".join(lines).split() == words
    assert all(len(line) <= width for line in lines)


@pytest.fixture
def posted(small):
    """Return the small article with a miniature and the infographic at its top, drawn."""
    (small.folder / "scripts/alpha/miniature.py").write_text(MINIATURE)
    front = small.folder / "templates/front.md.j2"
    front.write_text("{{ infographic() }}\n\n" + front.read_text())
    draw(small)
    return small


def draw(small):
    small.run("infographic", "", Plan.load({}).infographic)


def told():
    return json.loads(RECORD.read_text())["alt"]


def test_the_card_is_a_png_of_1200_by_630_without_holes(posted):
    data = (posted.build() / "infographic.png").read_bytes()
    assert data == CARD_FILE.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    import matplotlib.image

    assert (matplotlib.image.imread(CARD_FILE)[..., 3] == 1).all()


def test_a_flipped_verdict_changes_a_mark_and_the_words(posted):
    assert (
        told()
        == f"3 claims, a mark each: 1 supported, 1 untestable, 1 untested. Coins (1 supported, 1 untestable, 1 untested): {CLAUSE}."
    )
    before = WIDE_FILE.read_text()
    assert "supported" in before
    assert "refuted" not in before
    posted.edit("templates/claims/alpha.yaml", FAIR, "above: 0.9")
    with pytest.raises(
        ArticleError, match=r"results/infographic\.json: stale: input templates/claims/alpha\.yaml changed"
    ):
        posted.build()
    draw(posted)
    assert "1 refuted" in told()
    assert "supported" not in told()
    after = WIDE_FILE.read_text()
    assert "refuted" in after
    assert "supported" not in after


def test_the_same_inputs_give_the_same_bytes(posted, monkeypatch):
    monkeypatch.setenv("ARTICLE_STORE", "off")
    before = [path.read_bytes() for path in (WIDE_FILE, NARROW_FILE, CARD_FILE, RECORD)]
    draw(posted)
    assert [path.read_bytes() for path in (WIDE_FILE, NARROW_FILE, CARD_FILE, RECORD)] == before


def test_page_and_print_hold_it_with_its_words(posted):
    folder = posted.build()
    page = (folder / "report.html").read_text()
    (block,) = re.findall(r'<div class="infographic" role="img" aria-label="([^"]*)">', page)
    assert block == told()
    assert page.count("claims, a mark each:</text>") == 2
    assert "3 claims, a mark each" in pdf_text(folder / "report.pdf")
    assert verify()


def test_an_article_without_miniatures_has_no_infographic(small):
    assert Plan.load({}).infographic is None
    small.edit("templates/front.md.j2", "A front", "{{ infographic() }}\n\nA front")
    with pytest.raises(ArticleError, match=r"front\.md\.j2:1: there is no infographic: no section has a scripts/<sect"):
        small.build()


def test_marks_of_other_verdicts_are_refused(posted, monkeypatch):
    monkeypatch.setattr("scripts.article.criteria.Criterion.decide", lambda *_: "qualified")
    message = r"claim alpha\.fair is drawn as supported, its verdict is qualified"
    with pytest.raises(ArticleError, match=message):
        posted.build()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            f'return "{CLAUSE}"',
            "",
            r"scripts/alpha/miniature\.py: draw returned None, expected a clause of at least 20",
        ),
        (CLAUSE, "a line", r"scripts/alpha/miniature\.py: draw returned 'a line', expected"),
        ('READS = ["alpha.coin"]\n', "", r"scripts/alpha/miniature\.py: expected READS, a literal list of experiments"),
        ('["alpha.coin"]', '["alpha.coins"]', r"miniature\.py: READS names 'alpha\.coins'; did you mean alpha\.coin\?"),
        ('["alpha.coin"]', 'sorted(["alpha.coin"])', r"miniature\.py:5: READS is computed, expected a list of ids"),
        ("def draw(", "def paint(", r"scripts/alpha/miniature\.py: .*draw"),
    ],
)
def test_what_a_miniature_lacks_is_said(posted, old, new, message):
    posted.edit("scripts/alpha/miniature.py", old, new)
    with pytest.raises(ArticleError, match=message):
        draw(posted)


def miniatures():
    return with_miniature(load_configuration().article.sections)


@pytest.mark.parametrize("section", miniatures())
def test_every_miniature_draws_in_the_colours_of_the_page_and_says_what(section, tmp_path, monkeypatch):
    module, given_settings = importlib.import_module(miniature_module(section)), load_configuration(SMALL).experiments
    artifacts = []
    for name in module.READS:
        result = importlib.import_module(f"scripts.{name}").compute(given_settings[name])
        recipe = Recipe(settings=given_settings[name].model_dump(mode="json"))
        save_artifact(result, tmp_path / f"{name}.json", stage=name, recipe=recipe, inputs={})
        artifacts.append(load_artifact(tmp_path / f"{name}.json"))
    axes = Figure(figsize=(1.4, 1.1), layout="none").add_axes((0, 0, 1, 1))
    without_axes(axes)
    clause = module.draw(axes, *artifacts)
    assert 20 < len(clause) < 250
    assert "nan" not in clause
    texts = [text for text in axes.texts if text.get_text()]
    assert all(text.get_fontsize() >= 7 for text in texts)
    assert sum(len(text.get_text().split()) for text in texts) <= 4
    svg = to_svg(axes.figure)
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= set(COLOURS)
    assert "<image" not in svg
    assert len(svg) < 9000
