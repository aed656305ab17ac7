"""Causes of findings about the journal: {"book_id", "journal_id", "mounts", "damaged", "imported", "new"}."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arsheet.journal import identity, keys, periods, record
from arsheet.journal.store import FILE, Journal
from arsheet.table import ArsheetError, Problem, Table

FOLDER = "receivables.arsheet"
AT = "2026-03-02T09:00:00+08:00"


def problems(said: Mapping[str, Any] | None, tables: Mapping[str, Table], today: int) -> list[Problem]:
    """What the journal of such a book, and its closed months, would make known."""
    _, found = periods.read_locks(tables.get("periods"), today)
    if said is None:
        return found
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / FOLDER
        folder.mkdir()
        if said.get("damaged"):
            (folder / FILE).write_bytes(b"no journal at all" * 100)
        if said.get("journal_id"):
            _make(folder, said)
        try:
            journal = Journal.reading(folder)
        except ArsheetError as error:
            facts = {"reason_zh": error.zh.replace(place, ""), "reason_en": error.en.replace(place, "")}
            return [*found, Problem("journal_not_readable", "settings", facts=facts)]
        found += identity.problems(identity.standing(said["book_id"], journal), folder, _drive(said.get("mounts")))
        if journal is not None:
            with journal:
                new = {"receipts": [keys.row_key([each]) for each in said.get("new", ())]}
                found += keys.problems(keys.imported(journal, "file"), new, "receipts")
    return found


def locked(tables: Mapping[str, Table], today: int) -> periods.Locks:
    """The closed months."""
    return periods.read_locks(tables.get("periods"), today)[0]


def _drive(mounts: str | None) -> str:
    return identity.network_drive(Path("/books/2026"), mounts=mounts, platform="linux") if mounts else ""


def _make(folder: Path, said: Mapping[str, Any]) -> None:
    with Journal(folder) as journal, journal.transaction():
        journal.set_meta("book_id", said["journal_id"])
        if said.get("imported"):
            no = record.intend(
                journal, at=AT, action="import", arguments={}, before="a", after="b", version="", tables={}, user="wang"
            )
            keys.remember(journal, no, "file", {"receipts": [keys.row_key([each]) for each in said["imported"]]})
            record.settle(journal, no, record.DONE, at=AT)
