"""Notices what a person changes in a source table and when a document goes; puts work off until Calc is idle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.util import XCloseListener, XModifyListener

from . import hub
from .answers import Book
from .declared import declared
from .sheets import database_ranges


class Changes(unohelper.Base, XModifyListener):  # type: ignore[misc]
    """Told when cells of a range have changed."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def modified(self, event: Any) -> None:
        """A change, of whatever size."""
        try:
            hub.changed(self.document)
        except Exception:
            hub.note_failure()

    def disposing(self, event: Any) -> None:
        """The range is gone."""


class Closing(unohelper.Base, XCloseListener):  # type: ignore[misc]
    """Told when the document goes."""

    def __init__(self, uid: str) -> None:
        self.uid = uid

    def queryClosing(self, event: Any, ownership: bool) -> None:
        """We have nothing against it."""

    def notifyClosing(self, event: Any) -> None:
        """It goes."""
        hub.closed(self.uid)

    def disposing(self, event: Any) -> None:
        """It has gone."""
        hub.closed(self.uid)


class Later(unohelper.Base, XCallback):  # type: ignore[misc]
    """Work for LibreOffice's own idle time."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work

    def notify(self, data: Any) -> None:
        """The time has come."""
        try:
            self.work()
        except Exception:
            hub.note_failure()


def watch(document: Any, book: Book) -> None:
    """Listens to every source table, and to the rows below it down to the end of the sheet: rows are added there."""
    document.addCloseListener(Closing(document.RuntimeUID))
    listener = Changes(document)
    kept = []
    for name, found in database_ranges(document):
        if name in declared()["sources"]:
            area = found.DataArea
            sheet = document.Sheets.getByIndex(area.Sheet)
            end = sheet.Rows.Count - 1
            cells = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, end)
            cells.addModifyListener(listener)
            kept.append(cells)  # the listener lives as long as this object of the range
    book.watching = kept


def run_later(work: Callable[[], None]) -> None:
    """Hands work to LibreOffice's main loop."""
    if hub.context is not None:
        made = hub.context.ServiceManager.createInstanceWithContext("com.sun.star.awt.AsyncCallback", hub.context)
        made.addCallback(Later(work), None)


hub.watch = watch
hub.set_later(run_later)
