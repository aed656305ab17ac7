"""Tabs and the book's own properties: add, delete, duplicate, rename, move, hide, resize, colour."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator import guards, masks
from arsheet.sync.emulator.describing import byte_colour, tab_properties
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.model.tab import Tab

NO_FIELDS = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"


def _check_title(book: Book, title: str, but: Tab | None = None) -> None:
    other = book.titled(title)
    if other is not None and other is not but:
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')
    if not title or len(title) > 100:
        raise invalid("Sheet name must be 1 to 100 characters.")


def add_sheet(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """addSheet: within the limits, under a title and id that are free."""
    asked = body.get("properties", {})
    title = asked.get("title") or next(name for name in (f"Sheet{n}" for n in range(1, 10**6)) if not book.titled(name))
    _check_title(book, title)
    tab_id = asked.get("sheetId")
    if tab_id is None:
        tab_id = book.free_tab_id()
    elif any(tab.id == tab_id for tab in book.tabs):
        raise invalid(f"A sheet with id {tab_id} already exists. Please specify another id.")
    if tab_id < 0:
        raise invalid(f"Sheet id must be non-negative: {tab_id}")
    grid = asked.get("gridProperties", {})
    tab = Tab(tab_id, title, grid.get("rowCount", 1000), grid.get("columnCount", 26))
    if tab.row_count < 1 or tab.column_count < 1:
        raise invalid("Sheet must have at least one row and one column.")
    book.check_room(tab.size)
    tab.grid = {key: value for key, value in grid.items() if key not in ("rowCount", "columnCount")}
    tab.extra = {key: asked[key] for key in ("hidden", "rightToLeft") if key in asked}
    for key in ("tabColor", "tabColorStyle"):
        if key in asked:
            _colour(tab, key, asked[key])
    book.tabs.insert(asked.get("index", len(book.tabs)), tab)
    return {"addSheet": {"properties": tab_properties(tab, book.tabs.index(tab))}}


def delete_sheet(book: Book, body: dict[str, Any], who: str) -> None:
    """deleteSheet: never the last one that is seen."""
    tab = book.tab(body.get("sheetId", 0))
    if len(book.tabs) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    if all(other.extra.get("hidden") for other in book.tabs if other is not tab):
        raise invalid("You can't remove all the visible sheets in a document.")
    guards.check(book, tab, tab.whole, who)
    book.tabs.remove(tab)
    book.named = [item for item in book.named if item["range"].get("sheetId", 0) != tab.id]
    book.metadata = [item for item in book.metadata if item["location"].get("sheetId", -1) != tab.id]


def duplicate(book: Book, tab: Tab, *, title: str, tab_id: int, at: int) -> Tab:
    """A copy of a tab of any book, put into `book`; its ranges are given its new id."""
    copy = tab.fork()
    copy.id, copy.title = tab_id, title

    def owned(ranged: dict[str, Any]) -> dict[str, Any]:
        return {**ranged, "sheetId": tab_id}

    copy.merges = [owned(merge) for merge in copy.merges]
    copy.conditional = [{**rule, "ranges": [owned(r) for r in rule["ranges"]]} for rule in copy.conditional]
    copy.protected = [
        {**rule, "range": owned(rule.get("range", {})), "protectedRangeId": book.free_id(lambda n: False)}
        for rule in copy.protected
    ]
    if copy.filter:
        copy.filter = {**copy.filter, "range": owned(copy.filter["range"])}
    book.check_room(copy.size)
    book.tabs.insert(at, copy)
    return copy


def duplicate_sheet(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """duplicateSheet: with all that is on it."""
    source = book.tab(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or next(
        name
        for name in (f"Copy of {source.title}" + (f" {n}" if n else "") for n in range(10**6))
        if not book.titled(name)
    )
    _check_title(book, title)
    tab_id = body.get("newSheetId")
    if tab_id is None:
        tab_id = book.free_tab_id()
    elif any(tab.id == tab_id for tab in book.tabs):
        raise invalid(f"A sheet with id {tab_id} already exists. Please specify another id.")
    copy = duplicate(book, source, title=title, tab_id=tab_id, at=body.get("insertSheetIndex", 0))
    return {"duplicateSheet": {"properties": tab_properties(copy, book.tabs.index(copy))}}


def update_sheet_properties(book: Book, body: dict[str, Any], who: str) -> None:
    """updateSheetProperties: title, place, hiding, grid size, frozen lines, colour."""
    asked = body.get("properties", {})
    tab = book.tab(asked.get("sheetId", 0))
    tree = masks.parse(body.get("fields", ""))
    if not tree:
        raise invalid(NO_FIELDS)
    if "*" in tree:
        tree = {key: {} for key in asked if key not in ("sheetId", "sheetType")}
    for field, inner in tree.items():
        if field == "title":
            _check_title(book, asked.get("title", ""), tab)
            tab.title = asked["title"]
        elif field == "index":
            _move(book, tab, asked.get("index", 0))
        elif field == "hidden":
            _hide(book, tab, asked.get("hidden", False))
        elif field == "gridProperties":
            _grid(book, tab, asked.get("gridProperties", {}), inner, who)
        elif field in ("tabColor", "tabColorStyle"):
            _colour(tab, field, asked.get(field))
        elif field in asked:
            tab.extra[field] = asked[field]
        else:
            tab.extra.pop(field, None)


def _move(book: Book, tab: Tab, index: int) -> None:
    """Google counts the target among the tabs before the move."""
    old = book.tabs.index(tab)
    if index > len(book.tabs):
        raise invalid(f"Sheet index {index} is out of range.")
    book.tabs.remove(tab)
    book.tabs.insert(index - 1 if index > old else index, tab)


def _hide(book: Book, tab: Tab, hidden: bool) -> None:
    if hidden and all(other.extra.get("hidden") for other in book.tabs if other is not tab):
        raise invalid("You can't hide all the sheets in a document.")
    tab.extra["hidden"] = hidden


def _grid(book: Book, tab: Tab, asked: dict[str, Any], inner: masks.Tree, who: str) -> None:
    names = [name for name in (inner or asked) if name != "*"] or list(asked)
    rows = asked.get("rowCount", 0) if "rowCount" in names else tab.row_count
    columns = asked.get("columnCount", 0) if "columnCount" in names else tab.column_count
    if rows < 1 or columns < 1:
        raise invalid(f"You can't delete all the {'rows' if rows < 1 else 'columns'} on the sheet.")
    if rows < tab.row_count or columns < tab.column_count:
        guards.check(book, tab, tab.whole, who)
    if (rows, columns) != (tab.row_count, tab.column_count):
        book.resize(tab, rows, columns)
    for name in names:
        if name not in ("rowCount", "columnCount"):
            tab.grid[name] = asked.get(name)
    for frozen, count, what in (("frozenRowCount", rows, "rows"), ("frozenColumnCount", columns, "columns")):
        if frozen in names and (tab.grid.get(frozen) or 0) >= count:
            raise invalid(f"You can't freeze all visible {what} on the sheet.")


def _colour(tab: Tab, field: str, value: dict[str, Any] | None) -> None:
    """A tab colour and its `Style` twin are kept together; an empty style takes both away."""
    plain = (value or {}).get("rgbColor") if field == "tabColorStyle" else value
    if plain is None:
        tab.extra.pop("tabColor", None)
        tab.extra.pop("tabColorStyle", None)
        if value and "themeColor" in value:
            tab.extra["tabColorStyle"] = value
        return
    kept = byte_colour(plain)
    tab.extra["tabColor"] = kept
    tab.extra["tabColorStyle"] = {"rgbColor": dict(kept)}


def update_spreadsheet_properties(book: Book, body: dict[str, Any], who: str) -> None:
    """updateSpreadsheetProperties: title, locale, time zone and the rest."""
    asked, tree = body.get("properties", {}), masks.parse(body.get("fields", ""))
    if not tree:
        raise invalid(NO_FIELDS)
    for field in list(asked) if "*" in tree else tree:
        if field == "title":
            book.title = asked.get("title", "")
        elif field == "locale":
            book.locale = asked.get("locale", "en_US")
        elif field == "timeZone":
            book.time_zone = asked.get("timeZone", "Etc/GMT")
        elif field in asked:
            book.properties[field] = asked[field]
        else:
            book.properties.pop(field, None)


HANDLERS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
