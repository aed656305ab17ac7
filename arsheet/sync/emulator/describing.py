"""`spreadsheets.get`: the book as JSON, with grid data only where the field mask asks for it."""

from __future__ import annotations

import math
from typing import Any

from arsheet.sync.emulator import guards, masks
from arsheet.sync.emulator.formats import shown
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.cells import Cell, extended
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.grid import shown as shown_range
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import value_of
from arsheet.sync.emulator.wire import single

_WHITE = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: dict[str, Any] = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
_THEME = (
    ("TEXT", ()),
    ("BACKGROUND", (1, 1, 1)),
    ("ACCENT1", (0.25882354, 0.52156866, 0.95686275)),
    ("ACCENT2", (0.91764706, 0.2627451, 0.20784314)),
    ("ACCENT3", (0.9843137, 0.7372549, 0.015686275)),
    ("ACCENT4", (0.20392157, 0.65882355, 0.3254902)),
    ("ACCENT5", (1, 0.42745098, 0.003921569)),
    ("ACCENT6", (0.27450982, 0.7411765, 0.7764706)),
    ("LINK", (0.06666667, 0.33333334, 0.8)),
)


def _theme() -> dict[str, Any]:
    colours = [
        {"colorType": word, "color": {"rgbColor": dict(zip(("red", "green", "blue"), rgb, strict=False))}}
        for word, rgb in _THEME
    ]
    return {"primaryFontFamily": "Arial", "themeColors": colours}


def tab_properties(tab: Tab, index: int) -> dict[str, Any]:
    """SheetProperties: what is false or empty is left out, id and index never."""
    grid = {"rowCount": tab.row_count, "columnCount": tab.column_count, **{k: v for k, v in tab.grid.items() if v}}
    extra = {key: value for key, value in tab.extra.items() if value not in (False, {}, None)}
    return {
        "sheetId": tab.id,
        "title": tab.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid,
        **extra,
    }


def protected_range(book: Book, rule: dict[str, Any], who: str, *, editors: bool = True) -> dict[str, Any]:
    """A ProtectedRange as a caller sees it: who may edit it sees the editors, others do not."""
    out = {key: rule[key] for key in ("protectedRangeId", "range", "namedRangeId", "description") if rule.get(key)}
    if "range" in out:
        out["range"] = shown_range(out["range"])
    if rule.get("warningOnly"):
        out["warningOnly"] = True
    if rule.get("unprotectedRanges"):
        out["unprotectedRanges"] = [shown_range(free) for free in rule["unprotectedRanges"]]
    if guards.may_edit(book, rule, who):
        out["requestingUserCanEdit"] = True
        out["editors"] = {key: value for key, value in rule.get("editors", {}).items() if value} if editors else {}
    return out


