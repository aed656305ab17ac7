"""Where formulas of ours stand on a sheet: plain and shared cells, fixed blocks and spilling arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal

from arsheet.functions.spelling import calls
from arsheet.hosts.arcells.book import At
from arsheet.hosts.reading import Area, parse_area
from arsheet.hosts.scanning import column_index
from arsheet.hosts.sheetxml import SheetXml
from arsheet.table import column_letter

Form = Literal["plain", "block", "dynamic"]
"""One cell; an array formula of fixed size (Ctrl+Shift+Enter); one that spills as far as its result reaches."""

_CELL = re.compile(rb"<c\b([^>]*)><f\b([^>]*?)(?:/>|>([^<]*)</f>)")
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell whose formula calls a function of ours; ``area`` is what its result covered so far."""

    at: At
    text: str
    form: Form
    area: Area

    @property
    def ref(self) -> str:
        """The address, such as B2."""
        return f"{column_letter(self.at.column)}{self.at.row}"

    @property
    def place(self) -> str:
        """The sheet and the address."""
        return f"{self.at.sheet}!{self.ref}"


def formula_cells(sheet: SheetXml) -> list[FormulaCell]:
    """Every cell of a sheet whose formula calls a function of ours, row by row."""
    found: list[FormulaCell] = []
    shared: dict[bytes, tuple[int, int, str]] = {}
    children: list[tuple[int, int, bytes]] = []
    for row, column, attributes, cell, written in _formulas(sheet):
        kind = attributes.get(b"t", b"")
        if kind == b"dataTable":
            continue
        text = unescape(written.decode("utf-8", "replace")) if written else ""
        if not text and kind == b"shared":
            children.append((row, column, attributes.get(b"si", b"")))
        if not text or not calls(text):
            continue
        if kind == b"shared":
            shared[attributes.get(b"si", b"")] = (row, column, text)
        area = Area(row, column, row, column)
        form: Form = "plain"
        if kind == b"array":
            form = "dynamic" if re.search(rb"\bcm=", cell) else "block"
            area = parse_area(attributes.get(b"ref", b"").decode().replace("$", "")) or area
        found.append(FormulaCell(At(sheet.name, row, column), text, form, area))
    for row, column, index in children:
        if index in shared:
            top, left, text = shared[index]
            at = At(sheet.name, row, column, row - top, column - left)
            found.append(FormulaCell(at, text, "plain", Area(row, column, row, column)))
    return sorted(found, key=lambda cell: (cell.at.row, cell.at.column))


def _formulas(sheet: SheetXml) -> Iterator[tuple[int, int, dict[bytes, bytes], bytes, bytes | None]]:
    """Row, column, attributes of the formula, attributes of the cell, text of the formula."""
    for row, segment in sheet.rows.items():
        if b"<f" not in segment:
            continue
        for match in _CELL.finditer(segment):
            address = _ADDRESS.search(match[1])
            if address is None:
                sheet.cells(row)  # refuses a cell without an address
                continue
            attributes = dict(_ATTRIBUTE.findall(match[2]))
            yield row, column_index(address[1]), attributes, match[1], match[3]
