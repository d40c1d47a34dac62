"""Numbers that the report prints: a value, its interval and how it is written."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from scripts.article.errors import ArticleError

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Value:
    """Hold one number with what a reader needs to judge it.

    Args:
        value: the number itself, finite.
        low: lower end of the interval (95 % over seeds unless `note` says otherwise); None for an exact value.
        high: upper end of the interval.
        n: how many independent repetitions stand behind the interval.
        unit: written after the number ("%", "nats"); empty for a pure number.
        digits: decimals that are printed.
        note: how the number or its interval was made, where that is not plain.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""
    digits: int = 3
    note: str = ""

    @classmethod
    def of(cls, estimate: tuple[float, float, float, int], digits: int, *, unit: str = "", note: str = "") -> Value:
        """Return an estimate (value, low, high, n) as a value of the report."""
        return cls(*estimate, unit=unit, digits=digits, note=note)

    @property
    def text(self) -> str:
        """Return the number as the report prints it, with interval and unit."""
        return self.format(interval=True)

    def format(self, *, interval: bool = True) -> str:
        """Return the number as text, with or without its interval."""
        unit = f"\N{NO-BREAK SPACE}{self.unit}" if self.unit else ""
        number = f"{decimal(self.value, self.digits)}{unit}"
        if not interval or self.low is None or self.high is None:
            return number
        space = "\N{NO-BREAK SPACE}"
        return f"{number}{space}[{decimal(self.low, self.digits)},{space}{decimal(self.high, self.digits)}]"


def brief(number: float) -> str:
    """Write a number that someone chose, with no more digits than they gave it.

    >>> brief(10.0), brief(0.05), brief(-1e-8), brief(2.5e15)
    ('10', '0.05', '−1 × 10⁻⁸', '2.5 × 10¹⁵')
    """
    mantissa, _, exponent = f"{number:.12g}".partition("e")
    text = f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}" if exponent else grouped(mantissa)
    return text.replace("-", MINUS)


def decimal(number: float, digits: int) -> str:
    """Write a number with a true minus sign; in powers of ten where `digits` decimals would hide or flood it.

    >>> decimal(-0.25, 2), decimal(4605.17, 0), decimal(3.2e-9, 3)
    ('−0.25', '4605', '3.2 × 10⁻⁹')
    """
    hidden = number != 0 and abs(number) < 0.5 * 10.0**-digits and digits > 0
    if hidden or abs(number) >= 1e7:
        mantissa, exponent = f"{number:.1e}".split("e")
        text = f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    else:
        text = grouped(f"{number + 0.0:.{digits}f}")
    return text.replace("-", MINUS)


def grouped(text: str) -> str:
    """Return a written number with its whole part in groups of three, from five digits on."""
    whole, point, rest = text.partition(".")
    if len(whole.lstrip("-")) < 5:
        return text
    return f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}") + point + rest


def value_from_json(data: Any, *, where: str) -> Value:
    """Check one entry of an artifact's `values` and return it.

    Raises:
        ArticleError: the entry is no mapping, lacks `value`, has an unknown key, a wrong type, a number that is
            not finite, or an interval that does not hold its value.
    """
    if not isinstance(data, dict) or "value" not in data:
        raise ArticleError(f"{where}: expected a mapping with the key 'value', got {data!r}")
    unknown = sorted(set(data) - set(Value.__dataclass_fields__))
    if unknown:
        raise ArticleError(f"{where}: unknown key {unknown[0]!r}; allowed: {', '.join(Value.__dataclass_fields__)}")
    return check_value(Value(**data), where=where)


def check_value(value: Value, *, where: str) -> Value:
    """Return the value if it may be printed.

    Raises:
        ArticleError: a wrong type, a number that is not finite, or an interval that does not hold its value.
    """
    for key in ("value", "low", "high"):
        number = getattr(value, key)
        if number is None and key != "value":
            continue
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ArticleError(f"{where}: {key} is {number!r}, expected a number")
        if not math.isfinite(number):
            raise ArticleError(f"{where}: {key} is {number!r}, expected a finite number")
    _check_interval(value, where)
    for key, kind, expected in (("unit", str, "text"), ("note", str, "text"), ("digits", int, "a whole number")):
        if not isinstance(getattr(value, key), kind):
            raise ArticleError(f"{where}: {key} is {getattr(value, key)!r}, expected {expected}")
    return value


def _check_interval(value: Value, where: str) -> None:
    if (value.low is None) != (value.high is None):
        raise ArticleError(f"{where}: low is {value.low!r} and high is {value.high!r}, expected both or neither")
    if value.low is not None and value.high is not None and not value.low <= value.value <= value.high:
        raise ArticleError(f"{where}: expected low <= value <= high, got {value.low} <= {value.value} <= {value.high}")


def value_to_json(value: Value) -> dict[str, Any]:
    """Return the value as a plain mapping, as it stands in an artifact."""
    return asdict(value)
