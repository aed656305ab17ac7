"""The stored result of a formula cell: its formula, style and place stay, only the value beside them changes."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from arsheet.hosts.cells import EPOCH_1900, MAX_TEXT, serial, text_xml
from arsheet.hosts.drafting import one_cell
from arsheet.hosts.patching import OwnEdit, Patcher
from arsheet.hosts.sheetxml import Cell
from arsheet.table import CellError, WorkbookError

FORMULA = re.compile(rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)")
_TYPE = re.compile(rb"""\s+(?:t|vm)=(?:"[^"]*"|'[^']*')""")
_KEPT = re.compile(rb"<extLst\b.*?</extLst>", re.S)


@dataclass(frozen=True, slots=True)
class SetResults(OwnEdit):
    """Give formula cells of a sheet the results a calculation would store. A cell without a formula is left alone."""

    sheet: str
    values: Mapping[str, Any]

    def apply_to(self, patcher: Patcher) -> None:
        """Carry the edit out. Raises WorkbookError ``address_not_valid``, ``value_not_writable``, ShapeRefused."""
        by_row: dict[int, dict[int, Any]] = {}
        for ref, value in self.values.items():
            area = one_cell(ref)
            by_row.setdefault(area.first_row, {})[area.first_column] = value
        sheet = patcher.sheet(self.sheet)
        for row, values in by_row.items():
            cells = sheet.cells(row)
            raw = {column: cell.raw for column, cell in cells.items()}
            for column, value in values.items():
                cell = cells.get(column)
                if cell is not None and cell.has_formula:
                    raw[column] = with_result(cell, value, patcher.epoch)
                    patcher.accounted.add(f"{sheet.name}!{cell.ref}")
            if any(raw[column] != cell.raw for column, cell in cells.items()):
                sheet.put(row, raw)


def with_result(cell: Cell, value: Any, epoch: int = EPOCH_1900) -> bytes:
    """The XML of a cell with another value: address, style, formula and ``cm`` stay as they are."""
    kind, text = stored(value, cell.ref, epoch)
    formula = FORMULA.search(cell.inner)
    kept = _KEPT.search(cell.inner)
    inner = (formula[0] if formula else b"") + text + (kept[0] if kept else b"")
    opening = b"<c" + _TYPE.sub(b"", cell.attributes).rstrip() + kind
    return opening + (b">" + inner + b"</c>" if inner else b"/>")


def stored(value: Any, ref: str = "", epoch: int = EPOCH_1900) -> tuple[bytes, bytes]:
    """The type attribute and the <v> element of a result; None is a cell without a value.

    Raises WorkbookError ``value_not_writable``.
    """
    if value is None:
        return b"", b""
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, CellError):
        return b' t="e"', _v(escape(value.text))
    if isinstance(value, bool):
        return b' t="b"', _v(str(int(value)))
    number = _number(value, epoch)
    if number is not None:
        return b"", _v(number)
    if isinstance(value, dt.date):  # before the first day that a spreadsheet has
        value = value.isoformat()
    if not isinstance(value, str):
        raise WorkbookError(
            "value_not_writable",
            f"{ref}：无法写入的值 {value!r}",
            f"{ref}: this value cannot be written: {value!r}",
            facts={"cell": ref, "value": repr(value)},
        )
    text = text_xml(str(value)[:MAX_TEXT])
    space = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
    return b' t="str"', b"<v" + space + b">" + text.encode() + b"</v>"


def _number(value: Any, epoch: int) -> str | None:
    """A number as a sheet stores it; None for what is no number."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal) and value.is_finite():
        whole = value == value.to_integral_value()
        return f"{value.quantize(Decimal(1)) if whole and abs(value) < 10**15 else value:f}"
    if isinstance(value, dt.date):
        return serial(value, epoch)
    if isinstance(value, dt.timedelta):
        return repr(value / dt.timedelta(days=1))
    return None


def _v(text: str) -> bytes:
    return b"<v>" + text.encode() + b"</v>"
