"""Refresh and check: the reports worked out, and written into the book in one save."""

from __future__ import annotations

import datetime as dt
import gc
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.actions import refresh as refresh_action
from arsheet.actions.registry import Outcome
from arsheet.ledger.assembly import Assembly
from arsheet.run import freshness, landing, standing
from arsheet.run.arcells import update_ar_cells
from arsheet.run.saving import journal_problems, save, waiting_of
from arsheet.run.session import (
    Clock,
    Progress,
    Session,
    assemble_session,
    check_settings,
    counted,
    open_session,
    resolve_as_of,
    silent,
    system_clock,
    zone_of,
)
from arsheet.schema import layout
from arsheet.schema.encode import amount, encode, view_columns
from arsheet.schema.tables import TABLES
from arsheet.schema.words import bucket_words, label, month_words
from arsheet.table import Table, WorkbookError, column_letter, iso, to_day

if TYPE_CHECKING:
    from arsheet.hosts.arcells.update import ArCells
    from arsheet.hosts.protocol import Restored, SaveReport


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did."""

    path: Path | None
    language: str
    as_of: int
    outcome: Outcome
    assembly: Assembly
    saved: SaveReport | None = None
    ar_cells: ArCells | None = None
    """What became of the AR_ cells of the book, if it has any."""


def look(
    path: str | Path, as_of: dt.date | None = None, clock: Clock = system_clock, *, land: bool = False
) -> tuple[Session, Refreshed]:
    """Works the reports out without writing (arsheet check)."""
    session = open_session(path)
    return session, worked_out(session, as_of, clock, land=land)


def worked_out(
    session: Session,
    as_of: dt.date | None = None,
    clock: Clock = system_clock,
    calculate: Callable[..., Outcome] = refresh_action.refresh,
    *,
    land: bool = False,
) -> Refreshed:
    """The reports (or what another action calculates) of an open book, of any host; nothing is written.

    ``land``: what people typed online is counted, and queued in the host.
    """
    assembly = assemble_session(session)
    day = resolve_as_of(session.settings, as_of, clock)
    if land and landing.queue_entries(session, assembly.ledger, day):
        assembly = assemble_session(session)
    today = to_day(clock(zone_of(session.settings)).date())
    told = (*session.problems, *journal_problems(session, today))
    extra = tuple(item for item in told if item not in assembly.problems)
    outcome = calculate(assembly, session.tables, session.settings, day, language=session.language, problems=extra)
    return Refreshed(session.path, session.language, day, standing.also_missing(session, outcome), assembly)


def refresh(
    path: str | Path,
    as_of: dt.date | None = None,
    *,
    clock: Clock = system_clock,
    progress: Progress = silent,
) -> Refreshed:
    """Works the reports out and writes them into the book: one save, the old version kept first."""
    progress("read")
    with without_collecting():
        session, done = look(path, as_of, clock, land=True)
        progress("write")
        done = queue_all(session, done, clock(zone_of(session.settings)))
        progress("save")
        saved = save_refreshed(session, done, clock)
    return replace(done, saved=saved)


def queue_all(session: Session, done: Refreshed, moment: dt.datetime) -> Refreshed:
    """Queues every report and the results of the AR_ cells in the file of the session, whose tables are used up.

    The checks come last: they tell of the AR_ cells that could not be updated.
    """
    from arsheet.hosts.sheetxml import ShapeRefused

    try:
        return _queued(session, done, moment)
    except ShapeRefused as refused:
        raise _copied(session, done, refused) from refused


def checked(path: str | Path, as_of: dt.date | None = None, clock: Clock = system_clock) -> Refreshed:
    """All that a refresh would tell, also of the AR_ cells that it could not update; nothing is written."""
    from arsheet.hosts.arcells.update import holds_functions
    from arsheet.hosts.sheetxml import ShapeRefused

    with without_collecting():
        session, done = look(path, as_of, clock)
        package = session.file_host.book.package
        if package is None or not holds_functions(package) or "settings" not in session.tables:
            return done
        try:
            return _queued(session, done, clock(zone_of(session.settings)))
        except ShapeRefused:  # a refresh will say so, and write a copy
            return done


def _queued(session: Session, done: Refreshed, moment: dt.datetime) -> Refreshed:
    if not of_refresh(done):  # 数据检查 writes its findings; every other cell shows the last Refresh as before
        queue_views(session, done, moment)
        session.tables.clear()
        return done
    queue_views(session, _only(done, lambda name: name != "checks"), moment)
    queue_version(session, done, moment)
    _example_customer(session, done)
    after = update_ar_cells(session, done, moment)
    changed = after.outcome is not done.outcome
    queue_views(session, _only(after, lambda name: name == "checks" or (changed and name == "dashboard")), moment)
    return after


def _only(done: Refreshed, wanted: Callable[[str], bool]) -> Refreshed:
    tables = tuple(table for table in done.outcome.tables if wanted(table.name))
    return replace(done, outcome=replace(done.outcome, tables=tables))


def _example_customer(session: Session, done: Refreshed) -> None:
    """A blank customer on the sheet 公式示例 becomes an ordinary one that owes, so that its examples have an answer.

    The middle one by amount: the largest would put thousands of rows on the sheet of a large book.
    """
    sheet, cell = TABLES["formulas"].sheet(session.language), layout.FORMULAS_CUSTOMER
    owing = next(table for table in done.outcome.tables if table.name == "balances")
    if sheet not in session.file_host.book.sheet_names or not len(owing):
        return
    if session.host.read_cells(sheet, [cell])[cell] is None:
        base = done.assembly.ledger.base_currency
        rows = zip(owing.column("currency"), owing.column("gross"), owing.column("customer_id"), strict=True)
        ranked = sorted(rows, key=lambda row: (row[0] == base and int(row[1]) > 0, int(row[1]), row[2]))
        owes = sum(row[0] == base and int(row[1]) > 0 for row in ranked)
        session.host.set_cells(sheet, {cell: ranked[-(owes // 2) - 1][2]})


def of_refresh(done: Refreshed) -> bool:
    """Whether the reports were worked out, not only a part of the book."""
    return any(table.name == "balances" for table in done.outcome.tables)


def queue_version(session: Session, done: Refreshed, moment: dt.datetime) -> None:
    """Queues what the tables hold now as the version that all reports show, after a refresh.

    Raises WorkbookError ``settings_not_found``: reports by settings that nobody chose are not written.
    """
    if of_refresh(done):
        check_settings(session)
        freshness.queue_fresh(session, _stamp(session, done, moment))


def queue_views(session: Session, done: Refreshed, moment: dt.datetime) -> None:
    """Queues every report in the host of the session, whatever host it is."""
    waiting = waiting_of(session)
    for table in done.outcome.tables:
        if table.name == "dashboard":
            _write_dashboard(session, table, done, moment)
        else:
            _write_view(session, table, done, moment, waiting)


def save_refreshed(session: Session, done: Refreshed, clock: Clock = system_clock) -> SaveReport:
    """Saves; a workbook of a shape that cannot be patched stays as it is, and the reports go into a copy beside it."""
    from arsheet.hosts.sheetxml import ShapeRefused

    typed = {landing.ARGUMENT: session.landing.argument} if session.landing is not None else {}
    try:
        saved = save(session, "refresh", {"as_of": iso(done.as_of), **typed}, clock=clock)
        landing.settle(session, at=clock(zone_of(session.settings)).isoformat())
        return saved
    except ShapeRefused as refused:
        raise _copied(session, done, refused) from refused


def _copied(session: Session, done: Refreshed, refused: WorkbookError) -> WorkbookError:
    """Writes the reports into a copy; the error that says so."""
    from arsheet.hosts.rows import Report, written_to_copy

    reports = []
    for table in done.outcome.tables:
        if table.name != "dashboard":
            spec = TABLES[table.name]
            header, rows = encode(table, session.language, columns=view_columns(spec, table))
            reports.append(Report(spec.sheet(session.language), spec.table_name, header, rows))
    return written_to_copy(session.file, reports, refused)


@contextmanager
def without_collecting() -> Iterator[None]:
    """No cyclic garbage collection: millions of cells make it slow, and none of them forms a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write_view(
    session: Session, table: Table, done: Refreshed, moment: dt.datetime, waiting: Mapping[str, Restored]
) -> None:
    spec = TABLES[table.name]
    language = session.language
    if not standing.has_table(session, spec.table_name):
        if old := standing.outdated(session, spec):
            session.host.set_cells(spec.sheet(language), old)
        return
    columns = view_columns(spec, table)
    header, rows = encode(table, language, columns=columns)
    kept = _users_own(session, spec.table_name, header)
    key = [column.header(language) for column in columns if column.key in _VIEW_KEYS.get(table.name, ())]
    session.host.write(
        spec.table_name,
        header,
        rows,
        cells={
            layout.STAMP_CELL: _stamp(session, done, moment),
            **dict.fromkeys(layout.CHECK_CELLS),
            **dict(zip(layout.CHECK_CELLS, check_lines(table, language), strict=False)),
        },
        key=key,
        keep=kept,
        styles=_styles(session, table, header, columns),
        restored=waiting.get(spec.table_name, {}),
    )


