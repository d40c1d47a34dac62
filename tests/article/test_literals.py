"""Numbers typed by hand are found where they stand; what may hold numbers is left alone."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article import literals
from scripts.article.errors import ArticleError
from scripts.article.literals import check_literals, findings

REPOSITORY = Path(__file__).resolve().parents[2]
CLAIM = """# constants: {constants}
- id: alpha.fair
  short: "{short}"
  assertion: A coin falls on heads half of the time.
  for: >-
    One line that says nothing,
    and then {words}
  against: Any other share.
  criterion:
    supported:
      all:
        - {{value: alpha.coin.heads, between: [0.925, 0.975]}}
        - {{value: alpha.coin.gain, above: 0.005}}
        - {{value: alpha.coin.wins_100, below: 10}}
        - not: {{value: alpha.coin.ratio, below: 1.000001}}
        - {{value: alpha.coin.ratio, below: 1.25}}
        - {{value: alpha.coin.gain, above: 0}}
"""


def found(folder: Path, text: str, name: str = "some.md.j2") -> list[tuple[int, str]]:
    """Return line and literal of each finding."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    heads = [
        re.match(rf"{re.escape(str(path))}:(\d+): '(.+?)' is typed by hand", finding) for finding in findings(path)
    ]
    return [(int(head[1]), head[2]) for head in heads]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("literals")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The share is 0.87.", [(1, "0.87")]),
        ("Right in 93 % of all cases.", [(1, "93 %")]),
        ("Right in 93\N{NO-BREAK SPACE}% of all cases.", [(1, "93\N{NO-BREAK SPACE}%")]),
        ("Right in 93% of all cases.", [(1, "93%")]),
        ("A factor of 1.79, no more.", [(1, "1.79")]),
        ("It falls over 7 powers of ten.", [(1, "7")]),
        ("It took 137 times as long.", [(1, "137")]),
        ("one\n\ntwo 12 and\n−3.5 in all", [(3, "12"), (4, "−3.5")]),
        ("an error of 1/20", [(1, "1/20")]),
        ("an error of ½", [(1, "½")]),
        ("an error of 5 in 100", [(1, "5 in 100")]),
        ("a board of 4 × 4 squares", [(1, "4 × 4")]),
        ("a board of 4×4 squares", [(1, "4×4")]),
        ("between 10–20 % of them", [(1, "10–20 %")]),
        ("an error of 1.5 × 10⁻⁸", [(1, "1.5 × 10⁻⁸")]),
        ("an error of 1e-8 or 2e5", [(1, "1e-8"), (1, "2e5")]),
        ("some 12\N{NARROW NO-BREAK SPACE}345 points", [(1, "12\N{NARROW NO-BREAK SPACE}345")]),
        ("some 12,345 points", [(1, "12,345")]),
        ("a 12-bit input, the 3rd of 3D", [(1, "12-bit"), (1, "3rd"), (1, "3D")]),
        ("*0.5*, **0.6**, _0.7_ and [0.8](#there)", [(1, "0.5"), (1, "0.6"), (1, "0.7"), (1, "0.8")]),
        ("| a | 0.93 |", [(1, "0.93")]),
        ("# The 5 steps {#five}", [(1, "5")]),
        ("after 2000 updates, after 2000 random updates, with 2048 units", [(1, "2000"), (1, "2000"), (1, "2048")]),
        ("in 1950 % of them, since 1950.5", [(1, "1950 %"), (1, "1950.5")]),
        ("{{ num('a.b.c') }}0 and {{ num('a.b.c') }} 5 %", [(1, "0"), (1, "5 %")]),
        ("It costs $5 and then $6 more.", [(1, "5"), (1, "6")]),
        ("An escaped \\$5$ is no mathematics.", [(1, "5")]),
        ("No $ 5 $ either.", [(1, "5")]),
        ("No $ 6$ and $7 $ either.", [(1, "6"), (1, "7")]),
        ("From $5–$6 on.", [(1, "5"), (1, "6")]),
        ("A $x\n\n5$ ends with its paragraph.", [(3, "5")]),
        ("A `x\n\n5` ends with its paragraph.", [(3, "5")]),
        ("It ends at\n12. Then it goes on.", [(2, "12")]),
        ("1. one\n2. two of 5", [(2, "5")]),
        ("Figure 0.87 and Table 93 %", [(1, "0.87"), (1, "93 %")]),
        ("Adam-0.5 and R-93 %", [(1, "0.5"), (1, "93 %")]),
        ("{% call fig('a.b') %}\nA caption with 5 dots.\n{% endcall %}", [(2, "5")]),
        ("{% call original() %}\nIt prints 0.87.\n{% endcall %}", [(2, "0.87")]),
        ("{% if x %}5{% else %}\n6{% endif %}", [(1, "5"), (2, "6")]),
        (
            "{% call equation('a', alt='x') %}\nx^2\n{% endcall %} 3\n{% call fig('b') %}4{% endcall %}",
            [(3, "3"), (4, "4")],
        ),
        ("$$\nx^2\n+ 1$$ 3\n{## 4\n5 ##} 6\n```\n7\n```\n8", [(3, "3"), (5, "6"), (9, "8")]),
        ("{{ f(\n'1',\n2) }} 3\n{% set x = [\n1] %} 4", [(3, "3"), (5, "4")]),
        ('{{ f("}} 1") }} 2 {{ f("{{ 3") }}', [(1, "2")]),
        ("{{ says('a', yes='in $2$ or\n3 of them', no='never') }} 4", [(2, "3"), (2, "4")]),
    ],
)
def test_a_typed_number_is_found_with_its_line(folder, text, expected):
    assert found(folder, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "No number at all, one or two, nine tenths, two thirds, a hundredth.",
        "In $x = 0.87$, $-1/2$ and $93\\%$ there is mathematics.",
        "A formula may be\n$x =\n5$ broken.",
        "$$\nx = 137\n$$",
        "{% call equation('a.b', alt='x equals 5 %}') %}\nx = 137\n{% endcall %}",
        "{%- call equation('a.b', alt='5') -%} x_{10} {%- endcall -%}",
        "{{ num('a.b.c_90', interval=False) }} and {{ setting('a.b.c', between=', 5 ') }}",
        '{{ "loses" if x | length == 1 else "lose" }} it',
        "{% if val('a.b.c').low > 0.1 and val('a.b.d').high < 90 -%}\nSo it is.\n{%- endif %}",
        "{## 0.87 was\nhere in 93 % ##}",
        "`x = 0.87` and ``y = `5` ``",
        "```python\nx = 137\n```",
        "~~~\n137\n~~~",
        "# Heading {#part-2 .unnumbered}",
        '::: {.figure number="3"}\nA box.\n:::',
        "[A link](https://example.org/2/37) and https://example.org/0.87 and [^12].",
        "Shannon wrote in 1948, since 1957 it was known, (1989), in the early 1970s and in 1948–1952.",
        "{{ cite('foong2020') }}, @foong2020 and [@foong2020, p. 12] or [@x, pp. 12–15]",
        "See Section 3, section 3.2, Figure 12, Equation (4), Theorem 2, Table 1, Appendix 3 and § 64.",
        "F1, NC1, SHA256, x2, N², CIFAR-10, PDF/UA-1 and GPT-4 are names.",
        "1. one\n2. two\n   and more\n12) three",
        "Text.\n\n1. one\n2. two\n\nText.",
    ],
)
def test_what_may_hold_numbers_is_left_alone(folder, text):
    assert found(folder, text) == []


WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=8).map("see {} that".format)
NUMBERS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.decimals(0, 1000, places=3).map(str),
    st.integers(0, 100).map("{} %".format),
    st.tuples(st.integers(1, 99), st.integers(1, 99)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.integers(-30, 30).map(lambda power: f"{power % 9 + 1}e{power}"),
)
PLACES = st.sampled_from(
    [
        "$x = NUMBER$",
        "$$\nNUMBER\n$$",
        "{% call equation('a', alt='NUMBER') %}\n\nNUMBER\n{% endcall %}",
        "{{ num('NUMBER', interval=False) }}",
        "{{ val('x').low > NUMBER }}",
        "{%- if val(\n'x').low > NUMBER -%}so{% endif %}",
        "{## NUMBER\nNUMBER ##}",
        "`NUMBER`",
        "`` `NUMBER` ``",
        "\n\n```\nNUMBER\n\nNUMBER\n```\n\n",
    ]
)


@given(before=WORDS, number=NUMBERS, after=WORDS, place=PLACES, lines=st.integers(0, 3))
def test_a_number_counts_in_prose_and_nowhere_else(folder, before, number, after, place, lines):
    inside = f"{before} {place.replace('NUMBER', number)} {after}"
    assert found(folder, inside) == []
    text = f"{inside}{chr(10) * lines} {number} {after}"
    assert found(folder, text) == [(inside.count("\n") + lines + 1, number)]


