import re

import numpy as np
import pytest

from scripts.article import fonts, style
from scripts.article.figure import to_svg
from scripts.article.recipe import Recipe
from scripts.article.render import COLOURS, inline_svg


@pytest.fixture
def svg(tmp_path):
    figure, axes = style.canvas()
    axes.plot([0, 1], [0, 1 / 3], color=style.VERMILION)
    axes.set(xlabel=r"$\sigma$ of x", title="Text stays text")
    path = tmp_path / "results/alpha/figures/line.svg"
    path.parent.mkdir(parents=True)
    path.write_text(to_svg(figure))
    return path


def test_figures_are_deterministic_and_their_text_stays_text(svg):
    text = svg.read_text()
    assert "Text stays text" in text
    assert "dc:date" not in text
    figure, axes = style.canvas()
    axes.plot([0, 1], [0, 1 / 3], color=style.VERMILION)
    axes.set(xlabel=r"$\sigma$ of x", title="Text stays text")
    assert to_svg(figure) == text


def test_paths_keep_a_hundredth_of_a_point(svg):
    coordinates = re.findall(r'\bd="([^"]*)"', svg.read_text())
    assert coordinates
    assert not re.search(r"\.\d{3,}", " ".join(coordinates))


def test_inlined_figures_have_ids_of_their_own_and_the_colours_of_the_page(svg):
    text = inline_svg(svg)
    assert text.startswith('<svg aria-hidden="true"')
    assert "var(--vermilion)" in text
    assert not re.search("|".join(COLOURS), text)
    identifiers = set(re.findall(r'\bid="([^"]+)"', text))
    assert identifiers
    assert all(name.startswith("alpha-line-") for name in identifiers)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= identifiers


def test_labels_are_moved_apart_as_little_as_keeps_them_from_overlapping():
    _, axes = style.canvas()
    axes.set(xlim=(0, 1), ylim=(1e-4, 1), yscale="log")
    labels = [(1e-2, "b", style.BLUE), (1.1e-2, "c", style.GREEN), (1e-4, "a", style.INK)]
    style.label_lines(axes, 1.0, labels, gap=0.1)
    places = {text.get_text(): text.xy[1] for text in axes.texts}
    assert places["a"] == pytest.approx(0)
    assert places["c"] - places["b"] == pytest.approx(0.1)
    middle = (2 + np.log10(1.1e2)) / 2  # of the two ends, as a share of four decades from the bottom
    assert (places["b"] + places["c"]) / 2 == pytest.approx(middle / 4, abs=1e-6)


def test_every_colour_of_the_style_has_a_name_on_the_page():
    named = {value for name, value in vars(style).items() if name.isupper() and str(value).startswith("#")}
    assert named == set(COLOURS)


@pytest.mark.slow
def test_fonts_keep_the_characters_of_their_ranges_and_the_math_table(tmp_path, monkeypatch):
    from fontTools.ttLib import TTFont

    monkeypatch.chdir(tmp_path)
    fonts.cut_fonts(Recipe())
    for name, (path, ranges) in fonts.sources().items():
        cut = fonts.FONTS.with_name(f"{name}.woff2")
        wanted = {code for first, last in ranges for code in range(first, last + 1)}
        font = TTFont(cut)
        assert set(font.getBestCmap()) >= wanted & set(TTFont(path).getBestCmap())
        assert name != "math" or "MATH" in font
        assert cut.stat().st_size < path.stat().st_size / 5
