"""Look-ups and conditional sums: XLOOKUP, VLOOKUP, MATCH, INDEX, SUMIFS and their kin, with an index per column."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from arsheet.sync.emulator.entering import enter
from arsheet.sync.emulator.formulas.area import (
    Area,
    Array,
    FormulaError,
    Operand,
    array_of,
    flat,
    number,
    rank,
    same,
    single,
    tidy,
    truth,
)
from arsheet.sync.emulator.model.cells import CellError, Value


@lru_cache(maxsize=1024)
def wildcard(text: str) -> re.Pattern[str]:
    """A pattern with `*`, `?` and `~` as a regular expression over the whole text."""
    parts = re.findall(r"~.|.", text, re.S)
    made = [".*" if p == "*" else "." if p == "?" else re.escape(p[1:] if len(p) == 2 else p) for p in parts]
    return re.compile("".join(made), re.I | re.S)


def _positions(column: Operand) -> dict[tuple[int, Any], int]:
    """Value -> its first position."""

    def make() -> dict[tuple[int, Any], int]:
        found: dict[tuple[int, Any], int] = {}
        for index, value in enumerate(flat(column)):
            if value is not None and not isinstance(value, CellError):
                found.setdefault(rank(value), index)
        return found

    made: dict[tuple[int, Any], int] = column.known("positions", make) if isinstance(column, Area) else make()
    return made


def _exact(wanted: Value, column: Operand, *, wild: bool) -> int | None:
    if wild and isinstance(wanted, str) and re.search(r"[*?~]", wanted):
        pattern = wildcard(wanted)
        return next((i for i, v in enumerate(flat(column)) if isinstance(v, str) and pattern.fullmatch(v)), None)
    return None if wanted is None else _positions(column).get(rank(wanted))


def _nearest(wanted: Value, column: Operand, *, above: bool) -> int | None:
    """The position of the closest value of the same kind that is not greater (or, `above`, not less)."""
    if wanted is None:
        return None
    aim, best, place = rank(wanted), None, None
    for index, value in enumerate(flat(column)):
        if value is None or isinstance(value, CellError) or rank(value)[0] != aim[0]:
            continue
        here = rank(value)
        fits = here >= aim if above else here <= aim
        if fits and (best is None or (here < best if above else here >= best)):
            best, place = here, index
    return place


def xlookup(
    wanted: Operand, column: Operand, results: Operand, missing: Operand = None, mode: Operand = 0, search: Operand = 1
) -> Operand:
    """XLOOKUP: exact by default; -1 next smaller, 1 next larger, 2 wildcards; `search` -1 from the end."""
    key, how = single(wanted), int(number(mode))
    if int(number(search)) == -1:
        found = [i for i, value in enumerate(flat(column)) if value is not None and same(value, key)]
        at = found[-1] if found else None
    else:
        at = _exact(key, column, wild=how == 2)
    if at is None and how in (-1, 1):
        at = _nearest(key, column, above=how == 1)
    if at is None:
        if missing is None:
            raise FormulaError("#N/A")
        return missing
    return _picked(results, at, len(flat(results)) if isinstance(results, list) else 0)


def _picked(results: Operand, at: int, size: int) -> Operand:
    """The item of a one-dimensional area (its row, when it has several columns) at a position."""
    if isinstance(results, Area):
        box = results.box
        if box.height == 1 and box.width > 1:
            return results.read(results.book, results.tab, box.top, box.left + at)
        if box.width == 1:
            return results.read(results.book, results.tab, box.top + at, box.left)
    rows = array_of(results)
    if len(rows) == 1 and size > 1:
        return rows[0][at]
    return [rows[at]] if at < len(rows) else None


def _one_column(area: Operand, column: int) -> Operand:
    if isinstance(area, Area):
        box = area.box
        at = box.left + column
        if at >= box.right:
            raise FormulaError("#REF!")
        return Area(area.book, area.tab, type(box)(box.top, box.bottom, at, at + 1), area.read)
    rows = array_of(area)
    if rows and column >= len(rows[0]):
        raise FormulaError("#REF!")
    return [[row[column]] for row in rows]


def vlookup(wanted: Operand, area: Operand, index: Operand, is_sorted: Operand = True) -> Operand:
    """VLOOKUP over the first column of an area."""
    column = int(number(index)) - 1
    if column < 0:
        raise FormulaError("#VALUE!")
    first, results = _one_column(area, 0), _one_column(area, column)
    key = single(wanted)
    at = _nearest(key, first, above=False) if truth(is_sorted) else _exact(key, first, wild=True)
    if at is None:
        raise FormulaError("#N/A")
    return flat(results)[at]


def match(wanted: Operand, area: Operand, how: Operand = 1) -> Operand:
    """MATCH: 0 exact (wildcards allowed), 1 the largest not greater, -1 the smallest not less; counted from 1."""
    mode, key = int(number(how)), single(wanted)
    at = _exact(key, area, wild=True) if mode == 0 else _nearest(key, area, above=mode < 0)
    if at is None:
        raise FormulaError("#N/A")
    return at + 1


def index(area: Operand, row: Operand = 0, column: Operand = 0) -> Operand:
    """INDEX: one item, or a whole row or column where the other number is 0."""
    at, across = int(number(row)), int(number(column))
    if isinstance(area, Area):
        box = area.box
        if box.height == 1 and across == 0 and box.width > 1:
            at, across = 1, at
        if at > box.height or across > box.width or at < 0 or across < 0:
            raise FormulaError("#REF!")
        top, bottom = (box.top + at - 1, box.top + at) if at else (box.top, box.bottom)
        left, right = (box.left + across - 1, box.left + across) if across else (box.left, box.right)
        return Area(area.book, area.tab, type(box)(top, bottom, left, right), area.read)
    rows = array_of(area)
    if at > len(rows) or (rows and across > len(rows[0])):
        raise FormulaError("#REF!")
    chosen = [rows[at - 1]] if at else rows
    return [[line[across - 1]] for line in chosen] if across else chosen


Test = Callable[[Value], bool]
_SIGNED = re.compile(r"(<>|<=|>=|<|>|=)(.*)", re.S)


def criterion(given: Operand) -> Test:
    """The test of a SUMIFS criterion: a value, a comparison in a text, or a pattern with wildcards."""
    value = single(given)
    if not isinstance(value, str):
        return lambda held: held is not None and not isinstance(held, (str, CellError)) and same(held, value)
    signed = _SIGNED.fullmatch(value)
    sign, aim = signed.groups() if signed else ("=", value)
    read = enter(aim).value if aim and not aim.startswith(("=", "'")) else aim
    if sign in ("=", "<>"):
        equal = _equals(aim, read)
        return equal if sign == "=" else lambda held: not equal(held)
    bound = rank(read)

    def compared(held: Value) -> bool:
        if held is None or isinstance(held, CellError) or rank(held)[0] != bound[0]:
            return False
        here = rank(held)
        return {"<": here < bound, ">": here > bound, "<=": here <= bound, ">=": here >= bound}[sign]

    return compared


def _equals(aim: str, read: Value) -> Test:
    if aim == "":
        return lambda held: held is None or held == ""
    if not isinstance(read, str):  # a number written as text finds the number, and the very same text
        return lambda held: held == aim if isinstance(held, str) else held is not None and rank(held) == rank(read)
    pattern = wildcard(aim)
    return lambda held: isinstance(held, str) and not isinstance(held, CellError) and bool(pattern.fullmatch(held))


def _passing(pairs: tuple[Operand, ...]) -> list[int]:
    """The positions where every (range, criterion) pair holds."""
    if not pairs or len(pairs) % 2:
        raise FormulaError("#N/A")
    size: int | None = None
    kept: list[int] | None = None
    for area, given in zip(pairs[::2], pairs[1::2], strict=True):
        if isinstance(area, Area):
            if size is not None and area.box.height * area.box.width != size:
                raise FormulaError("#VALUE!")
            size = area.box.height * area.box.width
        values, test = flat(area), criterion(given)
        if kept is None:
            kept = [i for i, value in enumerate(values) if test(value)]
        else:
            kept = [i for i in kept if test(values[i] if i < len(values) else None)]
    return kept or []


def _numbers_at(area: Operand, places: list[int]) -> list[float | int]:
    values = flat(area)
    held = (values[i] for i in places if i < len(values))
    return [value for value in held if isinstance(value, (int, float)) and not isinstance(value, bool)]


def sumifs(area: Operand, *pairs: Operand) -> Operand:
    """SUMIFS: the sum where every criterion holds."""
    return tidy(sum(_numbers_at(area, _passing(pairs))))


def sumif(area: Operand, given: Operand, summed: Operand = None) -> Operand:
    """SUMIF: the sum of a range, or of another, where one criterion holds."""
    return tidy(sum(_numbers_at(area if summed is None else summed, _passing((area, given)))))


def countifs(*pairs: Operand) -> Operand:
    """COUNTIFS and COUNTIF: how many positions meet every criterion."""
    return len(_passing(pairs))


def averageifs(area: Operand, *pairs: Operand) -> Operand:
    """AVERAGEIFS: the average where every criterion holds; #DIV/0! where none does."""
    found = _numbers_at(area, _passing(pairs))
    if not found:
        raise FormulaError("#DIV/0!")
    return tidy(sum(found) / len(found))


