"""Every write of a workbook: one writer, what is intended written down first, the old version kept, then the file.

lock -> what an earlier run left open is settled -> intent -> version -> workbook -> done. A run that ends anywhere in
between leaves the old workbook or the new one; the next run tells which by the digest.
"""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.journal import identity, keys, lock, mappings, periods, record, versions, waiting
from arsheet.journal.store import Journal
from arsheet.run.session import Clock, Session, system_clock, table_of, write_settings, zone_of
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError, Problem, to_day

if TYPE_CHECKING:
    from arsheet.hosts.protocol import SaveReport
    from arsheet.hosts.xlsx import Pending


@dataclass(frozen=True, slots=True)
class Notes:
    """What the journal keeps with an action beside its arguments.

    ``days``: per source table, the dates of rows to change; like those of the rows that the session appends they are
    held against the closed months. ``rows``: how many rows went where. ``file``: SHA-256 of an imported file, with the
    natural keys of its rows by table. ``mapping``: kind of import, headers of the file, mapping.
    """

    days: Mapping[str, Sequence[int | dt.date | None]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    file: str = ""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mapping: tuple[str, Sequence[Any], Mapping[str, str]] | None = None


def save(
    session: Session,
    action: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    notes: Notes | None = None,
    clock: Clock = system_clock,
) -> SaveReport:
    """Writes what the session has queued and records it as an action.

    Raises ArsheetError ``period_locked`` (4), ``book_locked`` and ``journal_busy`` (7),
    ``journal_belongs_to_another_book`` (4), and WorkbookError for a save that cannot be done; then nothing is changed.
    """
    from arsheet.hosts.protocol import SaveReport

    host = session.file_host
    if not host.queued:
        return SaveReport()
    noted = notes or Notes()
    moment = clock(zone_of(session.settings))
    check_periods(session, noted, moment)
    with writing(session.file, session.settings.get("book_id", ""), moment) as writer:
        _mark(session, writer.journal)

        def backup(pending: Pending) -> Path:
            tables = _written(pending.report.tables, noted.rows)
            return writer.begin(
                action, arguments or {}, pending.package.data, pending.data, tables, noted, pending.report.waiting
            )

        report = host.save(backup)
        writer.finish()
        session.days.clear()
        return report


def check_periods(session: Session, notes: Notes, moment: dt.datetime) -> None:
    """Raises ArsheetError ``period_locked`` (4) if a row to append or change is dated in a month closed by then."""
    locks, _ = periods.read_locks(table_of(session, "periods"), to_day(moment.date()))
    for table, days in (*session.days.items(), *notes.days.items()):
        locks.check(table, days)


def _written(ranges: Mapping[str, str], rows: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Table -> its range after the save, and how many rows were added to it."""
    added = {TABLES[key].table_name: count for key, count in rows.items()}
    return {
        name: {"range": place} | ({"added": added[name]} if name in added else {}) for name, place in ranges.items()
    }


def _mark(session: Session, journal: Journal) -> None:
    """Ties the workbook to its journal by the id in its settings."""
    book_id = journal.meta("book_id")
    if session.settings.get("book_id", "") != book_id:
        write_settings(session, {"book_id": book_id})
        session.settings["book_id"] = book_id


@contextmanager
def writing(path: Path, book_id: str, moment: dt.datetime, *, foreign: bool = False) -> Iterator[Writer]:
    """Holds the book for one action: locked, its journal open, leftovers of interrupted runs settled and swept.

    ``foreign`` lets the journal of another workbook pass.
    """
    from arsheet.hosts.package import companion_folder, step, temporary_prefix
    from arsheet.hosts.saving_words import check_not_open, refused, save_code

    path = path.resolve()
    folder = companion_folder(path)
    check_not_open(path)
    try:
        with lock.held(folder, moment):
            step("locked")
            with Journal(folder) as journal:
                writer = Writer(path, journal, moment)
                if not foreign and identity.standing(book_id, journal) == "foreign":
                    raise identity.foreign(folder, path.name)
                with journal.transaction():
                    identity.found_in(journal, book_id)
                step("opened")
                writer.settle_open()
                versions.sweep(path.parent, glob.escape(temporary_prefix(path)) + "*.tmp")
                versions.tidy(journal, moment.isoformat())
                try:
                    yield writer
                except BaseException:
                    writer.settle_open(here=True)
                    raise
    except OSError as error:
        raise refused(save_code(error, made=False), path) from error


class Writer:
    """One action under way."""

    def __init__(self, path: Path, journal: Journal, moment: dt.datetime) -> None:
        self.path, self.journal, self.moment, self.no = path, journal, moment, 0

    @property
    def at(self) -> str:
        """The moment with its time zone."""
        return self.moment.isoformat()

    def begin(
        self,
        action: str,
        arguments: Mapping[str, Any],
        before: bytes | None,
        after: bytes,
        tables: Mapping[str, Any],
        notes: Notes | None = None,
        reported: Mapping[str, waiting.Rows] | None = None,
        *,
        waits: waiting.Waiting | None = None,
        reverses: int = 0,
    ) -> Path:
        """Writes the intent down and keeps the old version; gives where.

        ``reported``: what a save leaves waiting, by view; ``waits``: the whole state instead (of an undo).
        """
        from arsheet.hosts.package import replace_file, step

        journal, noted = self.journal, notes or Notes()
        now = waiting.state(journal)
        then = waits if waits is not None else waiting.after_save(now, reported or {})
        old = _digest(before)
        kept = versions.file_for(journal, old, self.moment, self.path.suffix)
        with journal.transaction():
            self.no = no = record.intend(
                journal, at=self.at, action=action, arguments=arguments, before=old, after=_digest(after),
                version=kept.name if before is not None else "", tables=tables, reverses=reverses, waits=then != now,
            )  # fmt: skip
            if before is not None:
                versions.note(journal, kept, old, len(before), at=self.at, action=action, before=no)
            if then != now:
                waiting.write(journal, no, then)
            if noted.file:
                keys.remember(journal, no, noted.file, noted.keys)
            if noted.mapping is not None:
                mappings.remember(journal, no, *noted.mapping)
        step("intended")
        if before is not None:
            versions.keep(kept, before, lambda place, data: replace_file(place, data, label="version"))
        step("kept")
        return kept

    def finish(self) -> None:
        """The workbook is written: says so, and lets go of what is too old."""
        from arsheet.hosts.package import step

        step("saved")
        self._settle(record.DONE)
        step("recorded")
        versions.tidy(self.journal, self.at)
        step("tidied")

    def settle_open(self, *, here: bool = False) -> None:
        """Tells by the workbook's digest how the last action ended, if nobody wrote that down.

        ``here``: it was refused in this very run, which therefore knows that it did not write.
        """
        found = record.open_action(self.journal)
        if found is None:
            return
        self.no = found.no
        digest = digest_of_file(self.path)
        if digest == found.after:
            self._settle(record.DONE)
        elif here or digest == found.before:
            self._settle(record.NOT_DONE)
        else:
            self._settle(record.UNCLEAR)

    def _settle(self, state: str) -> None:
        journal, no = self.journal, self.no
        action = next(each for each in record.actions(journal) if each.no == no)
        earlier = waiting.state(journal, no)
        with journal.transaction():
            record.settle(journal, no, state, at=self.at)
            if state == record.DONE and action.action == "adopt":
                identity.adopted(journal, str(action.arguments["book_id"]))
            if state == record.UNCLEAR and action.waits:
                waiting.write(journal, no, earlier)
            kept = [version.before for version in versions.versions(journal)]
            waiting.prune(journal, min(kept, default=no))


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file; "" where there is none."""
    from arsheet.hosts.package import file_digest

    return file_digest(path)


@contextmanager
def reading(path: Path, book_id: str | None = None) -> Iterator[Journal | None]:
    """The journal of a book, for reading: None where there is none, or where it is that of another book."""
    from arsheet.hosts.package import companion_folder

    journal = Journal.reading(companion_folder(path.resolve()))
    try:
        if journal is not None and book_id is not None and identity.standing(book_id, journal) == "foreign":
            yield None
        else:
            yield journal
    finally:
        if journal is not None:
            journal.close()


def waiting_of(session: Session) -> waiting.Waiting:
    """What a person wrote beside rows that are absent now, by report."""
    if session.path is None:
        return {}
    with reading(session.path, session.settings.get("book_id", "")) as journal:
        return waiting.state(journal) if journal is not None else {}


def journal_problems(session: Session, today: int) -> list[Problem]:
    """What a person should know of the journal: a copy, a mix-up, a network drive, a lock that cannot be read."""
    from arsheet.hosts.package import companion_folder

    _, found = periods.read_locks(session.tables.get("periods"), today)
    if session.path is None:
        return list(found)
    path, book_id = session.path.resolve(), session.settings.get("book_id", "")
    folder = companion_folder(path)
    try:
        with reading(path) as journal:
            stands = identity.standing(book_id, journal)
    except ArsheetError as error:
        facts = {"reason_zh": error.zh, "reason_en": error.en}
        return [*found, Problem("journal_not_readable", "settings", facts=facts)]
    return [*found, *identity.problems(stands, folder, identity.network_drive(path.parent))]
