"""What people typed online enters the workbook: waiting entries of the journal become rows, each of them exactly once.

Which entries stand in the workbook follows from the record of actions alone: an action names the entries that it
wrote, and what undo, redo and restore do to the workbook's contents they do to that too. So a crash between the save
and its note, or an undo, neither loses an entry nor writes one twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from arsheet.importers.followup.folding import Group, fold
from arsheet.importers.followup.items import items_of
from arsheet.importers.followup.reading import Said, read_row
from arsheet.journal import entries, record
from arsheet.journal.entries import Entry
from arsheet.journal.store import Journal
from arsheet.ledger.assembly.money import calendar
from arsheet.ledger.store import Ledger
from arsheet.run.landing_rows import Made, fresh_rows
from arsheet.run.saving import reading, save
from arsheet.run.session import (
    Clock,
    Session,
    append_records,
    assemble_session,
    open_session,
    resolve_as_of,
    system_clock,
    take,
    zone_of,
)
from arsheet.schema.tables import TABLES
from arsheet.table import Table

ARGUMENT = "entries"
"""The argument of an action that names the entries it wrote: [number, understood, zh, en] of each."""
LONGEST = 30_000
"""Characters of a text that are written into a cell; a workbook's cell holds 32,767."""
TABLES_OF_ENTRIES = ("promises", "disputes", "activities")
Words = tuple[bool, str, str]
"""Whether an entry was understood, and what is said about it (zh, en)."""
_Row = tuple[str, Mapping[str, Any], bool]
"""The row of the online sheet that a row comes from, the row, and whether it landed before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Per entry that an action in force has dealt with: its words. ``gone``: those whose action was taken back."""

    words: Mapping[int, Words]
    gone: frozenset[int]

    def waits(self, entry: Entry) -> bool:
        """Whether an entry is still to be written (or to be asked back)."""
        return entry.no not in self.words and (entry.state == entries.WAITING or entry.no in self.gone)


@dataclass(slots=True)
class Landing:
    """Entries queued in a session: their words by number, and how many rows go where."""

    words: dict[int, Words] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)
    """Tables that entries wait for: the workbook does not have them."""

    @property
    def argument(self) -> list[list[Any]]:
        """As the record keeps it."""
        return [[number, *said] for number, said in sorted(self.words.items())]


def standing(journal: Journal) -> Standing:
    """What the record of actions says about entries."""
    held: dict[str, dict[int, Words]] = {}
    now: dict[int, Words] = {}
    named: set[int] = set()
    for action in record.actions(journal):
        mine = {int(no): (bool(ok), str(zh), str(en)) for no, ok, zh, en in action.arguments.get(ARGUMENT, ())}
        named |= set(mine)
        if action.state != record.DONE:
            continue
        held.setdefault(action.before, now)
        if action.action in (record.UNDO, record.REDO, "restore"):
            now = held.get(action.after, now)
        else:
            now = {**now, **mine}
        held[action.after] = now
    return Standing(now, frozenset(named - set(now)))


def reconcile(path: str | Path, *, at: str) -> None:
    """Brings the states of the journal's entries in line with the record, where they differ."""
    from arsheet.hosts.package import companion_folder

    with reading(Path(path)) as journal:
        if journal is None or not entries.there(journal):
            return
        stands = standing(journal)
        states = {entry.no: entry.state for entry in entries.kept(journal)}
    back = [no for no in stands.gone if states.get(no, entries.WAITING) != entries.WAITING]
    late = {no: said for no, said in stands.words.items() if states.get(no) == entries.WAITING}
    if back or late:
        with Journal(companion_folder(Path(path).resolve())) as journal, journal.transaction():
            entries.reopen(journal, back)
            _settle(journal, late, at)


def _settle(journal: Journal, words: Mapping[int, Words], at: str) -> None:
    for number, (understood, zh, en) in words.items():
        state = entries.LANDED if understood else entries.REFUSED
        entries.settle(journal, [number], state, at=at, reason=f"{zh}\n{en}")


def kept_entries(path: str | Path) -> tuple[list[Entry], Standing]:
    """Every entry of a book's journal, oldest first, and which of them stand; nothing where there is no journal."""
    with reading(Path(path)) as journal:
        if journal is None or not entries.there(journal):
            return [], Standing({}, frozenset())
        return entries.kept(journal), standing(journal)


def read_groups(
    groups: Iterable[Group],
    ledger: Ledger,
    as_of: int,
    tables: Mapping[str, Table],
    names: Mapping[str, str],
    *,
    language: str,
) -> list[tuple[Group, tuple[tuple[str, Mapping[str, Any]], ...], tuple[Said, ...]]]:
    """What each group means by this ledger, its rows in a language; ``names``: spreadsheet -> whose it is."""
    listed = list(groups)
    items = items_of(ledger, as_of, {group.key for group in listed})
    days_off = calendar(tables.get("holidays"))
    found = []
    for group in listed:
        typed = group.typed(names.get(group.spreadsheet, ""))
        reading_ = read_row(typed, items.get(group.key), days_off, language=language)
        found.append((group, reading_.rows, reading_.said))
    return found


def names_of(tables: Mapping[str, Table]) -> dict[str, str]:
    """Spreadsheet -> whose it is, by the table 同步目标; "" where many people share it."""
    targets = tables.get("sync_targets")
    if targets is None:
        return {}
    rows = zip(targets.column("spreadsheet_id"), targets.column("kind"), targets.column("scope"), strict=True)
    return {str(key): str(scope or "") for key, kind, scope in rows if key and kind == "person"}


def queue_entries(session: Session, ledger: Ledger, as_of: int) -> bool:
    """Queues the rows of all entries that wait; whether there are any. The session's tables hold them from now on.

    In a book that an application has open they go on waiting until its file is free and holds them.
    """
    return bool(_queue(session, ledger, as_of).words)