_VIEW_KEYS: dict[str, tuple[str, ...]] = {
    "overdue_aging": ("key", "currency"),
    "aging_by_year": ("customer_id", "currency"),
    "open_items": ("document_no", "sequence"),
    "balances": ("customer_id", "currency"),
    "reclassification": ("customer_id", "currency"),
    "credit": ("customer_id",),
    "reminder_list": ("customer_id", "currency", "skip_reason"),
    "checks": ("code", "place", "read"),
}


def _styles(session: Session, table: Table, header: Sequence[str], columns: Sequence[Any]) -> dict[str, str]:
    """New bucket columns look like the total column."""
    buckets = set(table.facts.get("buckets", ()))
    if not buckets:
        return {}
    spec = TABLES[table.name]
    there = _headers(session, spec.table_name)
    total = next((column.header(session.language) for column in columns if column.key == "total"), "")
    if total not in there:
        return {}
    cell = f"{column_letter(there.index(total))}{layout.data_row(spec)}"
    return {
        name: cell for name, column in zip(header, columns, strict=True) if column.key in buckets and name not in there
    }


def _headers(session: Session, table_name: str) -> list[str]:
    if session.path is None:
        return [str(text or "") for text in session.host.read(table_name).header]
    info = session.file_host.book.table(table_name)
    return [str(text or "") for text in info.columns] if info is not None else []


