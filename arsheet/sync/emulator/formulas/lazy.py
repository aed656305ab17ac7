"""Functions that do not look at every argument: IF and its kin, LET, and what asks where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arsheet.sync.emulator.formats import EPOCH, serial
from arsheet.sync.emulator.formulas.area import Area, FormulaError, Operand, number, same, single, truth
from arsheet.sync.emulator.formulas.syntax import Node
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import CellError


class Context(Protocol):
    """The calculation that asks."""

    book: Book
    at: tuple[int, int]

    def value(self, node: Node) -> Operand:
        """The value of an argument."""
        ...


def _choice(context: Context, parts: tuple[Node, ...]) -> Operand:
    if not 2 <= len(parts) <= 3:
        raise FormulaError("#N/A")
    if truth(context.value(parts[0])):
        return context.value(parts[1])
    return context.value(parts[2]) if len(parts) == 3 else False


def _ifs(context: Context, parts: tuple[Node, ...]) -> Operand:
    for condition, result in zip(parts[::2], parts[1::2], strict=False):
        if truth(context.value(condition)):
            return context.value(result)
    raise FormulaError("#N/A")


def _switch(context: Context, parts: tuple[Node, ...]) -> Operand:
    wanted, rest = single(context.value(parts[0])), parts[1:]
    for case, result in zip(rest[::2], rest[1::2], strict=False):
        if same(wanted, single(context.value(case))):
            return context.value(result)
    if len(rest) % 2:
        return context.value(rest[-1])
    raise FormulaError("#N/A")


def _guarded(caught: Callable[[CellError], bool]) -> Callable[[Context, tuple[Node, ...]], Operand]:
    def attempt(context: Context, parts: tuple[Node, ...]) -> Operand:
        try:
            tried = context.value(parts[0])
            if not isinstance(tried, list):
                single(tried)  # an error in the cell referred to counts as one
            return tried
        except FormulaError as problem:
            if not caught(problem.value):
                raise
            return context.value(parts[1]) if len(parts) > 1 else None

    return attempt


def _asks(answer: Callable[[CellError], bool]) -> Callable[[Context, tuple[Node, ...]], Operand]:
    def ask(context: Context, parts: tuple[Node, ...]) -> Operand:
        try:
            single(context.value(parts[0]))
        except FormulaError as problem:
            return answer(problem.value)
        return False

    return ask


def _choose(context: Context, parts: tuple[Node, ...]) -> Operand:
    index = int(number(context.value(parts[0])))
    if not 1 <= index < len(parts):
        raise FormulaError("#NUM!")
    return context.value(parts[index])


def _now(context: Context) -> dt.datetime:
    try:
        zone: dt.tzinfo = ZoneInfo(context.book.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = dt.UTC
    return dt.datetime.fromtimestamp(context.book.clock(), zone).replace(tzinfo=None)


def _today(context: Context, parts: tuple[Node, ...]) -> Operand:
    return (_now(context) - EPOCH).days


def _moment(context: Context, parts: tuple[Node, ...]) -> Operand:
    return serial(_now(context))


def _extent(start: str, length: str) -> Callable[[Context, tuple[Node, ...]], Operand]:
    """ROW, COLUMN (start given) and ROWS, COLUMNS (length given) of an area."""

    def ask(context: Context, parts: tuple[Node, ...]) -> Operand:
        if not parts:
            if not start:
                raise FormulaError("#N/A")
            return context.at[0 if start == "top" else 1] + 1  # of the cell that asks
        area = context.value(parts[0])
        if not isinstance(area, Area):
            raise FormulaError("#VALUE!")
        found: int = getattr(area.box, start) + 1 if start else getattr(area.box, length)
        return found

    return ask


def _blank(context: Context, parts: tuple[Node, ...]) -> Operand:
    try:
        return single(context.value(parts[0])) is None
    except FormulaError:
        return False


LAZY: dict[str, Callable[[Context, tuple[Node, ...]], Operand]] = {
    "IF": _choice,
    "IFS": _ifs,
    "SWITCH": _switch,
    "CHOOSE": _choose,
    "IFERROR": _guarded(lambda error: True),
    "IFNA": _guarded(lambda error: error == "#N/A"),
    "ISERROR": _asks(lambda error: True),
    "ISNA": _asks(lambda error: error == "#N/A"),
    "ISERR": _asks(lambda error: error != "#N/A"),
    "ISBLANK": _blank,
    "TODAY": _today,
    "NOW": _moment,
    "ROW": _extent("top", ""),
    "COLUMN": _extent("left", ""),
    "ROWS": _extent("", "height"),
    "COLUMNS": _extent("", "width"),
}
