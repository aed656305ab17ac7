"""The Sheets v4 operations by path: which handler answers, which message it reads, which scopes it asks for."""

from __future__ import annotations

import re
from typing import Any

from arsheet.sync.emulator import a1, describing, masks, requests, values, wire
from arsheet.sync.emulator.errors import GoogleError, invalid, not_found, scope_missing
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.reading import read_range
from arsheet.sync.emulator.requests import tabs
from arsheet.sync.emulator.tokens import Grant
from arsheet.sync.emulator.world import World

_AUTH = "https://www.googleapis.com/auth/"
WRITE_SCOPES = frozenset(_AUTH + name for name in ("spreadsheets", "drive", "drive.file"))
READ_SCOPES = WRITE_SCOPES | {_AUTH + "spreadsheets.readonly", _AUTH + "drive.readonly"}
MAX_BODY = 50 * 1024 * 1024

Query = dict[str, list[str]]


def one(query: Query, name: str, default: str = "") -> str:
    """The first value of a query parameter."""
    return query.get(name, [default])[0]


def flag(query: Query, name: str) -> bool:
    """A boolean query parameter, however it is capitalised."""
    return one(query, name).lower() == "true"


def _rendering(query: Query) -> dict[str, str]:
    how = one(query, "valueRenderOption", "FORMATTED_VALUE")
    dates = one(query, "dateTimeRenderOption", "SERIAL_NUMBER")
    major = one(query, "majorDimension", "ROWS")
    for field, word, words in (
        ("value_render_option", how, ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")),
        ("date_time_render_option", dates, ("SERIAL_NUMBER", "FORMATTED_STRING")),
        ("major_dimension", major, ("ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED")),
    ):
        if word not in words:
            raise invalid(f"Invalid value at '{field}' (type.googleapis.com/google.apps.sheets.v4), \"{word}\"")
    return {"how": how, "dates": dates, "major": "ROWS" if major != "COLUMNS" else "COLUMNS"}


class SheetsApi:
    """Answers one request of the Sheets API: (status, JSON)."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, method: str, path: str, query: Query, raw: bytes, grant: Grant) -> tuple[int, Any]:
        """Route by method and path below `/v4/spreadsheets`."""
        read = method == "GET" or path.endswith(":getByDataFilter")
        if not grant.scopes & (READ_SCOPES if read else WRITE_SCOPES):
            raise scope_missing("sheets.googleapis.com", f"google.apps.sheets.v4.SpreadsheetsService.{method}")
        self.world.quota.spend(grant.who, read=read, now=self.world.clock())
        rest = path.removeprefix("/v4/spreadsheets")
        if rest == "" and method == "POST":
            return 200, self.create(raw, grant)
        match = re.match(r"^/([^/:]+)(.*)$", rest, re.S)
        if not match:
            raise not_found()
        book_id, tail = match.groups()
        book = self.world.book(book_id, grant.who, write=not read)
        return 200, self._routed(method, tail, query, raw, book, grant.who)

    def _routed(self, method: str, tail: str, query: Query, raw: bytes, book: Book, who: str) -> dict[str, Any]:
        if tail == "" and method == "GET":
            return self.get(book, query, who)
        if (method, tail) == ("POST", ":batchUpdate"):
            return self.batch_update(book, raw, who)
        if (method, tail) == ("GET", "/values:batchGet"):
            options = _rendering(query)
            found = [read_range(book, text, **options) for text in query.get("ranges", [])]
            return {"spreadsheetId": book.id, **({"valueRanges": found} if found else {})}
        if (method, tail) == ("POST", "/values:batchUpdate"):
            return self.values_batch_update(book, raw, who)
        if (method, tail) == ("POST", "/values:batchClear"):
            body = wire.read_body("BatchClearValuesRequest", raw)
            with self.world.writing(book) as changed:
                cleared = [values.clear(changed, text, who=who) for text in body.get("ranges", [])]
            return {"spreadsheetId": book.id, "clearedRanges": cleared}
        copied = re.fullmatch(r"/sheets/(\d+):copyTo", tail)
        if copied and method == "POST":
            return self.copy_to(book, int(copied.group(1)), raw, who)
        found_range = re.fullmatch(r"/values/(.*?)(:append|:clear)?", tail, re.S)
        if found_range:
            return self._values(method, found_range.group(1), found_range.group(2) or "", query, raw, book, who)
        raise not_found()

    def _values(
        self, method: str, text: str, verb: str, query: Query, raw: bytes, book: Book, who: str
    ) -> dict[str, Any]:
        if method == "GET" and not verb:
            return read_range(book, text, **_rendering(query))
        if (method, verb) == ("POST", ":clear"):
            with self.world.writing(book) as changed:
                cleared = values.clear(changed, text, who=who)
            return {"spreadsheetId": book.id, "clearedRange": cleared}
        if (method, verb) not in (("PUT", ""), ("POST", ":append")):
            raise not_found()
        body = wire.read_body("ValueRange", raw, prefix="data")
        self._same_range(text, body)
        option = one(query, "valueInputOption") or None
        with self.world.writing(book) as changed:
            if verb:
                insert = one(query, "insertDataOption") == "INSERT_ROWS"
                answer = values.append(changed, text, body, option=option, insert=insert, who=who)
                part = answer["updates"]
            else:
                part = answer = values.update(changed, text, body, option=option, who=who)
            if flag(query, "includeValuesInResponse"):
                how = one(query, "responseValueRenderOption", "FORMATTED_VALUE")
                dates = one(query, "responseDateTimeRenderOption", "SERIAL_NUMBER")
                part["updatedData"] = values.written_back(changed, part, how=how, dates=dates)
        return answer

    @staticmethod
    def _same_range(text: str, body: dict[str, Any]) -> None:
        """A range in the body must be the one in the path."""
        inside = body.get("range", "")
        if inside and a1.split(inside) != a1.split(text):
            raise invalid(f"Requested writing within range [{text}], but the body says [{inside}]")

    def create(self, raw: bytes, grant: Grant) -> dict[str, Any]:
        """`spreadsheets.create`: an owned file, which a service account may not have by default."""
        body = wire.read_body("Spreadsheet", raw)
        if grant.who in self.world.service_accounts and not self.world.service_accounts_own_files:
            raise GoogleError(403, "The caller does not have permission", "PERMISSION_DENIED")
        asked = body.get("properties", {})
        book = self.world.create(asked.get("title") or "Untitled spreadsheet", grant.who)
        book.locale, book.time_zone = asked.get("locale", book.locale), asked.get("timeZone", book.time_zone)
        if body.get("sheets"):
            with self.world.writing(book) as changed:
                changed.tabs = []
                for sheet in body["sheets"]:
                    tabs.add_sheet(changed, sheet, grant.who)
        return describing.describe(book, who=grant.who)

    def get(self, book: Book, query: Query, who: str) -> dict[str, Any]:
        """`spreadsheets.get`: with `fields`, the mask decides about grid data; without, `includeGridData` does."""
        mask = one(query, "fields")
        tree = masks.parse(mask) if mask and mask != "*" else None
        grid = masks.wants(tree, "sheets", "data") if mask else flag(query, "includeGridData")
        ranges = tuple(text for text in query.get("ranges", []) if text)
        return describing.describe(book, who=who, tree=tree, grid=grid, ranges=ranges)

    def batch_update(self, book: Book, raw: bytes, who: str) -> dict[str, Any]:
        """`spreadsheets.batchUpdate`: all requests take effect, or none."""
        body = wire.read_body("BatchUpdateSpreadsheetRequest", raw)
        with self.world.writing(book) as changed:
            replies = requests.apply(changed, body.get("requests", []), who=who)
        answer: dict[str, Any] = {"spreadsheetId": book.id, "replies": replies}
        if body.get("includeSpreadsheetInResponse"):
            ranges = tuple(body.get("responseRanges", []))
            grid = body.get("responseIncludeGridData", False)
            answer["updatedSpreadsheet"] = describing.describe(book, who=who, grid=grid, ranges=ranges)
        return answer

    def values_batch_update(self, book: Book, raw: bytes, who: str) -> dict[str, Any]:
        """`values.batchUpdate`: ranges in order; the totals count each row, column and tab once."""
        body = wire.read_body("BatchUpdateValuesRequest", raw)
        how = body.get("responseValueRenderOption", "FORMATTED_VALUE")
        dates = body.get("responseDateTimeRenderOption", "SERIAL_NUMBER")
        responses, rows, columns, titles, cells = [], set(), set(), set(), 0
        with self.world.writing(book) as changed:
            for part in body.get("data", []):
                done = values.update(changed, part.get("range", ""), part, option=body.get("valueInputOption"), who=who)
                tab, box = changed.find(done["updatedRange"])
                if done.get("updatedCells"):
                    titles.add(tab.id)
                    rows |= {(tab.id, row) for row in range(box.top, box.bottom)}
                    columns |= {(tab.id, column) for column in range(box.left, box.right)}
                    cells += done["updatedCells"]
                responses.append(done)
            if body.get("includeValuesInResponse"):
                for done in responses:
                    done["updatedData"] = values.written_back(changed, done, how=how, dates=dates)
        totals = {
            "totalUpdatedRows": len(rows),
            "totalUpdatedColumns": len(columns),
            "totalUpdatedCells": cells,
            "totalUpdatedSheets": len(titles),
        }
        counted = {name: number for name, number in totals.items() if number}
        return {"spreadsheetId": book.id, **counted, **({"responses": responses} if responses else {})}

    def copy_to(self, book: Book, tab_id: int, raw: bytes, who: str) -> dict[str, Any]:
        """`sheets.copyTo`: a tab copied to the end of a book that the caller may write."""
        body = wire.read_body("CopySheetToAnotherSpreadsheetRequest", raw)
        source = book.tab(tab_id)
        target = self.world.book(body.get("destinationSpreadsheetId", ""), who, write=True)
        with self.world.writing(target) as changed:
            title = f"Copy of {source.title}"
            number = 2
            while changed.titled(title):
                title, number = f"Copy of {source.title} {number}", number + 1
            new_id, at = changed.free_tab_id(), len(changed.tabs)
            copy = tabs.duplicate(changed, source, title=title, tab_id=new_id, at=at)
            return describing.tab_properties(copy, changed.tabs.index(copy))
