"""The versions of the books that are open now: what a cell is answered from, in this process."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from arsheet.functions.catalogue import find
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Declaration, FunctionError, Version, bad_value, not_available
from arsheet.functions.results import Result
from arsheet.run.session import Clock, session_of, system_clock, version_from

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host

TELLS_ERRORS = "AR_LAST_ERROR"
KEPT_ERRORS = 10_000
"""So many cells of a book keep the reason of their error."""


class Desk:
    """The versions by book; safe to use from several threads. A book is named by whatever its client calls it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._versions: dict[str, Version] = {}
        self._errors: dict[str, OrderedDict[str, FunctionError]] = {}

    def refresh(self, book: str, host: Host, *, as_of: dt.date | None = None, clock: Clock = system_clock) -> Version:
        """Reads the host's tables, builds the version and remembers it; raises WorkbookError for a foreign book."""
        version = version_from(session_of(host, getattr(host, "path", None)), as_of, clock)
        self.hold(book, version)
        return version

    def hold(self, book: str, version: Version) -> None:
        """Remembers a version; the errors of its cells start anew."""
        with self._lock:
            errors = self._errors[book] = OrderedDict()
            stale = version.stamp.get("stale") is True
            self._versions[book] = replace(version, stamp={**version.stamp, "stale": stale, "errors": errors})

    def version(self, book: str) -> Version | None:
        """The version of a book; None before its first refresh."""
        return self._versions.get(book)

    def forget(self, book: str) -> None:
        """The book was closed."""
        with self._lock:
            self._versions.pop(book, None)
            self._errors.pop(book, None)

    def mark_stale(self, book: str) -> None:
        """A source table changed since the last refresh."""
        with self._lock:
            version = self._versions.get(book)
            if version is not None and version.stamp.get("stale") is not True:
                self._versions[book] = replace(version, stamp={**version.stamp, "stale": True})

    def call(self, book: str, name: str, args: Sequence[Any], *, language: str | None = None, cell: str = "") -> Result:
        """The answer from the book's version; ``cell`` (Sheet1!B2) is whose error AR_LAST_ERROR can tell later."""
        version = self.version(book)
        if version is None and name.strip().upper() == TELLS_ERRORS:  # why cells fail is asked before a refresh too
            version = Version(None, {}, {"errors": self._errors.get(book, {})})
        result = invoke(name, args, version=version, language=language or _language(version))
        if cell:
            self._note(book, cell, result)
        return result

    def _note(self, book: str, cell: str, result: Result) -> None:
        found = result.errors() if result.error is not None or result.rows else ()
        if not found:
            remembered = self._errors.get(book)
            if remembered:
                with self._lock:
                    remembered.pop(cell, None)
            return
        first = found[0]
        text = first.error if isinstance(first, FunctionError) else first.text
        self.note(book, cell, text, (first.code, first.zh, first.en))

    def note(self, book: str, cell: str, error: str, words: tuple[str, str, str]) -> None:
        """Remembers why a cell shows an error: code, zh, en."""
        reason = not_available(*words) if error == "#N/A" else bad_value(*words)
        with self._lock:
            errors = self._errors.setdefault(book, OrderedDict())
            errors.pop(cell, None)
            errors[cell] = reason
            while len(errors) > KEPT_ERRORS:
                errors.popitem(last=False)

    def table(
        self, book: str, name: str, args: Sequence[Any], *, language: str | None = None
    ) -> tuple[list[str], list[Any]]:
        """The whole answer of a per-customer function: customer -> cell (plain, or an ErrorCell).

        ``args`` are those of one cell, the customer left None. Raises FunctionError.
        """
        version = self.version(book)
        declaration = find(name)
        at = customer_place(declaration)
        if at is None or declaration.returns not in ("scalar", "date"):
            raise bad_value(
                "function_has_no_vector_form",
                f"{declaration.name} 不是按客户逐个回答的函数",
                f"{declaration.name} does not answer customer by customer",
            )
        if version is None:
            raise not_available(
                "not_refreshed", "尚未刷新，没有数据；请先刷新", "Not refreshed yet: there is no data; refresh first"
            )
        keys = list(version.ledger.customer_ids)
        if not keys:
            return [], []
        filled = [*args, *([None] * (at + 1 - len(args)))]
        filled[at] = [[key] for key in keys]
        result = invoke(name, filled, version=version, language=language or _language(version))
        if result.error is not None:
            raise result.error
        return keys, [row[0] for row in result.cells()] if len(keys) > 1 else [result.cells()[0][0]]


def customer_place(declaration: Declaration) -> int | None:
    """Which argument of a function is the customer."""
    return next((at for at, param in enumerate(declaration.params) if param.kind == "customer"), None)


def _language(version: Version | None) -> str:
    return str(version.settings.get("language") or "zh") if version is not None else "zh"


@cache
def desk() -> Desk:
    """The desk of this process."""
    return Desk()
