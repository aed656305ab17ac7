"""Writes results into the XML of one sheet: anchors, blocks and spills; all other cells stay byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from arsheet.functions.spelling import repaired
from arsheet.hosts.arcells.results import stored, with_result
from arsheet.hosts.arcells.solving import Solved
from arsheet.hosts.patching import Patcher
from arsheet.hosts.reading import Area
from arsheet.hosts.sheetxml import Cell, SheetXml
from arsheet.table import column_letter

_TAG = re.compile(rb"<f\b[^>]*>")
_REF = re.compile(rb"""(\bref=["'])[^"']*""")
_TEXT = re.compile(rb"(<f\b[^>]*>)([^<]+)(</f>)")


class _Put(NamedTuple):
    """What a cell is to hold; ``anchor`` is where the formula of its result stands."""

    value: Any
    anchor: Solved


def write_results(patcher: Patcher, sheet: SheetXml, solved: Sequence[Solved]) -> bool:
    """Write what was worked out, repair the formulas that can be; whether anything changed."""
    anchors: dict[int, dict[int, Solved]] = {}
    for each in solved:
        anchors.setdefault(each.cell.at.row, {})[each.cell.at.column] = each
    styles = {id(each): _style(sheet, each) for each in solved if each.cell.form == "dynamic"}
    values = _values(solved)
    changed = False
    for row in sorted({*values, *anchors}):
        cells = sheet.cells(row)
        raw = {column: cell.raw for column, cell in cells.items()}
        for column, put in values.get(row, {}).items():
            cell = cells.get(column)
            if cell is None:
                raw[column] = _new(row, column, put, styles, patcher.epoch)
            elif not cell.has_formula or anchors.get(row, {}).get(column) is put.anchor:
                raw[column] = with_result(cell, put.value, patcher.epoch)
        for column, each in anchors.get(row, {}).items():
            raw[column] = _formula(raw[column], each)
        changed |= _replace(patcher, sheet, row, cells, raw)
    return changed


def _values(solved: Sequence[Solved]) -> dict[int, dict[int, _Put]]:
    """Row -> column -> value: what a spill covered before is cleared first, then every result is laid out."""
    values: dict[int, dict[int, _Put]] = {}
    worked = [each for each in solved if each.why is None]
    for each in worked:
        old = each.cell.area
        for row in range(old.first_row, old.last_row + 1):
            line = values.setdefault(row, {})
            line.update((column, _Put(None, each)) for column in range(old.first_column, old.last_column + 1))
    for each in worked:
        top, left = each.area.first_row, each.area.first_column
        for y, result in enumerate(each.rows):
            line = values.setdefault(top + y, {})
            line.update((left + x, _Put(value, each)) for x, value in enumerate(result))
    return values


def _style(sheet: SheetXml, each: Solved) -> str:
    cell = sheet.cell(each.cell.at.row, each.cell.at.column)
    return cell.style if cell is not None else ""


def _new(row: int, column: int, put: _Put, styles: Mapping[int, str], epoch: int) -> bytes:
    """A neighbour that was not there: it looks like its anchor."""
    style = styles.get(id(put.anchor), "")
    ref = f"{column_letter(column)}{row}"
    kind, text = stored(put.value, ref, epoch)
    if not text and not style:
        return b""
    opening = f'<c r="{ref}"{style}'.encode() + kind
    return opening + (b">" + text + b"</c>" if text else b"/>")


def _formula(raw: bytes, each: Solved) -> bytes:
    """The range of a spill as it is now, and the formula with what no application knows put right."""
    if each.why is None and each.cell.form == "dynamic":
        area = each.area
        one = area.first_row == area.last_row and area.first_column == area.last_column
        ref = (each.cell.ref if one else area.ref).encode()
        raw = _TAG.sub(lambda tag: _REF.sub(lambda found: found[1] + ref, tag[0], count=1), raw, count=1)

    def one_text(match: re.Match[bytes]) -> bytes:
        text = unescape(match[2].decode())
        after = repaired(text)
        return match[0] if after == text else match[1] + escape(after).encode() + match[3]

    return _TEXT.sub(one_text, raw, count=1) if repaired(each.cell.text) != each.cell.text else raw


def _replace(patcher: Patcher, sheet: SheetXml, row: int, cells: Mapping[int, Cell], raw: Mapping[int, bytes]) -> bool:
    """Puts a row in place if it differs. A spilled cell that is empty now is no cell unless it has a look."""
    bare = {column: f'<c r="{column_letter(column)}{row}"/>'.encode() for column in raw}
    kept = {
        column: text
        for column, text in raw.items()
        if text and (text != bare[column] or (column in cells and cells[column].raw == text))
    }
    if kept == {column: cell.raw for column, cell in cells.items()}:
        return False
    for column, cell in cells.items():
        if kept.get(column) != cell.raw and not cell.has_formula:
            patcher.forget_formula(sheet.name, cell.ref)  # a chain may name the cells of an array
    sheet.put(row, kept)
    if kept:
        sheet.widen(Area(row, min(kept), row, max(kept)))
    return True
