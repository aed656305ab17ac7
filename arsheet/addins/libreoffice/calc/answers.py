"""What a cell shows: from the answers kept for the book's version, else from the service, whole answers at a time."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from .cells import Rows, block, error_block, packed
from .declared import both, declared
from .link import BUTTON_SECONDS, Link, ServiceError

KEPT_ANSWERS = 20_000
KEPT_RANGES = 4_000
NEVER_KEPT = ("AR_STAMP", "AR_LAST_ERROR", "AR_DATA_CHECK")
"""They tell of the moment, which the version alone does not decide."""


class Book:
    """A document that is open. ``read`` gives its tables; ``id`` is its own, so that a copy is another book."""

    def __init__(
        self,
        id_: str,
        read: Callable[[], dict[str, Any]],
        *,
        name: str = "",
        language: str = "zh",
        date1904: bool = False,
    ) -> None:
        self.id, self.read, self.name, self.language, self.date1904 = id_, read, name, language, date1904
        self.epoch: str | None = None
        self.stale = self.opening = self.sent = self.watched = False
        self.tables: dict[str, dict[str, Any] | None] = {}
        self.kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.errors: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.undos: list[tuple[str, Any]] = []
        self.watching: list[Any] = []
        self.capture: list[tuple[str, list[Any]]] | None = None

    def forget(self) -> None:
        """A new version: nothing that was kept is true any more."""
        self.tables.clear()
        self.kept.clear()
        self.errors.clear()

    def body(self, **more: Any) -> dict[str, Any]:
        """The parts of a request that name the book."""
        return {"book": self.id, "language": self.language, **more}


class Answers:
    """One service, and the ranges it has under the present token."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._known: OrderedDict[str, None] = OrderedDict()
        self._known_epoch = ""

    def cell(self, book: Book, fn: str, args: Sequence[Any]) -> Rows:
        """What Calc puts into the cell; no exception leaves it."""
        args = list(args)
        while args and args[-1] is None:
            args.pop()
        if book.capture is not None:
            book.capture.append((fn, args))
        try:
            found = self.find(book, fn, args)
        except ServiceError as error:
            text = "#VALUE!" if error.status in (400, 413, 422) else "#N/A"
            found = {"error": text, "code": error.code, "zh": error.zh, "en": error.en}
        if "error" in found:
            self._remember(book, fn, args, found)
            return error_block(found["error"])
        return block(found["rows"]) if "rows" in found else block(((found["v"],),))

    def find(self, book: Book, fn: str, args: list[Any]) -> dict[str, Any]:
        """The answer as the wire has it; raises ServiceError."""
        about = declared()["functions"][fn]
        if not about["book"]:
            return self._find(book, fn, args, None)
        if book.opening:  # a source table holds an AR_ cell itself: it cannot wait for the tables that wait for it
            if about["version"]:
                raise ServiceError("reads_itself", both("reads_itself"))
            return self.call(book, fn, args)
        self.open(book)
        found = self._find(book, fn, args, about["customer"])
        gone = found.get("code") == "not_refreshed" and book.sent
        if gone or book.epoch != self.link.epoch:  # the service let go of the book, or is another one by now
            book.epoch = "" if gone else book.epoch
            self.open(book)
            found = self._find(book, fn, args, about["customer"])
        return found

    def _find(self, book: Book, fn: str, args: list[Any], at: int | None) -> dict[str, Any]:
        if at is not None and at < len(args) and isinstance(args[at], str) and _scalars(args):
            found = self._from_table(book, fn, args, at)
            if found is not None:
                return found
        key = _key(fn, args)
        kept = None if fn in NEVER_KEPT else book.kept.get(key)
        if kept is None:
            kept = self.call(book, fn, args)
            if fn not in NEVER_KEPT:
                book.kept[key] = kept
                while len(book.kept) > KEPT_ANSWERS:
                    book.kept.popitem(last=False)
        return kept

    def open(self, book: Book) -> None:
        """Makes sure that the service has the book's version; a service started anew has it no more."""
        if book.epoch is not None and book.epoch == self.link.epoch and self.link.alive():
            return
        if book.epoch is not None:
            self.link.post("hello", {})
            if book.epoch == self.link.epoch:
                return
        book.forget()
        book.opening = True
        try:
            tables = book.read()
        finally:
            book.opening = False
        book.sent = "Invoices" in tables
        if book.sent:
            said = book.body(name=book.name, date1904=book.date1904, tables=tables, as_of=None)
            self.link.post("book", said, seconds=BUTTON_SECONDS)
            if book.stale:
                self.link.post("changed", book.body())
        else:
            self.link.post("hello", {})
        book.epoch = self.link.epoch

    def _from_table(self, book: Book, fn: str, args: list[Any], at: int) -> dict[str, Any] | None:
        """The customer's answer out of the function's whole one, fetched once; None: ask for this one alone."""
        rest = [None if place == at else value for place, value in enumerate(args)]
        key = _key(fn, rest)
        if key not in book.tables:
            try:
                said = self.link.post("table", book.body(fn=fn, args=rest))
            except ServiceError as error:
                if error.status in (0, 426):
                    raise
                said = {}
            whole = dict(zip(said["keys"], said["values"])) if "keys" in said else None  # noqa: B905
            book.tables[key] = whole
        kept = book.tables[key]
        wanted = args[at].strip()
        if kept is None or wanted not in kept:
            return None
        value = kept[wanted]
        if isinstance(value, dict) and "e" in value:
            return {"error": value["e"], **{part: value.get(part, "") for part in ("code", "zh", "en")}}
        return {"v": value}

    def call(self, book: Book, fn: str, args: list[Any], *, cell: str = "") -> dict[str, Any]:
        """One call; a range goes up once, and again where the service has let go of it."""
        found: dict[str, Any] = self.calls(book, [{"fn": fn, "args": args, **({"cell": cell} if cell else {})}])[0]
        return found

    def calls(self, book: Book, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Several calls in one request, answered in their order."""
        texts: dict[str, str] = {}
        sent = [{**each, "args": [referred(arg, texts) for arg in each["args"]]} for each in calls]
        if self._known_epoch != self.link.epoch:
            self._known.clear()
        fresh = {digest: text for digest, text in texts.items() if digest not in self._known}
        try:
            said = self.link.post("call", book.body(ranges=fresh, calls=sent, date1904=book.date1904))
        except ServiceError as error:
            missing = error.answer.get("missing") if error.status == 409 else None
            if not missing:
                raise
            again = {digest: texts[digest] for digest in missing}
            said = self.link.post("call", book.body(ranges=again, calls=sent, date1904=book.date1904))
        self._known_epoch = self.link.epoch
        self._known.update(dict.fromkeys(texts))
        while len(self._known) > KEPT_RANGES:
            self._known.popitem(last=False)
        results: list[dict[str, Any]] = said["results"]
        return results

    def last_error(self, book: Book, cell: str, fn: str, args: list[Any] | None) -> Rows:
        """Why a cell shows an error: kept, or found by making its call again under its name."""
        known = book.errors.get(_key(fn, args)) if args is not None else None
        if known is not None:
            return block(((known["zh" if book.language == "zh" else "en"],),))
        try:
            self.open(book)
            calls = [{"fn": fn, "args": args, "cell": cell}] if fn and args is not None else []
            found = self.calls(book, [*calls, {"fn": "AR_LAST_ERROR", "args": [cell]}])[-1]
        except ServiceError as error:
            return block(((error.words(book.language),),))
        return error_block(found["error"]) if "error" in found else block(((found["v"],),))

    def latest_error(self, book: Book) -> Rows:
        """The reason of the latest error of the book."""
        if not book.errors:
            return error_block("#N/A")
        found = next(reversed(book.errors.values()))
        return block(((found["zh" if book.language == "zh" else "en"],),))

    def _remember(self, book: Book, fn: str, args: list[Any], found: dict[str, Any]) -> None:
        book.errors.pop(_key(fn, args), None)  # the latest stands last
        book.errors[_key(fn, args)] = found
        while len(book.errors) > KEPT_ANSWERS:
            book.errors.popitem(last=False)


def referred(arg: Any, texts: dict[str, str]) -> Any:
    """An argument for the wire: a range goes by its digest, its text into ``texts``."""
    if not isinstance(arg, list):
        return arg
    digest, text = packed(arg)
    texts[digest] = text
    return {"r": digest}


def _scalars(args: Sequence[Any]) -> bool:
    return not any(isinstance(arg, list) for arg in args)


def _key(fn: str, args: Sequence[Any]) -> str:
    """A name of a call; ranges by their digest, so that no large text is kept."""
    return json.dumps([fn, *(packed(arg)[0] if isinstance(arg, list) else arg for arg in args)], ensure_ascii=False)
