"""A book opened for work: its host, language, settings, typed tables, and the moment it is asked for."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arsheet.functions.registry import Version
from arsheet.journal.periods import DATED
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.assembly.money import calendar
from arsheet.schema.decode import decode
from arsheet.schema.findings import findings
from arsheet.schema.headers import match_headers
from arsheet.schema.settings import BY_KEY, defaults, read_setting_value, shown_value
from arsheet.schema.tables import SOURCES, TABLES
from arsheet.table import ArsheetError, Problem, Table, WorkbookError, to_day

if TYPE_CHECKING:
    from arsheet.hosts.xlsx import XlsxHost

Clock = Callable[[ZoneInfo], dt.datetime]
Progress = Callable[[str], None]


def system_clock(zone: ZoneInfo) -> dt.datetime:
    """The only clock of the house."""
    return dt.datetime.now(zone)


def silent(_: str) -> None:
    """Says nothing about how far the work is."""


@dataclass(slots=True)
class Session:
    """A workbook file opened for work: its host, language, settings, typed tables and what reading found."""

    path: Path
    host: XlsxHost
    language: str
    settings: dict[str, str]
    tables: dict[str, Table]
    problems: list[Problem] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per table: key -> the header on the sheet."""
    days: dict[str, list[Any]] = field(default_factory=dict)
    """Per table that a closed month closes: the dates of the rows queued."""

    def sheet_of(self, key: str) -> str:
        """The name of a table's sheet in this book."""
        table = self.tables.get(key)
        return table.place.sheet if table is not None and table.place is not None else TABLES[key].sheet(self.language)


def open_session(path: str | Path, *, only: Sequence[str] = SOURCES) -> Session:
    """Opens a book that arsheet made: raises WorkbookError ``not_an_arsheet_book`` for any other file."""
    from arsheet.hosts.contents import active_contents, problem_of
    from arsheet.hosts.xlsx import XlsxHost

    host = XlsxHost(path)
    names = {name.casefold(): name for name in host.tables()}
    if TABLES["invoices"].table_name.casefold() not in names:
        raise WorkbookError(
            "not_an_arsheet_book",
            f"{Path(path).name} 不是应收账款工作簿（没有表 Invoices）。"
            "请用 arsheet new 建一个，再用 arsheet import 导入",
            f"{Path(path).name} is no receivables book (it has no table Invoices). "
            "Make one with arsheet new, then import into it",
        )
    language = "zh" if TABLES["invoices"].zh in host.book.sheet_names else "en"
    session = Session(Path(path), host, language, defaults(language), {})
    _read_settings(session)
    # its formulas are the company's own; what could run or reach out is told all the same
    active = problem_of(active_contents(host.book.package, formulas=False) if host.book.package else (), "settings")
    session.problems.extend([active] if active else [])
    for key in only:
        spec = TABLES[key]
        if key == "settings" or spec.table_name.casefold() not in names:
            continue
        _read_table(session, key)
    return session


def _read_table(session: Session, key: str) -> None:
    spec = TABLES[key]
    raw = session.host.read(spec.table_name)
    match = match_headers([str(text or "") for text in raw.header], spec)
    session.headers[key] = {name: str(raw.header[at]) for name, at in match.mapping.items()}
    found = decode(raw, spec, match.mapping)
    session.tables[key] = found.table
    session.problems.extend(found.problems)


def table_of(session: Session, key: str) -> Table | None:
    """A table of the book, read now if the session was opened without it; None where the book has none."""
    names = {name.casefold() for name in session.host.tables()}
    if key not in session.tables and TABLES[key].table_name.casefold() in names:
        _read_table(session, key)
    return session.tables.get(key)


