"""A broad table: its columns in print, and what its cells say where rows become blocks."""

import re

import pytest

from scripts.article.cache import Cache
from scripts.article.pandoc import html_pieces, typst_pieces

TEXT = """# Head

::: {.broad widths="30 70"}
| Where | As *printed* |
|:---|:---|
| here | $x$ |
| there | two |
:::

| Plain | table |
|:---|:---|
| one | two |
"""


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "rendered")


def test_on_a_page_each_cell_names_its_column_and_widths_are_left_to_the_browser(cache):
    [body] = html_pieces({"a": TEXT}, cache)[1]
    assert re.findall(r'<td[^>]* data-column="([^"]*)"', body) == ["Where", "As printed"] * 2
    assert body.count("<td") == 6  # those of the plain table name nothing
    assert "widths" not in body
    assert "<col" not in body


def test_in_print_columns_have_their_shares_and_the_table_goes_over_both_columns(cache):
    [body] = typst_pieces({"a": TEXT}, cache)
    broad, plain = body.split("Plain")[0], body.split("#broad[")[1].split("\n]", 1)[1]
    assert "columns: (30%, 70%)" in broad
    assert "%" not in plain
