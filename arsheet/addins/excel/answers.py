"""Raw values of Excel's cells as arguments, and answers as what VBA puts back into cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from arsheet.functions.registry import Declaration
from arsheet.functions.results import Result
from arsheet.hosts.excel.native import ERRORS
from arsheet.table import CellError

ESCAPE = "\x1b"
"""Begins a text that VBA turns into an error value: no cell can hold this character by typing."""
XL_ERRORS: Mapping[str, int] = MappingProxyType(
    {
        "#NULL!": 2000,
        "#DIV/0!": 2007,
        "#VALUE!": 2015,
        "#REF!": 2023,
        "#NAME?": 2029,
        "#NUM!": 2036,
        "#N/A": 2042,
    }
)
"""Error text -> the number that CVErr takes (Excel's XlCVError)."""
LONGEST_TEXT = 32_767
DAYS_1900_TO_1904 = 1462
"""Serial numbers of a workbook that counts from 1904 are smaller by this."""
_BEGINNING = dt.date(1899, 12, 30)


def argument(value: Any) -> Any:
    """One argument as VBA hands it over: Empty is None, an error number a CellError, an array rows of cells."""
    if isinstance(value, (list, tuple)):
        rows = [row if isinstance(row, (list, tuple)) else (row,) for row in value]
        return [[_cell(cell) for cell in row] for row in rows]
    return _cell(value)


def _cell(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value in ERRORS:
        return CellError(ERRORS[value])
    if isinstance(value, dt.datetime):  # only from a workbook that counts from 1904
        plain = value.replace(tzinfo=None)
        return plain.date() if plain.time() == dt.time() else plain
    return None if value == "" else value


def arguments(declaration: Declaration, values: Sequence[Any], *, from_1904: bool) -> list[Any]:
    """All arguments of a call; numbers where a date is meant count from 1904 in such a workbook."""
    taken = [argument(value) for value in values]
    if from_1904:
        for at, param in enumerate(declaration.params[: len(taken)]):
            number = taken[at]
            if param.kind == "date" and isinstance(number, (int, float)) and not isinstance(number, bool):
                taken[at] = number + DAYS_1900_TO_1904
    while taken and taken[-1] is None:
        taken.pop()
    return taken


def answer(result: Result, *, from_1904: bool) -> list[list[Any]]:
    """A result as rows for VBA: numbers as floats, dates as serial numbers, blanks as "", errors escaped."""
    return [[_out(cell, from_1904) for cell in row] for row in result.cells()] or [[""]]


def _out(cell: Any, from_1904: bool) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return f"{ESCAPE}{XL_ERRORS.get(cell.text, XL_ERRORS['#VALUE!'])}"
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, (int, float, Decimal)):
        return float(cell)
    if isinstance(cell, dt.date):
        return _serial(cell) - (DAYS_1900_TO_1904 if from_1904 else 0)
    return str(cell)[:LONGEST_TEXT]


def _serial(day: dt.date) -> float:
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)
    begun = dt.datetime(_BEGINNING.year, _BEGINNING.month, _BEGINNING.day)
    return (moment - begun) / dt.timedelta(days=1)


def failure(error: str) -> list[list[Any]]:
    """The answer of a call that could not be carried out."""
    return [[f"{ESCAPE}{XL_ERRORS[error]}"]]
