"""The record of what is done to a workbook while an application has it open: the same journal as for its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.journal import identity, lock, record
from arsheet.journal.store import Journal
from arsheet.run.changes import Write
from arsheet.run.saving import digest_of_file
from arsheet.run.session import Clock, Session, system_clock, write_settings, zone_of


@contextmanager
def recorded(
    session: Session,
    path: Path,
    action: str,
    arguments: Mapping[str, Any],
    writes: Sequence[Write],
    *,
    clock: Clock = system_clock,
) -> Iterator[None]:
    """Writes an action on an open workbook down: intended before the body runs, done or not done after it.

    ``path`` is the workbook's file. It is not touched here, so both digests of the entry are that of the file as it
    is, and an undo of the file passes the entry by. The book's id is queued for its settings where it has none yet.
    Raises ArsheetError ``book_locked`` (7), ``journal_busy`` (7), ``journal_belongs_to_another_book`` (4) and OSError
    before the body runs.
    """
    from arsheet.hosts.package import companion_folder

    moment = clock(zone_of(session.settings))
    folder = companion_folder(path.resolve())
    with lock.held(folder, moment), Journal(folder) as journal:
        book_id = session.settings.get("book_id", "")
        if identity.standing(book_id, journal) == "foreign":
            raise identity.foreign(folder, path.name)
        digest = digest_of_file(path)
        tables = {write.table or write.sheet: {"mode": write.mode, "cells": write.changed_cells} for write in writes}
        with journal.transaction():
            identity.found_in(journal, book_id)
            no = record.intend(
                journal, at=moment.isoformat(), action=action, arguments=arguments, before=digest, after=digest,
                version="", tables=tables,
            )  # fmt: skip
        if journal.meta("book_id") != book_id:
            write_settings(session, {"book_id": journal.meta("book_id")})
        state = record.NOT_DONE
        try:
            yield
            state = record.DONE
        finally:
            with journal.transaction():
                record.settle(journal, no, state, at=clock(zone_of(session.settings)).isoformat(), open_in="excel")