def describe(
    book: Book, *, who: str, tree: masks.Tree | None = None, grid: bool = False, ranges: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The Spreadsheet message; `tree` cuts it, `ranges` keep only the tabs that they name."""
    found = [book.find(text) for text in ranges]
    out: dict[str, Any] = {
        "spreadsheetId": book.id,
        "properties": {
            "title": book.title,
            "locale": book.locale,
            "timeZone": book.time_zone,
            **book.properties,
            "defaultFormat": DEFAULT_FORMAT,
            "spreadsheetTheme": _theme(),
        },
        "sheets": [],
    }
    for index, tab in enumerate(book.tabs):
        boxes = [box for owner, box in found if owner is tab]
        if ranges and not boxes:
            continue
        described = _tab(book, tab, index, who)
        if grid and masks.wants(tree, "sheets", "data"):
            described["data"] = [_grid_data(book, tab, box, tree) for box in boxes or [tab.whole]]
        out["sheets"].append(described)
    if book.named:
        out["namedRanges"] = [{**item, "range": shown_range(item["range"])} for item in book.named]
    out["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.id}/edit"
    if book.metadata:
        out["developerMetadata"] = [dict(item) for item in book.metadata]
    cut: dict[str, Any] = masks.project(out, tree) if tree else out
    return cut


def _tab(book: Book, tab: Tab, index: int, who: str) -> dict[str, Any]:
    out: dict[str, Any] = {"properties": tab_properties(tab, index)}
    if tab.merges:
        out["merges"] = [shown_range(merge) for merge in tab.merges]
    if tab.conditional:
        out["conditionalFormats"] = [
            {**rule, "ranges": [shown_range(ranged) for ranged in rule["ranges"]]} for rule in tab.conditional
        ]
    if tab.protected:
        out["protectedRanges"] = [protected_range(book, rule, who) for rule in tab.protected]
    if tab.filter:
        out["basicFilter"] = {**tab.filter, "range": shown_range(tab.filter["range"])}
    if tab.banded:
        out["bandedRanges"] = [{**band, "range": shown_range(band["range"])} for band in tab.banded]
    for key, name in (("ROWS", "rowGroups"), ("COLUMNS", "columnGroups")):
        if tab.groups[key]:
            out[name] = [group_shown(group) for group in tab.groups[key]]
    return out


def group_shown(group: dict[str, Any]) -> dict[str, Any]:
    """A DimensionGroup as answers print it."""
    return {**group, "range": {key: v for key, v in group["range"].items() if key != "sheetId" or v}}


def _grid_data(book: Book, tab: Tab, box: Box, tree: masks.Tree | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if box.top:
        out["startRow"] = box.top
    if box.left:
        out["startColumn"] = box.left
    lines: dict[int, list[dict[str, Any]]] = {}
    for row, column, cell in tab.cells(box):
        line = lines.setdefault(row - box.top, [])
        line.extend({} for _ in range(column - box.left - len(line)))
        line.append(cell_data(book, tab, row, column, cell))
    if lines:
        out["rowData"] = [{"values": lines[i]} if i in lines else {} for i in range(max(lines) + 1)]
    if masks.wants(tree, "sheets", "data", "rowMetadata"):
        rows = tab.lines["ROWS"]
        out["rowMetadata"] = [{"pixelSize": 21, **rows.get(i, {})} for i in range(box.top, box.bottom)]
    if masks.wants(tree, "sheets", "data", "columnMetadata"):
        columns = tab.lines["COLUMNS"]
        out["columnMetadata"] = [{"pixelSize": 100, **columns.get(i, {})} for i in range(box.left, box.right)]
    return out


def cell_data(book: Book, tab: Tab, row: int, column: int, cell: Cell) -> dict[str, Any]:
    """CellData of a stored cell."""
    out: dict[str, Any] = {}
    value = value_of(book, tab, row, column, cell)
    if cell.formula:
        out["userEnteredValue"] = {"formulaValue": cell.formula}
    elif value is not None:
        out["userEnteredValue"] = extended(value)
    if value is not None:
        out["effectiveValue"] = extended(value)
        out["formattedValue"] = shown(value, cell.number_format, book.locale)
    if cell.format:
        out["userEnteredFormat"] = coloured(cell.format)
    if value is not None or cell.format:
        out["effectiveFormat"] = {**DEFAULT_FORMAT, **coloured(cell.format or {})}
    if cell.note:
        out["note"] = cell.note
    if cell.rule:
        out["dataValidation"] = cell.rule
    return out


def byte_colour(colour: dict[str, Any]) -> dict[str, Any]:
    """A colour as Google keeps it: 8 bits a channel, channels of 0 left out."""
    parts = {name: single(math.floor(share * 255 + 1e-9) / 255) for name, share in colour.items() if name != "alpha"}
    return {name: share for name, share in parts.items() if share}


def coloured(style: Any) -> Any:
    """A format with the `…Style` twin that Google adds to every plain colour."""
    if not isinstance(style, dict):
        return style
    names = ("backgroundColor", "foregroundColor")
    out = {key: byte_colour(value) if key in names else coloured(value) for key, value in style.items()}
    for name in names:
        if name in out and name + "Style" not in out:
            out[name + "Style"] = {"rgbColor": dict(out[name])}
    return out
