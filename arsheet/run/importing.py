"""New books, samples, and files imported: planned first, written once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.importers.comparing import IDENTITIES
from arsheet.importers.formulas import with_uncomputed
from arsheet.importers.naming import keys_of
from arsheet.importers.plan import ImportPlan
from arsheet.importers.sheets import alike, joined, plan_each
from arsheet.journal import keys, mappings, periods
from arsheet.ledger.assembly import assemble
from arsheet.ledger.store import Ledger
from arsheet.run.history import set_aside
from arsheet.run.locking import without_locked
from arsheet.run.saving import Notes, journal_problems, reading, save
from arsheet.run.session import (
    Clock,
    Session,
    append_records,
    assemble_session,
    open_session,
    resolve_as_of,
    system_clock,
    write_settings,
    zone_of,
)
from arsheet.schema.findings import SEVERITIES, findings
from arsheet.schema.model import Column
from arsheet.schema.settings import defaults
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import Finding, Grid, Problem, Table, WorkbookError, from_day, iso, to_day

if TYPE_CHECKING:
    from arsheet.hosts.reading import Book


def new_book(path: str | Path, language: str = "zh", *, force: bool = False) -> Path:
    """A new empty book from the template. The journal of an earlier book of that name is set aside.

    A name without an ending gets .xlsx; any other ending is refused (``file_name_not_xlsx``), as Excel would refuse it.
    """
    from arsheet.hosts.package import companion_folder, replace_file
    from arsheet.hosts.saving_words import refused, save_code
    from arsheet.hosts.template import template_bytes

    target = Path(path)
    if not target.suffix:
        target = target.with_name(f"{target.name}.xlsx")
    if target.suffix.lower() != ".xlsx":
        raise WorkbookError(
            "file_name_not_xlsx",
            f"新账簿是 .xlsx 文件，不能叫 {target.name}；请用 {target.stem}.xlsx",
            f"A new book is an .xlsx file and cannot be called {target.name}; use {target.stem}.xlsx",
        )
    try:
        if target.exists() and not force:
            raise WorkbookError(
                "file_exists",
                f"{target.name} 已存在，未覆盖。换一个文件名",
                f"{target.name} exists and is not overwritten. Choose another name",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        set_aside(companion_folder(target.resolve()))
    except OSError as error:
        raise refused(save_code(error, made=False), target) from error
    replace_file(target, template_bytes(language))
    return target


def fill_sample(
    path: str | Path, *, invoices: int, customers: int, seed: int = 20260331, as_of: dt.date | None = None
) -> dict[str, int]:
    """Fills a new book with the sample ledger, as of a fixed day unless one is given; returns the rows per sheet."""
    from arsheet.importers.sample import make

    session = open_session(path, only=())
    moved = {} if as_of is None else {"as_of": as_of}
    made = make(customers=customers, invoices=invoices, seed=seed, language=session.language, **moved)
    session = open_session(path)
    counts = append_records(session, made.tables)
    write_settings(session, made.settings)
    arguments = {"invoices": invoices, "customers": customers, "seed": seed}
    save(session, "sample", arguments, notes=Notes(rows=counts))
    return {TABLES[key].sheet(session.language): count for key, count in counts.items()}


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """An import worked out and not yet written, with what a person is shown."""

    plan: ImportPlan
    session: Session
    findings: tuple[Finding, ...]
    notes: Notes = field(default_factory=Notes)
    remembered: Mapping[str, str] = field(default_factory=dict)
    """Header -> key, as a person said for an earlier file with these headers."""

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
        return {
            "kind": self.plan.kind,
            "file": self.plan.source_name,
            "preview": self.plan.preview.as_facts(),
            "remembered": dict(self.remembered),
        }


def plan_import(
    kind: str,
    file: str | Path,
    book: str | Path | Session,
    *,
    mapping: Mapping[str, str] | None = None,
    currency: str | None = None,
    sheet: str | None = None,
    swap_dates: tuple[str, ...] = (),
    clock: Clock = system_clock,
) -> PlannedImport:
    """Works out what importing a file into a book (its file, or a session of any host) would do."""
    session = book if isinstance(book, Session) else open_session(book)
    settings = {**session.settings, "as_of": iso(resolve_as_of(session.settings, None, clock))}
    source = _read(kind, file, sheet)
    grid = source.grids[0]
    remembered, earlier = _remembered(session, kind, grid, source.digest)
    mapping = keys_of(kind, mapping or {})
    remembered = {header: key for header, key in remembered.items() if header not in mapping}
    asked = {**remembered, **mapping}
    today = to_day(clock(zone_of(session.settings)).date())
    locks, _ = periods.read_locks(session.tables.get("periods"), today)
    base = session.settings.get("base_currency") or "CNY"

    def plan_one(each: Grid, tables: Mapping[str, Table]) -> ImportPlan:
        made = _plan(kind, each, file, tables, settings, asked, currency, swap_dates)
        return without_locked(made, locks, base)

    plans = plan_each(source.grids, session.tables, plan_one)
    plan = joined(plans, source.left)
    new = {table.name: keys.keys_of(table, IDENTITIES[table.name]) for table in plan.appended}
    problems = [*journal_problems(session, today), *keys.problems(earlier, new, plan.source.name)]
    found = _found(plans, [*source.active, *problems], session.tables, session.language)
    header = plan.preview.header_row - grid.first_row
    headers = grid.cells[header] if 0 <= header < len(grid.cells) else ()
    notes = Notes(
        rows={table.name: len(table) for table in plan.appended},
        file=source.digest,
        keys=new,
        mapping=(kind, headers, asked) if mapping else None,
    )
    return PlannedImport(plan, session, tuple(found), notes, remembered)


def _remembered(session: Session, kind: str, grid: Grid, digest: str) -> tuple[dict[str, str], keys.Imported | None]:
    """What the journal knows of a file: the mapping given for these headers, and its last import."""
    if session.path is None:
        return {}, None
    with reading(session.path, session.settings.get("book_id", "")) as journal:
        if journal is None:
            return {}, None
        return mappings.recall(journal, kind, grid.cells), keys.imported(journal, digest)


def _found(plans: list[ImportPlan], more: list[Problem], tables: Mapping[str, Table], language: str) -> list[Finding]:
    """The findings of each sheet under its own cells; those of the whole file stand with the first."""
    out: list[Finding] = []
    for at, plan in enumerate(plans):
        problems = [*plan.problems, *(more if at == 0 else ())]
        out += findings(problems, {**tables, **plan.sources}, language)
    return sorted(out, key=lambda item: SEVERITIES.index(item.severity)) if len(plans) > 1 else out


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to import: the cells of its sheets, its digest, what is active in it, and the sheets left out."""

    grids: list[Grid]
    digest: str
    active: list[Problem]
    left: list[str]


