import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.article.errors import ArticleError
from scripts.article.values import MINUS, Value, brief, check_value, decimal, value_from_json, value_to_json

finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.94671, 3, "0.947"),
        (-0.25, 2, "−0.25"),
        (4605.17, 0, "4605"),
        (-500000.25, 2, "−500\N{NARROW NO-BREAK SPACE}000.25"),
        (0.0, 3, "0.000"),
        (-0.0, 1, "0.0"),
        (3.2e-9, 3, "3.2 × 10⁻⁹"),
        (0.0004, 3, "4.0 × 10⁻⁴"),
        (0.0005, 3, "0.001"),
        (1.5e9, 1, "1.5 × 10⁹"),
        (-2e-7, 2, "−2.0 × 10⁻⁷"),
    ],
)
def test_decimal_writes_numbers_as_print_does(number, digits, text):
    assert decimal(number, digits) == text


@given(finite, st.integers(0, 6))
def test_decimal_is_within_half_a_unit_of_its_last_digit(number, digits):
    text = decimal(number, digits).replace(MINUS, "-").replace("\N{NARROW NO-BREAK SPACE}", "")
    if "×" not in text:
        assert abs(float(text) - number) <= 0.5 * 10.0**-digits * (1 + 1e-9) + 1e-9


def test_a_value_prints_interval_and_unit():
    value = Value(-0.5, -0.75, 0.25, 10, unit="nats", digits=2)
    assert value.text == "−0.50\N{NO-BREAK SPACE}nats\N{NO-BREAK SPACE}[−0.75,\N{NO-BREAK SPACE}0.25]"
    assert value.format(interval=False) == "−0.50\N{NO-BREAK SPACE}nats"
    assert Value(3, digits=0).text == "3"


@given(finite, st.floats(0, 10), st.floats(0, 10))
def test_json_and_back(value, below, above):
    before = Value(value, value - below, value + above, 7, "bits", 2, "a note")
    assert value_from_json(value_to_json(before), where="here") == before


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Value(math.nan), "here: value is nan, expected a finite number"),
        (Value(math.inf), "expected a finite number"),
        (Value(True), "value is True, expected a number"),
        (Value("5"), "value is '5', expected a number"),
        (Value(None), "value is None, expected a number"),
        (Value(1.0, 0.5), "low is 0.5 and high is None, expected both or neither"),
        (Value(1.0, 2.0, 3.0), "expected low <= value <= high, got 2.0 <= 1.0 <= 3.0"),
        (Value(1.0, math.nan, 3.0), "low is nan, expected a finite number"),
        (Value(1.0, unit=3), "unit is 3, expected text"),
        (Value(1.0, digits="2"), "digits is '2', expected a whole number"),
    ],
)
def test_values_that_cannot_be_printed_are_refused(value, message):
    with pytest.raises(ArticleError, match=message):
        check_value(value, where="here")


def test_unknown_keys_and_missing_value_are_named():
    with pytest.raises(ArticleError, match="unknown key 'lower'; allowed: value, low"):
        value_from_json({"value": 1, "lower": 0}, where="here")
    with pytest.raises(ArticleError, match="expected a mapping with the key 'value'"):
        value_from_json({"low": 0}, where="here")


@given(st.integers(-999_999, 999_999), st.integers(-12, 12))
def test_brief_writes_the_number_that_was_given(mantissa, exponent):
    number = float(f"{mantissa}e{exponent}")
    text = brief(number).replace(MINUS, "-").replace("\N{NARROW NO-BREAK SPACE}", "")
    plain = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")).replace(" × 10", "e")
    assert float(plain) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(10.0, "10"), (0.05, "0.05"), (-1e-8, "−1 × 10⁻⁸"), (12000.0, "12\N{NARROW NO-BREAK SPACE}000")],
)
def test_brief_adds_no_digits(number, text):
    assert brief(number) == text
