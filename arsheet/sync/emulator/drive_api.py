"""The part of Drive that a spreadsheet client touches: files, copies, permissions, comments, CSV out and in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import Any

from arsheet.sync.emulator import masks
from arsheet.sync.emulator.entering import entered_cell
from arsheet.sync.emulator.errors import GoogleError, file_not_found, malformed, scope_missing, storage_quota
from arsheet.sync.emulator.model.book import SPREADSHEET, Book
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.reading import read_box
from arsheet.sync.emulator.sheets_api import Query, one
from arsheet.sync.emulator.tokens import Grant
from arsheet.sync.emulator.world import World

_AUTH = "https://www.googleapis.com/auth/"
WRITE_SCOPES = frozenset({_AUTH + "drive", _AUTH + "drive.file"})
READ_SCOPES = WRITE_SCOPES | {_AUTH + "drive.readonly", _AUTH + "drive.metadata.readonly"}
_ROLES = ("owner", "organizer", "fileOrganizer", "writer", "commenter", "reader")
_CLAUSE = re.compile(r"""(\w+)\s*(=|!=|in|contains)\s*(["'])((?:\\.|(?!\3).)*)\3""")


def stamp(seconds: float) -> str:
    """An RFC 3339 time with milliseconds, as Drive prints it."""
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def resource(book: Book) -> dict[str, Any]:
    """The File resource, all fields that are known."""
    return {
        "kind": "drive#file",
        "id": book.id,
        "name": book.title,
        "mimeType": SPREADSHEET,
        "createdTime": stamp(book.created),
        "modifiedTime": stamp(book.modified),
        "version": str(book.version),
        "parents": list(book.parents),
        "trashed": False,
        "owners": [{"kind": "drive#user", "emailAddress": book.owner}],
    }


def shown(book: Book, mask: str) -> dict[str, Any]:
    """A File as an answer prints it: the fields asked for, or the four that come unasked."""
    full = resource(book)
    if mask:
        cut: dict[str, Any] = masks.project(full, masks.parse(mask))
        return cut
    return {key: full[key] for key in ("kind", "id", "name", "mimeType")}


def _body(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw.decode("utf-8") or "{}")
    except ValueError:
        raise malformed("", "Parse Error") from None
    if not isinstance(read, dict):
        raise malformed("", "Parse Error")
    return {key: value for key, value in read.items() if value is not None}


class DriveApi:
    """Answers one request of the Drive API: (status, JSON or bytes, content type)."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, method: str, path: str, query: Query, raw: bytes, grant: Grant) -> tuple[int, Any]:
        """Route by method and path below `files`."""
        read = method == "GET"
        if not grant.scopes & (READ_SCOPES if read else WRITE_SCOPES):
            raise scope_missing("drive.googleapis.com", f"google.apps.drive.v3.DriveFiles.{method}")
        match = re.match(r"^/(?:upload/)?drive/v[23]/files(?:/([^/]+))?(?:/(.+))?$", path)
        if not match:
            raise GoogleError(404, "Not Found", "NOT_FOUND", reason="notFound")
        file_id, tail = match.groups()
        if file_id is None:
            return self._collection(method, query, raw, grant)
        book = self.world.books.get(file_id)
        if book is None or book.role(grant.who) is None:
            raise file_not_found(file_id)
        if not read and tail != "copy" and book.role(grant.who) in ("reader", "commenter"):
            message = "The user does not have sufficient permissions for this file."
            raise GoogleError(403, message, "PERMISSION_DENIED", reason="insufficientFilePermissions")
        if tail is None:
            return self._file(method, path, book, query, raw, grant)
        return self._inside(method, tail, book, query, raw, grant)

    def _may_own(self, grant: Grant) -> None:
        if grant.who in self.world.service_accounts and not self.world.service_accounts_own_files:
            raise storage_quota()

    def _collection(self, method: str, query: Query, raw: bytes, grant: Grant) -> tuple[int, Any]:
        if method == "POST":
            self._may_own(grant)
            body = _body(raw)
            book = self.world.create(body.get("name") or "Untitled", grant.who)
            book.parents = list(body.get("parents", []))
            return 200, shown(book, one(query, "fields"))
        wanted = one(query, "q")
        files = [b for b in self.world.books.values() if b.role(grant.who) and matches(b, wanted)]
        files.sort(key=lambda b: b.modified, reverse=True)
        size, start = int(one(query, "pageSize", "100")), int(one(query, "pageToken") or 0)
        mask = one(query, "fields", "kind,incompleteSearch,files(kind,id,name,mimeType)")
        answer: dict[str, Any] = {"kind": "drive#fileList", "incompleteSearch": False}
        if start + size < len(files):
            answer["nextPageToken"] = str(start + size)
        answer["files"] = [resource(b) for b in files[start : start + size]]
        return 200, masks.project(answer, masks.parse(mask))

    def _file(self, method: str, path: str, book: Book, query: Query, raw: bytes, grant: Grant) -> tuple[int, Any]:
        if method == "DELETE":
            if book.role(grant.who) != "owner":
                message = "The user does not have sufficient permissions for this file."
                raise GoogleError(403, message, "PERMISSION_DENIED", reason="insufficientFilePermissions")
            del self.world.books[book.id]
            return 204, None
        if method in ("PUT", "PATCH") and path.startswith("/upload"):
            return 200, self.upload_csv(book, raw)
        if method == "PATCH":
            body = _body(raw)
            with self.world.writing(book) as changed:
                changed.title = body.get("name", changed.title)
                added = [parent for parent in one(query, "addParents").split(",") if parent]
                gone = one(query, "removeParents").split(",")
                changed.parents = [parent for parent in [*changed.parents, *added] if parent not in gone]
        return 200, shown(book, one(query, "fields"))

    def _inside(self, method: str, tail: str, book: Book, query: Query, raw: bytes, grant: Grant) -> tuple[int, Any]:
        if (method, tail) == ("POST", "copy"):
            self._may_own(grant)
            body = _body(raw)
            copy = book.fork()
            copy.id, copy.title = self.world.free_id(), body.get("name") or f"Copy of {book.title}"
            copy.owner, copy.roles = grant.who, {grant.who: "owner"}
            copy.parents = list(body.get("parents", book.parents))
            copy.created = copy.modified = self.world.clock()
            self.world.books[copy.id] = copy
            return 200, shown(copy, one(query, "fields"))
        if (method, tail) == ("GET", "export"):
            return 200, self.export(book, one(query, "mimeType"))
        if tail == "comments" and method == "GET":
            return 200, {"comments": []}
        if tail.split("/")[0] == "permissions":
            return self._permissions(method, tail.partition("/")[2], book, query, raw)
        raise GoogleError(404, "Not Found", "NOT_FOUND", reason="notFound")

    def _permissions(self, method: str, permission_id: str, book: Book, query: Query, raw: bytes) -> tuple[int, Any]:
        if method == "POST":
            body = _body(raw)
            key, role = body.get("emailAddress") or body.get("domain") or body.get("type", ""), body.get("role", "")
            if role not in _ROLES or not key:
                raise GoogleError(400, "The permission role field is required.", "INVALID_ARGUMENT", reason="required")
            book.roles[key] = role
            return 200, self._permission(key, role, short=True)
        if method == "DELETE":
            key = next((key for key in book.roles if self._permission_id(key) == permission_id), None)
            if key is None:
                message = f"Permission not found: {permission_id}."
                raise GoogleError(404, message, "NOT_FOUND", reason="notFound")
            del book.roles[key]
            return 204, None
        listed = [self._permission(key, role) for key, role in book.roles.items()]
        answer = {"kind": "drive#permissionList", "permissions": listed}
        mask = one(query, "fields")
        return 200, masks.project(answer, masks.parse(mask)) if mask else answer

    @staticmethod
    def _permission_id(key: str) -> str:
        return "anyoneWithLink" if key == "anyone" else str(int.from_bytes(key.encode()[:8], "big"))

    def _permission(self, key: str, role: str, *, short: bool = False) -> dict[str, Any]:
        kind = "anyone" if key == "anyone" else "user" if "@" in key else "domain"
        out = {"kind": "drive#permission", "id": self._permission_id(key), "type": kind, "role": role}
        if not short and kind == "user":
            out["emailAddress"] = key
        return out

    def export(self, book: Book, mime: str) -> bytes:
        """The first tab as CSV or TSV, shown values, rows of equal width."""
        if mime not in ("text/csv", "text/tab-separated-values"):
            raise GoogleError(
                400, "The requested conversion is not supported.", "INVALID_ARGUMENT", reason="badRequest"
            )
        tab = book.tabs[0]
        rows = read_box(book, tab, tab.whole, how="FORMATTED_VALUE")
        width = max((len(row) for row in rows), default=0)
        out = io.StringIO()
        writer = csv.writer(out, delimiter="," if mime == "text/csv" else "\t", lineterminator="\r\n")
        writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
        return out.getvalue().removesuffix("\r\n").encode("utf-8")

    def upload_csv(self, book: Book, raw: bytes) -> dict[str, Any]:
        """A CSV that replaces the whole content: one tab named after the file, values as if typed."""
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        width = max((len(row) for row in rows), default=0)
        with self.world.writing(book) as changed:
            tab = Tab(changed.free_tab_id(), book.title[:100] or "Sheet1", max(1000, len(rows)), max(26, width))
            for index, row in enumerate(rows):
                for column, text in enumerate(row):
                    if text:
                        tab.put(index, column, entered_cell(None, text, locale=book.locale))
            changed.tabs, changed.named = [tab], []
            changed.time_zone = "America/Los_Angeles"  # what Google was seen to leave behind after such an upload
        return {"kind": "drive#file", "id": book.id, "title": book.title, "mimeType": SPREADSHEET}


def matches(book: Book, wanted: str) -> bool:
    """Whether a file passes a Drive query: name, mimeType, trashed and parents joined by `and`."""
    for field, how, _, value in _CLAUSE.findall(wanted):
        text = re.sub(r"\\(.)", r"\1", value)
        if field == "name" and (
            (how == "=" and book.title != text) or (how == "contains" and text.lower() not in book.title.lower())
        ):
            return False
        if field == "mimeType" and (text == SPREADSHEET) != (how == "="):
            return False
        if field == "parents" and text not in book.parents:
            return False
    inside = re.search(r"""(["'])([^"']+)\1\s+in\s+parents""", wanted)
    return not inside or inside.group(2) in book.parents
