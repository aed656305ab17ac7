"""One AR_ call as it stands in a cell: its name, its constants, and what its references hold."""

from __future__ import annotations

import re
from typing import Any

from .cells import argument
from .declared import declared
from .sheets import read_argument

_CALL = re.compile(r"(?is)^\s*=\s*(?:COM\.ARSHEET\.CALCFUNCTIONS\.(AR\w+)|(AR_\w+))\s*\((.*)\)\s*$")
_NUMBER = re.compile(r"(?i)^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$")
_DATE = re.compile(r"(?i)^DATE\(\s*(\d{4})\s*[;,]\s*(\d{1,2})\s*[;,]\s*(\d{1,2})\s*\)$")


class NotSimple(Exception):
    """An argument that only Calc can work out."""


def call_of(text: str, sheet: Any) -> tuple[str, list[Any] | None] | None:
    """Function and arguments of a formula that is one call of ours; arguments None where Calc alone knows them."""
    found = _CALL.match(text.strip("{}"))
    if found is None:
        return None
    functions = declared()["functions"]
    name = declared()["spellings"]["names"].get((found[1] or "").upper()) or (found[2] or "").upper()
    if name not in functions:
        return None
    try:
        values = [_value(part.strip(), sheet) for part in parts(found[3])]
    except NotSimple:
        return name, None
    kinds = functions[name]["kinds"]
    args = [argument(value, kind) if not isinstance(value, list) else value for value, kind in zip(values, kinds)]  # noqa: B905
    while args and args[-1] is None:
        args.pop()
    return name, args


def parts(text: str) -> list[str]:
    """The arguments between the outermost separators; what stands in quotes and brackets stays whole."""
    if not text.strip():
        return []
    found, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if letter in ";," and not depth and not quote:
            found.append("")
        else:
            found[-1] += letter
    return found


def _value(text: str, sheet: Any) -> Any:
    if text == "":
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    if _NUMBER.match(text):
        return float(text)
    if text.upper() in ("TRUE", "TRUE()", "FALSE", "FALSE()"):
        return float(text.upper().startswith("TRUE"))
    if _DATE.match(text):
        return _serial(*(int(part) for part in _DATE.match(text).groups()))  # type: ignore[union-attr]
    return _referred(text, sheet)


def _referred(text: str, sheet: Any) -> Any:
    """What a reference holds: a cell's value, or the rows of a range."""
    try:
        cells = sheet.getCellRangeByName(text)
    except Exception:
        raise NotSimple(text) from None
    rows = read_argument(cells)
    if len(rows) > 1 or len(rows[0]) > 1:
        return rows
    return "" if rows[0][0] is None else rows[0][0]


def _serial(year: int, month: int, day: int) -> float:
    from datetime import date, timedelta

    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return float((first + timedelta(day - 1) - date(1899, 12, 30)).days)
