"""One cell as the value its column holds; what cannot be read is said with a code, never guessed and never 0."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from arsheet.ledger.money import exact
from arsheet.schema.model import Choice, Column
from arsheet.table import CellError, to_day

DateOrder = Literal["", "dmy", "mdy"]

_SPACES = re.compile(r"[\s\u00a0\u3000\u200b-\u200d\ufeff]+")
_EMPTY = frozenset(("", "-", "--", "---", "—", "——", "/", "\\", "无", "n/a", "na", "none", "null", "nan", "nat"))
_CURRENCY_MARKS = re.compile(
    r"^(?:CNY|RMB|USD|EUR|HKD|JPY|GBP|人民币|￥|¥|\$|US\$|HK\$|€|£)|(?:元|圆|CNY|RMB|USD|EUR|HKD)$", re.I
)
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1_000), "百万": Decimal(1_000_000)}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{2,}", re.I)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?Z?$", re.I)
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_NAMED_MONTH = re.compile(r"^(\d{1,2})[-/ ]([A-Za-z]{3})[A-Za-z]*[-/ ,]+(\d{4})$")
_MONTH_NAMED = re.compile(r"^([A-Za-z]{3})[A-Za-z]*[-/ ]+(\d{1,2})[, ]+(\d{4})$")
_TRUE = frozenset(("1", "true", "yes", "y", "是", "对", "√", "✓", "有"))
_FALSE = frozenset(("0", "false", "no", "n", "否", "错", "×", "无"))


LARGEST_NUMBER = Decimal(10) ** 9
"""No count of instalments or days, no rate and no share is as large; a document's number may be."""
LARGEST = Decimal(10) ** 15
"""A spreadsheet keeps 15 digits: from here on even whole yuan are lost, and sums would leave the ledger's range."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value, or the code of what is wrong with the cell; both None for a blank."""

    value: Any = None
    problem: str | None = None


BLANK = Read()


def clean(text: str) -> str:
    """Full-width forms made half-width, runs of any white space made one space, ends trimmed."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def read(column: Column, value: Any, *, order: DateOrder = "") -> Read:
    """One cell read as its column's kind."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return BLANK
    if isinstance(value, CellError):
        return Read(problem="cell_is_an_error")
    kind = column.kind
    if kind == "id":
        return read_id(value)
    if kind == "date":
        return read_date(value, order=order)
    if kind in ("money", "rate", "percent", "int", "days"):
        return _read_numeric(kind, value)
    if kind == "choice":
        return read_choice(value, column.choices)
    if kind == "flag":
        return _read_flag(value)
    return Read(clean_text(value))