@given(st.lists(st.tuples(PLACES, st.integers(2, 9)), max_size=6))
def test_lines_are_right_after_blocks_of_many_lines(folder, blocks):
    text, expected = "", []
    for place, number in blocks:
        text += f"{place.replace('NUMBER', '1')} word {number}\n"
        expected.append((text.count("\n"), str(number)))
    assert found(folder, text) == expected


def test_declared_constants_may_stand_in_the_prose_also_across_lines(folder):
    declared = "{## constants: 95 % (the level); mean 1 (a coin);\n   4 × 4 (the board) ##}\n"
    assert found(folder, declared + "A 95 % interval, a coin of mean\n1, and a board of 4 × 4.") == []


@pytest.mark.parametrize(
    ("text", "literal"),
    [("95 points", "95"), ("195 %", "195 %"), ("0.95 %", "0.95 %"), ("95 %, or 96 %", "96 %")],
)
def test_a_declaration_lets_only_its_own_words_pass(folder, text, literal):
    declared = "{## constants: 95 % (the level) ##}\nIn 95 % of all, "
    assert found(folder, declared + text) == [(2, literal)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("mean 1.5", "1.5"), ("mean 1 %", "1 %"), ("mean 10", "10"), ("mean {{ x }} 1", "1")],
)
def test_a_declared_constant_does_not_begin_a_longer_number(folder, text, expected):
    assert found(folder, "{## constants: mean 1 (a coin) ##}\nmean 1, " + text) == [(2, expected)]


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ("95 %", "constants: '95 %', expected"),
        ("137 (why)", "constants: '137 (why)', expected"),
        ("0.5 (why)", "constants: '0.5 (why)', expected"),
        ("95 % ()", "constants: '95 % ()', expected"),
        ("96 % (why)", "the declared constant '96 %' stands nowhere in the text"),
    ],
)
def test_a_declaration_names_what_it_counts_and_why_and_is_used(folder, declaration, message):
    path = folder / "declared.md.j2"
    path.write_text(f"word\n{{## constants: {declaration} ##}}\n")
    (finding,) = findings(path)
    assert finding.startswith(f"{path}:2: {message}")


def test_one_declared_constant_may_be_part_of_another(folder):
    assert found(folder, "{## constants: 95 % (the level); surest 95 % (the name) ##}\nThe surest 95 %, in 95 %.") == []


def test_a_heading_declares_nothing(folder):
    assert found(folder, "# constants: 95 % (the level)") == [(1, "95 %")]


@pytest.mark.parametrize(
    "words",
    [
        "between 92.5 % and 97.5 %.",
        "between 0.925 and 0.975.",
        "at least 0.5 points.",
        "more than 7.5 % or 2.5 % off.",
        "fewer than 10.",
        "at most 1.",
        "less than 25 % more, and above 0.",
        "1 in 200 of them.",
        "a share of 1/200.",
        "ten of ten thousand, in 30 bins.",
    ],
)
def test_a_claim_may_name_its_thresholds_and_declared_constants(folder, words):
    constants = "30 bins (usual)" if "30 bins" in words else ""
    assert found(folder, CLAIM.format(constants=constants, short="Fair", words=words), "good.yaml") == []