def _queue(session: Session, ledger: Ledger, as_of: int) -> Landing:
    landing, path = Landing(), session.path or getattr(getattr(session.host, "inner", session.host), "path", None)
    if path is None:
        return landing
    kept, stands = kept_entries(path)
    numbers = {entry.no for entry in kept if stands.waits(entry)}
    if not numbers:
        return landing
    groups = fold(kept)
    due = [group for group in groups if numbers & {*group.numbers.values(), *group.also}]
    keys, late = {group.key for group in due}, {id(group) for group in due}
    understood = {each.no for each in kept if stands.words.get(each.no, (each.state == entries.LANDED,))[0]}
    rows = dict[str, list[_Row]]()
    mine = [group for group in groups if group.key in keys]
    names, language = names_of(session.tables), session.language
    for group, made, said in read_groups(mine, ledger, as_of, session.tables, names, language=language):
        landed = id(group) not in late
        if landed and understood.isdisjoint(group.numbers.values()):
            continue  # it was asked back, so no row of it was ever written
        lacking = {table for table, _ in made if not _has(session, table)}
        if lacking:
            landing.lacking |= set() if landed else lacking
            continue
        for table, row in made:
            rows.setdefault(table, []).append((group.key, row, landed))
            beside = _beside(session, table, row)
            rows.setdefault("activities", []).extend((group.key, each, landed) for each in beside)
        if not landed:
            landing.words |= {group.numbers[each.column]: (each.understood, each.zh, each.en) for each in said}
            landing.words |= dict.fromkeys(group.also, (True, "", ""))
    for table, listed in rows.items():
        if any(not landed for _, _, landed in listed):
            landing.rows[table] = _append(session, table, listed)
    session.landing = landing if landing.words and session.path is not None else None
    return landing


def _has(session: Session, table: str) -> bool:
    return TABLES[table].table_name.casefold() in {name.casefold() for name in session.host.tables()}


def _beside(session: Session, table: str, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The words of a dispute in a book whose table has no column for them become an activity."""
    if table != "disputes" or "note" in session.headers.get(table, {}) or not _has(session, "activities"):
        return []
    facts = {"customer_id": row["customer_id"], "document_no": row["document_no"], "at": row["opened"]}
    return [{**facts, "by": row["owner"], "note": row["note"], "cause": "dispute"}]


def _append(session: Session, key: str, rows: Sequence[_Row]) -> int:
    """Queues the rows that do not stand in the table already, in the words of the sheet; how many (see fresh_rows)."""
    spec, there = TABLES[key], session.headers.get(key, {})
    raw = session.host.read(spec.table_name)
    header = [str(text) for text in raw.header]
    filled = [at for at in range(len(raw)) if any(column[at] is not None for column in raw.columns)]
    columns = [[column[at] for at in filled] for column in raw.columns]
    place_of = {name: header.index(text) for name, text in there.items() if text in header}
    shown = [_shown(key, row, set(there), session.language) for _, row, _ in rows]
    made = [
        Made(source, {place_of[name]: value for name, value in cells.items()}, landed)
        for cells, (source, _, landed) in zip(shown, rows, strict=True)
    ]
    document = [place_of[name] for name in ("customer_id", "document_no") if name in place_of]
    new = fresh_rows(columns, made, document=document, loose={place_of[name] for name in ("amount",) if name in there})
    for at in new:
        for position, column in enumerate(columns):
            value = made[at].cells.get(position)
            column.append(float(value) if isinstance(value, Decimal) else value)
    fresh = [shown[at] for at in new]
    if not fresh:
        return 0
    append_records(session, {key: fresh})
    place = raw.place
    if place is not None:
        standing_rows = [place.rows[at] for at in filled]
        first = standing_rows[-1] + 1 if filled else place.rows[0] if len(raw) else 2
        place = type(place)(place.sheet, [*standing_rows, *range(first, first + len(fresh))], place.columns)
    session.problems = [problem for problem in session.problems if problem.table != key]
    take(session, key, Table(raw.name, raw.header, tuple(columns), raw.kinds, place, raw.facts))
    return len(fresh)


def _shown(key: str, row: Mapping[str, Any], there: set[str], language: str) -> dict[str, Any]:
    """The cells of a row: only columns that the table has, choices in the words of the sheet."""
    cells = {}
    for name, value in row.items():
        if name in there and value is not None:
            words = {choice.key: choice.word(language) for choice in TABLES[key].column(name).choices}
            cells[name] = words.get(value, value)[:LONGEST] if isinstance(value, str) else value
    return cells


def settle(session: Session, *, at: str) -> None:
    """Notes in the journal what became of the entries of a save that is done."""
    from arsheet.hosts.package import companion_folder

    if session.landing is not None and session.path is not None:
        with Journal(companion_folder(session.path.resolve())) as journal, journal.transaction():
            entries.prepare(journal)
            _settle(journal, session.landing.words, at)
        session.landing = None


def land(path: str | Path, *, clock: Clock = system_clock) -> Landing:
    """Writes the entries that wait into a workbook that is free, without working its reports out anew.

    Raises ArsheetError as ``run.save`` does; the entries then go on waiting.
    """
    reconcile(path, at="")
    kept, stands = kept_entries(path)
    if not any(stands.waits(entry) for entry in kept):
        return Landing()
    session = open_session(path)
    as_of = resolve_as_of(session.settings, None, clock)
    landing = _queue(session, assemble_session(session).ledger, as_of)
    if not landing.words:
        return landing
    at = clock(zone_of(session.settings)).isoformat()
    if any(landing.rows.values()):
        save(session, "online_entries", {ARGUMENT: landing.argument}, clock=clock)
    settle(session, at=at)
    return landing