def _read(kind: str, file: str | Path, sheet: str | None) -> _Source:
    """The file's cells (it is read in a process of its own)."""
    from arsheet.hosts.child import read_guarded
    from arsheet.hosts.contents import problem_of
    from arsheet.hosts.package import load
    from arsheet.importers.tabular import KINDS

    digest = keys.file_digest(load(Path(file)))
    opened = read_guarded(file)
    active = problem_of(opened.active(), TABLES[KINDS[kind]].key if kind in KINDS else "")
    grids, left = _grids(opened, sheet, kind)
    return _Source(grids, digest, [active] if active else [], left)


def _plan(
    kind: str,
    grid: Grid,
    file: str | Path,
    tables: Mapping[str, Table],
    settings: Mapping[str, str],
    mapping: Mapping[str, str] | None,
    currency: str | None,
    swap_dates: tuple[str, ...] = (),
) -> ImportPlan:
    from arsheet.importers.tabular import plan_import as plan

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


def _grids(opened: Book, sheet: str | None, kind: str) -> tuple[list[Grid], list[str]]:
    """The sheet asked for, else the visible one that looks most like the table with all that have its headers.

    And the names of the other sheets that could be read as this table.
    """
    names = opened.sheet_names
    if not names:
        raise WorkbookError(
            "workbook_without_sheets",
            f"{opened.path.name} 中没有可读的工作表",
            f"{opened.path.name} has no sheet that holds cells",
        )
    if sheet is not None:
        if sheet not in names:
            raise WorkbookError(
                "sheet_not_found",
                f"文件中没有工作表“{sheet}”；有：{'、'.join(names)}",
                f"the file has no sheet {sheet!r}; it has {', '.join(names)}",
            )
        return [_cells(opened, sheet)], []
    grids = {name: _cells(opened, name) for name in names}
    visible = [grids[info.name] for info in opened.sheets if info.visibility == "visible"] or list(grids.values())
    chosen, left = alike(kind, visible)
    hidden = [grid for grid in grids.values() if not any(grid is each for each in visible)]
    if hidden:
        more, others = alike(kind, [*chosen[:1], *hidden])
        left += [each.sheet for each in more if each.sheet != chosen[0].sheet] + [
            name for name in others if name != chosen[0].sheet
        ]
    return chosen, left