@pytest.mark.parametrize(
    ("short", "words", "expected"),
    [
        ("Fair", "more than 93 %.", [(7, "93 %")]),
        ("Fair", "between 92 % and 97.5 %.", [(7, "92 %")]),
        ("Fair to 0.5 in 10", "over 1000 times, ½.", [(3, "0.5 in 10"), (7, "1000"), (7, "½")]),
        ("Fair", "1 in 20 of them, `1 in 20`.", [(7, "1 in 20")]),
        ("Fair", "in 30 bins.", [(7, "30")]),
    ],
)
def test_any_other_number_in_a_claim_is_found(folder, short, words, expected):
    assert found(folder, CLAIM.format(constants="", short=short, words=words), "bad.yaml") == expected


def test_a_criterion_that_moves_betrays_its_words(folder):
    text = CLAIM.format(constants="", short="Fair", words="between 92.5 % and 97.5 %.")
    assert found(folder, text, "same.yaml") == []
    assert found(folder, text.replace("0.925, ", "0.9, "), "moved.yaml") == [(7, "92.5 %")]


def test_a_threshold_of_zero_excuses_neither_one_nor_a_hundred_per_cent(folder):
    text = CLAIM.format(constants="", short="Fair", words="over 0, 1 or 100 %.").replace("1.000001", "3")
    assert found(folder, text, "zero.yaml") == [(7, "1"), (7, "100 %")]


def test_broken_yaml_is_named(folder):
    path = folder / "broken.yaml"
    path.write_text("- id: [")
    with pytest.raises(ArticleError, match=r"broken\.yaml: no valid YAML"):
        findings(path)


def test_the_check_names_the_first_and_counts_the_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_literals()
    (tmp_path / "templates/parts").mkdir(parents=True)
    (tmp_path / "templates/page.html.j2").write_text("8")
    (tmp_path / "templates/parts/three.j2").write_text("word\nand 5\n6 % and 7")
    with pytest.raises(ArticleError, match=r"^templates/parts/three\.j2:2: '5' is typed by hand.* \(and 2 more"):
        check_literals()


@pytest.mark.parametrize("name", ["templates/front.md.j2", "templates/sections/alpha.md.j2", "templates/back.md.j2"])
def test_a_typed_number_stops_the_build(small, name):
    path = small.folder / name
    path.write_text(path.read_text() + "\nA typed 0.87 here.\n")
    line = len(path.read_text().splitlines())
    with pytest.raises(ArticleError, match=rf"^{name}:{line}: '0\.87' is typed by hand"):
        small.build()


def test_a_number_in_a_claim_that_is_no_threshold_stops_the_build(small):
    small.edit("templates/claims/alpha.yaml", "A share near one half.", "A share below 0.8.")
    with pytest.raises(ArticleError, match=r"templates/claims/alpha\.yaml:3: '0\.8' is typed by hand"):
        small.build()


def test_the_command_prints_all_and_fails(folder, monkeypatch, capsys):
    (folder / "templates/claims").mkdir(parents=True)
    monkeypatch.chdir(folder)
    literals.main()
    assert capsys.readouterr().out == ""
    Path("templates/one.md.j2").write_text("5\n6")
    Path("templates/claims/two.yaml").write_text(CLAIM.format(constants="", short="7", words="8 to 9"))
    with pytest.raises(SystemExit, match="1"):
        literals.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" is typed")[0] for line in lines] == [
        "templates/one.md.j2:1: '5'",
        "templates/one.md.j2:2: '6'",
        "templates/claims/two.yaml:3: '7'",
        "templates/claims/two.yaml:7: '8'",
        "templates/claims/two.yaml:7: '9'",
    ]


def test_no_number_in_the_article_was_typed(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    paths = literals.files()
    assert len(paths) > 15
    assert [finding for path in paths for finding in findings(path)] == []
