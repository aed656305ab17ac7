"""Reads what a person types (USER_ENTERED): numbers, money, percentages, dates, TRUE/FALSE, formulas, or text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from arsheet.sync.emulator.formats import serial
from arsheet.sync.emulator.model.cells import Cell, Value, with_formula, with_number_format, with_value

_NUMBER = re.compile(r"([-+]?)\s*([$¥￥€£])?\s*(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?(?:[eE]([-+]?\d+))?(%)?")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")


@dataclass(frozen=True, slots=True)
class Entered:
    """What typing a text leaves in the cell: a value or a formula, and the number format that Google adds."""

    value: Value = None
    formula: str = ""
    number_format: dict[str, str] | None = None


def _as_number(text: str) -> Entered | None:
    match = _NUMBER.fullmatch(text)
    if not match or not (match.group(3) or (match.group(4) and len(match.group(4)) > 1)):
        return None
    sign, sign_of_money, whole, fraction, power, percent = match.groups()
    number = float(f"{sign}{(whole or '0').replace(',', '')}{fraction or ''}" + (f"e{power}" if power else ""))
    kind: dict[str, str] | None = None
    if percent:
        number, kind = number / 100, {"type": "PERCENT", "pattern": "0.00%" if fraction else "0%"}
    elif sign_of_money:
        kind = {"type": "CURRENCY", "pattern": f'"{sign_of_money}"#,##0' + (".00" if fraction else "")}
    elif whole and "," in whole:
        kind = {"type": "NUMBER", "pattern": "#,##0" + (".00" if fraction else "")}
    elif power:
        kind = {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    exact = int(number) if abs(number) < 1e15 and number == int(number) else number
    return Entered(exact, number_format=kind)


def _as_date(text: str, locale: str, year: int) -> Entered | None:
    iso, chinese, slashed = _ISO.fullmatch(text), _CHINESE.fullmatch(text), _SLASHED.fullmatch(text)
    try:
        if iso:
            parts = [int(iso.group(i) or 0) for i in (1, 3, 4, 5, 6, 7)]
            at = dt.datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
            if iso.group(5):
                return Entered(serial(at), number_format={"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"})
            pattern = "yyyy-mm-dd" if iso.group(2) == "-" else "yyyy/mm/dd"
            return Entered(serial(at), number_format={"type": "DATE", "pattern": pattern})
        if chinese:
            at = dt.datetime(*(int(part) for part in chinese.groups()))  # type: ignore[arg-type]
            return Entered(serial(at), number_format={"type": "DATE", "pattern": 'yyyy"年"m"月"d"日"'})
        if slashed:
            first, second = int(slashed.group(1)), int(slashed.group(3))
            day_first = not locale.startswith(("en_US", "zh", "ja", "ko")) and bool(slashed.group(4))
            month, day = (second, first) if day_first else (first, second)
            written = slashed.group(4)
            full = int(written) + 2000 if written and len(written) == 2 else int(written or year)
            pattern = ("dd/mm/yyyy" if day_first else "m/d/yyyy") if written else "m/d"
            return Entered(serial(dt.datetime(full, month, day)), number_format={"type": "DATE", "pattern": pattern})
    except ValueError:
        return None
    return None


def _as_time(text: str) -> Entered | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    if minutes > 59 or seconds > 59:
        return None
    value = (hours * 3600 + minutes * 60 + seconds) / 86400
    return Entered(value, number_format={"type": "TIME", "pattern": "h:mm:ss" if match.group(3) else "h:mm"})


def enter(typed: Value, *, locale: str = "en_US", year: int = 2026) -> Entered:
    """What typing `typed` leaves; `year` completes a date written without one."""
    if not isinstance(typed, str):
        return Entered(typed)
    text = typed.strip()
    if typed.startswith("'"):
        return Entered(typed[1:])
    if typed.startswith("=") and len(typed) > 1:
        return Entered(formula=typed)
    if text.upper() in ("TRUE", "FALSE"):
        return Entered(text.upper() == "TRUE")
    return _as_number(text) or _as_date(text, locale, year) or _as_time(text) or Entered(typed)


def entered_cell(old: Cell | None, typed: Value, *, locale: str = "en_US", year: int = 2026) -> Cell:
    """A cell after typing into it: a cell formatted as text keeps what is typed, a formatted one its format."""
    if old is not None and isinstance(typed, str) and (old.number_format or {}).get("type") == "TEXT":
        return with_value(old, typed.removeprefix("'"))
    read = enter(typed, locale=locale, year=year)
    if read.formula:
        return with_formula(old, read.formula)
    cell = with_value(old, read.value)
    return with_number_format(cell, read.number_format) if old is None or not old.number_format else cell