def _cells(opened: Book, sheet: str) -> Grid:
    return with_uncomputed(opened.grid(sheet), opened.uncomputed(sheet))


def write_import(planned: PlannedImport, *, clock: Clock = system_clock) -> None:
    """Writes a planned import into its book: one save, the old version kept first."""
    queue_import(planned)
    save(planned.session, "import", planned_arguments(planned), notes=planned.notes, clock=clock)


def planned_arguments(planned: PlannedImport) -> dict[str, Any]:
    """What the record keeps of an import."""
    return {"kind": planned.plan.kind, "file": planned.plan.source_name, "sha256": planned.notes.file}


def queue_import(planned: PlannedImport) -> dict[str, int]:
    """Queues the rows of a planned import in the host of its session; returns how many per table."""
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
    return append_records(planned.session, rows)


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
    read = _read("invoices", source, None)
    plans = plan_each(
        read.grids, {}, lambda grid, known: _plan("invoices", grid, source, known, settings, None, currency)
    )
    plan = joined(plans)
    tables = merged({}, plan)
    assembly = assemble(tables, settings)
    told = {problem.code for problem in plan.problems}
    more = [problem for problem in assembly.problems if problem.code not in told]
    found = [*_found(plans, read.active, tables, "zh"), *_found_in_rows(plans, more, tables, "zh")]
    found.sort(key=lambda item: SEVERITIES.index(item.severity))
    return LedgerView(assembly.ledger, settings, resolve_as_of(settings, as_of, clock), "zh", tuple(found))


def _found_in_rows(
    plans: list[ImportPlan], problems: Iterable[Problem], tables: Mapping[str, Table], language: str
) -> list[Finding]:
    """The findings of rows taken from a file: each under the sheet that its row came from.

    ``problems`` index ``tables``, where the rows of one plan follow those of the plan before; the rows of a plan's own
    ``source`` are others, for not every row of a file is taken.
    """
    waiting, begins, out = list(problems), dict.fromkeys(tables, 0), list[Finding]()
    for plan in plans:
        placed, ends = dict(tables), dict(begins)
        for added in plan.appended:
            ends[added.name] += len(added)
            whole = tables[added.name]
            if whole.place is not None and added.place is not None:
                place = replace(whole.place, sheet=added.place.sheet, columns=added.place.columns)
                placed[added.name] = replace(whole, place=place)
        mine: list[Problem] = []
        others: list[Problem] = []
        for each in waiting:
            here = each.row is None or begins.get(each.table, 0) <= each.row < ends.get(each.table, 0)
            (mine if here else others).append(each)
        out += findings(mine, placed, language)
        waiting, begins = others, ends
    return out + findings(waiting, tables, language)
