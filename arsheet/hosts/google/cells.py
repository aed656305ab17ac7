"""Typed cells, both ways: what is written as JSON for updateCells, and what a value that was read means.

Every text goes as ``stringValue``, so 000123 keeps its zeros and a name that begins with = is never a formula.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from json.encoder import encode_basestring
from typing import Any

from arsheet.hosts.online import Cell, Formula, RemoteError
from arsheet.table import CellError

LONGEST_TEXT = 50_000
"""Characters that a cell of Google Sheets can hold."""
_SERIAL_0 = dt.date(1899, 12, 30).toordinal()
_LAST_SERIAL = dt.date(9999, 12, 31).toordinal() - _SERIAL_0
_ERRORS = {
    text: CellError(text) for text in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#ERROR!")
}
_SAID: Mapping[Any, Cell] = {"": None, **_ERRORS}
"""Texts that stand for something else."""
OWN_FUNCTIONS = frozenset(
    "ABS AND ARRAYFORMULA CHOOSECOLS COLUMNS COUNTIF COUNTIFS DATE EDATE EOMONTH FILTER HSTACK IF IFERROR IFNA IFS "
    "INDEX INT ISBLANK ISNUMBER LAMBDA LEN LET MATCH MAX MAXIFS MIN MINIFS MONTH N NOT OR QUERY ROUND ROWS SORT SUM "
    "SUMIFS SUMPRODUCT SWITCH TEXT TODAY TRIM UNIQUE VALUE VSTACK ROW T XLOOKUP XMATCH YEAR".split()
)
"""The functions that a formula of ours may use; none of them reaches outside the spreadsheet."""

NUMBER_FORMATS: Mapping[str, str] = {
    "text": '{"type":"TEXT"}',
    "id": '{"type":"TEXT"}',
    "date": '{"type":"DATE","pattern":"yyyy-mm-dd"}',
    "money": '{"type":"NUMBER","pattern":"#,##0.00"}',
    "int": '{"type":"NUMBER","pattern":"0"}',
    "percent": '{"type":"PERCENT","pattern":"0.00%"}',
}
"""The number format of a kind of column, as JSON; other kinds have none."""


def cell_json(cell: Cell, *, kind: str = "", where: str = "") -> str:
    """A cell as the JSON of CellData; raises RemoteError for what a cell of Google's cannot hold.

    ``kind``: adds the number format of that kind. ``where``: the tab, for the message.
    """
    value = _value_json(cell, where)
    look = NUMBER_FORMATS.get(kind)
    parts = [f'"userEnteredValue":{value}'] if value else []
    if look:
        parts.append(f'"userEnteredFormat":{{"numberFormat":{look}}}')
    return "{" + ",".join(parts) + "}"


def row_json(row: Sequence[Cell], *, kinds: Sequence[str] = (), where: str = "") -> str:
    """A row of cells as the JSON of RowData."""
    if kinds:
        cells = [cell_json(cell, kind=kinds[i] if i < len(kinds) else "", where=where) for i, cell in enumerate(row)]
    else:
        cells = [cell_json(cell, where=where) for cell in row]
    return '{"values":[' + ",".join(cells) + "]}"


def serial(day: dt.date) -> int | float:
    """A date as Google counts it: days since 1899-12-30, a time as a fraction to the second."""
    days = day.toordinal() - _SERIAL_0
    if isinstance(day, dt.datetime):
        seconds = day.hour * 3600 + day.minute * 60 + day.second
        return days + seconds / 86400 if seconds else days
    return days


def from_serial(number: float) -> dt.date | None:
    """The date, or date and time, of a serial number; None where no calendar has one."""
    if not 0 <= number <= _LAST_SERIAL:
        return None
    days = int(number)
    seconds = round((number - days) * 86400)
    if seconds == 0:
        return dt.date.fromordinal(_SERIAL_0 + days)
    midnight = dt.datetime.combine(dt.date.fromordinal(_SERIAL_0 + days), dt.time())
    return midnight + dt.timedelta(seconds=seconds)


def decoded(raw: Any, kind: str = "") -> Cell:
    """A value as read (unformatted, dates as serial numbers): blank None, an error text CellError, else by ``kind``."""
    if raw == "" or raw is None:
        return None
    if isinstance(raw, str):
        return _ERRORS.get(raw, raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return raw
    if kind == "date":
        return from_serial(raw) or raw
    return Decimal(format(raw, ".15g")) if kind == "money" else raw


def decoded_columns(rows: Sequence[Sequence[Any]], kinds: Sequence[str], width: int) -> list[list[Cell]]:
    """Rows as read, turned into columns of one length, at least ``width`` of them, typed by their kinds."""
    columns = [_decoded(column) for column in zip_longest(*rows)]
    for at, kind in enumerate(kinds[: len(columns)]):
        if kind in ("date", "money"):
            columns[at] = [decoded(cell, kind) if cell.__class__ in (int, float) else cell for cell in columns[at]]
    blank: list[list[Cell]] = [[None] * len(rows) for _ in range(width - len(columns))]
    return columns + blank


def _decoded(column: Sequence[Any]) -> list[Cell]:
    if _SAID.keys().isdisjoint(column):
        return list(column)
    return [_SAID.get(raw, raw) for raw in column]


def own_formula(text: str) -> str:
    """A formula of ours, checked: it uses only functions that stay inside the spreadsheet.

    Raises RemoteError ``formula_not_ours``. The check is of the text, so what people typed can never reach outside
    through a formula that a table carries.
    """
    outside = re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", "", text)
    called = {name.upper() for name in re.findall(r"([^\W\d][\w.]*)\s*\(", outside)}
    if text.startswith("=") and called <= OWN_FUNCTIONS and not set("\"'") & set(outside):
        return text
    strange = ", ".join(sorted(called - OWN_FUNCTIONS)) or "?"
    raise RemoteError(
        "formula_not_ours",
        f"拒绝写入公式：含有不允许的函数 {strange}",
        f"a formula is refused: it uses {strange}, which is not among the functions allowed",
        exit_code=3,
    )


def _value_json(cell: Cell, where: str) -> str:
    """The JSON of an ExtendedValue; blank for a blank."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return '{"stringValue":' + _text(cell, where) + "}"
    if isinstance(cell, bool):
        return '{"boolValue":true}' if cell else '{"boolValue":false}'
    if isinstance(cell, Formula):
        return '{"formulaValue":' + _text(own_formula(cell.text), where) + "}"
    if isinstance(cell, CellError):
        return '{"stringValue":' + _text(cell.text, where) + "}"
    if isinstance(cell, dt.date):
        return f'{{"numberValue":{serial(cell)!r}}}'
    return f'{{"numberValue":{_number(cell, where)}}}'