def _users_own(session: Session, table_name: str, header: Sequence[str]) -> list[str]:
    """Columns that a person added to a report: those that no declaration and no bucket explains."""
    spec = next(spec for spec in TABLES.values() if spec.table_name == table_name)
    ours = {*header, *(column.zh for column in spec.columns), *(column.en for column in spec.columns)}
    there = _headers(session, table_name)
    return [text for text in there if text and text not in ours and not _is_bucket(text)]


def _is_bucket(text: str) -> bool:
    core = re.sub(r"天以上$|年以上$|天$|年以内$|年$| days$| years?$|^Within |^Over ", "", text)
    for key in (core, f"{core}+", f"y{core}", f"y{core}+", f"y0-{core}", core.replace("Within ", "y0-")):
        words = bucket_words(key)
        if words and text in words:
            return True
    return text in (label("not_due", "zh"), label("not_due", "en"))


def _stamp(session: Session, done: Refreshed, moment: dt.datetime) -> str:
    rows, totals = counted(session, done.assembly)
    return layout.stamp_line(
        session.language,
        as_of=iso(done.as_of),
        refreshed_at=moment.strftime("%Y-%m-%d %H:%M:%S"),
        source=layout.source_words(rows, totals, session.language) or "0",
    )


def check_lines(table: Table, language: str) -> list[str]:
    """The checks of a report, a line per kind: both totals of each currency and whether they agree."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for tie in table.facts.get("ties", ()):
        verdict = label("agrees" if tie.agrees else "differs", language)
        said = (
            f"{tie.currency} {label(tie.left_name, language)} {amount(tie.left, tie.currency):,.2f}"
            f" = {label(tie.right_name, language)} {amount(tie.right, tie.currency):,.2f}"
            f"  {label('difference', language)} {amount(tie.left - tie.right, tie.currency):,.2f}  {verdict}"
        )
        kinds.setdefault((tie.left_name, tie.right_name), []).append(said)
    head = label("check", language) + ("：" if language == "zh" else ": ")
    return [head + "    ".join(lines) for lines in kinds.values()]


def _write_dashboard(session: Session, table: Table, done: Refreshed, moment: dt.datetime) -> None:
    place, language = layout.DASHBOARD, session.language
    if not standing.has_sheet(session, TABLES["dashboard"].sheet(language)):
        return
    currency = str(table.facts["currency"])
    cells: dict[str, Any] = {}
    for block in place.blocks:
        for record in range(block.rows):
            for key in block.keys:
                cells[block.cell(record, key)] = None
    overflow: dict[str, Any] = {}
    for name, record, key, kind, value in table.rows():
        block = place[name]
        if record >= block.rows:
            _add_up(overflow, block, cells, key, kind, value, currency)
            continue
        cells[block.cell(record, key)] = _dashboard_value(kind, value, currency, language)
    ties = [tie for each in done.outcome.tables for tie in each.facts.get("ties", ())]
    good = all(tie.agrees for tie in ties)
    cells[place.stamp] = _stamp(session, done, moment)
    verdict = label("agrees" if good else "differs", language)
    cells[place.check] = f"{label('check', language)}{'：' if language == 'zh' else ': '}{verdict}"
    cells[place.currency] = currency
    session.host.set_cells(TABLES["dashboard"].sheet(language), cells)


def _add_up(
    overflow: dict[str, Any], block: layout.Block, cells: dict[str, Any], key: str, kind: str, value: Any, currency: str
) -> None:
    """Buckets beyond the block's rows are added to its last row, which then says so."""
    cell = block.cell(block.rows - 1, key)
    if kind == "money":
        cells[cell] = (cells[cell] or 0) + amount(value, currency)
    elif kind == "percent" and value is not None:
        cells[cell] = (cells[cell] or 0) + value
    elif kind == "bucket":
        text = str(cells[cell])
        cells[cell] = text if text.endswith("…") else f"{text}…"
    overflow[key] = value


def _dashboard_value(kind: str, value: Any, currency: str, language: str) -> Any:
    if kind == "money":
        return amount(value, currency)
    if kind in ("bucket", "word"):
        return label(value, language)
    if kind == "month":
        return month_words(value[0], value[1], language)
    return value