def maxifs(area: Operand, *pairs: Operand) -> Operand:
    """MAXIFS: the largest number where every criterion holds, 0 where none does."""
    return max(_numbers_at(area, _passing(pairs)), default=0)


def minifs(area: Operand, *pairs: Operand) -> Operand:
    """MINIFS: the smallest number where every criterion holds, 0 where none does."""
    return min(_numbers_at(area, _passing(pairs)), default=0)


def filtered(area: Operand, *conditions: Operand) -> Operand:
    """FILTER by rows; as an argument of another function (it does not spill here)."""
    rows = array_of(area)
    held = [flat(condition) for condition in conditions]
    kept: Array = [row for i, row in enumerate(rows) if all(i < len(one) and one[i] is True for one in held)]
    if not kept:
        raise FormulaError("#N/A")
    return kept


LOOKUPS: dict[str, Callable[..., Operand]] = {
    "XLOOKUP": xlookup,
    "VLOOKUP": vlookup,
    "MATCH": match,
    "INDEX": index,
    "SUMIFS": sumifs,
    "SUMIF": sumif,
    "COUNTIFS": countifs,
    "COUNTIF": countifs,
    "AVERAGEIFS": averageifs,
    "MAXIFS": maxifs,
    "MINIFS": minifs,
    "FILTER": filtered,
}
