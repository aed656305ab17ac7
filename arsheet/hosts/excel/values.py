"""Values of cells between Excel and arsheet: serial numbers and error codes one way, text that stays text the other."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from arsheet.hosts.cells import EPOCH_1900, EPOCH_1904, MAX_TEXT, serial
from arsheet.hosts.excel.formats import Kind, kind_of
from arsheet.hosts.excel.native import ERRORS
from arsheet.table import CellError, WorkbookError

_DAY_MS = 86_400_000
_LAST_SERIAL = 2_958_466
_ERROR_TEXTS = frozenset(ERRORS.values())
_PLAIN = frozenset((str, bool, type(None)))

Formats = Callable[[int, int], "str | None"]
"""The number format of the cells from one position of a column to another, both included; None when it is mixed."""

_TRUTHS = frozenset(
    "true false 真 假 wahr falsch vrai faux verdadero falso vero verdadeiro waar onwaar prawda fałsz истина ложь sann "
    "falskt sand falsk tosi epätosi pravda nepravda igaz hamis doğru yanlış".split()
)  # fmt: skip
"""What Excel takes for a truth value when typed, in the languages of its cells."""


def typed(column: Sequence[Any], formats: Formats, *, date1904: bool, plain: bool) -> list[Any]:
    """One column of raw values by the contract of every host.

    ``plain``: they are Value2, where an int is an error and a date a number; else datetimes and Decimals may come.
    """
    kinds = _kinds(column)
    out = list(column)
    if str in kinds and "" in column:
        out = [None if value == "" else value for value in out]
    if float in kinds and plain:
        for first, last, kind in _runs(column, formats, 0, len(column) - 1):
            if kind not in ("date", "time", "elapsed"):
                continue
            if first == 0 and last + 1 == len(out):
                out = _moments(out, kind, date1904)
            else:
                out[first : last + 1] = _moments(out[first : last + 1], kind, date1904)
    if not kinds <= _PLAIN | {float}:
        out = [_other(value) for value in out]
    if not plain and str in kinds:
        out = [CellError(value) if type(value) is str and value in _ERROR_TEXTS else value for value in out]
    return out


def _kinds(column: Sequence[Any]) -> set[type]:
    """The types in a column; that all are texts shows fastest when they are joined."""
    try:
        "".join(column)
    except TypeError:
        return set(map(type, column))
    return {str}


def _runs(column: Sequence[Any], formats: Formats, first: int, last: int) -> Iterator[tuple[int, int, Kind]]:
    """Stretches of one kind of format; where a column is mixed it is halved, as far as it holds numbers."""
    while first <= last and type(column[first]) is not float:
        first += 1
    while first <= last and type(column[last]) is not float:
        last -= 1
    if first > last:
        return
    found = formats(first, last)
    if found is not None or first == last:
        yield first, last, kind_of(found or "")
        return
    middle = (first + last) // 2
    yield from _runs(column, formats, first, middle)
    yield from _runs(column, formats, middle + 1, last)


def _moments(values: list[Any], kind: Kind, date1904: bool) -> list[Any]:
    known: dict[Any, Any] = dict.fromkeys(values)
    if True in known or False in known:  # which are equal to 1.0 and 0.0
        return [moment(value, kind, date1904) if type(value) is float else value for value in values]
    epoch = EPOCH_1904 if date1904 else EPOCH_1900
    for value in known:
        if type(value) is not float:
            known[value] = value
        elif kind == "date" and 61 <= value < _LAST_SERIAL and value.is_integer():  # as nearly all are
            known[value] = dt.date.fromordinal(epoch + int(value))
        else:
            known[value] = moment(value, kind, date1904)
    return list(map(known.__getitem__, values))


def moment(number: float, kind: Kind, date1904: bool) -> Any:
    """A serial number as its format shows it; a number that is no day of Excel's stays a number."""
    if kind == "elapsed":
        return dt.timedelta(milliseconds=round(number * _DAY_MS))
    if not 0 <= number < _LAST_SERIAL:
        return number
    days, rest = divmod(round(number * _DAY_MS), _DAY_MS)
    if days == 0 and (kind == "time" or rest) and not (date1904 and kind == "date"):
        return (dt.datetime.min + dt.timedelta(milliseconds=rest)).time()
    if days == 0 and not date1904:
        return number  # 1900-01-00 is no day
    epoch = EPOCH_1904 if date1904 else EPOCH_1900 + (days < 60)  # Excel believes in 1900-02-29
    day = dt.date.fromordinal(epoch + days)
    if not rest:
        return day
    return dt.datetime.combine(day, dt.time.min) + dt.timedelta(milliseconds=rest)


def _other(value: Any) -> Any:
    if type(value) is int:
        return CellError(ERRORS.get(value, "#UNKNOWN!")) if value < 0 else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        bare = dt.datetime(*value.timetuple()[:6])  # COM's own class, with a time zone that lies
        bare += dt.timedelta(milliseconds=round(value.microsecond / 1000))
        return bare.date() if bare.time() == dt.time.min else bare
    return value


def raw(value: Any, ref: str, *, date1904: bool, as_text: bool) -> Any:
    """A value as Excel is to receive it; ``as_text``: the cell has the text format, where nothing is read as typed.

    Raises WorkbookError ``value_not_writable`` or ``text_too_long``.
    """
    if value is None or type(value) is bool:
        return value
    if isinstance(value, str):
        return _text(str(value), ref, as_text)
    if isinstance(value, (int, float, Decimal)) and math.isfinite(value):
        return float(value)
    if isinstance(value, dt.date):
        number = serial(value, EPOCH_1904 if date1904 else EPOCH_1900)
        return _text(value.isoformat(), ref, as_text) if number is None else float(number)
    if isinstance(value, dt.time):
        value = dt.datetime.combine(dt.date.min, value) - dt.datetime.min
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    if isinstance(value, CellError):
        return value.text  # typed, it becomes the error
    if hasattr(value, "item") and type(value.item()) in (bool, int, float, str):
        return raw(value.item(), ref, date1904=date1904, as_text=as_text)
    raise WorkbookError(
        "value_not_writable",
        f"{ref}：无法写入的值 {value!r}",
        f"{ref}: this value cannot be written: {value!r}",
        facts={"cell": ref, "value": repr(value)},
    )


def _text(text: str, ref: str, as_text: bool) -> str | None:
    if not text:
        return None
    if len(text) > MAX_TEXT:
        raise WorkbookError(
            "text_too_long",
            f"{ref} 的文本有 {len(text)} 个字符，超过单元格上限 {MAX_TEXT}",
            f"The text for {ref} has {len(text)} characters, more than the {MAX_TEXT} a cell holds",
        )
    return text if as_text or not _is_read(text) else f"'{text}"


def _is_read(text: str) -> bool:
    """Whether Excel might read a typed text as something else: a formula, a number, a date, a truth value.

    Only words without any digit are sure to stay: what is a date differs by country (1-2, 3月5日, DEC-1).
    """
    return not text[0].isalpha() or any(map(str.isdigit, text)) or text.casefold() in _TRUTHS
