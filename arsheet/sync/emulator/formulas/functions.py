"""Functions that take the values of their arguments: sums, roundings, texts, dates."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from arsheet.sync.emulator.entering import enter
from arsheet.sync.emulator.formats import EPOCH, by_pattern, general, moment_of, serial
from arsheet.sync.emulator.formulas.area import (
    Area,
    FormulaError,
    Operand,
    array_of,
    flat,
    number,
    single,
    text,
    tidy,
    truth,
)
from arsheet.sync.emulator.formulas.lookups import LOOKUPS
from arsheet.sync.emulator.model.cells import CellError, Value


def _numbers(arguments: tuple[Operand, ...]) -> list[float | int]:
    """Numbers for a sum: of areas and arrays only the numbers, of single arguments what they read as."""
    found: list[float | int] = []
    for argument in arguments:
        if not isinstance(argument, (Area, list)):
            found.append(number(argument))
            continue
        for value in flat(argument):
            if isinstance(value, CellError):
                raise FormulaError(str(value))
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found.append(value)
    return found


def _sum(*arguments: Operand) -> Operand:
    return tidy(math.fsum(_numbers(arguments)))


def _average(*arguments: Operand) -> Operand:
    found = _numbers(arguments)
    if not found:
        raise FormulaError("#DIV/0!")
    return tidy(math.fsum(found) / len(found))


def _sumproduct(*arguments: Operand) -> Operand:
    columns = [flat(argument) for argument in arguments]
    total = 0.0
    for items in zip(*columns, strict=False):
        product: float = 1
        for item in items:
            if isinstance(item, CellError):
                raise FormulaError(str(item))
            product *= item if isinstance(item, (int, float)) else 0
        total += product
    return tidy(total)


def _counta(*arguments: Operand) -> Operand:
    return sum(value is not None for argument in arguments for value in flat(argument))


def _all(*arguments: Operand) -> Operand:
    return all(truth(value) for argument in arguments for value in flat(argument) if value is not None)


def _any(*arguments: Operand) -> Operand:
    return any(truth(value) for argument in arguments for value in flat(argument) if value is not None)


def _rounded(how: str) -> Callable[..., Operand]:
    def apply(value: Operand, places: Operand = 0) -> Operand:
        step = Decimal(1).scaleb(-int(number(places)))
        return tidy(float((Decimal(repr(number(value))) / step).quantize(Decimal(1), rounding=how) * step))

    return apply


def _mod(value: Operand, divisor: Operand) -> Operand:
    by = number(divisor)
    if by == 0:
        raise FormulaError("#DIV/0!")
    return tidy(number(value) % by)


def _shown(value: Operand, pattern: Operand) -> Operand:
    """TEXT: a number through a pattern; what is no number stays as it is."""
    held = single(value)
    if isinstance(held, str):
        read = enter(held).value
        if isinstance(read, (str, bool)) or read is None:
            return held
        held = read
    if isinstance(held, bool):
        return general(held)
    shape = text(pattern)
    return general(held or 0) if shape in ("@", "") else by_pattern(held or 0, shape)


def _value(given: Operand) -> Operand:
    return number(given)


def _left(given: Operand, count: Operand = 1) -> Operand:
    return text(given)[: int(number(count))]


def _right(given: Operand, count: Operand = 1) -> Operand:
    size = int(number(count))
    return text(given)[-size:] if size else ""


def _mid(given: Operand, start: Operand, count: Operand) -> Operand:
    at = int(number(start)) - 1
    return text(given)[at : at + int(number(count))]


def _find(wanted: Operand, given: Operand, start: Operand = 1) -> Operand:
    at = text(given).find(text(wanted), int(number(start)) - 1)
    if at < 0:
        raise FormulaError("#VALUE!")
    return at + 1


def _search(wanted: Operand, given: Operand, start: Operand = 1) -> Operand:
    return _find(text(wanted).lower(), text(given).lower(), start)


def _substitute(given: Operand, old: Operand, new: Operand, which: Operand = None) -> Operand:
    whole, aim, put = text(given), text(old), text(new)
    if which is None:
        return whole.replace(aim, put) if aim else whole
    parts = whole.split(aim) if aim else [whole]
    at = int(number(which))
    if at < 1 or at >= len(parts):
        return whole
    return aim.join(parts[:at]) + put + aim.join(parts[at:])


def _textjoin(between: Operand, skip: Operand, *arguments: Operand) -> Operand:
    items = [general(value) for argument in arguments for value in flat(argument)]
    return text(between).join(item for item in items if item or not truth(skip))


def _joined(*arguments: Operand) -> Operand:
    return "".join(general(value) for argument in arguments for value in flat(argument))


def _date(year: Operand, month: Operand, day: Operand) -> Operand:
    months = int(number(year)) * 12 + int(number(month)) - 1
    try:
        first = dt.datetime(months // 12, months % 12 + 1, 1)
        return serial(first + dt.timedelta(days=int(number(day)) - 1))
    except (ValueError, OverflowError):
        raise FormulaError("#NUM!") from None


def _moment(value: Operand) -> dt.datetime:
    try:
        return moment_of(number(value))
    except (ValueError, OverflowError):
        raise FormulaError("#NUM!") from None


def _edate(value: Operand, months: Operand, *, end: bool = False) -> Operand:
    at = _moment(value)
    count = at.year * 12 + at.month - 1 + int(number(months))
    year, month = count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return (dt.datetime(year, month, last if end else min(at.day, last)) - EPOCH).days


def _weekday(value: Operand, kind: Operand = 1) -> Operand:
    day = _moment(value).weekday()  # Monday is 0
    return {1: (day + 1) % 7 + 1, 2: day + 1, 3: day}[int(number(kind))]


def _kind(*kinds: type) -> Callable[[Operand], Operand]:
    def ask(given: Operand) -> Operand:
        value: Value = single(given)
        return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))

    return ask


def _na() -> Operand:
    raise FormulaError("#N/A")


def _arrayed(given: Operand) -> Operand:
    return array_of(given)


EAGER: dict[str, Callable[..., Operand]] = {
    **LOOKUPS,
    "SUM": _sum,
    "AVERAGE": _average,
    "SUMPRODUCT": _sumproduct,
    "MIN": lambda *given: min(_numbers(given), default=0),
    "MAX": lambda *given: max(_numbers(given), default=0),
    "COUNT": lambda *given: len(_numbers(tuple(one for one in given if isinstance(one, (Area, list))))),
    "COUNTA": _counta,
    "COUNTBLANK": lambda given: sum(value in (None, "") for value in flat(given)),
    "AND": _all,
    "OR": _any,
    "NOT": lambda given: not truth(given),
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "ROUNDUP": _rounded(ROUND_UP),
    "INT": lambda given: math.floor(number(given)),
    "ABS": lambda given: abs(number(given)),
    "SIGN": lambda given: (number(given) > 0) - (number(given) < 0),
    "MOD": _mod,
    "TEXT": _shown,
    "VALUE": _value,
    "N": lambda given: 0 if isinstance(single(given), str) else number(given),
    "T": lambda given: single(given) if isinstance(single(given), str) else "",
    "LEN": lambda given: len(text(given)),
    "LEFT": _left,
    "RIGHT": _right,
    "MID": _mid,
    "FIND": _find,
    "SEARCH": _search,
    "TRIM": lambda given: " ".join(text(given).split()),
    "UPPER": lambda given: text(given).upper(),
    "LOWER": lambda given: text(given).lower(),
    "SUBSTITUTE": _substitute,
    "TEXTJOIN": _textjoin,
    "CONCATENATE": _joined,
    "CONCAT": _joined,
    "EXACT": lambda one, other: text(one) == text(other),
    "DATE": _date,
    "YEAR": lambda given: _moment(given).year,
    "MONTH": lambda given: _moment(given).month,
    "DAY": lambda given: _moment(given).day,
    "WEEKDAY": _weekday,
    "DAYS": lambda end, start: tidy(number(end) - number(start)),
    "EDATE": _edate,
    "EOMONTH": lambda value, months: _edate(value, months, end=True),
    "ISNUMBER": _kind(int, float),
    "ISTEXT": _kind(str),
    "ISLOGICAL": _kind(bool),
    "NA": _na,
    "TRUE": lambda: True,
    "FALSE": lambda: False,
    "ARRAYFORMULA": _arrayed,
}
