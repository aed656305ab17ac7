"""Values between Calc and the wire: blanks, dates, errors, ranges and their digests."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Tuple  # noqa: UP035 - an alias is evaluated, and Python 3.8 has no tuple[...]

ERRORS: dict[str, int] = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 32767,
}  # fmt: skip
"""Error of the wire -> Calc's number of it."""
_NAMES = {number: text for text, number in ERRORS.items()}
NOT_ZERO = ("customer", "text", "date")
"""Kinds of arguments that no 0 is meant for: Calc hands over a reference to one blank cell as 0."""
Rows = Tuple[Tuple[Any, ...], ...]  # noqa: UP006


def error_value(text: str) -> float:
    """What makes Calc show an error in a cell: it keeps the error's number in the bits of a NaN."""
    number = ERRORS.get(text, ERRORS["#VALUE!"])
    found: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | number))[0]
    return found


def error_name(number: int) -> str:
    """The error of the wire for Calc's number; an unknown one is #VALUE!."""
    return _NAMES.get(number, "#VALUE!")


def up(value: Any) -> Any:
    """A cell of a range for the wire; blank text is null, whole numbers are written without a point."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"e": "#NUM!"}
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    return value


def argument(value: Any, kind: str) -> Any:
    """An argument as Calc gives it: None is left out, rows are a range, a range of one cell is that cell.

    Rows are cut at their last one with contents. Calc tells no blank cell from 0 where one cell is referred to; for
    the kinds of ``NOT_ZERO`` that is taken as blank.
    """
    if isinstance(value, tuple):
        rows = cut(value)
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return rows
    if value == 0.0 and kind in NOT_ZERO and not isinstance(value, str):
        return None
    return up(value)


def cut(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows for the wire without the blank ones at the end; one row always stays."""
    end = len(rows)
    while end > 1 and all(cell is None or cell == "" for cell in rows[end - 1]):
        end -= 1
    return [[up(cell) for cell in row] for row in rows[:end]]


def packed(rows: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """The digest of a range and its text: both ends hash the same bytes."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "replace")
    return hashlib.sha256(data).hexdigest(), data.decode("utf-8")


def down(cell: Any) -> Any:
    """A cell of an answer for Calc: blank is empty text, a date its serial, an error what shows as one."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return float(cell["d"]) if "d" in cell else error_value(str(cell.get("e")))
    if isinstance(cell, (bool, int)):
        return float(cell)
    return cell


def block(rows: Iterable[Sequence[Any]]) -> Rows:
    """Rows of an answer for Calc."""
    return tuple(tuple(down(cell) for cell in row) for row in rows)


def error_block(text: str) -> Rows:
    """An error in place of an answer."""
    return ((error_value(text),),)


def address(column: int, row: int) -> str:
    """The name of a cell from its 0-based column and row."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def place(name: str) -> tuple[int, int]:
    """The 0-based column and row of an address such as B3."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1, int(name[len(letters) :]) - 1
