"""After a document was loaded: AR_ names that LibreOffice 7.4 left unresolved are entered as it knows them."""

from __future__ import annotations

from typing import Any

from . import hub
from .repair_text import internal
from .sheets import FORMULAS, area_of, database_ranges, enter, undisturbed


def repair(document: Any) -> int:
    """Enters again what has another spelling; gives how many cells that were."""
    work = list(_unresolved(document))
    if work:
        with hub.at_work(), undisturbed(document):
            seen: set[str] = set()
            for sheet, cell, formula in work:
                enter(sheet, cell, formula, seen)
    return len(work)


def _unresolved(document: Any) -> Any:
    for sheet in document.Sheets:
        for address in sheet.queryFormulaCells(FORMULAS).RangeAddresses:
            cells = area_of(sheet, address)
            for down, row in enumerate(cells.getFormulaArray()):
                for right, text in enumerate(row):
                    spelled = internal(text)
                    if spelled != text:
                        yield sheet, cells.getCellByPosition(right, down), spelled


def loaded(document: Any) -> None:
    """What is done once for every spreadsheet that was opened."""
    repair(document)
    if any(name == "Invoices" for name, _ in database_ranges(document)):
        hub.book_of(document)  # from now on changes are noticed; the service is asked when a cell needs it