def _text(text: str, where: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise RemoteError(
            "cell_too_long",
            f"{where} 中有一个单元格的文字长达 {len(text):,} 字，超过 Google 表格每格 50,000 字的上限，未写入；"
            "请在工作簿中缩短",
            f"{where}: a cell holds {len(text):,} characters, more than the 50,000 that Google Sheets allows; nothing "
            "was written, shorten it in the workbook",
            exit_code=3,
            facts={"tab": where, "length": len(text)},
        )
    if not text.isascii():  # half a surrogate pair cannot be sent
        text = text.encode("utf-8", "replace").decode("utf-8")
    return encode_basestring(text)


def _number(cell: Any, where: str) -> str:
    """A number as JSON, exact to the 15 digits that a spreadsheet keeps; more digits than that are refused."""
    if isinstance(cell, numbers.Integral):
        cell = int(cell)
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, float):
        exact = Decimal(cell)
        if exact.is_finite() and Decimal(format(float(exact), ".15g")) == exact:
            text = format(exact, "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
    elif isinstance(cell, float) and math.isfinite(cell):
        return repr(float(cell))
    raise RemoteError(
        "number_not_exact",
        f"{where} 中有一个数字（{cell}）超过 15 位有效数字或不是数，表格无法准确保存，未写入；编号请按文本保存",
        f"{where}: a number ({cell}) has more than 15 significant digits or is not a number, and a spreadsheet cannot "
        "keep it exactly; nothing was written, keep codes as text",
        exit_code=3,
        facts={"tab": where},
    )
