"""A book opened for work: its host, language, settings, typed tables, and the moment it is asked for."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arsheet.functions.registry import Version
from arsheet.journal.periods import DATED
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.assembly.money import calendar
from arsheet.run import freshness
from arsheet.schema.decode import decode
from arsheet.schema.findings import findings
from arsheet.schema.headers import match_headers
from arsheet.schema.settings import BY_KEY, defaults, read_setting_value, shown_value
from arsheet.schema.tables import SOURCES, TABLES
from arsheet.table import ArsheetError, Problem, Table, WorkbookError, to_day

if TYPE_CHECKING:
    from arsheet.hosts.protocol import Host
    from arsheet.hosts.xlsx import XlsxHost
    from arsheet.run.landing import Landing

Clock = Callable[[ZoneInfo], dt.datetime]
Progress = Callable[[str], None]


def system_clock(zone: ZoneInfo) -> dt.datetime:
    """The only clock of the house."""
    return dt.datetime.now(zone)


def silent(_: str) -> None:
    """Says nothing about how far the work is."""


@dataclass(slots=True)
class Session:
    """A workbook opened for work: its host, language, settings, typed tables and what reading found."""

    path: Path | None
    """The file; None for a book that an application has open."""
    host: Host
    language: str
    settings: dict[str, str]
    tables: dict[str, Table]
    problems: list[Problem] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per table: key -> the header on the sheet."""
    days: dict[str, list[Any]] = field(default_factory=dict)
    """Per table that a closed month closes: the dates of the rows queued."""
    marks: dict[str, freshness.Mark] = field(default_factory=dict)
    """Per table that a refresh reads: what it held when it was read."""
    landing: Landing | None = None
    """What people typed online and is queued with the rest."""

    @property
    def file(self) -> Path:
        """The path of a book that is a file."""
        if self.path is None:
            raise TypeError("this book is no file")
        return self.path

    @property
    def file_host(self) -> XlsxHost:
        """The host of a book that is a file."""
        from arsheet.hosts.xlsx import XlsxHost

        host = getattr(self.host, "inner", self.host)  # under a recorder while a preview is worked out
        if not isinstance(host, XlsxHost):
            raise TypeError("this book is no file")
        return host

    def sheet_of(self, key: str) -> str:
        """The name of a table's sheet in this book."""
        table = self.tables.get(key)
        return table.place.sheet if table is not None and table.place is not None else TABLES[key].sheet(self.language)


def open_session(path: str | Path, *, only: Sequence[str] = SOURCES) -> Session:
    """Opens a book that arsheet made: raises WorkbookError ``not_an_arsheet_book`` for any other file."""
    from arsheet.hosts.contents import active_contents, problem_of
    from arsheet.hosts.xlsx import XlsxHost

    host = XlsxHost(path)
    session = session_of(host, path, only=())
    # its formulas are the company's own; what could run or reach out is told all the same
    active = problem_of(active_contents(host.book.package, formulas=False) if host.book.package else (), "settings")
    session.problems.extend([active] if active else [])
    _read_tables(session, only)
    return session


def session_of(host: Host, path: str | Path | None = None, *, only: Sequence[str] = SOURCES) -> Session:
    """A book opened through any host; ``path``: its file, None for one that an application has open.

    Raises WorkbookError ``not_an_arsheet_book`` where the host has no table Invoices.
    """
    names = {name.casefold() for name in host.tables()}
    if TABLES["invoices"].table_name.casefold() not in names:
        named = Path(path).name if path is not None else ""
        raise WorkbookError(
            "not_an_arsheet_book",
            f"{named or '这个工作簿'} 不是应收账款工作簿（没有表 Invoices）。"
            "请用 arsheet new 建一个，再用 arsheet import 导入",
            f"{named or 'This workbook'} is no receivables book (it has no table Invoices). "
            "Make one with arsheet new, then import into it",
        )
    language = _language(host)
    session = Session(Path(path) if path is not None else None, host, language, defaults(language), {})
    _read_settings(session)
    _read_tables(session, only)
    return session


def _language(host: Host) -> str:
    """The language of a book's sheets, told by the sheet of its invoices."""
    book = getattr(host, "book", None)
    if book is not None and hasattr(book, "sheet_names"):
        return "zh" if TABLES["invoices"].zh in book.sheet_names else "en"
    place = host.read(TABLES["invoices"].table_name).place
    return "en" if place is not None and place.sheet == TABLES["invoices"].en else "zh"


def _read_tables(session: Session, only: Sequence[str]) -> None:
    names = {name.casefold() for name in session.host.tables()}
    for key in only:
        if key != "settings" and TABLES[key].table_name.casefold() in names:
            _read_table(session, key)
            if len(session.tables.get(key, ())) >= _LARGE and not gc.isenabled():
                gc.collect()  # what reading a large sheet leaves in cycles, before the next one is read


_LARGE = 20_000


def _read_table(session: Session, key: str) -> None:
    take(session, key, session.host.read(TABLES[key].table_name))


def take(session: Session, key: str, raw: Table) -> None:
    """Decodes the raw cells of a table as what the session holds under its key."""
    spec = TABLES[key]
    match = match_headers([str(text or "") for text in raw.header], spec)
    session.headers[key] = {name: str(raw.header[at]) for name, at in match.mapping.items()}
    freshness.note(session, key, raw, match.mapping)
    found = decode(raw, spec, match.mapping)
    session.tables[key] = found.table
    session.problems.extend(found.problems)


def table_of(session: Session, key: str) -> Table | None:
    """A table of the book, read now if the session was opened without it; None where the book has none."""
    names = {name.casefold() for name in session.host.tables()}
    if key not in session.tables and TABLES[key].table_name.casefold() in names:
        _read_table(session, key)
    return session.tables.get(key)


