"""What formulas work on: areas of a tab, arrays, single values, and Google's rules for turning one into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arsheet.sync.emulator.entering import enter
from arsheet.sync.emulator.formats import general
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import CellError, Value
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab

Array = list[list[Value]]


class FormulaError(Exception):
    """An error value on its way up a formula."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.value = CellError(text)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a tab that a formula refers to; its values are read when needed, once per state of the book."""

    book: Book
    tab: Tab
    box: Box
    read: Callable[[Book, Tab, int, int], Value]

    def known(self, what: str, make: Callable[[], Any]) -> Any:
        """Something derived from this area, made once per state of the book."""
        key = (what, self.tab.id, self.box)
        found = self.book.calculated.get(key)
        if found is None:
            found = make()
            self.book.calculated[key] = found
        return found

    def rows(self) -> Array:
        """The values, cut below the last row that holds anything (blank rows below add nothing)."""
        made: Array = self.known("rows", self._rows)
        return made

    def _rows(self) -> Array:
        last = min(self.box.bottom, max(self.tab.rows, default=-1) + 1)
        columns = range(self.box.left, self.box.right)
        return [
            [self.read(self.book, self.tab, row, column) for column in columns] for row in range(self.box.top, last)
        ]


Operand = Value | Area | list[list[Value]]


def array_of(value: Operand) -> Array:
    """Any operand as an array."""
    if isinstance(value, Area):
        return value.rows()
    return value if isinstance(value, list) else [[value]]


def flat(value: Operand) -> list[Value]:
    """All values of an operand in reading order."""
    return [item for row in array_of(value) for item in row]


def single(value: Operand) -> Value:
    """One value of an operand: the first of an area or array; an error value goes up."""
    if isinstance(value, Area):
        one = value.read(value.book, value.tab, value.box.top, value.box.left)
    elif isinstance(value, list):
        one = value[0][0] if value and value[0] else None
    else:
        one = value
    if isinstance(one, CellError):
        raise FormulaError(str(one))
    return one


def number(value: Operand) -> float | int:
    """A value as a number: blank is 0, TRUE is 1, a text that reads as a number or date is one, else #VALUE!."""
    one = single(value)
    if one is None:
        return 0
    if isinstance(one, str):
        read = enter(one).value
        if one == "" or isinstance(read, (str, bool)) or read is None:
            raise FormulaError("#VALUE!")
        return read
    return int(one) if isinstance(one, bool) else one


def text(value: Operand) -> str:
    """A value as text, without its format."""
    return general(single(value))


def truth(value: Operand) -> bool:
    """A value as TRUE or FALSE."""
    one = single(value)
    if isinstance(one, str):
        if one.upper() in ("TRUE", "FALSE"):
            return one.upper() == "TRUE"
        raise FormulaError("#VALUE!")
    return bool(one)


def rank(value: Value) -> tuple[int, Any]:
    """The order of values of different kinds: numbers, texts without regard to capitals, truth values."""
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, (int, float)):
        return (0, value)
    return (1, (value or "").lower())


def same(left: Value, right: Value) -> bool:
    """Equality as `=` sees it: a blank equals 0, an empty text and FALSE; texts without regard to capitals."""
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other == "" or (not isinstance(other, str) and not other)
    return rank(left) == rank(right)


def tidy(value: float | int) -> float | int:
    """A whole result without its decimal point; what is no number any more is #NUM!."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise FormulaError("#NUM!")
        if value == int(value) and abs(value) < 1e15:
            return int(value)
    return value
