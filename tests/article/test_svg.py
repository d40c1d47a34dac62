import io
import re

import matplotlib
import numpy as np
import pytest
import typst
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.image import imread

from scripts.article.figure import to_svg
from scripts.article.svg import compact, compact_path

COUNTS = {"M": 1, "L": 1, "Q": 2, "C": 3}
numbers = st.floats(-2000, 2000).map(lambda number: round(number, 6))
commands = st.sampled_from("MLQC").flatmap(
    lambda letter: st.tuples(
        st.just(letter), st.lists(numbers, min_size=2 * COUNTS[letter], max_size=2 * COUNTS[letter])
    )
)


def recorded(path):
    """Return the commands of a path and its points, as another library reads them."""
    pen = RecordingPen()
    parse_path(path, pen)
    points = [point for _, each in pen.value for point in each]
    return [name for name, _ in pen.value], np.array(points).reshape(-1, 2)


def written(drawn):
    return "\n".join(
        f"{letter} {' '.join(f'{number:f}' for number in each)}" if each else letter for letter, each in drawn
    )


@given(st.lists(st.lists(commands, min_size=1, max_size=8), min_size=1, max_size=3), st.booleans())
def test_a_compact_path_goes_through_the_same_points(pieces, closed):
    drawn = [part for piece in pieces for part in [("M", [1.0, 2.0]), *piece, *([("z", [])] if closed else [])]]
    path = written(drawn)
    names, points = recorded(path)
    compact_names, compact_points = recorded(compact_path(path))
    assert compact_names == names
    assert compact_points == pytest.approx(points, abs=0.0051)
    assert len(compact_path(path)) < len(path)


def test_letters_and_zeros_that_say_nothing_are_left_out():
    path = "M 10.000000 20.500000 \nL 10.250000 20.500000 \nL 9.250000 21 \nz\n"
    assert compact_path(path) == "m10 20.5 .25 0-1 .5z"


def test_a_path_with_other_commands_stays():
    assert compact_path("M 0 0 A 5 5 0 0 1 10 10") == "M 0 0 A 5 5 0 0 1 10 10"


def test_places_that_differ_in_their_last_bit_make_the_same_picture():
    texts = []
    for width in (0.7, np.nextafter(0.7, 1)):
        figure = Figure(figsize=(2, 1))
        panel = figure.add_axes((0.1, 0.1, width, 0.7))
        panel.plot([0, 1, 2], [0, 1, 0.5], "o-")
        texts.append(to_svg(figure))
    assert texts[0] == texts[1]
    assert re.search(r'clip-path="url\(#p\d+\)"', texts[0])
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', texts[0])) <= set(re.findall(r'\bid="([^"]+)"', texts[0]))


def test_markers_keep_their_places_and_nothing_but_numbers_and_metadata_changes():
    figure = Figure(figsize=(2, 1))
    panel = figure.subplots()
    panel.scatter([0.1, 0.77], [0.3, 0.9])
    panel.plot([0, 1, 2], [0, 1, 0.5])
    panel.set_title("10.123456 stays in a text")
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        text = to_svg(figure)
    assert "<metadata>" not in text
    assert "DOCTYPE" not in text
    assert "10.123456 stays in a text" in text
    places = re.findall(r'<use [^>]*x="([^"]+)" y="([^"]+)"', text)
    assert places
    assert all(re.fullmatch(r"-?\d*\.?\d{0,2}", number) for place in places for number in place)
    assert compact(text) == text


def painted(svg, folder):
    """Return the picture that another program paints of an SVG, shape (row, column, channel)."""
    (folder / "picture.svg").write_text(svg)
    (folder / "page.typ").write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n')
    return imread(io.BytesIO(typst.compile(folder / "page.typ", format="png", ppi=144)))


def test_a_compact_picture_looks_the_same_and_refers_to_all_its_ids(tmp_path):
    figure = Figure(figsize=(3, 2))
    panel = figure.subplots()
    panel.scatter([0.1, 0.77, 1.4], [0.3, 0.9, 0.5], label="points")
    panel.fill_between([0, 1, 2], [0, 0.2, 0.1], [0.5, 1, 0.4], alpha=0.3)
    panel.imshow(np.eye(3), extent=(0.5, 1.0, 0.5, 1.0), aspect="auto")
    panel.legend()
    written = io.StringIO()
    figure.savefig(written, format="svg")
    text = compact(written.getvalue())
    assert np.abs(painted(text, tmp_path) - painted(written.getvalue(), tmp_path)).max() < 0.1
    assert "<!--" not in text
    ids, used = set(re.findall(r'\bid="([^"]+)"', text)), set(re.findall(r'(?:url\(|href=")#([^")]+)', text))
    assert ids == used
    assert len(text) < 0.8 * len(written.getvalue())
