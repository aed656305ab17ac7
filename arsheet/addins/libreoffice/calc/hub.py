"""The one place that all parts of the extension share: the service, the open books, and work put off until later."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .answers import Answers, Book
from .declared import both
from .link import Link, ServiceError
from .sheets import day_zero, language_of, read_tables

DAY_ZEROS = {(1899, 12, 30): False, (1904, 1, 1): True}
"""Day 0 of a document -> whether it counts as Excel's 1904 system does."""

context: Any = None
"""The component context of LibreOffice."""
ui_language = "en"
link = Link()
answers = Answers(link)
books: dict[str, Book] = {}
watch: Callable[[Any, Book], None] | None = None
"""Puts listeners on a document; set by the module that has them."""
working = 0
"""Above 0 while we write ourselves: what changes then was changed by no person."""
failures: list[str] = []
"""What went wrong inside the extension, the last few times; the help shows it."""


def book_of(document: Any) -> Book:
    """The book of an open document. Raises ServiceError for a document that counts its days in a third way."""
    found = books.get(document.RuntimeUID)
    if found is None:
        zero = day_zero(document)
        if zero not in DAY_ZEROS:
            raise ServiceError("date_system", both("date_system"), 422)
        found = Book(
            "calc-" + document.RuntimeUID,
            lambda: read_tables(document),
            name=name_of(document),
            language=language_of(document, ui_language),
            date1904=DAY_ZEROS[zero],
        )
        books[document.RuntimeUID] = found
        later(lambda: _watch(document))
    return found


def _watch(document: Any) -> None:
    found = books.get(document.RuntimeUID)
    if watch is not None and found is not None and not found.watched:
        found.watched = True
        watch(document, found)


def name_of(document: Any) -> str:
    """The name of the file as a person knows it."""
    return str(document.Title or "") or document.URL.rpartition("/")[2]


def closed(uid: str) -> None:
    """A document is gone; the service lets go of its version."""
    found = books.pop(uid, None)
    if found is not None and found.epoch is not None and link.alive():
        with suppress(ServiceError):
            link.post("close", found.body(), seconds=5.0)


def changed(document: Any) -> None:
    """A person changed a source table: the version is stale from now on, and AR_STAMP says so."""
    found = books.get(document.RuntimeUID)
    if found is None or working or found.stale:
        return
    found.stale = True
    if found.epoch is not None and link.alive():
        try:
            link.post("changed", found.body(), seconds=5.0)
        except ServiceError:
            return  # it is told when the book is sent again
        later(lambda: stamps(document))


def stamps(document: Any) -> None:
    """The cells that tell of the version, worked out again."""
    from .sheets import recalculate

    with at_work():
        recalculate(document, "ARSTAMP")


@contextmanager
def at_work() -> Iterator[None]:
    """Changes inside are ours."""
    global working
    working += 1
    try:
        yield
    finally:
        working -= 1


_later: Callable[[Callable[[], None]], None] | None = None


def set_later(run: Callable[[Callable[[], None]], None]) -> None:
    """How work is put off until LibreOffice is idle; set by the module that can."""
    global _later
    _later = run


def later(work: Callable[[], None]) -> None:
    """Runs work when the cell that is being worked out now is done."""
    if _later is not None:
        _later(work)


def note_failure() -> None:
    """Keeps the traceback of a failure of ours."""
    failures.append(traceback.format_exc(limit=8))
    del failures[:-5]
