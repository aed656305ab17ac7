"""Cells, errors and stamps as protocol 1 writes them, and back; what is not of the protocol is refused."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from arsheet.functions.registry import FunctionError
from arsheet.functions.results import Result
from arsheet.functions.values import ErrorCell
from arsheet.table import ArsheetError, CellError, Finding, Table, iso

ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"))
LEAP_BUG = 60
"""Serials below count one day less: spreadsheets have a 29 February 1900."""
SERIAL_0 = dt.date(1899, 12, 30)
OFFSET_1904 = 1462
LONGEST_TEXT = 32_767
"""A cell holds no more characters."""


class WireError(Exception):
    """A request that is not of the protocol: HTTP status, code, words."""

    def __init__(self, status: int, code: str, zh: str, en: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.zh, self.en = status, code, zh, en

    def body(self) -> dict[str, str]:
        """The answer."""
        return {"error": self.code, "zh": self.zh, "en": self.en}


def bad_request(zh: str, en: str) -> WireError:
    """400 with its reason."""
    return WireError(400, "bad_request", f"请求不符合协议：{zh}", f"The request does not follow the protocol: {en}")


def refused(error: ArsheetError) -> WireError:
    """A refusal of the house; what another run or person has changed is a conflict."""
    status = {4: 409, 5: 403, 7: 423}.get(error.exit_code, 422)
    return WireError(status, error.code, error.zh, error.en)


def loads(text: str | bytes) -> Any:
    """JSON of the protocol: {"e": …} is an error cell, {"d": …} a date; no NaN, no numbers without end."""
    try:
        return json.loads(text, object_hook=_cell, parse_int=_whole, parse_float=_real, parse_constant=_real)
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        raise bad_request("不是 JSON", "it is no JSON") from error


def _cell(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        if "e" in found:
            text = str(found["e"])
            return CellError(text if text in ERRORS else "#N/A")
        if "d" in found:
            return date_of(found["d"])
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 16 else _real(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise bad_request("有不是数的数", "a number is not finite")
    return number


def date_of(serial: Any) -> dt.date:
    """A serial of the 1900 system as a date."""
    if isinstance(serial, bool) or not isinstance(serial, (int, float)) or not 0 <= serial < 2_958_466:
        raise bad_request("日期序列号超出范围", "a date's serial is out of range")
    whole = int(serial)
    return SERIAL_0 + dt.timedelta(whole + (1 if 0 < whole < LEAP_BUG else 0))


def serial(value: dt.date) -> int:
    """A date as a serial of the 1900 system."""
    found = (dt.date(value.year, value.month, value.day) - SERIAL_0).days
    return found - 1 if found <= LEAP_BUG else found


def cell(value: Any, *, date1904: bool = False) -> Any:
    """One value of the house on the wire."""
    write = _WRITE.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, dt.date):
        return {"d": serial(value) - (OFFSET_1904 if date1904 else 0)}
    if isinstance(value, ErrorCell):
        return {"e": value.text, "code": value.code, "zh": value.zh, "en": value.en}
    if isinstance(value, CellError):
        return {"e": value.text}
    return str(value)[:LONGEST_TEXT]


def _number(value: float | Decimal) -> Any:
    number = float(value)
    return number if math.isfinite(number) else {"e": "#NUM!"}


def _same(value: Any) -> Any:
    return value


def _text(value: str) -> str:
    return value[:LONGEST_TEXT]


_WRITE: Mapping[type, Callable[[Any], Any]] = {
    type(None): _same, bool: _same, int: _same, str: _text, float: _number, Decimal: _number,
}  # fmt: skip


def error(found: FunctionError | ErrorCell) -> dict[str, str]:
    """The error of a call."""
    text = found.error if isinstance(found, FunctionError) else found.text
    return {"error": text, "code": found.code, "zh": found.zh, "en": found.en}


def result(found: Result, *, date1904: bool = False) -> dict[str, Any]:
    """The answer of a call: {"v"}, {"rows"} or {"error"}."""
    if found.error is not None:
        return error(found.error)
    if found.form == "scalar":
        return {"v": cell(found.value, date1904=date1904)}
    head, *rest = found.cells() or ((),)
    columns = [_column(column, date1904=date1904) for column in zip(*rest, strict=True)]
    return {"rows": [list(_column(head, date1904=date1904)), *map(list, zip(*columns, strict=True))]}


def _column(values: Sequence[Any], *, date1904: bool) -> list[Any]:
    """Cells of one kind together: most columns of a report are amounts throughout."""
    if set(map(type, values)) == {Decimal}:
        numbers = list(map(float, values))
        if math.isfinite(sum(numbers)):
            return numbers
    known = _WRITE.get
    return [write(value) if (write := known(type(value))) else cell(value, date1904=date1904) for value in values]


def finding(item: Finding) -> dict[str, str]:
    """A finding."""
    return {
        "code": item.code, "severity": item.severity, "sheet": item.sheet, "cell": item.cell,
        "zh": item.zh, "en": item.en, "hint_zh": item.hint_zh, "hint_en": item.hint_en,
    }  # fmt: skip


def stamp(found: Mapping[str, Any]) -> dict[str, Any]:
    """A version's stamp: the as-of date as YYYY-MM-DD, totals as numbers."""
    as_of = found.get("as_of")
    return {
        "as_of": iso(as_of) if isinstance(as_of, int) else None,
        "refreshed_at": found.get("refreshed_at"),
        "rows": {key: count for key, count in found.get("rows", {}).items() if count},
        "totals": plain(found.get("totals", {})),
        "source": found.get("source", ""),
        "stale": found.get("stale"),
    }


def plain(value: Any) -> Any:
    """Facts for people as plain JSON: money as numbers, days left as they are, tables left out."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items() if not isinstance(part, Table)}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return _number(value)
    if hasattr(value, "item"):
        return plain(value.item())
    slots = getattr(value, "__slots__", None)
    return {name: plain(getattr(value, name)) for name in slots} if slots else str(value)
