"""The requests of a batchUpdate that the sync uses, each as one JSON text.

Text instead of dictionaries: 200,000 rows of 12 columns are 150 MB as rows of JSON and seven times that as objects.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from arsheet.hosts.google.cells import NUMBER_FORMATS, row_json
from arsheet.hosts.online import Cell

MARKER_KEY = "arsheet.marker"
OURS = "arsheet"
"""The description of every protected range that we set."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells with its rows already as JSON; ``row`` -1 = after the last row that holds anything."""

    sheet_id: int
    row: int
    column: int
    width: int
    lines: list[str]
    fields: str = "userEnteredValue"
    kinds: tuple[str, ...] = ()
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(len(line.encode("utf-8")) + 1 for line in self.lines))

    @classmethod
    def of(
        cls, sheet_id: int, row: int, column: int, rows: Sequence[Sequence[Cell]], *, kinds: tuple[str, ...], tab: str
    ) -> Block:
        """A block of cells; ``kinds`` adds number formats."""
        looks = tuple(kind if kind in NUMBER_FORMATS else "" for kind in kinds)
        looks = looks if any(looks) else ()
        lines = [row_json(each, kinds=looks, where=tab) for each in rows]
        fields = "userEnteredValue,userEnteredFormat.numberFormat" if looks else "userEnteredValue"
        return cls(sheet_id, row, column, max((len(each) for each in rows), default=0), lines, fields, looks)

    @property
    def values_only(self) -> bool:
        """Whether it holds no formula: a quote inside a text is escaped, so this finds formulas alone."""
        return not any('{"formulaValue":' in line for line in self.lines)

    def part(self, first: int, end: int) -> Block:
        """Some of its rows."""
        row = self.row if self.row < 0 else self.row + first
        return Block(self.sheet_id, row, self.column, self.width, self.lines[first:end], self.fields, self.kinds)

    def request(self) -> str:
        """The updateCells, or the appendCells, that writes it."""
        if self.row < 0:
            return append_cells(self.sheet_id, self.lines, self.fields)
        return update_cells(self.sheet_id, self.row, self.column, self.lines, self.fields)


def update_cells(sheet_id: int, row: int, column: int, lines: Sequence[str], fields: str) -> str:
    """Write rows from a cell on. Only the fields named change; with a start, cells not named are left alone."""
    start = f'{{"sheetId":{sheet_id},"rowIndex":{row},"columnIndex":{column}}}'
    return f'{{"updateCells":{{"start":{start},"rows":[{",".join(lines)}],"fields":"{fields}"}}}}'


def append_cells(sheet_id: int, lines: Sequence[str], fields: str) -> str:
    """Write rows below the last row that holds anything when the request arrives; the grid grows as needed."""
    return f'{{"appendCells":{{"sheetId":{sheet_id},"rows":[{",".join(lines)}],"fields":"{fields}"}}}}'


def add_sheet(sheet_id: int, title: str, rows: int, columns: int, *, hidden: bool = False, frozen: int = 0) -> str:
    """A tab of exactly that many rows and columns, under an id of our own so that the same batch can fill it."""
    grid: dict[str, Any] = {"rowCount": max(1, rows), "columnCount": max(1, columns)}
    if 0 < frozen < rows:
        grid["frozenRowCount"] = frozen
    properties: dict[str, Any] = {"sheetId": sheet_id, "title": title, "gridProperties": grid}
    if hidden:
        properties["hidden"] = True
    return _json({"addSheet": {"properties": properties}})


def delete_sheet(sheet_id: int) -> str:
    """Delete a tab."""
    return _json({"deleteSheet": {"sheetId": sheet_id}})


def resize_sheet(sheet_id: int, rows: int, columns: int) -> str:
    """Set the size of a tab's grid; the caller sees that it grows."""
    grid = {"rowCount": rows, "columnCount": columns}
    fields = "gridProperties.rowCount,gridProperties.columnCount"
    return _json(
        {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "gridProperties": grid}, "fields": fields}}
    )


def column_format(sheet_id: int, column: int, kind: str, *, first_row: int, end_row: int | None = None) -> str:
    """The number format of a column from a row on, by default to its end, so that what people retype keeps it too."""
    area = {"sheetId": sheet_id, "startRowIndex": first_row, "startColumnIndex": column, "endColumnIndex": column + 1}
    if end_row is not None:
        area["endRowIndex"] = end_row
    cell = {"userEnteredFormat": {"numberFormat": json.loads(NUMBER_FORMATS[kind])}}
    return _json({"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}})


def protect(sheet_id: int, column: int | None, columns: int, *, editor: str) -> str:
    """Close columns, or with None the whole tab, to everyone but ``editor`` and the owner of the spreadsheet.

    The editors are always named: without them Google lets every editor of the spreadsheet in.
    """
    area: dict[str, Any] = {"sheetId": sheet_id}
    if column is not None:
        area |= {"startColumnIndex": column, "endColumnIndex": column + columns}
    editors: dict[str, Any] = {"users": [editor]} if editor else {"domainUsersCanEdit": False}
    closed = {"range": area, "description": OURS, "warningOnly": False, "editors": editors}
    return _json({"addProtectedRange": {"protectedRange": closed}})


def validate(sheet_id: int, column: int, words: Sequence[str], *, first_row: int, strict: bool) -> str:
    """A drop-down of words on a column, from a row on."""
    area = {"sheetId": sheet_id, "startRowIndex": first_row, "startColumnIndex": column, "endColumnIndex": column + 1}
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": word} for word in words]}
    rule = {"condition": condition, "showCustomUi": True, "strict": strict}
    return _json({"setDataValidation": {"range": area, "rule": rule}})


def copy_values(source: tuple[int, int, int, int, int], sheet_id: int, row: int, column: int) -> str:
    """Put the values of (sheet, first row, end row, first column, end column) elsewhere; looks and notes stay there."""
    stage, top, bottom, left, right = source
    area = {
        "sheetId": stage, "startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right
    }  # fmt: skip
    there = {
        "sheetId": sheet_id,
        "startRowIndex": row,
        "endRowIndex": row + bottom - top,
        "startColumnIndex": column,
        "endColumnIndex": column + right - left,
    }
    paste = {"source": area, "destination": there, "pasteType": "PASTE_VALUES", "pasteOrientation": "NORMAL"}
    return _json({"copyPaste": paste})


def create_marker(entry: int, value: str) -> str:
    """Keep the marker under a number of our own.

    Google refuses a second entry of the same number, and with it the whole batch: a batch whose answer was lost cannot
    land twice, even when it arrives late, and of two writers that start from the same marker only one lands.
    """
    entry_json = {
        "metadataId": entry,
        "metadataKey": MARKER_KEY,
        "metadataValue": value,
        "location": {"spreadsheet": True},
        "visibility": "DOCUMENT",
    }
    return _json({"createDeveloperMetadata": {"developerMetadata": entry_json}})


def delete_marker(entry: int) -> str:
    """Remove the marker that was expected to stand there."""
    return _json({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": entry}}}})


def quoted(title: str) -> str:
    """A tab's title as a range of all its cells."""
    return "'" + title.replace("'", "''") + "'"


def _json(request: dict[str, Any]) -> str:
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))
