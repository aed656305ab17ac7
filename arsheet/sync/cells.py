"""Cell values made comparable: what the book says and what a sheet holds become plain values, and back again.

Plain: None, bool, int, float, str or CellError; a date is its serial number, money the double that a sheet stores.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import compress, count
from operator import itemgetter, ne
from typing import Any

from arsheet.sync.columns import SERIAL_ZERO, WholeColumn
from arsheet.sync.remote import Cell, Formula
from arsheet.table import CellError

_LAST_SERIAL = dt.date.max.toordinal() - SERIAL_ZERO
_PLAIN = frozenset((type(None), bool, int, float, str))
_SECONDS = 86_400
_FAR = 1e-9
"""Numbers further apart than this part of one of them differ in their first 15 digits."""


def plain_column(values: Sequence[Any]) -> Sequence[Any]:
    """A column as plain values; an empty text is a blank."""
    if isinstance(values, WholeColumn):
        return values.plain()
    kinds = set(map(type, values))
    if kinds == {Decimal}:
        return list(map(float, values))
    if kinds == {dt.date}:
        return [value.toordinal() - SERIAL_ZERO for value in values]
    if kinds <= _PLAIN:
        return [None if value == "" else value for value in values] if str in kinds and "" in values else values
    return [plain(value) for value in values]


def plain_of_kind(values: Sequence[Any], kind: str) -> Sequence[Any]:
    """A column of the book made comparable as a whole: money as doubles, dates as serials; texts are left alone.

    What is not of its kind compares as different and is made plain when it is looked at.
    """
    if isinstance(values, WholeColumn):
        return values.plain()
    if kind in ("text", "id"):
        return [None if value == "" else value for value in values] if "" in values else values
    try:
        if kind == "money" and type(values[0]) is Decimal:
            return list(map(float, values))
        if kind == "date" and type(values[0]) is dt.date:
            return [value.toordinal() - SERIAL_ZERO for value in values]
    except (IndexError, TypeError, ValueError, AttributeError):
        pass
    return plain_column(values)


def plain(value: Any) -> Any:
    """One value as a plain value."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        clock = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
        return value.toordinal() - SERIAL_ZERO + clock.total_seconds() / _SECONDS
    if isinstance(value, dt.date):
        return value.toordinal() - SERIAL_ZERO
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    if isinstance(value, (bool, int, str, CellError)):
        return value
    if isinstance(value, Formula):
        return value.text
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if number == number and abs(number) != float("inf") else None


def same(one: Any, other: Any) -> bool:
    """Whether two plain values show the same: numbers as decimals of 15 digits, texts exactly."""
    if one == other:
        return True
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        if abs(one - other) > _FAR * abs(other):
            return False
        return Decimal(f"{one:.15g}") == Decimal(f"{other:.15g}")
    return False


def different(one: Sequence[Any], other: Sequence[Any]) -> Iterable[int]:
    """Where two plain columns of one length differ."""
    if one == other:
        return ()
    return [at for at in compress(count(), map(ne, one, other)) if not same(one[at], other[at])]


def unequal(one: Sequence[Any], other: Sequence[Any]) -> Iterable[int]:
    """Where two columns of one length are not equal, value by value."""
    return () if one == other else compress(count(), map(ne, one, other))


def picker(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Takes the values at these places out of columns: as they are, or their first ones, where that is all."""
    count_ = len(places)
    if not count_ or (places[0] == 0 and places[-1] == count_ - 1 and isinstance(places, range)):
        return lambda values: values if len(values) == count_ else values[:count_]
    if count_ == 1:
        return lambda values: [values[places[0]]]
    take = itemgetter(*places)
    return lambda values: list(take(values))


def typed(value: Any, kind: str) -> Any:
    """A plain value as the cell of its kind: a serial as a date, a number of money as a decimal; others as they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if kind == "date" and float(value).is_integer() and 1 <= value <= _LAST_SERIAL:
        return dt.date.fromordinal(int(value) + SERIAL_ZERO)
    if kind == "money":
        return Decimal(f"{value:.15g}")
    return value


def written(value: Any, kind: str) -> Cell:
    """A value of the book or of the base as it is to be written; plain values get the type of their column."""
    if value is None or value == "":
        return None
    if isinstance(value, (dt.datetime, Decimal)) or not isinstance(value, (int, float)):
        found: Cell = value
        return found
    back: Cell = typed(value, kind)
    return back


def shown(value: Any) -> str:
    """A value as text for people."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (CellError, Formula)):
        return value.text
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters; a longer one ends in …"""
    return text if len(text) <= most else f"{text[: most - 1]}…"