def _read_settings(session: Session) -> None:
    spec = TABLES["settings"]
    raw = session.host.read(spec.table_name)
    match = match_headers([str(text or "") for text in raw.header], spec)
    if "key" not in match or "value" not in match:
        return
    keys, values = raw.columns[match.mapping["key"]], raw.columns[match.mapping["value"]]
    place = raw.place
    if place is not None:
        place = type(place)(place.sheet, place.rows, [place.columns[match.mapping[key]] for key in ("key", "value")])
    session.tables["settings"] = Table("settings", ("key", "value"), (keys, values), ("id", "any"), place)
    for row, (key, value) in enumerate(zip(keys, values, strict=True)):
        name = str(key or "").strip()
        if name not in BY_KEY:
            continue
        try:
            session.settings[name] = read_setting_value(name, value)
        except ArsheetError as error:
            facts = {"setting": name, "reason_zh": error.zh, "reason_en": error.en, "default": BY_KEY[name].default}
            session.problems.append(Problem("setting_not_understood", "settings", row, "value", facts))


def resolve_as_of(settings: Mapping[str, str], as_of: dt.date | None = None, clock: Clock = system_clock) -> int:
    """The as-of day: the caller's, else the settings'; 今天 is resolved once, in the company's time zone."""
    if as_of is not None:
        return to_day(as_of)
    text = settings.get("as_of", "")
    try:
        return to_day(dt.date.fromisoformat(text))
    except ValueError:
        return to_day(clock(zone_of(settings)).date())


def zone_of(settings: Mapping[str, str]) -> ZoneInfo:
    """The company's time zone."""
    try:
        return ZoneInfo(settings.get("timezone") or "Asia/Shanghai")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def assemble_session(session: Session) -> Assembly:
    """The ledger of a session's tables."""
    return assemble(session.tables, session.settings, problems=session.problems)


def version_of(
    path: str | Path, as_of: dt.date | None = None, clock: Clock = system_clock, *, language: str | None = None
) -> Version:
    """What functions answer from, for a closed file: its tables as saved."""
    session = open_session(path)
    assembly = assemble_session(session)
    day = resolve_as_of(session.settings, as_of, clock)
    problems = [*session.problems, *(item for item in assembly.problems if item not in session.problems)]
    return Version(
        ledger=assembly.ledger,
        settings={**session.settings, "language": language or session.settings.get("language") or session.language},
        stamp={
            "as_of": day,
            "rows": {name: len(table) for name, table in session.tables.items()},
            "calendar": calendar(session.tables.get("holidays")),
        },
        digest=digest_of(session.tables),
        findings=tuple(findings(problems, session.tables, session.language)),
    )


def digest_of(tables: Mapping[str, Table]) -> str:
    """A short name of exactly these source values."""
    digest = hashlib.blake2b(digest_size=16)
    for key in sorted(tables):
        table = tables[key]
        if len(table):
            digest.update(repr((key, table.header, [list(column) for column in table.columns])).encode())
    return digest.hexdigest()


def append_records(session: Session, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """Queues rows (by column key, as plain cells) for source tables; returns how many per table."""
    done = {}
    for key, records in rows.items():
        if not records:
            continue
        spec = TABLES[key]
        headers = session.headers.get(key, {})
        said = [
            {headers.get(name, spec.column(name).header(session.language)): value for name, value in record.items()}
            for record in records
        ]
        done[key] = session.host.append(spec.table_name, said)
        if key in DATED:
            session.days.setdefault(key, []).extend(record.get(DATED[key]) for record in records)
    return done


def write_settings(session: Session, values: Mapping[str, str]) -> None:
    """Queues new values of settings, in the words of the sheet."""
    raw = session.host.read(TABLES["settings"].table_name)
    if raw.place is None:
        return
    spec = TABLES["settings"]
    headers = [str(text or "") for text in raw.header]
    key_at = next(at for at, text in enumerate(headers) if text in (spec.column("key").zh, spec.column("key").en))
    value_at = next(at for at, text in enumerate(headers) if text in (spec.column("value").zh, spec.column("value").en))
    cells: dict[str, Any] = {}
    for row, key in enumerate(raw.columns[key_at]):
        if key in values and key in BY_KEY:
            cells[raw.place.cell(row, value_at)] = shown_value(BY_KEY[str(key)], values[str(key)], session.language)
    if cells:
        session.host.set_cells(raw.place.sheet, cells)
