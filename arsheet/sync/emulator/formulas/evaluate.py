"""Calculates one formula of a tab: references, operators, and calls of the functions."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

from arsheet.sync.emulator import a1
from arsheet.sync.emulator.errors import GoogleError
from arsheet.sync.emulator.formulas.area import (
    Area,
    Array,
    FormulaError,
    Operand,
    array_of,
    number,
    rank,
    same,
    single,
    text,
    tidy,
)
from arsheet.sync.emulator.formulas.functions import EAGER
from arsheet.sync.emulator.formulas.lazy import LAZY
from arsheet.sync.emulator.formulas.syntax import Node, SyntaxProblem, parse
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import CellError, Value
from arsheet.sync.emulator.model.tab import Tab

MAX_DEPTH = 200
_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


class Calculation:
    """One formula being calculated, in its book and tab, at the (row, column) of its cell."""

    def __init__(
        self, book: Book, tab: Tab, read: Callable[[Book, Tab, int, int], Value], at: tuple[int, int] = (0, 0)
    ) -> None:
        self.book, self.tab, self.read, self.at = book, tab, read, at

    def value(self, node: Node) -> Operand:
        """The value of a node; an error value is raised as FormulaError."""
        kind, held = node.kind, node.value
        if kind in ("number", "text"):
            return held  # type: ignore[return-value]
        if kind == "ref":
            return self.area(str(held))
        if kind == "call":
            return self.call(str(held), node.parts)
        if kind == "binary":
            return self.binary(str(held), node.parts)
        if kind == "unary":
            inner = self.value(node.parts[0])
            return _each(lambda one: tidy(-number(one)), inner) if held == "-" else inner
        if kind == "percent":
            return _each(lambda one: tidy(number(one) / 100), self.value(node.parts[0]))
        if kind == "array":
            return [[single(self.value(part)) for part in line.parts] for line in node.parts]
        if kind == "name":
            return self.named(str(held))
        if kind == "error":
            raise FormulaError(str(held))
        return None

    def area(self, reference: str) -> Area:
        """The area that a reference names; #REF! when its tab is gone or it lies beyond the grid."""
        title, rest = a1.split(reference)
        try:
            full = reference if title else f"{a1.quoted(self.tab.title)}!{rest}"
            tab, box = self.book.find(full)
        except GoogleError:
            raise FormulaError("#REF!") from None
        return Area(self.book, tab, box, self.read)

    def named(self, name: str) -> Operand:
        """TRUE, FALSE, a named range, or #NAME?."""
        if name.upper() in ("TRUE", "FALSE"):
            return name.upper() == "TRUE"
        if any(item["name"].lower() == name.lower() for item in self.book.named):
            tab, box = self.book.find(name)
            return Area(self.book, tab, box, self.read)
        raise FormulaError("#NAME?")

    def call(self, name: str, parts: tuple[Node, ...]) -> Operand:
        """A function; those that must not look at every argument get the tree, the others the values."""
        lazy = LAZY.get(name)
        if lazy is not None:
            return lazy(self, parts)
        eager = EAGER.get(name)
        if eager is None:
            raise FormulaError("#NAME?")
        try:
            return eager(*(self.value(part) for part in parts))
        except TypeError:
            raise FormulaError("#N/A") from None  # wrong number of arguments

    def binary(self, sign: str, parts: tuple[Node, ...]) -> Operand:
        """An operation; of areas and arrays item by item."""
        left, right = self.value(parts[0]), self.value(parts[1])
        many = any(isinstance(side, list) or (isinstance(side, Area) and _large(side)) for side in (left, right))
        if not many:
            return _operate(sign, left, right)
        one, other = array_of(left), array_of(right)
        rows, columns = max(len(one), len(other)), max(len((one or [[]])[0]), len((other or [[]])[0]))
        return [[_held(sign, _at(one, i, j), _at(other, i, j)) for j in range(columns)] for i in range(rows)]


def _large(area: Area) -> bool:
    return area.box.height > 1 or area.box.width > 1


def _at(array: Array, row: int, column: int) -> Value:
    """An item of an array in an operation with a larger one: one row or column serves all."""
    line = array[row] if row < len(array) else array[0] if len(array) == 1 else []
    return line[column] if column < len(line) else line[0] if len(line) == 1 else None


def _held(sign: str, left: Value, right: Value) -> Value:
    """One item of an array operation: its error stays in its place."""
    try:
        return single(_operate(sign, left, right))
    except FormulaError as problem:
        return problem.value


def _each(change: Callable[[Value], Value], value: Operand) -> Operand:
    return [[change(one) for one in row] for row in value] if isinstance(value, list) else change(single(value))


def _operate(sign: str, left: Operand, right: Operand) -> Operand:
    if sign == "&":
        return text(left) + text(right)
    if sign in ("=", "<>"):
        return same(single(left), single(right)) == (sign == "=")
    if sign in _ORDER:
        one, other = single(left), single(right)
        one = ("" if isinstance(other, str) else 0) if one is None else one
        other = ("" if isinstance(one, str) else 0) if other is None else other
        return bool(_ORDER[sign](rank(one), rank(other)))
    first, second = number(left), number(right)
    try:
        if sign == "+":
            return tidy(first + second)
        if sign == "-":
            return tidy(first - second)
        if sign == "*":
            return tidy(first * second)
        if sign == "/":
            return tidy(first / second)
        return tidy(first**second)
    except ZeroDivisionError:
        raise FormulaError("#DIV/0!") from None
    except (OverflowError, TypeError):
        raise FormulaError("#NUM!") from None


def calculate(book: Book, tab: Tab, formula: str, at: tuple[int, int] = (0, 0)) -> Value:
    """The value of a formula in the cell `at` (row, column); of an array its first item (arrays do not spill)."""
    from arsheet.sync.emulator.reading import value_at  # reading calculates formulas, formulas read cells

    try:
        if sys.getrecursionlimit() < 20_000:
            sys.setrecursionlimit(20_000)  # a running balance is a chain of formulas as long as its column
        return single(Calculation(book, tab, value_at, at).value(parse(formula)))
    except FormulaError as problem:
        return problem.value
    except (SyntaxProblem, RecursionError):
        return CellError("#ERROR!")