def _settings_sheet(session: Session) -> Table | None:
    """The settings as they stand: the table, else the sheet of its name, on which a person may have turned it off."""
    spec = TABLES["settings"]
    headers = [column.header(session.language) for column in spec.columns]
    try:
        raw = session.host.read(spec.table_name, sheet=spec.sheet(session.language), header=headers)
    except WorkbookError as error:
        if error.code != "table_not_found":
            raise
        return None
    match = match_headers([str(text or "") for text in raw.header], spec)
    return raw if "key" in match and "value" in match else None


def check_settings(session: Session) -> None:
    """Raises WorkbookError ``settings_not_found`` for a book whose settings are gone."""
    if "settings" in session.tables:
        return
    spec, name = TABLES["settings"], session.path.name if session.path is not None else ""
    book, sheet = name or "BOOK.xlsx", spec.sheet(session.language)
    keys = [spec.column(key) for key in ("key", "value")]
    zh, en = "”和“".join(column.zh for column in keys), " and ".join(column.en for column in keys)
    raise WorkbookError(
        "settings_not_found",
        f"{name or '工作簿'} 中没有工作表“{sheet}”，或其中没有“{zh}”两列：截止日期、本位币等无从得知，"
        f"没有写入任何内容。请用 arsheet restore {book} --list 找回有它的版本；或用 arsheet new 另建一个工作簿，"
        f"把其中的工作表“{sheet}”连同表头复制过来，核对各项设置后重试",
        f"{name or 'The workbook'} has no sheet {sheet!r} with the columns {en}: as-of date, base currency and the "
        f"rest are not known, nothing was written. Take back a version that has it (arsheet restore {book} --list); "
        f"or make another workbook with arsheet new, copy its sheet {sheet!r} here with its headers, check them, and "
        "try again",
        facts={"sheet": sheet},
    )


def _read_settings(session: Session) -> None:
    spec, raw = TABLES["settings"], _settings_sheet(session)
    if raw is None:
        facts = {"sheet": spec.sheet(session.language)}
        session.problems.append(Problem("settings_not_found", "settings", facts=facts))
        return
    match = match_headers([str(text or "") for text in raw.header], spec)
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
    version = version_from(session, as_of, clock, language=language)
    said = {"refreshed_at": freshness.refreshed_at(session), "stale": freshness.is_stale(session)}
    return replace(version, stamp={**version.stamp, **said})


def version_from(
    session: Session,
    as_of: dt.date | None = None,
    clock: Clock = system_clock,
    *,
    language: str | None = None,
    assembly: Assembly | None = None,
) -> Version:
    """What functions answer from: the ledger of a session's tables now; ``assembly``: where it is built already."""
    made = assembly or assemble_session(session)
    day = resolve_as_of(session.settings, as_of, clock)
    problems = [*session.problems, *(item for item in made.problems if item not in session.problems)]
    moment = clock(zone_of(session.settings))
    rows, totals = counted(session, made)
    return Version(
        ledger=made.ledger,
        settings={**session.settings, "language": language or session.settings.get("language") or session.language},
        stamp={
            "as_of": day,
            "refreshed_at": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "rows": rows,
            "totals": totals,
            "source": session.path.name if session.path is not None else "",
            "calendar": calendar(session.tables.get("holidays")),
            "stale": None if session.path is not None else False,
        },
        digest=digest_of(session.tables, session.marks),
        findings=tuple(findings(problems, session.tables, session.language)),
    )


def counted(session: Session, assembly: Assembly) -> tuple[dict[str, int], dict[str, dict[str, Decimal]]]:
    """What every stamp tells: rows by table, and totals (major units) by table and currency.

    Of the tables with control totals both are those of the rows that count, so that they belong to each other.
    """
    rows = {name: len(table) for name, table in session.tables.items()}
    used: dict[str, int] = {}
    totals: dict[str, dict[str, Decimal]] = {}
    for control in assembly.controls:
        used[control.table] = used.get(control.table, 0) + control.rows_used
        if control.rows_used:
            totals.setdefault(control.table, {})[control.currency] = control.used
    return {**rows, **used}, totals


def digest_of(tables: Mapping[str, Table], marks: Mapping[str, freshness.Mark] = MappingProxyType({})) -> str:
    """A short name of exactly these source values; ``marks``: those that were taken as the tables were read."""
    digest = hashlib.blake2b(digest_size=16)
    for key in sorted(tables):
        table = tables[key]
        if key in marks and len(table):
            digest.update(f"{key}:{marks[key].digest};".encode())
        elif len(table):
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
    if done:
        freshness.queue_changed(session)
    return done


def write_settings(session: Session, values: Mapping[str, str]) -> None:
    """Queues new values of settings, in the words of the sheet."""
    raw, spec = _settings_sheet(session), TABLES["settings"]
    if raw is None:
        check_settings(session)
    if raw is None or raw.place is None:
        return
    headers = [str(text or "") for text in raw.header]
    key_at = next(at for at, text in enumerate(headers) if text in (spec.column("key").zh, spec.column("key").en))
    value_at = next(at for at, text in enumerate(headers) if text in (spec.column("value").zh, spec.column("value").en))
    cells: dict[str, Any] = {}
    for row, key in enumerate(raw.columns[key_at]):
        if key in values and key in BY_KEY:
            cells[raw.place.cell(row, value_at)] = shown_value(BY_KEY[str(key)], values[str(key)], session.language)
    if cells:
        session.host.set_cells(raw.place.sheet, cells)
