"""What stands in front of the person: message boxes, sheets that are shown, cells that are selected."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from arsheet.addins.excel.words import WORDS


class Front(Protocol):
    """The person's side of a button."""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Shows a message."""
        ...

    def ask(self, text: str, language: str) -> bool:
        """Shows what will be written; True to go on."""
        ...

    def select(self, sheet: str, cell: str) -> None:
        """Leads to a cell."""
        ...

    def show_table(self, table: str) -> None:
        """Leads to the sheet of a table."""
        ...


class ExcelFront:
    """The message boxes and windows of the Excel that has the workbook (an xlwings ``Book``)."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """A message box with one button."""
        self.book.app.alert(text, _title(), "ok", "critical" if wrong else "info")

    def ask(self, text: str, language: str) -> bool:
        """A message box with OK and Cancel."""
        return bool(self.book.app.alert(text, _title(language), "ok_cancel", "info") == "ok")

    def select(self, sheet: str, cell: str) -> None:
        """Activates the sheet and selects the cell; a hidden sheet stays hidden."""
        with suppress(Exception):
            page = self.book.sheets[sheet]
            if page.visible:
                page.activate()
                page.range(cell or "A1").select()

    def show_table(self, table: str) -> None:
        """Activates the sheet that holds the table."""
        for sheet in self.book.sheets:
            if table.casefold() in {each.name.casefold() for each in sheet.tables}:
                sheet.activate()
                return


def _title(language: str = "zh") -> str:
    return WORDS["title"][0 if language == "zh" else 1]


def local_path(book: Any) -> Path | None:
    """The workbook's file on this machine; None for one that was never saved or that lives at a web address."""
    try:
        name = str(book.fullname)
    except Exception:  # xlwings knows no folder for some addresses of OneDrive and SharePoint
        return None
    path = Path(name)
    return path if "://" not in name and path.is_absolute() and path.exists() else None
