"""New books, samples, and files imported: planned first, written once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.importers.plan import ImportPlan
from arsheet.ledger.assembly import assemble
from arsheet.ledger.store import Ledger
from arsheet.run.session import (
    Clock,
    Session,
    append_records,
    assemble_session,
    open_session,
    resolve_as_of,
    system_clock,
)
from arsheet.schema.findings import findings
from arsheet.schema.model import Column
from arsheet.schema.settings import defaults
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import Finding, Grid, Table, WorkbookError, from_day, iso

if TYPE_CHECKING:
    from arsheet.hosts.reading import Book


def new_book(path: str | Path, language: str = "zh", *, force: bool = False) -> Path:
    """A new empty book from the template."""
    from arsheet.hosts.template import template_bytes

    target = Path(path)
    if target.exists() and not force:
        raise WorkbookError(
            "file_exists",
            f"{target.name} 已存在，未覆盖。换一个文件名",
            f"{target.name} exists and is not overwritten. Choose another name",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(template_bytes(language))
    return target


def fill_sample(path: str | Path, *, invoices: int, customers: int, seed: int = 20260331) -> dict[str, int]:
    """Fills a new book with the sample ledger; returns the rows per sheet."""
    from arsheet.importers.sample import make

    session = open_session(path, only=())
    made = make(customers=customers, invoices=invoices, seed=seed, language=session.language)
    session = open_session(path)
    counts = append_records(session, made.tables)
    write_settings(session, made.settings)
    session.host.save()
    return {TABLES[key].sheet(session.language): count for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """An import worked out and not yet written, with what a person is shown."""

    plan: ImportPlan
    session: Session
    findings: tuple[Finding, ...]

    @property
    def language(self) -> str:
        """The book's language."""
        return self.session.language

    @property
    def has_news(self) -> bool:
        """Whether there is anything to write."""
        return not self.plan.changes_nothing

    def summary(self) -> dict[str, Any]:
        """The preview as plain values."""
        return {"kind": self.plan.kind, "file": self.plan.source_name, "preview": self.plan.preview.as_facts()}


def plan_import(
    kind: str,
    file: str | Path,
    book: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    currency: str | None = None,
    sheet: str | None = None,
    swap_dates: tuple[str, ...] = (),
    clock: Clock = system_clock,
) -> PlannedImport:
    """Works out what importing a file into a book would do."""
    session = open_session(book)
    settings = {**session.settings, "as_of": iso(resolve_as_of(session.settings, None, clock))}
    plan = _planned(kind, file, session.tables, settings, mapping, currency, sheet, swap_dates)
    found = findings(plan.problems, plan.sources, session.language)
    return PlannedImport(plan, session, tuple(found))


def _planned(
    kind: str,
    file: str | Path,
    tables: Mapping[str, Table],
    settings: Mapping[str, str],
    mapping: Mapping[str, str] | None,
    currency: str | None,
    sheet: str | None,
    swap_dates: tuple[str, ...],
) -> ImportPlan:
    from arsheet.hosts.reading import read_file
    from arsheet.importers.tabular import plan_import as plan

    opened = read_file(file)
    grid = _grid(opened, sheet, kind)
    return plan(
        kind,
        grid,
        tables,
        settings=settings,
        mapping=mapping,
        currency=currency,
        source_name=Path(file).name,
        swap_dates=swap_dates,
    )


def _grid(opened: Book, sheet: str | None, kind: str) -> Grid:
    """The sheet asked for, else the visible one whose cells look most like the table."""
    names = opened.sheet_names
    if sheet is not None:
        if sheet not in names:
            raise WorkbookError(
                "sheet_not_found",
                f"文件中没有工作表“{sheet}”；有：{'、'.join(names)}",
                f"the file has no sheet {sheet!r}; it has {', '.join(names)}",
            )
        return opened.grid(sheet)
    from arsheet.importers.locate import fit
    from arsheet.importers.tabular import KINDS
    from arsheet.schema.tables import IMPORT_COLUMNS

    spec = TABLES[KINDS[kind]]
    extra = IMPORT_COLUMNS.get(spec.key, ())
    return max((opened.grid(name) for name in names), key=lambda grid: fit(grid, spec, extra))


def write_import(planned: PlannedImport) -> None:
    """Writes a planned import into its book: one save, a backup first."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in planned.plan.appended:
        columns = {
            column.key: [_cell(column, value, planned.language) for value in table.column(column.key)]
            for column in TABLES[table.name].columns
            if column.key in table
        }
        rows[table.name] = [
            {key: values[row] for key, values in columns.items() if values[row] is not None}
            for row in range(len(table))
        ]
    append_records(planned.session, rows)
    planned.session.host.save()


def _cell(column: Column, value: Any, language: str) -> Any:
    """A typed value as a person would have typed it into the sheet."""
    if value is None:
        return None
    if column.kind == "date":
        return from_day(value)
    if column.kind == "flag":
        return label("yes" if value else "no_word", language)
    for choice in column.choices:
        if choice.key == value:
            return choice.zh if language == "zh" else choice.en
    return value


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A ledger ready for a report: from a book, or from an invoice list read in memory."""

    ledger: Ledger
    settings: Mapping[str, str]
    as_of: int
    language: str
    findings: tuple[Finding, ...]


def ledger_of(
    source: str | Path, as_of: dt.date | None = None, *, currency: str | None = None, clock: Clock = system_clock
) -> LedgerView:
    """The ledger of a book, or of a file that can be imported as invoices."""
    try:
        session = open_session(source)
    except WorkbookError as error:
        if error.code not in ("not_an_arsheet_book", "file_not_workbook", "file_not_xlsx"):
            raise
        return _ledger_of_file(source, as_of, currency, clock)
    assembly = assemble_session(session)
    problems = [*session.problems, *(item for item in assembly.problems if item not in session.problems)]
    found = findings(problems, session.tables, session.language)
    day = resolve_as_of(session.settings, as_of, clock)
    return LedgerView(assembly.ledger, session.settings, day, session.language, tuple(found))


def _ledger_of_file(source: str | Path, as_of: dt.date | None, currency: str | None, clock: Clock) -> LedgerView:
    from arsheet.importers.plan import merged

    settings = defaults()
    settings["as_of"] = iso(resolve_as_of(settings, as_of, clock))
    plan = _planned("invoices", source, {}, settings, None, currency, None, ())
    tables = merged({}, plan)
    assembly = assemble(tables, settings)
    told = {problem.code for problem in plan.problems}
    more = [problem for problem in assembly.problems if problem.code not in told]
    found = findings([*plan.problems, *more], {**tables, **plan.sources}, "zh")
    return LedgerView(assembly.ledger, settings, resolve_as_of(settings, as_of, clock), "zh", tuple(found))