def clean_text(value: Any) -> str:
    """Any cell as text for people: whole floats without .0, dates ISO, text trimmed but otherwise as written."""
    if isinstance(value, str):
        return _SPACES.sub(" ", value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def read_id(value: Any) -> Read:
    """A number or code as text. A number of more than 15 digits has lost some of them and is refused."""
    if isinstance(value, bool):
        return Read(problem="id_not_a_text")
    if isinstance(value, (int, float)):
        if abs(value) >= 1e15:
            return Read(problem="id_lost_digits")
        return Read(str(int(value)) if float(value).is_integer() else f"{value:.15g}")
    if isinstance(value, str):
        text = clean(value)
        if _SCIENTIFIC.fullmatch(text):
            return Read(problem="id_lost_digits")
        return Read(text.lstrip("'") or None)
    if isinstance(value, dt.datetime):
        return Read(problem="id_turned_into_a_date")
    if isinstance(value, dt.date):
        return Read(problem="id_turned_into_a_date")
    return Read(problem="id_not_a_text")


def read_date(value: Any, *, order: DateOrder = "") -> Read:
    """A date, a serial number or a written date as a day number.

    ``order`` says how 3/4/2025 is to be read; without it such a text is ``date_order_unknown`` unless one of the two
    numbers is above 12.
    """
    if isinstance(value, dt.datetime):
        return Read(to_day(value.date()))
    if isinstance(value, dt.date):
        return Read(to_day(value))
    if isinstance(value, bool):
        return Read(problem="date_not_readable")
    if isinstance(value, (int, float)):
        return _read_serial(float(value))
    if not isinstance(value, str):
        return Read(problem="date_not_readable")
    text = _TIME.sub("", clean(value))
    if text.lower() in _EMPTY:
        return BLANK
    return _read_written_date(text, order)


def _read_serial(value: float) -> Read:
    if 19000101 <= value <= 21001231 and value.is_integer():
        return _read_written_date(str(int(value)), "")
    if not 1 <= value < 2_958_466:
        return Read(problem="date_not_readable")
    serial = int(value)
    # the 1900 system counts a 29 February 1900 that never was
    return Read(serial - 25569 if serial >= 61 else serial - 25568)


def _read_written_date(text: str, order: DateOrder) -> Read:
    for pattern in (_YEAR_FIRST, _COMPACT):
        found = pattern.match(text)
        if found:
            return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED_MONTH.match(text):
        return _made(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := _MONTH_NAMED.match(text):
        return _made(int(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2]))
    if found := _YEAR_LAST.match(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12:
            order = "dmy"
        elif second > 12:
            order = "mdy"
        elif first == second:
            order = order or "mdy"
        if not order:
            return Read(problem="date_order_unknown")
        return _made(year, first, second) if order == "mdy" else _made(year, second, first)
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", text):
        return Read(problem="date_without_day")
    return Read(problem="date_not_readable")


def _made(year: int, month: int, day: int) -> Read:
    try:
        return Read(to_day(dt.date(year, month, day)))
    except ValueError:
        return Read(problem="date_impossible")


def date_order(values: Sequence[Any]) -> tuple[DateOrder, int, int]:
    """How a column writes 3/4/2025, decided over the whole column, with the counts that speak for dmy and for mdy."""
    day_first = month_first = 0
    for value in values:
        if not isinstance(value, str):
            continue
        found = _YEAR_LAST.match(_TIME.sub("", clean(value)))
        if found:
            day_first += int(found[1]) > 12
            month_first += int(found[2]) > 12
    if day_first and not month_first:
        return "dmy", day_first, month_first
    if month_first and not day_first:
        return "mdy", day_first, month_first
    return "", day_first, month_first


def read_number(value: Any) -> Decimal | None:
    """A number as written in a cell or text: 1,234.50 · (1,234.50) · 1.5万元 · ￥100 · 12%; None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float, Decimal)):
        number = exact(value)
        return number if number.is_finite() else None
    if not isinstance(value, str):
        return None
    text = clean(value).replace(" ", "").replace("−", "-").replace("'", "")
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if negative else text
    if text.endswith("-") and len(text) > 1:
        negative, text = not negative, text[:-1]
    if text[:1] in "+-" and text[:1]:
        negative, text = negative ^ (text[0] == "-"), text[1:]
    text = _CURRENCY_MARKS.sub("", _CURRENCY_MARKS.sub("", text))
    if text[:1] == "-":
        negative, text = not negative, text[1:]
    return _plain_number(text, negative)


def _plain_number(text: str, negative: bool) -> Decimal | None:
    factor = Decimal(1)
    for unit in ("百万", "万", "亿", "千"):
        if text.endswith(unit):
            text, factor = text[: -len(unit)], _UNITS[unit]
            break
    if text.endswith("%"):
        text, factor = text[:-1], factor / 100
    if "," in text:
        if not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,4}(?:,\d{4})+(?:\.\d*)?", text):
            return None
        text = text.replace(",", "")
    if not re.fullmatch(r"(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d{1,2})?", text, re.I):
        return None
    try:
        number = Decimal(text) * factor
    except InvalidOperation:
        return None
    return -number if negative else number


def _read_numeric(kind: str, value: Any) -> Read:
    if isinstance(value, str) and clean(value).lower() in _EMPTY:
        return BLANK
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return Read(problem="number_turned_into_a_date")
    number = read_number(value)
    if number is None:
        return Read(problem="amount_not_a_number" if kind == "money" else "number_not_readable")
    if kind == "money" and abs(number) >= LARGEST:
        return Read(problem="amount_too_large")
    if kind != "money" and abs(number) >= LARGEST_NUMBER:
        return Read(problem="number_too_large")
    if kind in ("int", "days"):
        if number != number.to_integral_value():
            return Read(problem="number_not_whole")
        return Read(int(number))
    return Read(number)


def read_choice(value: Any, choices: tuple[Choice, ...]) -> Read:
    """One of the allowed values by its key, either language's word or an alias."""
    text = clean(clean_text(value)).lower()
    for choice in choices:
        words = (choice.key, choice.zh, choice.en, *choice.aliases)
        if text in (word.lower() for word in words):
            return Read(choice.key)
    return Read(problem="choice_unknown")


def _read_flag(value: Any) -> Read:
    if isinstance(value, bool):
        return Read(value)
    text = clean(clean_text(value)).lower()
    if text in _TRUE:
        return Read(True)
    if text in _FALSE:
        return Read(False)
    return Read(problem="choice_unknown")
