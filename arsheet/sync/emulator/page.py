"""The page that shows a spreadsheet of the emulator in a browser: people type into it as Google's users would.

It is for one person on this machine: the server listens on loopback only, the page's requests must come from the page
itself (same origin, a header that a foreign page cannot send), and what is typed is checked as the API checks it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from arsheet.sync.emulator import a1, guards
from arsheet.sync.emulator.formats import DATE_TYPES
from arsheet.sync.emulator.model.cells import Cell, CellError
from arsheet.sync.emulator.model.grid import Box
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.people import Books, Person, Refusal
from arsheet.sync.emulator.reading import rendered, value_of

GUEST = "guest@example.com"
MAX_ROWS = 400
_JSON = "application/json; charset=UTF-8"
_REFUSED = {
    "protected": {
        "zh": "这些单元格由系统维护，不能修改。",
        "en": "These cells are kept by the system and cannot be edited.",
    },
    "not_shared": {"zh": "您没有编辑此表格的权限。", "en": "You may not edit this spreadsheet."},
}


def is_page(path: str) -> bool:
    """Whether a path belongs to the page and not to an API."""
    return path == "/" or path.startswith(("/sheet", "/page/"))


def answer(
    books: Books, method: str, path: str, query: Mapping[str, list[str]], raw: bytes, headers: Mapping[str, str]
) -> tuple[int, str, bytes]:
    """(status, content type, body) for a request of the page."""
    host = (headers.get("Host") or "").rsplit(":", 1)[0]
    if host not in ("127.0.0.1", "localhost"):  # a foreign name that points here is an attack, not a visit
        return 403, "text/plain", b"forbidden"
    if path == "/" or path.startswith("/sheet/"):
        return 200, "text/html; charset=UTF-8", _shell().encode("utf-8")
    if path == "/page/books":
        listed = [{"id": book_id, "title": books[book_id].title} for book_id in books]
        return 200, _JSON, json.dumps(listed, ensure_ascii=False).encode("utf-8")
    book_id = query.get("book", [""])[0]
    if book_id not in books:
        return 404, _JSON, b"{}"
    book, who = books[book_id], query.get("who", [GUEST])[0]
    if path == "/page/tab" and method == "GET":
        first = int(query.get("from", ["0"])[0] or 0)
        with book.world.lock:
            shown = tab_json(book.as_(who), query.get("tab", [""])[0], max(0, first))
        return 200, _JSON, json.dumps(shown, ensure_ascii=False).encode("utf-8")
    if path == "/page/type" and method == "POST":
        if headers.get("X-Arsheet") != "page" or not (headers.get("Content-Type") or "").startswith("application/json"):
            return 403, "text/plain", b"forbidden"
        return _typed(book.as_(who), raw)
    return 404, _JSON, b"{}"


def _typed(person: Person, raw: bytes) -> tuple[int, str, bytes]:
    try:
        asked = json.loads(raw)
        person.type(str(asked["tab"]), (int(asked["row"]), int(asked["column"])), asked["text"] or None)
    except Refusal as problem:
        kind = "protected" if str(problem).endswith(guards.REFUSED) else "not_shared"
        words = (
            _REFUSED[kind]
            if kind == "protected" or "may not edit" in str(problem)
            else {"zh": str(problem), "en": str(problem)}
        )
        return 409, _JSON, json.dumps(words, ensure_ascii=False).encode("utf-8")
    except (ValueError, KeyError, TypeError) as problem:
        return 400, _JSON, json.dumps({"zh": str(problem), "en": str(problem)}, ensure_ascii=False).encode("utf-8")
    return 200, _JSON, b"{}"


def tab_json(person: Person, title: str, first: int = 0) -> dict[str, Any]:
    """One tab as the page draws it: up to MAX_ROWS rows of cells, and which of them this person may not edit."""
    book = person.book
    visible = [tab for tab in book.tabs if not tab.extra.get("hidden")]
    tab = book.titled(title) or visible[0]
    last = max(tab.rows, default=-1) + 1
    bottom = min(tab.row_count, max(last + 8, 30), first + MAX_ROWS)
    right = min(tab.column_count, max((max(line) for line in tab.rows.values()), default=0) + 3)
    rows = {row: _row(person, tab, row) for row in range(first, bottom) if row in tab.rows}
    forbidden = [rule for rule in tab.protected if not guards.may_edit(book, rule, person.who)]
    role = book.role(person.who)
    return {
        "title": book.title,
        "version": book.version,
        "tabs": [each.title for each in visible],
        "tab": tab.title,
        "frozen": tab.grid.get("frozenRowCount") or 1,
        "first": first,
        "bottom": bottom,
        "rowCount": tab.row_count,
        "last": last,
        "columns": [a1.column_letters(column) for column in range(max(right, 6) if tab.column_count >= 6 else right)],
        "widths": {index: line["pixelSize"] for index, line in tab.lines["COLUMNS"].items() if "pixelSize" in line},
        "rows": rows,
        "locked": [_edges(tab.box(rule.get("range", {}))) for rule in forbidden],
        "free": [_edges(tab.box(g)) for rule in forbidden for g in rule.get("unprotectedRanges", [])],
        "merges": [_edges(tab.box(merge)) for merge in tab.merges],
        "editable": role in ("owner", "writer", "organizer", "fileOrganizer"),
    }


def _edges(box: Box) -> list[int]:
    return [box.top, box.bottom, box.left, box.right]


def _row(person: Person, tab: Tab, row: int) -> dict[int, dict[str, Any]]:
    return {column: _cell(person, tab, row, column, cell) for column, cell in tab.rows[row].items()}


def _cell(person: Person, tab: Tab, row: int, column: int, cell: Cell) -> dict[str, Any]:
    """A cell: its text, what typing starts from, how it is aligned, its note and the words it may take."""
    book = person.book
    value = value_of(book, tab, row, column, cell)
    out: dict[str, Any] = {"t": rendered(book, tab, row, column, cell) or ""}
    if cell.formula:
        out["f"] = cell.formula
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number:
        kind = (cell.number_format or {}).get("type", "")
        out["k"] = "d" if kind in DATE_TYPES else "n"
        if value < 0:  # type: ignore[operator]
            out["neg"] = 1
    if isinstance(value, CellError):
        out["k"] = "e"
    style = (cell.format or {}).get("textFormat", {})
    if style.get("bold"):
        out["b"] = 1
    colour = (cell.format or {}).get("backgroundColor")
    if colour:
        out["bg"] = "#" + "".join(f"{round(colour.get(name, 0) * 255):02x}" for name in ("red", "green", "blue"))
    if cell.note:
        out["note"] = cell.note
    condition = (cell.rule or {}).get("condition", {})
    if condition.get("type") == "ONE_OF_LIST":
        out["words"] = [item.get("userEnteredValue", "") for item in condition.get("values", [])]
    return out


def _shell() -> str:
    """The page itself; all that changes comes by script from `/page/tab`."""
    text = resources.files(__package__).joinpath("page.html").read_text("utf-8")
    return text.replace("{guest}", html.escape(GUEST))
