"""Which reports and settings still stand in a book that people work in, and what is said of those that do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from arsheet.actions.registry import Outcome
from arsheet.actions.told import also_told
from arsheet.schema import layout
from arsheet.schema.findings import findings
from arsheet.schema.model import TableSpec
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import ArsheetError, Problem

if TYPE_CHECKING:
    from arsheet.run.session import Session


def has_table(session: Session, name: str) -> bool:
    """Whether a book has this table: a sheet that merely bears the name is none."""
    info = getattr(_host(session), "info", None)
    if info is None:
        return name.casefold() in {each.casefold() for each in session.host.tables()}
    try:
        info(name)
    except ArsheetError as error:
        return error.code != "table_not_found"  # what else is wrong with it, writing it will tell
    return True


def has_sheet(session: Session, sheet: str) -> bool:
    """Whether a book has this sheet; a host that knows only tables is taken at its word."""
    book = getattr(_host(session), "book", None)
    if book is not None:
        return sheet.casefold() in {each.casefold() for each in book.sheet_names}
    try:
        session.host.read_cells(sheet, [layout.STAMP_CELL])
    except ArsheetError as error:
        return error.code != "sheet_not_found"
    return True


def missing(session: Session, reports: Iterable[str]) -> list[Problem]:
    """What is to be said of the reports (by key) that cannot be written, because their table or sheet is gone."""
    return [problem for key in reports if key in TABLES and (problem := _missing(session, TABLES[key])) is not None]


def also_missing(session: Session, outcome: Outcome) -> Outcome:
    """The outcome of an action that writes its findings, with those of the reports that it cannot write."""
    names = [table.name for table in outcome.tables]
    gone = missing(session, names) if "checks" in names else []
    return also_told(outcome, findings(gone, {}, session.language), session.language) if gone else outcome


def outdated(session: Session, spec: TableSpec) -> dict[str, Any]:
    """The stamp of a report whose table is gone while its sheet stands: its figures are old, and it says so.

    Empty where there is no such sheet, where it is not ours (it bears no stamp), and where it says so already.
    """
    stamp = _stamp(session, spec)
    words = layout.outdated_line(session.language, spec.table_name)
    return {layout.STAMP_CELL: f"{words}    {stamp}"} if stamp and not stamp.startswith(words) else {}


def _missing(session: Session, spec: TableSpec) -> Problem | None:
    language, sheet = session.language, spec.sheet(session.language)
    if spec.key in layout.PAGES:
        if has_sheet(session, sheet):
            return None
        sought = (f"工作表“{sheet}”", f"the sheet {sheet}")
    elif has_table(session, spec.table_name):
        return None
    elif _stamp(session, spec):
        header = f"A{layout.HEADER_ROW}"
        facts = {"sheet": sheet, "table_name": spec.table_name, "cell": layout.STAMP_CELL, "header_cell": header}
        return Problem("report_table_missing", spec.key, facts=facts)
    else:
        sought = (f"Excel 表 {spec.table_name}", f"the Excel table {spec.table_name}")
    facts = {"report": spec.sheet(language), "sought_zh": sought[0], "sought_en": sought[1]}
    return Problem("report_not_found", spec.key, facts=facts)


def _stamp(session: Session, spec: TableSpec) -> str:
    """The stamp on the sheet of a report, "" where there is no such sheet or it bears none."""
    sheet, language = spec.sheet(session.language), session.language
    if not has_sheet(session, sheet):
        return ""
    found = session.host.read_cells(sheet, [layout.STAMP_CELL])[layout.STAMP_CELL]
    begins = (
        label("as_of", language),
        label("not_refreshed", language),
        layout.outdated_line(language, spec.table_name),
    )
    return found if isinstance(found, str) and found.startswith(begins) else ""


def _host(session: Session) -> Any:
    """The host itself, also while a recorder stands before it."""
    return getattr(session.host, "inner", session.host)
